import { check } from '../base/errors.js';

export type WindowName =
  'hann' | 'sqrt-hann' | 'hamming' | 'blackman' | 'blackman-harris' | 'sine' | 'rectangular' | 'triangular';
/** Periodic windows (period = length) suit spectral analysis; symmetric ones are mirror images of themselves. */
export type WindowSymmetry = 'periodic' | 'symmetric';

/** Coefficients a_k of Σ (−1)^k a_k cos(2πkx), x in [0, 1]. Harris, Proc. IEEE 66 (1978), table 1. */
const cosineSums: Partial<Record<WindowName, readonly number[]>> = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  'blackman-harris': [0.35875, 0.48829, 0.14128, 0.01168],
};

function cosineSum(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let k = 0; k < coefficients.length; k++) {
    sum += (k % 2 === 0 ? 1 : -1) * coefficients[k] * Math.cos(2 * Math.PI * k * x);
  }
  // Hann and Blackman are 0 at the edge; rounding may leave −1e-17, which a square root would turn into NaN.
  return Math.max(sum, 0);
}

/** Sample `i` of a triangle as in `scipy.signal.windows.triang(points)`: no zeros at the edges. */
function triangle(i: number, points: number): number {
  const rise = Math.min(i, points - 1 - i);
  return points % 2 === 0 ? (2 * rise + 1) / points : (2 * (rise + 1)) / (points + 1);
}

/**
 * A window of `length` samples in float64, peak at most 1. `sine` is sin(π(i + ½)/points), the window of the
 * MDCT; `sqrt-hann` is sin(πi/period).
 *
 * @throws UnbraidError `invalid-argument` for a length that is not a positive integer.
 */
export function createWindow(
  name: WindowName,
  length: number,
  symmetry: WindowSymmetry = 'periodic',
): Float64Array {
  check(Number.isInteger(length) && length > 0, `A window needs a positive length, not ${length}`);
  const window = new Float64Array(length).fill(1);
  if (length === 1 || name === 'rectangular') return window;
  // A periodic window is a symmetric one of length + 1 without its last sample.
  const points = symmetry === 'periodic' ? length + 1 : length;
  for (let i = 0; i < length; i++) {
    // The mirror image of the first half, so that symmetry is exact.
    const x = Math.min(i, points - 1 - i) / (points - 1);
    if (name === 'triangular') window[i] = triangle(i, points);
    else if (name === 'sine') window[i] = Math.sin((Math.PI * (i + 0.5)) / points);
    else if (name === 'sqrt-hann') window[i] = Math.sin(Math.PI * x);
    else window[i] = cosineSum(cosineSums[name]!, x);
  }
  return window;
}
