import { UnbraidError } from './errors.js';

interface Waiting {
  readonly exclusive: boolean;
  readonly start: () => void;
}

/**
 * The line in front of one thing that several callers use: changes go one at a time, reads go together, and all go in
 * the order in which they came, so that neither side waits for ever.
 */
export class Line {
  private readonly waiting: Waiting[] = [];
  private readers = 0;
  private changing = false;

  /** Runs `work` alone. Rejects with `cancelled` when the signal ends the wait; `work` looks at the signal itself. */
  change<T>(work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.run(true, work, signal);
  }

  /** Runs `work` while nothing changes. */
  read<T>(work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.run(false, work, signal);
  }

  private async run<T>(
    exclusive: boolean,
    work: () => T | Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    await this.enter(exclusive, signal);
    try {
      return await work();
    } finally {
      if (exclusive) this.changing = false;
      else this.readers--;
      this.next();
    }
  }

  private enter(exclusive: boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(new UnbraidError('cancelled', 'Cancelled'));
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(new UnbraidError('cancelled', 'Cancelled'));
        this.next();
      };
      const entry: Waiting = {
        exclusive,
        start: () => {
          signal?.removeEventListener('abort', leave);
          if (exclusive) this.changing = true;
          else this.readers++;
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.push(entry);
      this.next();
    });
  }

  /** Lets in whoever is at the front and may go. */
  private next(): void {
    for (let first = this.waiting.at(0); first; first = this.waiting.at(0)) {
      if (this.changing || (first.exclusive && this.readers > 0)) return;
      this.waiting.shift();
      first.start();
    }
  }
}
