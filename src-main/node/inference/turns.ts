import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';

/** Whether a person waits for it, or a batch that runs by itself. */
export type Urgency = 'interactive' | 'batch';

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the place in the line, 1 for the next, whenever it changes; never called when the turn is free at
   * once.
   */
  readonly onPlace?: ((place: number) => void) | undefined;
}

/** The engine is one caller's until it is disposed. */
export interface Turn extends Disposable {
  /** Something more urgent waits: work that can go on later gives its turn back. */
  readonly wanted: boolean;
  dispose(): void;
}

interface Waiting {
  readonly urgency: Urgency;
  readonly onPlace: ((place: number) => void) | undefined;
  place: number;
  start(): void;
}

/**
 * The line in front of the engine (Q1–Q4 in queue/SPEC.md): one turn at a time, interactive work ahead of batches, and
 * within both the first who came. Leaving the line does not affect the others.
 */
export class Turns {
  private line: Waiting[] = [];
  private current: Urgency | undefined;

  /** Rejects with `cancelled` when the signal ends the wait. */
  take(urgency: Urgency, { signal, onPlace }: TurnOptions = {}): Promise<Turn> {
    return new Promise<Turn>((resolve, reject) => {
      if (signal?.aborted) return reject(new UnbraidError('cancelled', 'Cancelled'));
      const leave = (): void => {
        this.line = this.line.filter((other) => other !== entry);
        reject(new UnbraidError('cancelled', 'Cancelled'));
        this.tell();
      };
      const entry: Waiting = {
        urgency,
        onPlace,
        place: 0,
        start: () => {
          signal?.removeEventListener('abort', leave);
          this.current = urgency;
          resolve(this.turn(urgency));
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      const at = urgency === 'batch' ? -1 : this.line.findIndex((other) => other.urgency === 'batch');
      this.line.splice(at < 0 ? this.line.length : at, 0, entry);
      this.next();
      this.tell();
    });
  }

  private turn(urgency: Urgency): Turn {
    let over = false;
    const wanted = (): boolean => urgency === 'batch' && this.line.at(0)?.urgency === 'interactive';
    return {
      get wanted() {
        return wanted();
      },
      dispose: () => {
        if (over) return;
        over = true;
        this.current = undefined;
        this.next();
        this.tell();
      },
    };
  }

  private next(): void {
    if (this.current === undefined) this.line.shift()?.start();
  }

  private tell(): void {
    this.line.forEach((entry, i) => {
      if (entry.place === i + 1) return;
      entry.place = i + 1;
      entry.onPlace?.(i + 1);
    });
  }
}
