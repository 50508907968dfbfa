import { constants, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile, link, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import { syncFolder } from './atomic-file.js';
import { partPath } from './workspace.js';
import { makeFolder } from './make-folder.js';

/** A copy that shares its blocks where it can, and replaces nothing. */
const freshCopy = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;

/**
 * Copies a file so that it is on the disk, whole, once it has its name. One that is never written to again (`fixed`)
 * is linked where that is possible: it takes neither time nor space. Throws typed system errors.
 */
export async function keepFile(source: string, target: string, fixed = false): Promise<void> {
  const part = partPath(target);
  try {
    makeFolder(dirname(target));
    if (fixed) await linkOrCopy(source, part);
    else await copyFile(source, part, freshCopy);
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

/** Gives a file that is never written to again another name, or copies it where that is not possible. */
export async function linkOrCopy(source: string, target: string): Promise<void> {
  if (!(await linked(source, target))) await copyFile(source, target, freshCopy);
}

/** Whether a file could get another name: not on another disk, nor on one without links. */
async function linked(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch {
    return false;
  }
}

/** Where a project in `dir` keeps a mask, whether it is there or not. */
export function blobFile(dir: string, hash: string): string {
  return join(dir, 'blobs', hash);
}

/** Deletes what is in a folder but not in `names`; what cannot be deleted stays, and so does all behind a link. */
export function keepOnly(dir: string, names: ReadonlySet<string>): void {
  // A link leads to somebody's folder that is not ours to clean: a project may come from anybody.
  if (!lstatSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const name of readdirSync(dir)) {
    if (names.has(name)) continue;
    try {
      rmSync(join(dir, name), { recursive: true, force: true });
    } catch {
      // It only takes up space: nothing refers to it.
    }
  }
}
