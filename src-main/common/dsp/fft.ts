import { check } from '../base/errors.js';

/** One pass of the Stockham algorithm over `s` interleaved transforms of length radix·m. */
export interface FftPass {
  readonly radix: number;
  readonly m: number;
  readonly s: number;
  /** Twiddles e^(−2πipk/(radix·m)) as (re, im) pairs, `[p < m][0 < k < radix]`. */
  readonly twiddles: Float64Array;
}

/** How often 2 divides `n`. */
function twos(n: number): number {
  return n % 2 === 0 ? 1 + twos(n / 2) : 0;
}

/**
 * The passes of a complex transform of `size` points, in radices 8, 4, 2, 3 and 5.
 *
 * @throws UnbraidError `invalid-argument` when another prime divides the size.
 */
export function planFft(size: number): FftPass[] {
  check(Number.isInteger(size) && size > 0, `An FFT needs a positive length, not ${size}`);
  const passes: FftPass[] = [];
  let n = size;
  for (const radix of [8, 4, 2, 3, 5]) {
    for (; n % radix === 0 && !(radix === 8 && twos(n) === 4); n /= radix) {
      const m = n / radix;
      const twiddles = new Float64Array(2 * m * (radix - 1));
      for (let p = 0, i = 0; p < m; p++) {
        for (let k = 1; k < radix; k++) {
          const angle = (-2 * Math.PI * p * k) / n;
          twiddles[i++] = Math.cos(angle);
          twiddles[i++] = Math.sin(angle);
        }
      }
      passes.push({ radix, m, s: size / n, twiddles });
    }
  }
  check(n === 1, `An FFT of ${size} points has the factor ${n}; only 2, 3 and 5 are supported`);
  return passes;
}
