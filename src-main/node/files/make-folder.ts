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

/** Whether the folder is there now; false where one above it is missing. */
function made(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return true;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
