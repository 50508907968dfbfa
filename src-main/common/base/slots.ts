import { UnbraidError } from './errors.js';

/** At most `most` pieces of work at a time; the others wait in the order in which they came. */
export class Slots {
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(readonly most: number) {}

  /** Rejects with `cancelled` when the signal ends the wait; `work` looks at the signal itself. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // Whoever ends hands the place on.
      if (next) next();
      else this.running--;
    }
  }

  private enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(new UnbraidError('cancelled', 'Cancelled'));
    if (this.running < this.most) {
      this.running++;
      return Promise.resolve();
    }
    return new Promise<void>((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        reject(new UnbraidError('cancelled', 'Cancelled'));
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.push(start);
    });
  }
}
