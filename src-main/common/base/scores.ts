/** Figures of one stem of one song, dB where nothing else is said; null where nothing can be said (a silent stem, a missing file). */
export interface StemScores {
  /** BSSEval v4: medians over the windows that count. */
  readonly sdr: number | null;
  readonly isr: number | null;
  readonly sir: number | null;
  readonly sar: number | null;
  /** SDR of the Music Demixing Challenge 2021, over the whole song. */
  readonly usdr: number | null;
  /** Scale-invariant SDR, over the whole song. */
  readonly siSdr: number | null;
  /** Of 100, and log-WMSE; see common/separation/evaluation/field-scores.ts. */
  readonly bleedless: number | null;
  readonly fullness: number | null;
  readonly l1Freq: number | null;
  readonly logWmse: number | null;
  /** Where the true stem's band ends, Hz, when that is well below half the rate: BSSEval then rests on its noise floor. */
  readonly bandEnds: number | null;
}

/** What an error-free estimate gets; JSON has no infinity. */
export const perfectDb = 999;

/** A figure as JSON can hold it: NaN becomes null, infinity `perfectDb`. */
export function figure(value: number): number | null {
  return Number.isNaN(value) ? null : Math.min(perfectDb, Math.max(-perfectDb, value));
}

/** The median of the numbers among the values; NaN when there are no numbers. */
export function medianOf(values: Iterable<number | null>): number {
  const sorted = [...values]
    .filter((value): value is number => value !== null && !Number.isNaN(value))
    .sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : 0.5 * (sorted[middle - 1] + sorted[middle]);
}
