import { linkSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { UnbraidError } from '../../common/base/errors.js';
import { isAlive, ownerTag } from '../files/workspace.js';

/** Whether a living process of this machine has an intent: it is at it just now. */
export function isWorkedOn(name: string): boolean {
  const owner = /\.([A-Za-z0-9]+)-(\d+)\.intent\.json$/.exec(name);
  if (!owner) return false;
  const [host, pid] = ownerTag().split('-');
  return owner[1] !== host || (owner[2] !== pid && isAlive(Number(owner[2])));
}

/**
 * Moves a file to where none may be, so that two runs never replace each other's: a hard link cannot be made over an
 * existing file. File systems without links get a look and a rename.
 *
 * @throws UnbraidError `output-exists`, or a system error
 */
export function moveWithoutReplacing(from: string, to: string): void {
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there && there.ino === lstatSync(from).ino) return rmSync(from);
  try {
    linkSync(from, to);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(to, 'Another run has written this output meanwhile');
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EISDIR'].includes(code)) throw error;
    if (there) throw exists(to, 'Another run has written this output meanwhile');
    return renameSync(from, to);
  }
  rmSync(from);
}

/** The refusal to replace a file. */
export function exists(target: string, message: string): UnbraidError {
  return new UnbraidError('output-exists', message, {
    file: target,
    hint: 'Use --overwrite to replace it, or another folder or template.',
  });
}
