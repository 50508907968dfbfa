import type { OnsetCurve } from './onset-strength.js';

/** Tempi that are looked for, beats a minute: a faster one is taken at half; and the one that is taken where others fit as well. */
const slowest = 40;
export const fastest = 168;
const usual = 120;
/** How far from the usual one is half as likely to be meant, octaves (a standard deviation). */
const spread = 0.7;
/** Ratio of one tempo that is tried to the next. */
const ratio = 1.015;
/** A tempo is heard within so many seconds, and asked for again after so many. */
const [windowSeconds, stepSeconds] = [12, 1];
/** The curve is looked at in every second frame. */
const coarse = 2;
/** What a change of tempo costs, for each factor of e. */
const changeCost = 30;

/** The time between beats, frames of the curve, one value each `step` frames. */
export interface TempoPath {
  readonly step: number;
  readonly periods: Float64Array;
  /** How much the song is like itself one beat later, the mean over it: 0 not at all … 1 the same. */
  readonly likeness: number;
}

/** How likely a tempo is meant, before anything is heard; 1 for the most usual. */
function usualness(tempo: number): number {
  const octaves = Math.log2(tempo / usual) / spread;
  return Math.exp((-octaves * octaves) / 2);
}

/**
 * How the tempo goes, heard in two ways: the same from start to end, and with its changes. Both come from the
 * autocorrelation of the onset strength in windows that follow each other, weighted by how usual a tempo is (Ellis, "Beat
 * tracking by dynamic programming", J. New Music Research 36 (2007)); the changing one is the path through them that
 * explains the most with little change.
 */
export function tempoPaths({ all, rate }: Pick<OnsetCurve, 'all' | 'rate'>): {
  readonly steady: TempoPath;
  readonly changing: TempoPath;
} {
  const slow = thinned(all);
  const slowRate = rate / coarse;
  const states = Math.ceil(Math.log(fastest / slowest) / Math.log(ratio));
  const tempi = Float64Array.from({ length: states }, (_, i) => slowest * ratio ** i);
  const step = Math.round(stepSeconds * slowRate);
  const windows = Math.max(1, Math.ceil(slow.length / step));
  const scores = new Float64Array(windows * states);
  const likeness = new Float64Array(windows * states);
  for (let w = 0; w < windows; w++) {
    const like = likenessAt(slow, slowRate, Math.round((w + 0.5) * step), tempi);
    scores.set(like.fit, w * states);
    likeness.set(like.here, w * states);
  }
  const pathOf = (path: ArrayLike<number>): TempoPath => ({
    step: step * coarse,
    periods: Float64Array.from(path, (state) => (60 * rate) / tempi[state]),
    likeness:
      Array.from(path, (state, w) => likeness[w * states + state]).reduce((a, b) => a + b, 0) / windows,
  });
  return {
    steady: pathOf(new Uint16Array(windows).fill(bestOfAll(scores, states))),
    changing: pathOf(bestPath(scores, windows, states)),
  };
}

/** The state with the highest sum of scores. */
function bestOfAll(scores: Float64Array, states: number): number {
  const sums = new Float64Array(states);
  for (let i = 0; i < scores.length; i++) sums[i % states] += scores[i];
  return sums.indexOf(Math.max(...sums));
}

function thinned(values: Float32Array): Float32Array {
  return Float32Array.from(
    { length: Math.ceil(values.length / coarse) },
    (_, i) => (values[i * coarse] + (values[i * coarse + 1] ?? 0)) / 2,
  );
}

/** How much the curve is like itself one beat later, around a place, and how well each tempo fits. */
function likenessAt(
  values: Float32Array,
  rate: number,
  at: number,
  tempi: Float64Array,
): { readonly here: Float64Array; readonly fit: Float64Array } {
  const half = Math.round((windowSeconds / 2) * rate);
  // At the ends the window stays whole, as far as the song is that long.
  const from = Math.max(0, Math.min(at - half, values.length - 2 * half));
  const cut = values.slice(from, Math.min(values.length, from + 2 * half));
  const mean = cut.reduce((sum, value) => sum + value, 0) / cut.length;
  for (let i = 0; i < cut.length; i++) cut[i] -= mean;
  const longest = Math.min(cut.length - 1, Math.ceil((4 * 60 * rate) / slowest) + 1);
  const likeness = new Float64Array(longest + 1);
  for (let lag = 0; lag <= longest; lag++) {
    let sum = 0;
    for (let i = lag; i < cut.length; i++) sum += cut[i] * cut[i - lag];
    // As a mean over what overlaps, so that long lags count too; hardly any overlap says nothing.
    likeness[lag] = sum / Math.max(cut.length - lag, cut.length / 4);
  }
  // Evened out it is about 1, but in silence.
  const all = likeness[0] + 0.1;
  const value = (lag: number): number => {
    const i = Math.floor(lag);
    return i >= longest ? 0 : (likeness[i] + (lag - i) * (likeness[i + 1] - likeness[i])) / all;
  };
  const here = tempi.map((tempo) => value((60 * rate) / tempo));
  const fit = tempi.map((tempo, i) => {
    const lag = (60 * rate) / tempo;
    // A tempo whose beats fall between the hits is not one.
    const both = Math.max(0, here[i]) * (here[i] + value(2 * lag) / 2 + value(4 * lag) / 4);
    return Math.max(0, both) * usualness(tempo);
  });
  return { here, fit };
}

/** The state of each window on the path with the highest sum of scores less the costs of its changes (Viterbi). */
function bestPath(scores: Float64Array, windows: number, states: number): Uint16Array {
  const cost = changeCost * Math.log(ratio);
  const from = new Uint16Array(windows * states);
  let sums = scores.slice(0, states);
  for (let w = 1; w < windows; w++) {
    const next = new Float64Array(states);
    // The cost is linear in the distance: the best of all is the best of both sweeps.
    const [best, origin] = [sums.slice(), Uint16Array.from({ length: states }, (_, i) => i)];
    const take = (to: number, neighbour: number): void => {
      if (best[neighbour] - cost <= best[to]) return;
      best[to] = best[neighbour] - cost;
      origin[to] = origin[neighbour];
    };
    for (let s = 1; s < states; s++) take(s, s - 1);
    for (let s = states - 2; s >= 0; s--) take(s, s + 1);
    for (let s = 0; s < states; s++) next[s] = best[s] + scores[w * states + s];
    from.set(origin, w * states);
    sums = next;
  }
  const path = new Uint16Array(windows);
  let state = sums.indexOf(Math.max(...sums));
  for (let w = windows - 1; w >= 0; w--) {
    path[w] = state;
    state = from[w * states + state];
  }
  return path;
}
