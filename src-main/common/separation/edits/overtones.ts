import type { TileMask } from './tile-mask.js';

/** Powers of frames from `start` on, `[frames][bins]`, all bins. */
export interface PowerRows {
  readonly start: number;
  readonly rows: Float32Array;
}

/** The bins of a frame that a mask covers: from the first to the last; null for none. */
function coveredBins(mask: TileMask, frame: number): readonly [low: number, high: number] | null {
  let [low, high] = [0, mask.bins - 1];
  while (low <= high && mask.get(frame, low) === 0) low++;
  while (high >= low && mask.get(frame, high) === 0) high--;
  return low <= high ? [low, high] : null;
}

/**
 * The strongest frequency of a frame inside of a mask, in bins, by a parabola through three levels; null where the mask
 * covers an octave or more, because then no frequency is the fundamental.
 */
function fundamentalOf(mask: TileMask, frame: number, powers: Float32Array): number | null {
  const covered = coveredBins(mask, frame);
  if (!covered || covered[1] >= 2 * Math.max(1, covered[0])) return null;
  let best = -1;
  for (let bin = covered[0]; bin <= covered[1]; bin++) {
    if (mask.get(frame, bin) > 0 && (best < 0 || powers[bin] > powers[best])) best = bin;
  }
  const [before, at, after] = [-1, 0, 1].map((d) => Math.log(Math.max(1e-20, powers[best + d] ?? 0)));
  const bend = before - 2 * at + after;
  return bend < 0 ? best + Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : best;
}

/**
 * Adds the overtones of what a mask covers to `into`, up to `count` multiples of the fundamental, which counts as the
 * first: around each lies what the mask has around the fundamental.
 */
export function addOvertones(
  into: TileMask,
  mask: TileMask,
  { start, rows }: PowerRows,
  count: number,
): void {
  const { bins } = mask;
  for (let t = 0; t < rows.length / bins; t++) {
    const frame = start + t;
    const fundamental = fundamentalOf(mask, frame, rows.subarray(t * bins, (t + 1) * bins));
    if (fundamental === null) continue;
    const [low, high] = coveredBins(mask, frame)!;
    for (let n = 2; n <= count && n * fundamental < bins; n++) {
      const move = (n - 1) * fundamental;
      for (let bin = Math.ceil(low + move); bin <= high + move; bin++) {
        const value = mask.get(frame, Math.round(bin - move));
        if (value > into.get(frame, bin)) into.set(frame, bin, value);
      }
    }
  }
}
