import { randomBytes } from 'node:crypto';

/** An opaque name for a file, a song or a download: 128 random bits as 32 hexadecimal digits. */
export function newHandle(): string {
  return randomBytes(16).toString('hex');
}
