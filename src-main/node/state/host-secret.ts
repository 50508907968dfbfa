import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../files/make-folder.js';

/** A secret of the state folder: what is derived from it holds for whoever starts Unbraid with that folder. */
export interface HostSecret {
  /** 32 random bytes. */
  readonly bytes: Buffer;
  /** Whether the next start finds it again; a folder that cannot be written keeps nothing. */
  readonly lasts: boolean;
}

const length = 32;

function read(file: string): Buffer | null {
  try {
    const bytes = readFileSync(file);
    if (bytes.length !== length) return null;
    // A copied home folder may have lost the mode.
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    return bytes;
  } catch {
    return null;
  }
}

/** Reads the secret, or makes one that only its owner can read (mode 0600). Throws nothing. */
export function hostSecret(file: string): HostSecret {
  const there = read(file);
  if (there) return { bytes: there, lasts: true };
  const bytes = randomBytes(length);
  try {
    makeFolder(dirname(file));
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' });
    return { bytes, lasts: true };
  } catch {
    // Two that start at once agree on the first one's; a damaged file is replaced.
    const other = read(file);
    if (other) return { bytes: other, lasts: true };
  }
  try {
    writeFileSync(file, bytes, { mode: 0o600 });
    return { bytes: read(file) ?? bytes, lasts: read(file) !== null };
  } catch {
    return { bytes, lasts: false };
  }
}

/** A key for one purpose, from which neither the secret nor another key can be told; base64url. */
export function derivedKey({ bytes }: HostSecret, purpose: string): string {
  return createHmac('sha256', bytes).update(purpose).digest('base64url');
}
