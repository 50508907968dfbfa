import { UnbraidError } from '../base/errors.js';

/** The fields a naming template may use. */
export const templateFields = [
  'name',
  'stem',
  'ext',
  'artist',
  'album_artist',
  'album',
  'title',
  'track',
  'disc',
  'date',
  'year',
  'genre',
  'model',
] as const;
export type TemplateField = (typeof templateFields)[number];

export type TemplateValues = Partial<Record<TemplateField, string>>;

/** A folder for each song, and names that still say what they are when they leave it. */
export const defaultTemplate = '{name}/{name} [{stem}].{ext}';

/** Longest name of one file or folder in UTF-8 bytes; room is left for suffixes below the usual 255. */
const maxNameBytes = 240;
/** Longest song name and longest ending in it: a stem, a number and an ending still fit behind them. */
const maxSongBytes = 180;
const maxEndingBytes = 12;

const reservedOnWindows = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;

function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function cut(text: string, maxBytes: number): string {
  let result = '';
  let bytes = 0;
  for (const char of text) {
    bytes += byteLength(char);
    if (bytes > maxBytes) break;
    result += char;
  }
  return result;
}

/** Text without characters that some file system refuses: control characters of both sets (C0, C1) become a space. */
function allowedCharacters(text: string): string {
  return (
    text
      .normalize('NFC')
      .replace(/\p{Cc}+/gu, ' ')
      // Unpaired surrogates cannot be written as UTF-8.
      .replace(/\p{Surrogate}/gu, '\ufffd')
      .replace(/[/\\]/g, '-')
      .replace(/[<>:"|?*]/g, '_')
      .replace(/\s+/g, ' ')
  );
}

/** A value as part of a name: no separators, control characters or characters that some file system refuses. */
export function sanitiseValue(value: string): string {
  return allowedCharacters(value).trim();
}

/** One file or folder name that every common file system takes; keeps the ending when it must be cut. */
export function sanitiseName(name: string): string {
  let safe = allowedCharacters(name)
    .replace(/^\.+/, '_')
    .replace(/[. ]+$/, '');
  if (safe === '') safe = '_';
  if (reservedOnWindows.test(safe)) safe = `_${safe}`;
  if (byteLength(safe) <= maxNameBytes) return safe;
  // The part in square brackets and the ending say which stem it is: the rest gives way.
  const tail = / ?(\[[^[\]]{1,60}\])?(\.[^.]{1,12}){0,2}$/.exec(safe)?.[0] ?? '';
  const head = cut(safe.slice(0, safe.length - tail.length), maxNameBytes - byteLength(tail));
  return (tail === '' ? head.replace(/[. ]+$/, '') : head.trimEnd()) + tail;
}

/** Checks a template. Throws `invalid-argument` for unknown fields and for templates that name no stem. */
export function checkTemplate(template: string): void {
  const hint = `Fields: ${templateFields.map((field) => `{${field}}`).join(' ')}`;
  for (const [, field] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!(templateFields as readonly string[]).includes(field)) {
      throw new UnbraidError('invalid-argument', `The template has an unknown field {${field}}`, { hint });
    }
  }
  if (!template.includes('{stem}')) {
    throw new UnbraidError(
      'invalid-argument',
      'The template must contain {stem}, or stems would overwrite each other',
      { hint },
    );
  }
}

/** What stands for a missing field; the song's own name where that helps. */
function fallback(field: TemplateField, values: TemplateValues): string {
  if (field === 'title') return values.name ?? 'untitled';
  if (field === 'artist') return values.album_artist ?? 'Unknown artist';
  if (field === 'year') return values.date?.slice(0, 4) ?? 'unknown year';
  return `unknown ${field}`;
}

/** A value in at most this many bytes; what distinguishes songs of one name, like ` (2)`, stays at its end. */
function shorten(value: string, maxBytes: number): string {
  if (byteLength(value) <= maxBytes) return value;
  const tail = / \([^()]{1,12}\)$/.exec(value)?.[0] ?? '';
  return cut(value.slice(0, value.length - tail.length), maxBytes - byteLength(tail)).trimEnd() + tail;
}

/** One part of a template with its fields filled in; when it gets too long, all but stem and ending give way. */
function fillPart(part: string, values: TemplateValues): string {
  const fill = (room: number): string =>
    part.replace(/\{([^{}]*)\}/g, (_, field: TemplateField) => {
      const given = sanitiseValue(values[field] ?? '');
      const value = given === '' ? sanitiseValue(fallback(field, values)) : given;
      return field === 'stem' || field === 'ext' ? value : shorten(value, room);
    });
  let text = fill(maxNameBytes);
  for (let room = maxNameBytes - 8; room > 24 && byteLength(text) > maxNameBytes; room -= 8)
    text = fill(room);
  return sanitiseName(text);
}

/**
 * The relative path a template makes, in parts (folders, then the file name). Slashes of the template make
 * folders; whatever the values hold, no part climbs, is absolute, or is empty.
 */
export function applyTemplate(template: string, values: TemplateValues): string[] {
  return template
    .split(/[/\\]/)
    .filter((part) => part !== '')
    .map((part) => fillPart(part, values));
}

/** Names that some file system takes for the same: case and Unicode normalisation do not count. */
export function collisionKey(parts: readonly string[]): string {
  return parts.map((part) => part.normalize('NFC').toLowerCase()).join('/');
}

/**
 * Song names for several sources whose outputs share a folder: the base name, with the ending where two
 * sources differ only in that (`a (wav)`, `a (flac)`), with a number where even that is the same.
 * `sources` are file names; the result is in their order and depends on the set, not on its order.
 */
export function distinctNames(sources: readonly string[]): string[] {
  const split = sources.map((source) => {
    const dot = source.lastIndexOf('.');
    const [base, ext] = dot > 0 ? [source.slice(0, dot), source.slice(dot + 1)] : [source, ''];
    const safe = sanitiseValue(base);
    const short = byteLength(safe) <= maxSongBytes ? base : cut(safe, maxSongBytes).trimEnd();
    return { base: safe === '' ? '_' : short, ext: cut(sanitiseValue(ext), maxEndingBytes) };
  });
  const key = (text: string): string => collisionKey([sanitiseName(sanitiseValue(text))]);
  const count = (texts: readonly string[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(key(text), (counts.get(key(text)) ?? 0) + 1);
    return counts;
  };
  const bases = count(split.map(({ base }) => base));
  const named = split.map(({ base, ext }) => (bases.get(key(base))! > 1 && ext ? `${base} (${ext})` : base));
  const used = new Set<string>();
  /** The next number to try for a name: thousands of songs may share one. */
  const next = new Map<string, number>();
  const result = [...named];
  const order = [...sources.keys()].sort((a, b) =>
    sources[a] < sources[b] ? -1 : sources[a] > sources[b] ? 1 : a - b,
  );
  for (const i of order) {
    const own = key(named[i]);
    let n = next.get(own) ?? 2;
    for (; used.has(key(result[i])); n++) result[i] = `${named[i]} (${n})`;
    next.set(own, n);
    used.add(key(result[i]));
  }
  return result;
}
