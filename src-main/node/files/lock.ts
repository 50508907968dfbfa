import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { readSmallFile } from './file-bytes.js';
import { isAlive, ownerTag, removeDeadParts } from './workspace.js';

const ownerSchema = z.object({ host: z.string(), pid: z.number().int(), token: z.string() });
export type Owner = z.output<typeof ownerSchema>;

/** Tokens of the locks that this process holds: a number of a process that has ended may be given again. */
const held = new Set<string>();

/** Null for a file that cannot be read as an owner; undefined if there is no file. */
function ownerOf(file: string): Owner | null | undefined {
  let text: string;
  try {
    text = readSmallFile(file, 4096).toString('utf8');
  } catch (error) {
    const { code } = toUnbraidError(error);
    if (code === 'file-not-found') return undefined;
    // A folder, a pipe, or far too much: no lock.
    if (code === 'invalid-argument' || code === 'too-large') return null;
    throw error;
  }
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function isStale(owner: Owner | null): boolean {
  if (owner === null) return true;
  // Nothing is known about processes of another machine: the folder may be shared.
  if (owner.host !== hostname()) return false;
  return owner.pid === process.pid ? !held.has(owner.token) : !isAlive(owner.pid);
}

/** Puts a file in place if nothing is there yet: whole at once, or not at all. */
function place(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Some file systems have no links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
  }
  try {
    writeFileSync(file, readFileSync(mine), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a stale lock away; puts it back when it turns out to be somebody's new one. */
function remove(file: string, stale: Owner | null, aside: string): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (ownerOf(aside)?.token !== stale?.token) place(aside, file);
  rmSync(aside, { recursive: true, force: true });
}

/** A lock that was taken, or who has it. */
export type Locking = { readonly lock: Disposable } | { readonly owner: Owner | null };

/**
 * Takes a lock file for this process. What a dead process of this machine left is taken over, and what `given` says
 * was given up.
 *
 * @throws a system error
 */
export function takeLock(file: string, given: (owner: Owner | null) => boolean = isStale): Locking {
  const token = randomBytes(8).toString('hex');
  // Named so that whoever comes next can see that its process has ended; see `removeDeadParts`.
  const mine = `${file}.${token}.${ownerTag()}.part`;
  try {
    const owned: Owner = { host: hostname(), pid: process.pid, token };
    writeFileSync(mine, JSON.stringify(owned), { flag: 'wx' });
    for (let tries = 0; tries < 5; tries++) {
      if (place(mine, file)) {
        held.add(token);
        return { lock: { dispose: () => release(file, token) } };
      }
      const owner = ownerOf(file);
      if (owner === undefined) continue;
      if (!isStale(owner) && !given(owner)) return { owner };
      remove(file, owner, `${file}.${token}.stale.${ownerTag()}.part`);
    }
    return { owner: null };
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Keeps a folder for this process, by a file `lock` in it. What a dead process of this machine left is taken over,
 * and what it was writing is deleted.
 *
 * @throws UnbraidError `project-locked` when another process has it, or a typed system error.
 */
export function lockFolder(dir: string): Disposable {
  let taken: Locking;
  try {
    removeDeadParts(dir);
    taken = takeLock(join(dir, 'lock'));
  } catch (error) {
    throw toUnbraidError(error, dir);
  }
  if ('lock' in taken) return taken.lock;
  if (taken.owner) throw locked(dir, taken.owner);
  throw new UnbraidError('project-locked', 'Another program is opening the project just now', { file: dir });
}

function release(file: string, token: string): void {
  held.delete(token);
  try {
    if (ownerOf(file)?.token === token) rmSync(file, { force: true });
  } catch {
    // A folder that is gone, or cannot be written any more, needs no lock; a lock that stays is stale.
  }
}

function locked(dir: string, { host, pid }: Owner): UnbraidError {
  const where = host === hostname() ? `process ${pid}` : `process ${pid} on the computer "${host}"`;
  return new UnbraidError('project-locked', `The project is open in another Unbraid (${where})`, {
    file: dir,
    hint: 'Close it there. If nothing has it open, delete the file "lock" in the project’s folder.',
  });
}
