import { check } from '../base/errors.js';
import type { Spectrum } from './spectrum.js';
import type { Decibels } from '../base/units.js';

/** |X|, `[frames][bins]`. */
export function magnitude(
  { re, im }: Spectrum,
  into: Float32Array = new Float32Array(re.length),
): Float32Array {
  check(into.length === re.length, `The plane needs ${re.length} values, not ${into.length}`);
  for (let i = 0; i < re.length; i++) into[i] = Math.sqrt(re[i] * re[i] + im[i] * im[i]);
  return into;
}

/** |X|², `[frames][bins]`. */
export function power({ re, im }: Spectrum, into: Float32Array = new Float32Array(re.length)): Float32Array {
  check(into.length === re.length, `The plane needs ${re.length} values, not ${into.length}`);
  for (let i = 0; i < re.length; i++) into[i] = re[i] * re[i] + im[i] * im[i];
  return into;
}

/** Levels in dB of powers relative to `reference` (a power), not below `floor` dB; silence is at the floor. */
export function powerToDecibels(
  powers: Float32Array,
  floor: Decibels = -120,
  reference = 1,
  into = new Float32Array(powers.length),
): Float32Array {
  for (let i = 0; i < powers.length; i++) {
    const level = 10 * Math.log10(powers[i] / reference);
    // Also true of NaN, so that a broken bin shows as silence.
    into[i] = level > floor ? level : floor;
  }
  return into;
}

/** Levels in dB of magnitudes relative to `reference` (a magnitude), not below `floor` dB. */
export function magnitudeToDecibels(
  magnitudes: Float32Array,
  floor: Decibels = -120,
  reference = 1,
  into = new Float32Array(magnitudes.length),
): Float32Array {
  for (let i = 0; i < magnitudes.length; i++) {
    const level = 20 * Math.log10(magnitudes[i] / reference);
    into[i] = level > floor ? level : floor;
  }
  return into;
}
