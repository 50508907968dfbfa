import { pageFrames } from './shared.js';

/** Gathers ranges of frames until they make whole pages. */
export class PageTally {
  private readonly starts = new Map<number, Map<number, number>>();

  /** `length` is that of the song, frames. */
  constructor(private readonly length: number) {}

  /** Takes in a range that lies in one page; that page's frames when this makes it whole, else null. */
  add(start: number, count: number): { readonly start: number; readonly count: number } | null {
    const page = Math.floor(start / pageFrames);
    const parts = this.starts.get(page) ?? new Map<number, number>();
    this.starts.set(page, parts.set(start, count));
    const whole = Math.min(pageFrames, this.length - page * pageFrames);
    const there = [...parts.values()].reduce((sum, part) => sum + part, 0);
    return there >= whole ? { start: page * pageFrames, count: whole } : null;
  }
}
