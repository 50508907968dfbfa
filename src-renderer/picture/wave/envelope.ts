import type { Span } from '../viewport.js';

/** Minimum and maximum for each pixel: float32 [pixels][2]. */
export type Envelope = Float32Array;

/**
 * Reduces peaks of a whole song, float32 `[columns][2]` (minimum, maximum) over `length` frames, to one pair for
 * each pixel of a span. A pixel narrower than a column shows that column.
 */
export function envelopeOfPeaks(peaks: Float32Array, length: number, span: Span): Envelope {
  const columns = peaks.length / 2;
  const pixels = Math.round(span.width);
  const result = new Float32Array(pixels * 2);
  const perPixel = (span.framesPerPixel / length) * columns;
  const offset = (span.start / length) * columns;
  for (let x = 0; x < pixels; x++) {
    const first = Math.min(columns - 1, Math.floor(offset + x * perPixel));
    const end = Math.min(columns, Math.max(first + 1, Math.ceil(offset + (x + 1) * perPixel)));
    let [low, high] = [Infinity, -Infinity];
    for (let c = first; c < end; c++) {
      low = Math.min(low, peaks[2 * c]);
      high = Math.max(high, peaks[2 * c + 1]);
    }
    result[2 * x] = low;
    result[2 * x + 1] = high;
  }
  return result;
}

/** The same from samples of a channel that begin at frame `start`. */
export function envelopeOfSamples(samples: Float32Array, start: number, span: Span): Envelope {
  const count = samples.length;
  const pixels = Math.round(span.width);
  const result = new Float32Array(pixels * 2);
  for (let x = 0; x < pixels; x++) {
    const from = Math.floor(span.start + x * span.framesPerPixel) - start;
    // One sample more than the pixel holds, so that neighbouring pixels join.
    const to = Math.max(from + 2, Math.ceil(span.start + (x + 1) * span.framesPerPixel) - start + 1);
    let [low, high] = [Infinity, -Infinity];
    for (let i = Math.max(0, from); i < Math.min(count, to); i++) {
      low = Math.min(low, samples[i]);
      high = Math.max(high, samples[i]);
    }
    result[2 * x] = low === Infinity ? 0 : low;
    result[2 * x + 1] = high === -Infinity ? 0 : high;
  }
  return result;
}

/** The extremes of several channels as one envelope. */
export function joined(envelopes: readonly Envelope[]): Envelope {
  return envelopes[0].map((_, i) => {
    const values = envelopes.map((envelope) => envelope[i]);
    return i % 2 === 0 ? Math.min(...values) : Math.max(...values);
  });
}
