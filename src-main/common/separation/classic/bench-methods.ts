import { nmf } from '../../dsp/nmf.js';
import { featuresOf, groupComponents } from './components.js';
import { repeatingByPeaks } from './ft2d.js';
import { quickEnhance, type Levels } from './quick-hpss.js';
import { beatSpectrum, medianOfPeriods, repeatingPeriod } from './repet.js';

/** What splits a spectrogram into two on the bench of the Lab, quick enough to be heard while a setting changes. */
export const splitMethods = ['hpss', 'nmf', 'repet', 'ft2d'] as const;
export type SplitMethod = (typeof splitMethods)[number];

/** What the two parts of a method are called as stems. */
export const partNames = (method: SplitMethod): readonly [string, string] =>
  method === 'hpss' || method === 'nmf' ? ['harmonic', 'percussive'] : ['vocals', 'accompaniment'];

/** A spectrogram without negative values, `[frames][bins]`, and its grid. */
export interface Grid {
  readonly frames: number;
  readonly bins: number;
  readonly plane: Float32Array;
  readonly hertzPerBin: number;
  readonly framesPerSecond: number;
}

/** Estimates of two parts, `[frames][bins]` each, or their levels; masks are made from them. */
export type TwoParts = readonly [Float32Array, Float32Array] | Levels;

const odd = (wanted: number, most: number): number =>
  2 * Math.round((Math.min(most, Math.max(3, wanted)) - 1) / 2) + 1;

/** Harmonic and percussive, by medians over 0.72 s and 340 Hz, at most 31 values. */
function hpss({ frames, bins, plane, hertzPerBin, framesPerSecond }: Grid): Levels {
  const along = { frames: odd(0.72 * framesPerSecond, 31), bins: odd(340 / hertzPerBin, 31) };
  return quickEnhance(plane, frames, bins, along);
}

/** Components of NMF that sound like drums, and the others. */
function factorised({ frames, bins, plane, hertzPerBin, framesPerSecond }: Grid): TwoParts {
  const components = 8;
  const factors = nmf(plane, frames, bins, { components, iterations: 8, beta: 1, seed: 1 });
  const features = Array.from({ length: components }, (_, k) =>
    featuresOf(factors, components, k, { hertzPerBin, framesPerSecond }),
  );
  const isDrum = groupComponents(features).map((group) => group === 0);
  const [held, struck] = [new Float32Array(plane.length), new Float32Array(plane.length)];
  for (let f = 0; f < frames; f++) {
    for (let k = 0; k < components; k++) {
      const gain = factors.activations[f * components + k];
      const into = isDrum[k] ? struck : held;
      for (let b = 0; b < bins; b++) into[f * bins + b] += gain * factors.templates[k * bins + b];
    }
  }
  return [held, struck];
}

/** What repeats with one period is the accompaniment; the voice is what rises above it. */
function repeating({ frames, bins, plane, framesPerSecond }: Grid): TwoParts {
  const beat = beatSpectrum(plane, frames, bins);
  const inFrames = (seconds: number): number => Math.max(1, Math.round(seconds * framesPerSecond));
  const period = repeatingPeriod(beat, inFrames(0.4), inFrames(4));
  const background = medianOfPeriods(plane, frames, bins, period);
  return [plane.map((x, i) => x - background[i]), background];
}

function byPeaks({ frames, bins, plane }: Grid): TwoParts {
  const { foreground, background } = repeatingByPeaks(plane, frames, bins, 12);
  return [foreground, background];
}

/** Two parts of magnitudes: harmonic and percussive, or voice and accompaniment; their powers where `powers` is true. */
export function splitBy(method: SplitMethod, grid: Grid, powers = false): TwoParts {
  const squares = (x: Float32Array): Float32Array => x.map((value) => value * value);
  if (!powers) return { hpss, nmf: factorised, repet: repeating, ft2d: byPeaks }[method](grid);
  if (method !== 'hpss') return splitBy(method, { ...grid, plane: squares(grid.plane) });
  // The median of powers is the power of the median, and the levels of the quick one are those of magnitudes.
  const levels = hpss(grid);
  return { ...levels, values: squares(levels.values) };
}
