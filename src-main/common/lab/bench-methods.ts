import { nmf } from '../dsp/nmf.js';
import { featuresOf, groupComponents } from '../separation/classic/components.js';
import { repeatingByPeaks } from '../separation/classic/ft2d.js';
import { beatSpectrum, medianOfPeriods, repeatingPeriod } from '../separation/classic/repet.js';
import { quickEnhance } from './quick-hpss.js';

/** What splits a spectrogram into two in the bench; `oracle` only where true stems are known. */
export const benchMethods = ['hpss', 'nmf', 'repet', 'ft2d', 'oracle'] as const;
export type BenchMethod = (typeof benchMethods)[number];

/** A spectrogram without negative values, `[frames][bins]`, and its grid. */
export interface Grid {
  readonly frames: number;
  readonly bins: number;
  readonly plane: Float32Array;
  readonly hertzPerBin: number;
  readonly framesPerSecond: number;
}

/** Estimates of two parts, `[frames][bins]` each; masks are made from them. */
export type TwoParts = readonly [Float32Array, Float32Array];

const odd = (wanted: number, most: number): number =>
  2 * Math.round((Math.min(most, Math.max(3, wanted)) - 1) / 2) + 1;

/** Harmonic and percussive, by medians over 0.72 s and 340 Hz, at most 31 values. */
function hpss({ frames, bins, plane, hertzPerBin, framesPerSecond }: Grid): TwoParts {
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

/** Two parts of a spectrogram: harmonic and percussive, or voice and accompaniment. */
export function splitBy(method: Exclude<BenchMethod, 'oracle'>, grid: Grid): TwoParts {
  return { hpss, nmf: factorised, repet: repeating, ft2d: byPeaks }[method](grid);
}
