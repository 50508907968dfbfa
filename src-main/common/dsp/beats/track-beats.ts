import type { OnsetCurve } from './onset-strength.js';
import type { TempoPath } from './tempo-path.js';

/** What leaving the tempo costs, for the square of each factor of e (Ellis 2007, eq. 4). */
const tightness = 100;

/**
 * The beats of a song, frames of the curve, fractions included: the sequence with the most onset strength on its beats and
 * the least deviation from the tempo, found by dynamic programming (Ellis 2007).
 */
export function trackBeats(
  { all }: Pick<OnsetCurve, 'all'>,
  { step, periods }: Pick<TempoPath, 'step' | 'periods'>,
): number[] {
  const local = smoothed(all);
  const sums = new Float64Array(local.length);
  const before = new Int32Array(local.length).fill(-1);
  const longest = periods.reduce((a, b) => Math.max(a, b), 0);
  const cost = new Float64Array(Math.ceil(2 * longest) + 2);
  let known = 0;
  for (let t = 0; t < local.length; t++) {
    const period = periods[Math.min(periods.length - 1, Math.floor(t / step))];
    const [near, far] = [Math.max(1, Math.round(period / 2)), Math.round(2 * period)];
    if (period !== known) {
      for (let way = near; way <= far; way++) cost[way] = tightness * Math.log(way / period) ** 2;
      known = period;
    }
    let [best, from] = [0, -1];
    for (let way = near; way <= far && way <= t; way++) {
      const sum = sums[t - way] - cost[way];
      if (sum > best) [best, from] = [sum, t - way];
    }
    sums[t] = local[t] + best;
    before[t] = from;
  }
  const beats: number[] = [];
  for (let t = lastBeat(sums, Math.ceil(1.5 * longest)); t >= 0; t = before[t])
    beats.push(peakAround(local, t));
  return beats.reverse();
}

/** The frame with the highest sum among the last ones. */
function lastBeat(sums: Float64Array, reach: number): number {
  let best = sums.length - 1;
  for (let t = Math.max(0, sums.length - reach); t < sums.length; t++) if (sums[t] > sums[best]) best = t;
  return best;
}

function smoothed(values: Float32Array): Float32Array {
  const at = (i: number): number => values[Math.min(values.length - 1, Math.max(0, i))];
  return values.map((value, i) => (at(i - 2) + 2 * at(i - 1) + 3 * value + 2 * at(i + 1) + at(i + 2)) / 9);
}

/** Where the parabola through a value and its neighbours has its top. */
export function peakAround(values: Float32Array | Float64Array, t: number): number {
  const [left, here, right] = [values[t - 1] ?? 0, values[t], values[t + 1] ?? 0];
  const bend = left - 2 * here + right;
  return here <= left || here < right || bend >= 0 ? t : t + (left - right) / (2 * bend);
}
