/**
 * Prototype low-pass of the resampler as a function of time in samples of the lower rate: a sinc under a Kaiser
 * window. J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS 1974.
 */

/** Pass band and stop band edges as shares of the lower rate: 20 kHz of 44.1 kHz, and its Nyquist frequency. */
const passEdge = 0.4535;
const stopEdge = 0.5;
const cutoff = (passEdge + stopEdge) / 2;
/** Designed attenuation in dB; the promise is 100. */
const attenuation = 110;
const beta = 0.1102 * (attenuation - 8.7);

/** Half the length in samples of the lower rate; beyond it the prototype is 0. */
export const prototypeHalf = Math.ceil((attenuation - 7.95) / (14.36 * (stopEdge - passEdge)) / 2);

/** Modified Bessel function of the first kind, order 0; its power series converges for any x. */
export function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const peak = besselI0(beta);

export function prototype(time: number): number {
  const edge = time / prototypeHalf;
  if (Math.abs(edge) >= 1) return 0;
  const angle = 2 * Math.PI * cutoff * time;
  const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
  return (2 * cutoff * sinc * besselI0(beta * Math.sqrt(1 - edge * edge))) / peak;
}
