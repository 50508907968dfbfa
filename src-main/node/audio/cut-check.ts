import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// An Ogg page is at most 65,307 bytes long (RFC 3533, section 6).
const longestPage = 65307;
const endOfStream = 4;

/**
 * Whether an Ogg file stops before the page that marks its end. Ogg states no length: the last page found is
 * taken for the end, so a cut file looks whole but for this mark.
 */
export function oggEndsEarly(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, 2 * longestPage));
    const got = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    const tail = bytes.subarray(0, got);
    const at = tail.lastIndexOf('OggS');
    if (at < 0 || at + 27 > tail.length) return true;
    const segments = tail[at + 26];
    const sizes = tail.subarray(at + 27, at + 27 + segments);
    const end = at + 27 + segments + sizes.reduce((sum, length) => sum + length, 0);
    return (tail[at + 5] & endOfStream) === 0 || end > tail.length;
  } finally {
    closeSync(fd);
  }
}
