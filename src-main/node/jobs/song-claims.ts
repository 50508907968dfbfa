import { existsSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Disposable } from '../../common/base/disposal.js';
import { takeLock } from '../files/lock.js';
import { makeFolder } from '../files/make-folder.js';

/** How often a claim says that its run lives, and how long one of another machine may be silent, ms. */
const heartbeat = 10_000;
const silence = 60_000;
const lookEvery = 300;

/**
 * Which run makes which song of an output folder: a file for each song in work, so that two runs, also of two machines
 * with one folder, do not do the same work. A claim of a dead process of this machine is void. Of other machines
 * only the file's time is known, and clocks differ: a claim whose time has not changed while we watched is given up.
 */
export class SongClaims {
  constructor(private readonly state: string) {}

  /** The claim on the song with this key, or undefined while another run has it. Throws system errors. */
  take(key: string, silent = false): Disposable | undefined {
    const file = this.fileOf(key);
    // Another run that made nothing may have removed the empty folder.
    makeFolder(this.state);
    const taken = takeLock(file, () => silent);
    if (!('lock' in taken)) return undefined;
    const beat = setInterval(() => {
      try {
        const now = new Date();
        utimesSync(file, now, now);
      } catch {
        // Somebody deleted it, or the folder is away: the work goes on, and at worst is done twice.
      }
    }, heartbeat);
    beat.unref();
    return {
      dispose: () => {
        clearInterval(beat);
        void taken.lock.dispose();
      },
    };
  }

  /** Waits until a song is free, or its claim was silent for too long (true). Returns at once when aborted. */
  async free(key: string, signal?: AbortSignal): Promise<boolean> {
    let seen = this.timeOf(key);
    let since = performance.now();
    while (!signal?.aborted) {
      makeFolder(this.state);
      const owned = takeLock(this.fileOf(key));
      if ('lock' in owned) {
        await owned.lock.dispose();
        return false;
      }
      const time = this.timeOf(key);
      if (time !== seen) [seen, since] = [time, performance.now()];
      if (performance.now() - since > silence) return true;
      await pause(lookEvery, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
    return false;
  }

  /** Removes the claim that a dead run left on a song which is done. */
  async clear(key: string): Promise<void> {
    const file = this.fileOf(key);
    if (!existsSync(file)) return;
    const owned = takeLock(file);
    if ('lock' in owned) await owned.lock.dispose();
  }

  private timeOf(key: string): number | undefined {
    return statSync(this.fileOf(key), { throwIfNoEntry: false })?.mtimeMs;
  }

  private fileOf(key: string): string {
    return join(this.state, `${key}.claim`);
  }
}
