import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';

export interface ClaimsOptions {
  /** Milliseconds, from any origin. */
  readonly now: () => number;
  /** A page that has been silent for this long is gone, ms. Browsers wake pages in the background once a minute. */
  readonly graceMs: number;
  /** Called with a session whose page is gone. */
  readonly onLeft: (session: string) => void;
}

/**
 * Which page has which open song (S7–S9): the first page that claims a song writes it, others may look. A page that is
 * silent for too long loses its songs. Songs that no page ever claimed stay: a program has them.
 */
export class Claims implements Disposable {
  private readonly writers = new Map<string, string>();
  private readonly seen = new Map<string, number>();
  /** Pages that said that they go: they may come back, so their songs are kept as long as those of silent ones. */
  private readonly gone = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ClaimsOptions) {}

  /** Makes a page the writer of a session unless another living one is; `take` makes it the writer in any case. */
  claim(session: string, page: string, take: boolean): boolean {
    this.alive(page);
    const holder = this.writers.get(session);
    if (holder !== undefined && holder !== page && !take && this.lives(holder)) return false;
    this.writers.set(session, page);
    return true;
  }

  /** A page says that it is there. */
  alive(page: string): void {
    this.gone.delete(page);
    this.seen.set(page, this.options.now());
    this.timer ??= setInterval(() => this.sweep(), this.options.graceMs / 4).unref();
  }

  /** A page says that it goes: others may write its songs at once. */
  leave(page: string): void {
    if (this.seen.has(page)) this.gone.add(page);
  }

  /** Whether a living page other than this one writes a session. */
  writtenElsewhere(session: string, page: string | undefined): boolean {
    const holder = this.writers.get(session);
    return holder !== undefined && holder !== page && this.lives(holder);
  }

  /** Throws `session-elsewhere` for a page that may only look. A caller without a page is a program, which may. */
  check(session: string, page: string | undefined): void {
    if (page === undefined || !this.writtenElsewhere(session, page)) return;
    throw new UnbraidError('session-elsewhere', 'Another window works on this song', {
      hint: 'Close it there, or take it over here: then the other window can only look.',
    });
  }

  forget(session: string): void {
    this.writers.delete(session);
  }

  dispose(): void {
    clearInterval(this.timer);
  }

  private lives(page: string): boolean {
    return this.known(page) && !this.gone.has(page);
  }

  private known(page: string): boolean {
    return this.options.now() - (this.seen.get(page) ?? -Infinity) <= this.options.graceMs;
  }

  private sweep(): void {
    for (const [session, page] of this.writers) {
      if (this.known(page)) continue;
      this.writers.delete(session);
      this.options.onLeft(session);
    }
    for (const page of this.seen.keys()) {
      if (this.known(page)) continue;
      this.seen.delete(page);
      this.gone.delete(page);
    }
  }
}
