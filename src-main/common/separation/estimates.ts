import type { Spectrum } from '../dsp/stft.js';
import type { Kernels } from '../dsp/wasm/kernels.js';

/** A complex spectrum of a stem and channel; planes `[frames][bins]`. */
export type StemSpectra = readonly (readonly Spectrum[])[];

/**
 * `y.re` holds a magnitude estimate; y becomes that magnitude with the phase of x (Open-Unmix). Spectra in the memory of
 * the kernels `k` are worked on where they are, in float32.
 */
export function magnitudeWithPhaseOf(x: Spectrum, y: Spectrum, k?: Kernels): void {
  const { re, im } = y;
  const places = [x.re, x.im, re, im].map((plane) => k?.addressOf(plane));
  if (k && places.every((place) => place !== undefined)) {
    k.run.givePhases(...places, re.length);
    return;
  }
  for (let i = 0; i < re.length; i++) {
    const magnitude = Math.sqrt(x.re[i] * x.re[i] + x.im[i] * x.im[i]);
    const gain = magnitude > 0 ? re[i] / magnitude : 0;
    re[i] = gain * x.re[i];
    im[i] = gain * x.im[i];
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

/** Bins that are 0 in every frame. */
export function clearBins(spectra: readonly Spectrum[], zeroBins: readonly number[]): void {
  for (const { re, im, bins } of spectra) {
    for (const bin of zeroBins) for (let i = bin; i < re.length; i += bins) re[i] = im[i] = 0;
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
  const width = end - first;
  const total = new Float64Array(width);
  const powers = estimates.map(() => new Float64Array(width));
  mix.forEach((x, channel) => {
    const own = estimates.map((spectra) => spectra[channel]);
    for (let frame = 0; frame < x.frames; frame++) {
      const from = frame * x.bins + first;
      total.fill(eps);
      own.forEach((y, s) => addPowers(y, from, power, powers[s], total));
      own.forEach((y, s) => {
        const mean = maskRow(x, y, from, powers[s], total, eps, own.length) / width;
        if (above === 'mean') scaleRow(x, y, from + width, (frame + 1) * x.bins, mean);
      });
    }
  });
}

// One row of one stem at a time: simple loops over few arrays run several times faster than one over all stems.

/** powers = |y|^p of the bins from `from`; total += powers. */
function addPowers(
  { re, im }: Spectrum,
  from: number,
  power: number,
  powers: Float64Array,
  total: Float64Array,
): void {
  const half = power / 2;
  for (let k = 0, i = from; k < powers.length; k++, i++) {
    const energy = re[i] * re[i] + im[i] * im[i];
    powers[k] = half === 1 ? energy : energy ** half;
    total[k] += powers[k];
  }
}

/** y = (powers + ε/N) / total · x; returns the sum of the masks. Where all are silent, every stem gets its share. */
function maskRow(
  x: Spectrum,
  y: Spectrum,
  from: number,
  powers: Float64Array,
  total: Float64Array,
  eps: number,
  stems: number,
): number {
  const floor = eps / stems;
  let sum = 0;
  for (let k = 0, i = from; k < powers.length; k++, i++) {
    const mask = total[k] > 0 ? (powers[k] + floor) / total[k] : 1 / stems;
    y.re[i] = mask * x.re[i];
    y.im[i] = mask * x.im[i];
    sum += mask;
  }
  return sum;
}

/** y = mask · x over some bins. */
function scaleRow(x: Spectrum, y: Spectrum, from: number, to: number, mask: number): void {
  for (let i = from; i < to; i++) {
    y.re[i] = mask * x.re[i];
    y.im[i] = mask * x.im[i];
  }
}
