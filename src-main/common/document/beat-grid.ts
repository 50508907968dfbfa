import type { BeatsRecord } from './records.js';

/** The id of the one record. */
export const beatsId = 'beats:grid';

/** A beat of a song: its sample, and whether a bar begins with it. */
export interface Beat {
  readonly at: number;
  readonly bar: boolean;
  /** The number of its bar; 1 is the one that the grid says, those before it count down. */
  readonly number: number;
}

type Grid = Pick<BeatsRecord, 'bpm' | 'first' | 'perBar' | 'tracked'>;

/** Samples from one beat to the next; of tracked beats, the median. */
export function beatPeriod({ bpm }: Pick<Grid, 'bpm'>, sampleRate: number): number {
  return (60 * sampleRate) / bpm;
}

/** The beats in [from, to), ascending; `every` takes only each so manieth bar, 0 all beats. */
export function beatsIn(
  grid: Grid,
  sampleRate: number,
  from: number,
  to: number,
  every = 0,
): readonly Beat[] {
  const { first, perBar, tracked } = grid;
  const period = beatPeriod(grid, sampleRate);
  const zero = tracked ? placeOf(tracked, first) : 0;
  const [low, high] = tracked
    ? [placeOf(tracked, from) - zero, placeOf(tracked, to) - zero - 1]
    : [Math.ceil((from - first) / period - 1e-9), Math.ceil((to - first) / period - 1e-9) - 1];
  const stride = every > 0 ? every * perBar : 1;
  const beats: Beat[] = [];
  for (let n = stride * Math.ceil(low / stride); n <= high; n += stride) {
    const at = tracked ? tracked[zero + n] : Math.round(first + n * period);
    beats.push({ at, bar: n % perBar === 0, number: Math.floor(n / perBar) + 1 });
  }
  return beats;
}

/** The beat next to a sample; null where tracked beats have ended. */
export function nearestBeat(grid: Grid, sampleRate: number, at: number): number | null {
  const { first, tracked } = grid;
  if (!tracked) {
    const period = beatPeriod(grid, sampleRate);
    return Math.round(first + Math.round((at - first) / period) * period);
  }
  const i = placeOf(tracked, at);
  const [before, after] = [tracked[i - 1] ?? -Infinity, tracked[i] ?? Infinity];
  const nearest = at - before < after - at ? before : after;
  return Number.isFinite(nearest) ? nearest : null;
}

/** The beat before (−1) or after (1) a sample, within the song; null without one. */
export function nextBeat(
  grid: Grid,
  sampleRate: number,
  at: number,
  way: -1 | 1,
  length: number,
): number | null {
  const { first, tracked } = grid;
  let found: number | undefined;
  if (tracked) found = tracked[way > 0 ? placeOf(tracked, at + 1) : placeOf(tracked, at) - 1];
  else {
    const period = beatPeriod(grid, sampleRate);
    // Rounded places: the next one is at least half a sample further.
    const n =
      way > 0 ? Math.floor((at + 0.5 - first) / period) + 1 : Math.ceil((at - 0.5 - first) / period) - 1;
    found = Math.round(first + n * period);
  }
  return found !== undefined && found >= 0 && found <= length ? found : null;
}

/** The same beats, moved as little as brings one of them to a sample, which begins a bar. */
export function beginningAt(
  grid: Grid,
  sampleRate: number,
  at: number,
  length: number,
): Pick<Grid, 'first' | 'tracked'> {
  const { tracked } = grid;
  if (!tracked) return { first: at, tracked };
  const by = at - (nearestBeat(grid, sampleRate, at) ?? at);
  const moved = tracked.map((beat) => beat + by).filter((beat) => beat >= 0 && beat < length);
  return moved.length < 2
    ? { first: at, tracked: null }
    : { first: moved[placeOf(moved, at)] ?? moved[0], tracked: moved };
}

/** Twice as many beats (2), or every second one of them (½); tracked ones too. */
export function timesFaster(grid: Grid, factor: 2 | 0.5): Pick<Grid, 'bpm' | 'tracked'> {
  const { bpm, first, tracked } = grid;
  if (!tracked) return { bpm: bpm * factor, tracked };
  if (factor === 2)
    return {
      bpm: bpm * 2,
      tracked: tracked.flatMap((at, i) =>
        i + 1 < tracked.length ? [at, Math.round((at + tracked[i + 1]) / 2)] : [at],
      ),
    };
  const zero = placeOf(tracked, first);
  return { bpm: bpm / 2, tracked: tracked.filter((_, i) => (i - zero) % 2 === 0) };
}

/** The place of the first of ascending numbers that is not below a value. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
