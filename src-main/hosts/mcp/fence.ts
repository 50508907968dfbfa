import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { pathFault } from '../../common/contract/path.js';

/** The folders a server may read and write in. Links are followed first, so that none leads out. */
export class Fence {
  readonly folders: readonly string[];

  /** Throws `file-not-found` for a folder that is not there. */
  constructor(folders: readonly string[]) {
    this.folders = folders.map((folder) => {
      if (!existsSync(folder))
        throw new UnbraidError('file-not-found', 'The folder does not exist', { file: folder });
      return realpathSync(resolve(folder));
    });
  }

  /**
   * The real path of a file or folder, which need not exist yet; a relative one begins in the first folder.
   *
   * @throws UnbraidError `invalid-argument` for an address and for what cannot be a path, `permission-denied` when it
   *   lies outside
   */
  inside(path: string): string {
    const fault = pathFault(path);
    if (fault !== undefined)
      throw new UnbraidError('invalid-argument', `Not a path: ${fault}`, { file: path });
    const real = realOf(resolve(this.folders[0], path));
    const allowed = this.folders.some((folder) => real === folder || real.startsWith(folder + sep));
    if (allowed) return real;
    throw new UnbraidError(
      'permission-denied',
      'The path lies outside of the folders that this server may use',
      {
        file: path,
        hint: `Use ${this.folders.join(' or ')}.`,
      },
    );
  }

  /** A path as clients should see it: from the first folder where it lies in there. */
  told(path: string): string {
    const below = relative(this.folders[0], path);
    return below === '' || below.startsWith('..') ? path : below;
  }
}

/** Links of the part that exists are followed; the rest is taken as it is. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw error;
    return join(realOf(parent), basename(path));
  }
}
