import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, unless they are there. Node's own `recursive` tries for ever where a file system
 * answers ENOENT for a folder that cannot be made, as /proc does. Throws system errors.
 */
export function makeFolder(dir: string): void {
  if (made(dir)) return;
  const above = dirname(dir);
  if (above !== dir) makeFolder(above);
  // By now only the folder itself can be in the way.
  if (!made(dir)) mkdirSync(dir);
}

/** What systems answer for a folder that exists; Windows and macOS have their own words for a root. */
const there: readonly string[] = ['EEXIST', 'EISDIR', ...(process.platform === 'win32' ? ['EPERM'] : [])];

/** Whether the folder is there now; false where one above it is missing. */
function made(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (there.includes(code) && statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return true;
    throw error;
  }
}
