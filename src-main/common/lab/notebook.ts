import type { Settings } from './lesson.js';

/** What a notebook is made of: its words, and code in Python. */
export interface NotebookParts {
  readonly title: string;
  /** Paragraphs in front of the code. */
  readonly words: readonly string[];
  /** Functions that all lessons share. */
  readonly tools: string;
  /** The lesson itself; it reads `settings`. */
  readonly code: string;
  readonly settings: Settings;
  /** Python that gives what it works on in place of the Lab's own band. */
  readonly sound?: string | undefined;
}

/** The sounds of `SongPcm` as base64 of little-endian int16. */
export interface NotebookSong {
  readonly voice: string;
  readonly drums: string | null;
  readonly rest: string;
}

/** Python that puts the sounds of a song in place of the Lab's own. */
export function songCode({ voice, drums, rest }: NotebookSong): string {
  const known = { voice, rest, ...(drums !== null && { drums }) };
  return `# Sounds of the song, 16 bits at RATE; their sum is the mixture.
import base64

SONG = {
${Object.entries(known)
  .map(([name, text]) => `    "${name}": np.frombuffer(base64.b64decode("${text}"), "<i2") / 2**15,`)
  .join('\n')}
}
SAMPLES = len(SONG["voice"])


def voice():
    return SONG["voice"]


def band(repeats=True):
    return sum(sound for name, sound in SONG.items() if name != "voice")


def parts():
    return list(SONG.values())


def one():
    return voice() + band()


notes = one
`;
}

/** A value as Python writes it. */
function python(value: number | string | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

/** The settings as a Python dictionary. */
export function pythonSettings(settings: Settings): string {
  const entries = Object.entries(settings).map(
    ([key, value]) => `    ${JSON.stringify(key)}: ${python(value)},`,
  );
  return ['settings = {', ...entries, '}'].join('\n');
}

/** Lines with their line ends, as notebooks keep them. */
const lines = (text: string): string[] => text.trimEnd().split(/(?<=\n)/);

/** A notebook in version 4.5 of Jupyter's format (nbformat), as JSON. */
export function notebook({ title, words, tools, code, settings, sound }: NotebookParts): string {
  const cell = (type: 'markdown' | 'code', id: string, text: string): object => ({
    ...{ cell_type: type, id, metadata: {}, source: lines(text) },
    ...(type === 'code' && { execution_count: null, outputs: [] }),
  });
  const cells = [
    cell('markdown', 'words', [`# ${title}`, ...words].join('\n\n')),
    cell('code', 'tools', tools),
    ...(sound === undefined ? [] : [cell('code', 'song', sound)]),
    cell('code', 'settings', pythonSettings(settings)),
    cell('code', 'lesson', code),
  ];
  const metadata = {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    language_info: { name: 'python' },
  };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}
