import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { makeFolder } from './make-folder.js';

const prefix = 'unbraid-';

/** A name that says which process of which machine owns a temporary folder. */
export function ownerTag(): string {
  return `${hostname().replace(/[^A-Za-z0-9]/g, '') || 'host'}-${process.pid}`;
}

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a folder named by `ownerTag` belongs to a process of this machine that has ended. */
function isOrphan(name: string, namePrefix: string): boolean {
  const [host, pid] = ownerTag().split('-');
  const match = new RegExp(`^${namePrefix}([A-Za-z0-9]+)-(\\d+)-`).exec(name);
  return match !== null && match[1] === host && match[2] !== pid && !isAlive(Number(match[2]));
}

/**
 * Where a file is written before it gets its name: beside it, under a name that nobody can know before. Open it so that
 * it must not exist (`wx`): a link that somebody has put there would lead elsewhere.
 */
export function partPath(path: string): string {
  return join(dirname(path), `unbraid-${randomBytes(8).toString('hex')}.${ownerTag()}.part`);
}

/** Deletes files `NAME.HOST-PID.part` that processes which have ended were writing. Throws system errors. */
export function removeDeadParts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = /\.([A-Za-z0-9]+-\d+)\.part$/.exec(name)?.[1];
    if (owner && isOrphan(`${owner}-`, '')) rmSync(join(folder, name), { force: true });
  }
}

/** Deletes what killed processes left behind in a folder. */
export function removeOrphans(folder: string, namePrefix: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    if (isOrphan(name, namePrefix)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** The folder of a run's caches: decoded audio, segments, stems. Deleted at the end of the run, or by the next run. */
export class Workspace implements Disposable {
  private songs = 0;

  private constructor(readonly dir: string) {}

  /** `base` defaults to `$UNBRAID_CACHE` or the system's temporary folder; it needs room for float32 audio. */
  static create(base: string = process.env['UNBRAID_CACHE'] ?? tmpdir()): Workspace {
    try {
      makeFolder(base);
      removeOrphans(base, prefix);
      return new Workspace(mkdtempSync(join(base, `${prefix}${ownerTag()}-`)));
    } catch (error) {
      throw toUnbraidError(error, base);
    }
  }

  /** A fresh folder for one song. */
  songDir(): string {
    const dir = join(this.dir, `song-${this.songs++}`);
    makeFolder(dir);
    return dir;
  }

  dispose(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
