import { constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { syncFolder } from './atomic-file.js';
import { ownerTag } from './workspace.js';

/** Copies a file so that it is on the disk, whole, once it has its name. Throws typed system errors. */
export async function keepFile(source: string, target: string): Promise<void> {
  const part = `${target}.${ownerTag()}.part`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    await copyFile(source, part, constants.COPYFILE_FICLONE);
    const file = await open(part, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(part, target);
    // The folder may be new as well.
    for (const dir of [dirname(target), dirname(dirname(target))]) syncFolder(dir);
  } catch (error) {
    rmSync(part, { force: true });
    throw toUnbraidError(error, target);
  }
}

/** The same for a cache: `<dir>/<channel>.f32`. */
export async function keepCache(ref: PcmCacheRef, dir: string): Promise<void> {
  for (let c = 0; c < ref.channels; c++) await keepFile(join(ref.dir, `${c}.f32`), join(dir, `${c}.f32`));
}

/** Where a project in `dir` keeps a mask, whether it is there or not. */
export function blobFile(dir: string, hash: string): string {
  return join(dir, 'blobs', hash);
}

/** Deletes what is in a folder but not in `names`; what cannot be deleted stays. */
export function keepOnly(dir: string, names: ReadonlySet<string>): void {
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir)) {
    if (names.has(name)) continue;
    try {
      rmSync(join(dir, name), { recursive: true, force: true });
    } catch {
      // It only takes up space: nothing refers to it.
    }
  }
}
