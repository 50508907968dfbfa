import type { Frames } from '../../../common/base/units.js';

/**
 * The number of the first sample of the FLAC frame that `data` begins with (RFC 9639, 9.1); null if it is not a frame.
 * Streams of fixed block size count blocks of `blockSize`.
 */
export function flacPosition(data: Buffer, blockSize: Frames): Frames | null {
  if (data.length < 6 || data[0] !== 0xff || (data[1] & 0xfe) !== 0xf8) return null;
  const number = codedNumber(data, 4);
  if (number === null) return null;
  return data[1] & 1 ? number : number * blockSize;
}

/** A number coded as UTF-8 codes characters, of up to seven bytes. */
function codedNumber(data: Buffer, at: number): number | null {
  const first = data[at];
  if (first < 0x80) return first;
  const more = Math.clz32(~(first << 24)) - 1;
  if (more < 1 || more > 6 || at + more >= data.length) return null;
  let value = first & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    if ((data[at + i] & 0xc0) !== 0x80) return null;
    value = value * 64 + (data[at + i] & 0x3f);
  }
  return value;
}
