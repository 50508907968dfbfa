import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAll } from './bytes.js';
import { partPath } from './workspace.js';

/** fsync of a folder, so that a rename in it survives a power cut; Windows cannot and need not. */
export function syncFolder(dir: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Writes a file so that the path holds the old or the new one, never a part. Throws system errors. */
export function writeAtomically(path: string, content: string | Buffer): void {
  const temporary = partPath(path);
  const fd = openSync(temporary, 'wx');
  try {
    writeAll(fd, Buffer.from(content));
    fsyncSync(fd);
  } catch (error) {
    closeSync(fd);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(fd);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}
