import type { FileBytes } from '../../files/file-bytes.js';

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

// No real index has more boxes at one level.
const mostBoxes = 20_000;

/** The boxes of `[from, end)` (ISO/IEC 14496-12, 4.2); stops at anything that is not a box. */
function* boxes(file: FileBytes, from: number, end: number): Generator<Box> {
  for (let at = from, i = 0; at + 8 <= end && i < mostBoxes; i++) {
    const head = file.read(at, 16);
    if (head.length < 8) return;
    const short = head.readUInt32BE(0);
    if (short === 1 && head.length < 16) return;
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? end - at : short;
    if (size < 8) return;
    yield {
      type: head.toString('latin1', 4, 8),
      start: at + (short === 1 ? 16 : 8),
      end: Math.min(end, at + size),
    };
    at += size;
  }
}

function find(file: FileBytes, within: Box | undefined, ...path: string[]): Box | undefined {
  let box = within;
  for (const type of path) {
    if (!box) return undefined;
    box = [...boxes(file, box.start, box.end)].find((candidate) => candidate.type === type);
  }
  return box;
}

/** Names of sample entries whose content is locked (ISO/IEC 14496-12 sinf; Apple; Audible). */
const locked = new Set(['enca', 'drms', 'drmi', 'aavd']);

/** Ids of the tracks of an MP4 file whose sound is encrypted. */
export function encryptedTracks(file: FileBytes, from: number, end: number): Set<number> {
  const found = new Set<number>();
  const whole: Box = { type: '', start: from, end };
  const moov = find(file, whole, 'moov');
  if (!moov) return found;
  for (const track of boxes(file, moov.start, moov.end)) {
    if (track.type !== 'trak') continue;
    const header = find(file, track, 'tkhd');
    const entries = find(file, track, 'mdia', 'minf', 'stbl', 'stsd');
    if (!header || !entries) continue;
    const version = file.read(header.start, 1)[0];
    const id = file.read(header.start + (version === 1 ? 20 : 12), 4);
    const entry = file.read(entries.start + 12, 4).toString('latin1');
    if (locked.has(entry) && id.length === 4) found.add(id.readUInt32BE(0));
  }
  return found;
}

/** Samples before, after and of the song, as iTunes notes them; null if there is no such note. */
export function itunesGapless(
  note: string | null | undefined,
): { priming: number; padding: number; frames: number } | null {
  const fields = (note ?? '').trim().split(/\s+/);
  if (fields.length < 4 || !fields.slice(0, 4).every((field) => /^[0-9a-f]{8,16}$/i.test(field))) return null;
  const [, priming, padding, frames] = fields.map((field) => parseInt(field, 16));
  return frames > 0 && priming < 65536 && padding < 65536 ? { priming, padding, frames } : null;
}
