import { constants, existsSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, relative } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { partPath } from '../files/workspace.js';
import { makeFolder } from '../files/make-folder.js';

/**
 * Copies a file into a folder under `name` (which may lead into folders below it); a name that is taken gets a
 * number, so nothing is overwritten. The copy is written beside its place and renamed. Answers its path.
 *
 * @throws UnbraidError `outside-output-folder` for a name that leads out, or a typed system error.
 */
export async function copyInto(folder: string, name: string, source: string): Promise<string> {
  const wanted = join(folder, name);
  const below = relative(folder, wanted);
  if (below === '' || below.startsWith('..') || isAbsolute(below)) {
    throw new UnbraidError('outside-output-folder', `"${name}" is not a name inside the folder`);
  }
  const part = partPath(wanted);
  try {
    makeFolder(dirname(wanted));
    await copyFile(source, part, constants.COPYFILE_EXCL);
    const path = freeName(wanted);
    renameSync(part, path);
    return path;
  } catch (error) {
    rmSync(part, { force: true });
    throw toUnbraidError(error, wanted);
  }
}

/** The first free one of `song.wav`, `song (2).wav`, … */
function freeName(wanted: string): string {
  const ending = extname(wanted);
  const stem = wanted.slice(0, wanted.length - ending.length);
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : `${stem} (${number})${ending}`;
    if (!existsSync(path)) return path;
  }
}
