import { UnbraidError } from '../../../common/base/errors.js';

/** Kinds of file that people take for songs: how they are known, what they are, what to do. */
interface Cause {
  readonly what: string;
  readonly hint: string;
  is(head: Buffer, text: string): boolean;
}

/** Tracker modules: where their names stand. */
const modules: readonly (readonly [number, readonly string[], string])[] = [
  [0, ['Extended Module: '], 'FastTracker (.xm)'],
  [0, ['IMPM'], 'Impulse Tracker (.it)'],
  [44, ['SCRM'], 'Scream Tracker (.s3m)'],
  [1080, ['M.K.', 'M!K!', '4CHN', '6CHN', '8CHN', 'FLT4', 'FLT8', 'OCTA', 'CD81'], 'ProTracker (.mod)'],
];

const playlistHint = 'It only names other files: choose those.';

const causes: readonly Cause[] = [
  {
    what: 'a cue sheet',
    hint: 'It only describes an audio file: choose that one.',
    is: (_, text) =>
      /^\s*file\s+("|\S).*\s(wave|mp3|aiff|binary|motorola|flac)\s*$/im.test(text) &&
      /^\s*track\s+\d/im.test(text),
  },
  { what: 'an HLS or M3U playlist', hint: playlistHint, is: (_, text) => /^\s*#EXTM3U/i.test(text) },
  { what: 'a PLS playlist', hint: playlistHint, is: (_, text) => /^\s*\[playlist\]/i.test(text) },
  {
    what: 'an XSPF, ASX or WPL playlist',
    hint: playlistHint,
    is: (_, text) => /^\s*(<\?[^>]*\?>\s*)*<(playlist|asx|smil)[\s>]/i.test(text) || /^\s*<\?wpl/i.test(text),
  },
  {
    what: 'a playlist',
    hint: playlistHint,
    is: (_, text) => {
      const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
      const names = /\.(wav|mp3|flac|m4a|ogg|opus|aiff?|wma|aac|ape|wv)\s*$/i;
      return (
        lines.length > 0 &&
        lines
          .slice(0, 5)
          .every((line, i, all) => names.test(line) || (all.length > 1 && i === all.length - 1))
      );
    },
  },
];

function isText(head: Buffer): boolean {
  return head.length > 0 && head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
}

/** The error for a file that is known not to hold recorded sound, from its first 2 KiB; null for any other. */
export function knownCause(head: Buffer, file: string): UnbraidError | null {
  for (const [at, names, tracker] of modules) {
    const name = head.toString('latin1', at, at + 17);
    if (names.some((candidate) => name.startsWith(candidate))) {
      const hint = 'Render it to WAV with a tracker first.';
      return new UnbraidError(
        'not-audio',
        `This is a music module of ${tracker}: notes and samples, no recording`,
        {
          file,
          hint,
        },
      );
    }
  }
  const text = isText(head) ? head.toString('utf8') : '';
  const cause = text === '' ? undefined : causes.find((candidate) => candidate.is(head, text));
  if (!cause) return null;
  return new UnbraidError('not-audio', `This is not audio: found ${cause.what}`, { file, hint: cause.hint });
}
