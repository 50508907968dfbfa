import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, unless they are there. Node's own `recursive` tries for ever where a file system
 * answers ENOENT for a folder that cannot be made, as /proc does. Returns those that it made, the outermost first. Throws
 * system errors.
 */
export function makeFolder(dir: string): string[] {
  const is = made(dir);
  if (is !== 'missing') return is === 'new' ? [dir] : [];
  const above = dirname(dir);
  const outer = above === dir ? [] : makeFolder(above);
  let now = made(dir);
  if (now === 'missing' && above !== dir) {
    // Another program may have removed what is above meanwhile, as a run does that made nothing.
    outer.push(...makeFolder(above));
    now = made(dir);
  }
  // By now only the folder itself can be in the way.
  if (now === 'missing') mkdirSync(dir);
  return [...new Set(now === 'there' ? outer : [...outer, dir])];
}

/** What systems answer for a folder that exists; Windows and macOS have their own words for a root. */
const there: readonly string[] = ['EEXIST', 'EISDIR', ...(process.platform === 'win32' ? ['EPERM'] : [])];

/** Makes the folder; `missing` where one above it is. */
function made(dir: string): 'new' | 'there' | 'missing' {
  try {
    mkdirSync(dir);
    return 'new';
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'missing';
    if (there.includes(code) && statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return 'there';
    throw error;
  }
}
