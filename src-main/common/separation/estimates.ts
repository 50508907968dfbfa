import type { Spectrum } from '../dsp/stft.js';

/** A complex spectrum of a stem and channel; planes `[frames][bins]`. */
export type StemSpectra = readonly (readonly Spectrum[])[];

/** `y.re` holds a magnitude estimate; y becomes that magnitude with the phase of x (Open-Unmix). */
export function magnitudeWithPhaseOf(x: Spectrum, y: Spectrum): void {
  for (let i = 0; i < y.re.length; i++) {
    const magnitude = Math.sqrt(x.re[i] * x.re[i] + x.im[i] * x.im[i]);
    const gain = magnitude > 0 ? y.re[i] / magnitude : 0;
    y.re[i] = gain * x.re[i];
    y.im[i] = gain * x.im[i];
  }
}

/** y.re holds a real mask; y becomes mask · x. */
export function realMaskTimes(x: Spectrum, y: Spectrum): void {
  for (let i = 0; i < y.re.length; i++) {
    const mask = y.re[i];
    y.re[i] = mask * x.re[i];
    y.im[i] = mask * x.im[i];
  }
}

/** y holds a complex mask; y becomes mask · x. */
export function complexMaskTimes(x: Spectrum, y: Spectrum): void {
  for (let i = 0; i < y.re.length; i++) {
    const re = y.re[i];
    const im = y.im[i];
    y.re[i] = re * x.re[i] - im * x.im[i];
    y.im[i] = re * x.im[i] + im * x.re[i];
  }
}

export interface RatioMask {
  readonly power: number;
  readonly eps: number;
  readonly above?: 'zero' | 'mean';
}

/**
 * Replaces the estimates by masks of their magnitudes, applied to the mixture, one channel at a time:
 * (|e|^p + ε/N) / (Σ|e|^p + ε) (Spleeter; Liutkus & Badeau 2015 for the exponent).
 * `first`–`end` is the range of bins the model estimates; outside of it the estimates stay zero, or get `above` `end`
 * the mean of the frame's mask.
 */
export function applyRatioMasks(
  mix: readonly Spectrum[],
  estimates: StemSpectra,
  { power, eps, above = 'zero' }: RatioMask,
  first: number,
  end: number,
): void {
  const stems = estimates.length;
  const powers = new Float64Array(stems);
  const sums = new Float64Array(stems);
  mix.forEach((x, channel) => {
    for (let frame = 0; frame < x.frames; frame++) {
      sums.fill(0);
      for (let i = frame * x.bins + first; i < frame * x.bins + end; i++) {
        let sum = eps;
        for (let s = 0; s < stems; s++) {
          const y = estimates[s][channel];
          powers[s] = (y.re[i] * y.re[i] + y.im[i] * y.im[i]) ** (power / 2);
          sum += powers[s];
        }
        for (let s = 0; s < stems; s++) {
          const mask = sum > 0 ? (powers[s] + eps / stems) / sum : 1 / stems;
          estimates[s][channel].re[i] = mask * x.re[i];
          estimates[s][channel].im[i] = mask * x.im[i];
          sums[s] += mask;
        }
      }
      if (above === 'zero') continue;
      for (let s = 0; s < stems; s++) {
        const mask = sums[s] / (end - first);
        const y = estimates[s][channel];
        for (let i = frame * x.bins + end; i < (frame + 1) * x.bins; i++) {
          y.re[i] = mask * x.re[i];
          y.im[i] = mask * x.im[i];
        }
      }
    }
  });
}
