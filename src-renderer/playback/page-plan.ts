export interface PlaySpan {
  /** Frame that is heard next. */
  readonly position: number;
  /** Frames of the song. */
  readonly length: number;
  /** Loop in frames, when one is on and the position is before its end. */
  readonly loop: { readonly start: number; readonly end: number } | null;
}

/** Pages in which a change of clean ↔ full is made heard before the engine has it, from the one that is heard on. */
export const livePages = 3;

/**
 * Pages in the order in which playing from `position` needs them, at most `count`, without repeats: up to the end of
 * the loop and on from its start, else up to the end of the song.
 */
export function pagesAhead(span: PlaySpan, pageFrames: number, count: number): number[] {
  const pages: number[] = [];
  const addRange = (start: number, end: number): void => {
    const last = Math.ceil(Math.min(end, span.length) / pageFrames);
    for (let page = Math.floor(start / pageFrames); page < last && pages.length < count; page++) {
      if (!pages.includes(page)) pages.push(page);
    }
  };
  if (span.loop && span.position < span.loop.end) {
    addRange(span.position, span.loop.end);
    addRange(span.loop.start, span.loop.end);
  } else {
    addRange(span.position, span.length);
    // Playing starts again from the beginning more often than anywhere else.
    addRange(0, pageFrames);
  }
  return pages;
}

/**
 * The slot to fill next: a free one, else the one whose page was wanted longest ago; never one that holds a page
 * of `wanted`. −1 when all slots hold wanted pages. `usedAt[slot]` is a counter, `pageOf[slot]` −1 when free.
 */
export function slotToFill(
  pageOf: readonly number[],
  usedAt: readonly number[],
  wanted: ReadonlySet<number>,
): number {
  let best = -1;
  for (let slot = 0; slot < pageOf.length; slot++) {
    if (pageOf[slot] < 0) return slot;
    if (!wanted.has(pageOf[slot]) && (best < 0 || usedAt[slot] < usedAt[best])) best = slot;
  }
  return best;
}
