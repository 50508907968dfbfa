import { check } from '../base/errors.js';

/** The real transform of one length; `bins` = floor(size / 2) + 1. */
export interface RealFft {
  readonly size: number;
  readonly bins: number;
  /** X[k] = Σ input[n]·e^(−2πikn/size) for k in [0, bins). */
  forward(
    input: Float64Array | Float32Array,
    re: Float64Array | Float32Array,
    im: Float64Array | Float32Array,
  ): void;
  /** The inverse, scaled by 1/size; imaginary parts of DC and Nyquist are ignored. */
  inverse(
    re: Float64Array | Float32Array,
    im: Float64Array | Float32Array,
    output: Float64Array | Float32Array,
  ): void;
}

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

/** Roots of unity of the small transforms inside a pass. */
const roots = new Map(
  [2, 3, 4, 5, 8].map((radix) => [
    radix,
    Array.from({ length: radix }, (_, k) => [
      Math.cos((2 * Math.PI * k) / radix),
      -Math.sin((2 * Math.PI * k) / radix),
    ]),
  ]),
);

/** One pass from `x` to `y`, both interleaved (re, im). */
function runPass({ radix, m, s, twiddles }: FftPass, x: Float64Array, y: Float64Array): void {
  const root = roots.get(radix)!;
  for (let p = 0; p < m; p++) {
    for (let k = 0; k < radix; k++) {
      const at = 2 * (p * (radix - 1) + k - 1);
      const wr = k === 0 ? 1 : twiddles[at];
      const wi = k === 0 ? 0 : twiddles[at + 1];
      for (let q = 0; q < s; q++) {
        let re = 0;
        let im = 0;
        for (let j = 0; j < radix; j++) {
          const from = 2 * (q + s * (p + m * j));
          const [c, d] = root[(j * k) % radix];
          re += x[from] * c - x[from + 1] * d;
          im += x[from] * d + x[from + 1] * c;
        }
        const to = 2 * (q + s * (radix * p + k));
        y[to] = re * wr - im * wi;
        y[to + 1] = re * wi + im * wr;
      }
    }
  }
}

/**
 * The reference transform in float64: plain, for tests and small jobs. The STFT has its own in WebAssembly.
 * Stockham autosort: Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 1.7.
 *
 * @throws UnbraidError `invalid-argument` when a prime other than 2, 3, 5 divides `size`.
 */
export function createRealFft(size: number): RealFft {
  const passes = planFft(size);
  const bins = Math.floor(size / 2) + 1;
  let x = new Float64Array(2 * size);
  let y = new Float64Array(2 * size);
  const transform = (): void => {
    for (const pass of passes) {
      runPass(pass, x, y);
      [x, y] = [y, x];
    }
  };
  return {
    size,
    bins,
    forward(input, re, im) {
      for (let n = 0; n < size; n++) {
        x[2 * n] = input[n];
        x[2 * n + 1] = 0;
      }
      transform();
      for (let k = 0; k < bins; k++) {
        re[k] = x[2 * k];
        im[k] = x[2 * k + 1];
      }
    },
    inverse(re, im, output) {
      // The forward transform of the conjugate spectrum is the conjugate of the inverse; the result is real.
      for (let k = 0; k < bins; k++) {
        const real = k === 0 || 2 * k === size;
        x[2 * k] = re[k];
        x[2 * k + 1] = real ? 0 : -im[k];
        if (real) continue;
        x[2 * (size - k)] = re[k];
        x[2 * (size - k) + 1] = im[k];
      }
      transform();
      for (let n = 0; n < size; n++) output[n] = x[2 * n] / size;
    },
  };
}
