import { UnbraidError } from '../../base/errors.js';
import { onsetStrength, type OnsetCurve, type ReadMono } from './onset-strength.js';
import { steadyGrid } from './steady-grid.js';
import { tempoPaths } from './tempo-path.js';
import { trackBeats } from './track-beats.js';

/** A beat of four is what most songs have. */
const perBar = 4;
/** A frame's curve is highest so many samples of its hop before the attack: when the window is about to reach over it. */
const delay = 1;
/** Fewer beats than these are no rhythm. */
const fewest = 4;
/** How much a song is like itself one beat later, at least; noise gets to 0.05. */
const leastLikeness = 0.08;

/** The beats of a song. */
export interface FoundBeats {
  /** Beats a minute; of a tempo that changes, the median. */
  readonly bpm: number;
  /** A beat that begins a bar, samples. */
  readonly first: number;
  readonly perBar: number;
  /** All beats, samples, ascending; null where they are an even grid. */
  readonly tracked: number[] | null;
}

/**
 * Finds the beats of a song, and where a bar may begin. A steady tempo comes as an even grid, another one as a list.
 * Throws `no-beat` where nothing repeats.
 */
export function findBeats(
  read: ReadMono,
  length: number,
  sampleRate: number,
  onShare?: (share: number) => void,
): FoundBeats {
  const curve = onsetStrength(read, length, sampleRate, onShare);
  const { steady, changing } = tempoPaths(curve);
  if (Math.max(steady.likeness, changing.likeness) < leastLikeness) throw noBeat();
  const sample = (frame: number): number => (frame + delay) * curve.hop;
  const grid = steadyGrid(curve, steady.periods[0]);
  if (grid) {
    const period = (60 * sampleRate) / grid.bpm;
    const start = sample(grid.first) % period;
    const count = Math.floor((length - 1 - start) / period) + 1;
    const even = Array.from({ length: count }, (_, i) => start + i * period);
    return { bpm: grid.bpm, first: Math.round(even[downbeat(curve, even)]), perBar, tracked: null };
  }
  const at = trackBeats(curve, changing)
    .map((frame) => Math.round(sample(frame)))
    .filter((beat) => beat >= 0 && beat < length);
  if (at.length < fewest) throw noBeat();
  const gaps = at.slice(1).map((beat, i) => beat - at[i]);
  const bpm = (60 * sampleRate) / gaps.sort((a, b) => a - b)[gaps.length >> 1];
  return { bpm, first: at[downbeat(curve, at)], perBar, tracked: at };
}

/** Which of the first beats begins a bar: the one on which kick and bass come the most. */
function downbeat({ low, hop }: OnsetCurve, beats: readonly number[]): number {
  const sums = new Float64Array(perBar);
  for (const [i, beat] of beats.entries()) sums[i % perBar] += around(low, Math.round(beat / hop - delay));
  const most = Math.max(...sums);
  // Where every beat has a kick, the first one begins the bar.
  return sums.findIndex((sum) => sum >= 0.95 * most) % Math.max(1, beats.length);
}

function around(values: Float32Array, t: number): number {
  return Math.max(...values.subarray(Math.max(0, t - 2), t + 3), 0);
}

function noBeat(): UnbraidError {
  return new UnbraidError('no-beat', 'No beat was found in this song', {
    hint: 'Tap the tempo, or type it.',
  });
}
