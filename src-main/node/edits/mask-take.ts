import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import { TileMask } from '../../common/separation/edits/tile-mask.js';
import { newHandle } from '../files/handle.js';
import { makeFolder } from '../files/make-folder.js';

/**
 * Writes a mask into `dir` under its hash, which it answers. It is encoded again, so that equal masks have one hash.
 * Throws `invalid-argument` for bytes that are not a mask, and typed system errors.
 */
export function takeMask(bytes: Uint8Array, dir: string): string {
  const clean = TileMask.decode(bytes).encode();
  const hash = createHash('sha256').update(clean).digest('hex');
  const file = join(dir, hash);
  // Whole or not at all: what stands under a hash is taken for it.
  const part = `${file}.${newHandle().slice(0, 8)}.part`;
  try {
    if (existsSync(file)) return hash;
    makeFolder(dir);
    writeFileSync(part, clean, { flag: 'wx' });
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw toUnbraidError(error, file);
  }
  return hash;
}
