import type { SegmentFactors } from './masking.js';

/** Curves of components, `[components][points]`, each relative to its greatest value (all 0 where it has none). */
export interface FactorCurves {
  /** Rising, in equal steps of pitch. */
  readonly hertz: readonly number[];
  /** Of frame 0, in seconds. */
  readonly seconds: readonly number[];
  readonly spectra: readonly (readonly number[])[];
  readonly gains: readonly (readonly number[])[];
}

const [lowest, highest] = [40, 16_000];
const pitches = 160;
const mostTimes = 320;

/** Relative to the greatest, with three digits: a drawing shows no more. */
function relative(values: readonly number[]): number[] {
  const top = values.reduce((a, b) => Math.max(a, b), 0);
  return values.map((value) => (top > 0 ? Math.round((1000 * value) / top) / 1000 : 0));
}

/** The greatest of the values `[from, to)`, of one at least. */
function greatest(valueAt: (i: number) => number, from: number, to: number): number {
  let top = valueAt(from);
  for (let i = from + 1; i < to; i++) top = Math.max(top, valueAt(i));
  return top;
}

/** Factors with as many values as a drawing needs: spectra over pitch, gains over time; the greatest of those that fall together. */
export function factorCurves(
  { components, frames, bins, templates, activations }: SegmentFactors,
  { hertzPerBin, framesPerSecond }: { readonly hertzPerBin: number; readonly framesPerSecond: number },
): FactorCurves {
  const edge = (p: number): number => lowest * (highest / lowest) ** (p / pitches);
  const binAt = (hertz: number): number => Math.min(bins - 1, Math.round(hertz / hertzPerBin));
  const times = Math.min(frames, mostTimes);
  const frameAt = (i: number): number => Math.floor((i * frames) / times);
  const each = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  return {
    hertz: each(pitches, (p) => edge(p + 0.5)),
    seconds: each(times, (i) => frameAt(i) / framesPerSecond),
    spectra: each(components, (k) =>
      relative(
        each(pitches, (p) => greatest((b) => templates[k * bins + b], binAt(edge(p)), binAt(edge(p + 1)))),
      ),
    ),
    gains: each(components, (k) =>
      relative(
        each(times, (i) => greatest((f) => activations[f * components + k], frameAt(i), frameAt(i + 1))),
      ),
    ),
  };
}
