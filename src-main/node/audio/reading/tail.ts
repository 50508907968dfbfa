import type { FileBytes } from '../../files/file-bytes.js';
import type { ExtraBytes } from '../../../common/jobs/reading.js';

const zeroBlock = 2 ** 20;
const zeros = Buffer.alloc(zeroBlock);
/** Zeros read one after the other before only samples of a longer run are looked at. */
const zerosRead = 256 * zeroBlock;
const sampled = 4096;
/** A last frame may itself end in zeros; so few of them behind it disturb no reader. */
export const zerosKept = 16;

/** What follows the audio in `[from, end)` and is not audio: tags of several kinds, one behind the other, and zeros. */
export function tailOf(
  file: FileBytes,
  from: number,
  end = file.size,
  keepZeros = zerosKept,
): { end: number; after: ExtraBytes[] } {
  const after: ExtraBytes[] = [];
  let at = end;
  for (;;) {
    const found = tagBefore(file, at) ?? zerosBefore(file, from, at, keepZeros);
    if (!found || at - found.bytes < from) return { end: at, after };
    after.unshift(found);
    at -= found.bytes;
  }
}

/** A tag that ends at `end`: ID3v1, APEv2 (Monkey's Audio), Lyrics3 v1 and v2, ID3v2.4 with a footer. */
function tagBefore(file: FileBytes, end: number): ExtraBytes | null {
  const v1 = file.read(end - 128, 3).toString('latin1');
  if (end >= 128 && v1 === 'TAG') {
    const more = end >= 355 && file.read(end - 355, 4).toString('latin1') === 'TAG+';
    return { what: 'ID3v1 tag', bytes: more ? 355 : 128 };
  }
  const foot = end >= 32 ? file.read(end - 32, 32) : Buffer.alloc(32);
  if (foot.toString('latin1', 0, 8) === 'APETAGEX') {
    const hasHeader = (foot.readUInt32LE(20) & 0x80000000) !== 0;
    return fits('APE tag', foot.readUInt32LE(12) + (hasHeader ? 32 : 0), end);
  }
  const text = foot.toString('latin1');
  if (text.endsWith('LYRICS200')) return fits('Lyrics3 tag', Number(text.slice(17, 23)) + 15, end);
  if (text.endsWith('LYRICSEND')) return lyrics1(file, end);
  if (text.slice(22, 25) === '3DI') return fits('ID3v2 tag', syncSafe(foot, 28) + 20, end);
  return null;
}

function fits(what: string, bytes: number, end: number): ExtraBytes | null {
  return bytes > 0 && bytes <= end ? { what, bytes } : null;
}

/** Lyrics3 v1 states no size: its beginning is at most 5,100 bytes of lyrics away. */
function lyrics1(file: FileBytes, end: number): ExtraBytes | null {
  const most = Math.min(end, 5100 + 20);
  const at = file.read(end - most, most).lastIndexOf('LYRICSBEGIN', undefined, 'latin1');
  return at < 0 ? null : { what: 'Lyrics3 tag', bytes: most - at };
}

/** Four bytes of seven bits each (ID3v2, 3.1). */
export function syncSafe(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] & 127) << 21) |
    ((bytes[at + 1] & 127) << 14) |
    ((bytes[at + 2] & 127) << 7) |
    (bytes[at + 3] & 127)
  );
}

/** A long run of zeros before `end`, less what may belong to the last frame. */
function zerosBefore(file: FileBytes, from: number, end: number, kept: number): ExtraBytes | null {
  if (end - from <= kept || !isZero(file.read(end - Math.min(sampled, end - from), sampled))) return null;
  let at = end;
  while (at > from && end - at < zerosRead) {
    const length = Math.min(zeroBlock, at - from);
    const bytes = file.read(at - length, length);
    if (!isZero(bytes)) break;
    at -= length;
  }
  // Beyond that a look at 4 KiB in each MiB is enough to find the end of what holds something.
  while (at - zeroBlock > from && end - at >= zerosRead && isZero(file.read(at - sampled, sampled)))
    at -= zeroBlock;
  const length = Math.min(2 * zeroBlock, at - from);
  at -= trailingZeros(file.read(at - length, length));
  const bytes = end - at - kept;
  return bytes > 0 ? { what: 'zeros', bytes } : null;
}

function isZero(bytes: Buffer): boolean {
  return bytes.length <= zeroBlock
    ? bytes.equals(zeros.subarray(0, bytes.length))
    : trailingZeros(bytes) === bytes.length;
}

function trailingZeros(bytes: Buffer): number {
  let count = 0;
  while (count < bytes.length && bytes[bytes.length - 1 - count] === 0) count++;
  return count;
}
