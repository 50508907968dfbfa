import { noteName } from '../shared/format.js';
import { heightOf, type FrequencyAxis } from '../picture/axis.js';

/** Pixels from one line of the ruler's text to the next. */
const linePixels = 18;
const notePixels = 13;
/** Above this ratio of its ends, even steps in Hz would leave the lower half of an axis empty. */
const wideRatio = 5;
const steps = [10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1] as const;
/** 1-2-5 steps, the roundest first: they have the first choice of place; 3 where neither 2 nor 5 has room. */
const series = [100, 1000, 10_000, 50, 500, 5000, 200, 2000, 20_000, 20, 40_000, 80_000, 300, 3000] as const;

/** Keeps of `candidates`, in order, what has `gap` pixels to all kept before it and is not cut off; lowest first. */
function place(
  axis: FrequencyAxis,
  height: number,
  candidates: readonly number[],
  gap: number,
): readonly number[] {
  const kept: { readonly hertz: number; readonly pixel: number }[] = [];
  for (const hertz of candidates) {
    const pixel = heightOf(axis, hertz) * height;
    if (pixel < 7 || pixel > height - 7) continue;
    if (kept.every((other) => Math.abs(other.pixel - pixel) >= gap)) kept.push({ hertz, pixel });
  }
  return kept.map(({ hertz }) => hertz).sort((a, b) => a - b);
}

function multiples(axis: FrequencyAxis, step: number): number[] {
  const first = Math.max(1, Math.ceil(axis.low / step));
  const count = Math.max(0, Math.floor(axis.high / step) - first + 1);
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

/**
 * Frequencies to label on a lane `height` pixels high, lowest first: even steps on linear axes and on narrow parts
 * of others, else 1-2-5 steps.
 */
export function axisLabels(axis: FrequencyAxis, height: number): readonly number[] {
  if (axis.kind !== 'linear' && axis.high > wideRatio * axis.low) {
    return place(axis, height, series, linePixels);
  }
  // The finest step whose labels all fit; the closest of them are at the upper end.
  const fits = (step: number): boolean =>
    (heightOf(axis, axis.high) - heightOf(axis, axis.high - step)) * height >= linePixels;
  const fitting = steps.filter((step) => step < axis.high && fits(step));
  return place(axis, height, multiples(axis, fitting.at(-1) ?? steps[0]), linePixels);
}

export interface NoteLabel {
  readonly hertz: number;
  readonly name: string;
}

/** Semitones between labelled notes: all notes, all C, every second C, every fourth. */
const noteSteps = [1, 12, 24, 48] as const;

/** Notes to name beside the frequencies, lowest first: the closest steps that have room, at the upper end first. */
export function noteLabels(axis: FrequencyAxis, height: number): readonly NoteLabel[] {
  const hertzOf = (midi: number): number => 440 * 2 ** ((midi - 69) / 12);
  const notes = (step: number): number[] => {
    const all = Array.from({ length: Math.floor(144 / step) + 1 }, (_, i) => hertzOf(144 - 12 - i * step));
    return all.filter((hertz) => hertz >= axis.low && hertz <= axis.high);
  };
  const gapOf = (step: number): number => {
    const middle = Math.sqrt(Math.max(axis.low, 20) * axis.high);
    return (heightOf(axis, middle * 2 ** (step / 12)) - heightOf(axis, middle)) * height;
  };
  const step = noteSteps.find((candidate) => gapOf(candidate) >= notePixels);
  if (step === undefined) return [];
  return place(axis, height, notes(step), notePixels).map((hertz) => ({ hertz, name: noteName(hertz) }));
}
