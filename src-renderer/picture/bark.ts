import type { Hertz } from '../../src-main/common/base/units.js';

/**
 * Critical-band rate, Bark. H. Traunmüller, "Analytical expressions for the tonotopic sensory scale", JASA 88
 * (1990), equation 6, without its corrections below 2 and above 20.1 Bark: so it has one simple inverse.
 */
export function hertzToBark(hertz: Hertz): number {
  return (26.81 * hertz) / (1960 + hertz) - 0.53;
}

/** Inverse of `hertzToBark`; the scale ends below 26.28 Bark. */
export function barkToHertz(bark: number): Hertz {
  return (1960 * (bark + 0.53)) / (26.28 - bark);
}
