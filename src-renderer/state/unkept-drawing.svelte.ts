import { toUnbraidError } from '../../src-main/common/base/errors.js';
import type { PackedDrawn } from './kept-drawing.js';

/** What is drawn and the host does not have: only the newest of it counts. */
export class UnkeptDrawing {
  private waiting = $state.raw<PackedDrawn | null>(null);

  get waits(): boolean {
    return this.waiting !== null;
  }

  /** There is a mask in it that the tab has not room for. */
  get large(): boolean {
    return this.waiting?.masks.some((mask) => typeof mask !== 'string') ?? false;
  }

  add(drawn: PackedDrawn): void {
    this.waiting = drawn;
  }

  /** Sends the newest, and what came meanwhile. Rejects with the failure of `keep`; then it waits on. */
  async send(keep: (drawn: PackedDrawn) => Promise<unknown>): Promise<void> {
    for (let next = this.waiting; next !== null; next = this.waiting) {
      await keep(next).catch(unlessElsewhere);
      if (this.waiting === next) this.waiting = null;
    }
  }
}

/** The page that has taken the song over keeps what is drawn there; this one hears of it by an event. */
function unlessElsewhere(error: unknown): void {
  if (toUnbraidError(error).code !== 'session-elsewhere') throw error;
}
