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

/** Whether the file system has no hard links. */
function withoutLinks(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EISDIR'].includes(code);
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
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw exists(to, 'Another run has written this output meanwhile');
    if (!withoutLinks(error)) throw error;
    if (there) throw exists(to, 'Another run has written this output meanwhile');
    return renameSync(from, to);
  }
  rmSync(from);
}

/** Keeps a file that is to be replaced under another name too, so that it stays in its place until the new one is there. */
export function setAside(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!withoutLinks(error)) throw error;
    renameSync(from, to);
  }
}

/** Takes `setAside` back, once what replaced the file is gone or never came. */
export function putBack(aside: string, to: string): void {
  const old = lstatSync(aside, { throwIfNoEntry: false });
  if (old === undefined) return;
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there === undefined) renameSync(aside, to);
  else if (there.ino === old.ino) rmSync(aside);
}

/** The refusal to replace a file. */
export function exists(target: string, message: string): UnbraidError {
  return new UnbraidError('output-exists', message, {
    file: target,
    hint: 'Use --overwrite to replace it, or another folder or template.',
  });
}
