import type { Hertz } from '../base/units.js';
import { Stft, allocateSpectrum, type Spectrum } from '../dsp/stft.js';

/** How an ensemble makes one stem of several estimates of it; see docs/models.md. */
export const combinings = ['mean', 'median', 'min', 'max'] as const;

/** The share of one estimate from a frequency on; the first one begins at 0 Hz. */
export interface BandWeight {
  readonly above: Hertz;
  readonly weight: number;
}

/** The median of every sample; of an even number the mean of the two in the middle. */
export function medianOfSamples(estimates: readonly Float32Array[], into: Float32Array): void {
  const values = new Float32Array(estimates.length);
  const middle = estimates.length / 2;
  for (let i = 0; i < into.length; i++) {
    estimates.forEach((plane, m) => (values[m] = plane[i]));
    values.sort();
    into[i] =
      estimates.length % 2 === 1 ? values[Math.floor(middle)] : 0.5 * (values[middle - 1] + values[middle]);
  }
}

/** Combines estimates bin by bin of their spectra. */
export class SpectralCombiner {
  private readonly stft: Stft;
  private spectra: Spectrum[] = [];

  constructor(private readonly sampleRate: Hertz) {
    const nFft = 2 ** Math.max(8, Math.round(Math.log2(0.093 * sampleRate)));
    this.stft = new Stft({ nFft, hop: nFft / 4 });
  }

  /** Of each bin the estimate with the smallest or the largest magnitude, with its phase. */
  extreme(which: 'min' | 'max', estimates: readonly Float32Array[], into: Float32Array): void {
    const [first, ...others] = this.transform(estimates);
    const power = ({ re, im }: Spectrum, i: number): number => re[i] * re[i] + im[i] * im[i];
    for (let i = 0; i < first.re.length; i++) {
      let best = first;
      for (const other of others) {
        const [a, b] = [power(other, i), power(best, i)];
        if (which === 'min' ? a < b : a > b) best = other;
      }
      [first.re[i], first.im[i]] = [best.re[i], best.im[i]];
    }
    this.stft.inverse(first, into.length, into);
  }

  /** The weighted mean, with weights that change with frequency; they need not add up to 1. */
  banded(
    estimates: readonly Float32Array[],
    weights: readonly (readonly BandWeight[])[],
    into: Float32Array,
  ): void {
    const spectra = this.transform(estimates);
    const [first] = spectra;
    const { nFft } = this.stft.config;
    const shares = spectra.map(() => 0);
    for (let f = 0; f < first.bins; f++) {
      const hertz = (f * this.sampleRate) / nFft;
      weights.forEach((bands, m) => (shares[m] = bands.findLast(({ above }) => above <= hertz)?.weight ?? 0));
      const total = shares.reduce((a, b) => a + b, 0);
      for (let i = f; i < first.re.length; i += first.bins) {
        let [re, im] = [0, 0];
        spectra.forEach((y, m) => {
          re += (shares[m] / total) * y.re[i];
          im += (shares[m] / total) * y.im[i];
        });
        [first.re[i], first.im[i]] = [re, im];
      }
    }
    this.stft.inverse(first, into.length, into);
  }

  private transform(estimates: readonly Float32Array[]): Spectrum[] {
    const frames = this.stft.frameCount(estimates[0].length);
    if (this.spectra.length < estimates.length || this.spectra[0].frames !== frames) {
      this.spectra = estimates.map(() => allocateSpectrum(frames, this.stft.bins));
    }
    return estimates.map((plane, m) => this.stft.forward(plane, this.spectra[m]));
  }
}
