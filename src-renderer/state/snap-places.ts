/** What the edges of a selection can snap to. */
export const snapKinds = ['onset', 'beat', 'zero', 'marker', 'edge', 'playhead'] as const;
export type SnapKind = (typeof snapKinds)[number];

/** A place that an edge snaps to: a frame of the song. */
export interface SnapPlace {
  readonly at: number;
  readonly kind: SnapKind;
}

/** The nearest of some places within `reach` frames; the first of equal ones. */
export function nearestPlace(places: readonly SnapPlace[], at: number, reach: number): SnapPlace | null {
  let best: SnapPlace | null = null;
  for (const place of places) {
    const way = Math.abs(place.at - at);
    if (way <= reach && (best === null || way < Math.abs(best.at - at))) best = place;
  }
  return best;
}

/**
 * The sample nearest to `at` that a selection can begin or end at without a step: the one before it is on the other side of
 * zero, or it is zero itself. Null when no crossing lies within `reach` samples.
 */
export function nearestCrossing(signal: Float32Array, at: number, reach: number): number | null {
  const crosses = (i: number): boolean =>
    i > 0 && i < signal.length && (signal[i] === 0 || signal[i - 1] < 0 !== signal[i] < 0);
  for (let way = 0; way <= reach; way++) {
    if (crosses(at - way)) return at - way;
    if (crosses(at + way)) return at + way;
  }
  return null;
}
