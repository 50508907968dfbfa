import { rmSync } from 'node:fs';
import { sep } from 'node:path';
import type { Disposable } from '../../common/base/disposal.js';

/**
 * Folders that somebody reads: one that is removed meanwhile goes when the last reader of it, or of a folder in it,
 * lets go. A folder that
 * cannot be removed (on Windows, while another program has a file of it open) is tried again with the next.
 */
export class Leases {
  private readonly readers = new Map<string, number>();
  private readonly doomed = new Set<string>();

  hold(dirs: readonly string[]): Disposable {
    for (const dir of dirs) this.readers.set(dir, (this.readers.get(dir) ?? 0) + 1);
    let over = false;
    return {
      dispose: () => {
        if (over) return;
        over = true;
        for (const dir of dirs) {
          const left = this.readers.get(dir)! - 1;
          if (left > 0) this.readers.set(dir, left);
          else this.readers.delete(dir);
        }
        this.sweep();
      },
    };
  }

  /** Removes folders, now or when nobody reads them any more. Never throws. */
  remove(dirs: readonly string[]): void {
    for (const dir of dirs) this.doomed.add(dir);
    this.sweep();
  }

  private sweep(): void {
    for (const dir of this.doomed) {
      if ([...this.readers.keys()].some((held) => held === dir || held.startsWith(dir + sep))) continue;
      try {
        rmSync(dir, { recursive: true, force: true });
        this.doomed.delete(dir);
      } catch {
        // It is removed with the next one, or with the folder it lies in.
      }
    }
  }
}
