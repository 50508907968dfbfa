import { check } from '../base/errors.js';

/** A complex spectrogram of one channel: both parts are `[frames][bins]`, row-major, exactly frames·bins long. */
export interface Spectrum {
  readonly frames: number;
  readonly bins: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** A silent spectrum of the given shape. */
export function allocateSpectrum(frames: number, bins: number): Spectrum {
  return { frames, bins, re: new Float32Array(frames * bins), im: new Float32Array(frames * bins) };
}

/** Throws `invalid-argument` unless all spectra have one shape. */
export function checkSameShape(spectra: readonly Spectrum[]): void {
  for (const { frames, bins } of spectra) {
    check(
      frames === spectra[0].frames && bins === spectra[0].bins,
      `Spectra differ in shape: ${frames}×${bins} and ${spectra[0].frames}×${spectra[0].bins}`,
    );
  }
}
