import { Fft2d } from '../../dsp/fft2d.js';
import { classicRate, classicSegment, type MaskMethod } from './masking.js';

/** Greatest and least of `values` within `reach` of each place, `[n]` each, by a queue of candidates (Lemire 2006). */
export function extremes(
  values: Float64Array,
  reach: number,
): { readonly most: Float64Array; readonly least: Float64Array } {
  const n = values.length;
  const run = (sign: 1 | -1): Float64Array => {
    const out = new Float64Array(n);
    const queue: number[] = [];
    let head = 0;
    for (let i = 0; i < n + reach; i++) {
      if (i < n) {
        while (queue.length > head && sign * values[queue[queue.length - 1]] <= sign * values[i]) queue.pop();
        queue.push(i);
      }
      const at = i - reach;
      if (at < 0) continue;
      while (queue[head] < at - reach) head++;
      out[at] = values[queue[head]];
    }
    return out;
  };
  return { most: run(1), least: run(-1) };
}

/**
 * The parts of a magnitude spectrogram `[frames][bins]` that repeat: peaks of its two-dimensional transform along the rate
 * of repetition, where the range of values within `reach` exceeds their standard deviation.
 */
export function repeatingByPeaks(
  magnitude: Float32Array,
  frames: number,
  bins: number,
  reach: number,
): { readonly background: Float32Array; readonly foreground: Float32Array } {
  const fft = new Fft2d(frames, bins);
  const all = fft.forward(magnitude);
  const size = new Float64Array(all.re.length);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < size.length; i++) {
    size[i] = Math.hypot(all.re[i], all.im[i]);
    sum += size[i];
    squares += size[i] * size[i];
  }
  const deviation = Math.sqrt(Math.max(0, squares / size.length - (sum / size.length) ** 2));
  const column = new Float64Array(fft.rows);
  const peaks = { re: all.re, im: all.im };
  for (let k = 0; k < fft.bins; k++) {
    for (let j = 0; j < fft.rows; j++) column[j] = size[j * fft.bins + k];
    const { most, least } = extremes(column, reach);
    for (let j = 0; j < fft.rows; j++) {
      const isPeak = column[j] === most[j] && most[j] - least[j] > deviation;
      // The mean of a row of bins is part of what repeats.
      if (isPeak || j === 0) continue;
      peaks.re[j * fft.bins + k] = 0;
      peaks.im[j * fft.bins + k] = 0;
    }
  }
  const background = fft.inverse(peaks);
  const foreground = new Float32Array(background.length);
  for (let i = 0; i < background.length; i++) {
    foreground[i] = Math.abs(magnitude[i] - background[i]);
    background[i] = Math.abs(background[i]);
  }
  return { background, foreground };
}

/**
 * Music and voice by the two-dimensional Fourier transform of the spectrogram: repetition makes peaks there. Seetharaman,
 * Pishdadian & Pardo, "Music/voice separation using the 2D Fourier transform", WASPAA 2017. The mask is soft here, theirs
 * is binary.
 */
export function ft2d(options = { reach: 12, highPass: 100 }): MaskMethod {
  const nFft = 2048;
  return {
    stems: ['vocals', 'accompaniment'],
    residualStem: 'accompaniment',
    stft: { nFft, hop: 1024, window: 'hann' },
    segment: classicSegment(40, 0.2),
    masks: ({ frames, bins, magnitude }) => {
      const { background, foreground } = repeatingByPeaks(magnitude, frames, bins, options.reach);
      const firstBin = Math.ceil((options.highPass * nFft) / classicRate);
      const [vocals, accompaniment] = [foreground, background];
      for (let i = 0; i < magnitude.length; i++) {
        const [b, f] = [background[i] ** 2, foreground[i] ** 2];
        const share = b + f > 0 && i % bins >= firstBin ? b / (b + f) : 1;
        accompaniment[i] = share;
        vocals[i] = 1 - share;
      }
      return [vocals, accompaniment];
    },
  };
}
