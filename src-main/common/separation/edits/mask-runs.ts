import { UnbraidError } from '../../base/errors.js';

/** Longest run, values: its length is one byte. */
const longest = 255;

/**
 * Bytes as runs: a length of 1 … 255 and the value it repeats, again and again. Painted masks are 0 and 255 but for their
 * rims, so that they become shorter by far.
 */
export function packRuns(bytes: Uint8Array): Uint8Array;
/** Null where that is more than `most` bytes. */
export function packRuns(bytes: Uint8Array, most: number): Uint8Array | null;
export function packRuns(bytes: Uint8Array, most = Infinity): Uint8Array | null {
  const runs: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const value = bytes[at];
    let length = 1;
    while (length < longest && bytes[at + length] === value) length++;
    if (runs.push(length, value) > most) return null;
    at += length;
  }
  return Uint8Array.from(runs);
}

/** What `packRuns` has packed. Throws `too-large` where that is more than `most` bytes. */
export function unpackRuns(runs: Uint8Array, most = Infinity): Uint8Array {
  let length = 0;
  for (let i = 0; i < runs.length; i += 2) length += runs[i];
  if (length > most) throw new UnbraidError('too-large', 'This mask is larger than its song');
  const bytes = new Uint8Array(length);
  for (let i = 0, at = 0; i + 1 < runs.length; i += 2) {
    bytes.fill(runs[i + 1], at, at + runs[i]);
    at += runs[i];
  }
  return bytes;
}
