import { check } from '../base/errors.js';
import type { Hertz } from '../base/units.js';

/** `htk`: O'Shaughnessy's logarithm as in HTK; `slaney`: linear below 1 kHz, as in the Auditory Toolbox. */
export type MelScale = 'htk' | 'slaney';

/** Slaney's scale: 3 mel per 200 Hz up to 1 kHz, above it 27 mel per factor 6.4. */
const hertzPerMel = 200 / 3;
const corner: Hertz = 1000;
const cornerMel = corner / hertzPerMel;
const logStep = Math.log(6.4) / 27;

export function hertzToMel(hertz: Hertz, scale: MelScale): number {
  if (scale === 'htk') return 2595 * Math.log10(1 + hertz / 700);
  return hertz < corner ? hertz / hertzPerMel : cornerMel + Math.log(hertz / corner) / logStep;
}

export function melToHertz(mel: number, scale: MelScale): Hertz {
  if (scale === 'htk') return 700 * (10 ** (mel / 2595) - 1);
  return mel < cornerMel ? mel * hertzPerMel : corner * Math.exp(logStep * (mel - cornerMel));
}

export interface MelConfig {
  readonly sampleRate: Hertz;
  readonly nFft: number;
  readonly bands: number;
  readonly scale?: MelScale;
  readonly low?: Hertz;
  /** Default: half the sample rate. */
  readonly high?: Hertz;
  /** `slaney` (default) gives every triangle the same area in Hz, `none` the peak 1. */
  readonly norm?: 'slaney' | 'none';
}

/**
 * Overlapping triangles on the mel scale, `[bands][bins]`, bins = floor(nFft / 2) + 1.
 * Formulas as in librosa's `filters.mel`; M. Slaney, Auditory Toolbox, TR 1998-010.
 */
export function melFilterbank(config: MelConfig): Float32Array {
  const {
    sampleRate,
    nFft,
    bands,
    scale = 'slaney',
    low = 0,
    high = sampleRate / 2,
    norm = 'slaney',
  } = config;
  check(bands > 0 && low >= 0 && high > low, `No mel bands fit between ${low} and ${high} Hz`);
  const bins = Math.floor(nFft / 2) + 1;
  const bank = new Float32Array(bands * bins);
  const [first, last] = [hertzToMel(low, scale), hertzToMel(high, scale)];
  const edges = Array.from({ length: bands + 2 }, (_, i) =>
    melToHertz(first + ((last - first) * i) / (bands + 1), scale),
  );
  for (let b = 0; b < bands; b++) {
    const [left, peak, right] = edges.slice(b, b + 3);
    const gain = norm === 'slaney' ? 2 / (right - left) : 1;
    for (let k = 0; k < bins; k++) {
      const hertz = (k * sampleRate) / nFft;
      const height = Math.min((hertz - left) / (peak - left), (right - hertz) / (right - peak));
      bank[b * bins + k] = Math.max(0, height) * gain;
    }
  }
  return bank;
}

/** Bands of a spectrogram (powers or magnitudes, `[frames][bins]`) by a bank `[bands][bins]`: `[frames][bands]`. */
export function melSpectrogram(spectrogram: Float32Array, bins: number, bank: Float32Array): Float32Array {
  const frames = spectrogram.length / bins;
  const bands = bank.length / bins;
  check(Number.isInteger(frames) && Number.isInteger(bands), `Planes are not a multiple of ${bins} bins`);
  const result = new Float32Array(frames * bands);
  for (let b = 0; b < bands; b++) {
    const row = bank.subarray(b * bins, (b + 1) * bins);
    const start = row.findIndex((weight) => weight > 0);
    const end = row.findLastIndex((weight) => weight > 0) + 1;
    for (let f = 0; start >= 0 && f < frames; f++) {
      let sum = 0;
      for (let k = start; k < end; k++) sum += row[k] * spectrogram[f * bins + k];
      result[f * bands + b] = sum;
    }
  }
  return result;
}
