/** A stretch of the song, in samples; `end` is not in it. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A column of tiles as it lies over others. */
export interface CoveringColumn extends Stretch {
  /** All of its tiles are here: nothing shows through. */
  readonly complete: boolean;
}

export interface SeenColumn<T> {
  readonly column: T;
  readonly parts: readonly Stretch[];
}

/**
 * What is seen of columns that lie over each other, the uppermost first. The answer has the lowest first, in the order in
 * which to draw; what a complete column covers is left out. Shading is what a picture costs where there is no graphics card.
 */
export function seenParts<T extends CoveringColumn>(columns: readonly T[], view: Stretch): SeenColumn<T>[] {
  const seen: SeenColumn<T>[] = [];
  let open: readonly Stretch[] = [view];
  for (const column of columns) {
    const parts = open.flatMap((stretch) => within(stretch, column));
    if (parts.length > 0) seen.push({ column, parts });
    if (column.complete) open = open.flatMap((stretch) => without(stretch, column));
  }
  return seen.reverse();
}

/** Where the first stretch of the view begins that nothing covers; null when all of it is covered. */
export function firstGap(columns: readonly CoveringColumn[], view: Stretch): number | null {
  let open: readonly Stretch[] = view.end > view.start ? [view] : [];
  for (const column of columns)
    if (column.complete) open = open.flatMap((stretch) => without(stretch, column));
  return open.length > 0 ? Math.min(...open.map(({ start }) => start)) : null;
}

/** What two stretches share: one stretch or none. */
function within(stretch: Stretch, other: Stretch): Stretch[] {
  const [start, end] = [Math.max(stretch.start, other.start), Math.min(stretch.end, other.end)];
  return end > start ? [{ start, end }] : [];
}

/** What is left of a stretch without another one. */
function without({ start, end }: Stretch, other: Stretch): Stretch[] {
  return [
    { start, end: Math.min(end, other.start) },
    { start: Math.max(start, other.end), end },
  ].filter((part) => part.end > part.start);
}
