import { check } from '../base/errors.js';
import { allocateSpectrum, type Spectrum } from './spectrum.js';

/** Real masks and magnitudes are `[frames·bins]`; several sources come as an array of them. */
export type Mask = Float32Array;

function checkLengths(planes: readonly Float32Array[]): void {
  for (const plane of planes) {
    check(plane.length === planes[0].length, `Planes differ in length: ${plane.length}, ${planes[0].length}`);
  }
}

/**
 * Ratio masks m_j = v_j^p / Σ v^p of the sources' magnitudes v (p = 2 is the Wiener filter's gain, 1 the
 * amplitude ratio). They add up to 1 everywhere; where all sources are silent each gets 1/sources.
 *
 * Liutkus & Badeau, Generalized Wiener filtering with fractional power spectrograms, ICASSP 2015.
 */
export function ratioMasks(magnitudes: readonly Float32Array[], exponent = 2): Mask[] {
  check(exponent > 0, `The exponent of a mask must be positive, not ${exponent}`);
  checkLengths(magnitudes);
  const masks = magnitudes.map((plane) => new Float32Array(plane.length));
  const shares = new Float64Array(magnitudes.length);
  for (let i = 0; i < (masks[0]?.length ?? 0); i++) {
    let peak = 0;
    for (const plane of magnitudes) peak = Math.max(peak, plane[i]);
    let total = 0;
    for (let j = 0; j < shares.length; j++) {
      // Relative to the loudest source, so that no power overflows or vanishes.
      shares[j] = peak > 0 ? (magnitudes[j][i] / peak) ** exponent : 1;
      total += shares[j];
    }
    for (let j = 0; j < shares.length; j++) masks[j][i] = shares[j] / total;
  }
  return masks;
}

/**
 * The soft mask of one source: v^p / (v^p + r^p), from its magnitude v and the magnitude r of all the rest;
 * ½ where both are silent.
 */
export function softMask(magnitude: Float32Array, rest: Float32Array, exponent = 2): Mask {
  check(exponent > 0, `The exponent of a mask must be positive, not ${exponent}`);
  checkLengths([magnitude, rest]);
  // A plain loop: it is run for every value of a spectrogram while a slider moves.
  const mask = new Float32Array(magnitude.length);
  for (let i = 0; i < mask.length; i++) {
    const [value, other] = [magnitude[i], rest[i]];
    if (value === 0 && other === 0) {
      mask[i] = 0.5;
      continue;
    }
    // Relative to the louder one, as in ratioMasks, but with one power a bin.
    const ratio = value < other ? value / other : other / value;
    const share = exponent === 1 ? ratio : exponent === 2 ? ratio * ratio : ratio ** exponent;
    mask[i] = (value < other ? share : 1) / (1 + share);
  }
  return mask;
}

/** 1 for the loudest source of a bin (the first of equals), 0 for the others. */
export function binaryMasks(magnitudes: readonly Float32Array[]): Mask[] {
  checkLengths(magnitudes);
  const masks = magnitudes.map((plane) => new Float32Array(plane.length));
  for (let i = 0; i < (masks[0]?.length ?? 0); i++) {
    let loudest = 0;
    for (let j = 1; j < magnitudes.length; j++) {
      if (magnitudes[j][i] > magnitudes[loudest][i]) loudest = j;
    }
    masks[loudest][i] = 1;
  }
  return masks;
}

/** 1 where the source is louder than the rest by more than `marginDb`, else 0. */
export function binaryMask(magnitude: Float32Array, rest: Float32Array, marginDb = 0): Mask {
  checkLengths([magnitude, rest]);
  const margin = 10 ** (marginDb / 20);
  return magnitude.map((value, i) => (value > rest[i] * margin ? 1 : 0));
}

/** mask · spectrum, bin by bin. `into` may be the spectrum itself. */
export function applyMask(mask: Mask, spectrum: Spectrum, into?: Spectrum): Spectrum {
  checkLengths([mask, spectrum.re]);
  const result = into ?? allocateSpectrum(spectrum.frames, spectrum.bins);
  checkLengths([mask, result.re]);
  for (let i = 0; i < mask.length; i++) {
    result.re[i] = spectrum.re[i] * mask[i];
    result.im[i] = spectrum.im[i] * mask[i];
  }
  return result;
}
