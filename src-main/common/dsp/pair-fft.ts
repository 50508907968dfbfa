import { planFft } from './fft.js';
import { kernels } from './wasm/kernels.js';

/** Half spectra of two real signals, float64, `[bins]` each; bins = floor(size / 2) + 1. */
export interface PairSpectrum {
  readonly aRe: Float64Array;
  readonly aIm: Float64Array;
  readonly bRe: Float64Array;
  readonly bIm: Float64Array;
}

/** An empty spectrum for a transform of this size. */
export function allocatePair(size: number): PairSpectrum {
  const plane = (): Float64Array => new Float64Array(Math.floor(size / 2) + 1);
  return { aRe: plane(), aIm: plane(), bRe: plane(), bIm: plane() };
}

type Samples = Float32Array | Float64Array;

/**
 * The real transform of two signals at once (the two channels of a stereo signal, for example) in float64.
 *
 * @throws UnbraidError `invalid-argument` when a prime other than 2, 3, 5 divides `size`.
 */
export class PairFft {
  readonly bins: number;

  constructor(readonly size: number) {
    this.bins = Math.floor(size / 2) + 1;
    this.plan();
  }

  /** X[k] = Σ x[n]·e^(−2πikn/size) of both; shorter signals are continued with zeros. */
  forward(a: Samples, b: Samples, into: PairSpectrum): void {
    const [k, plan] = [kernels(), this.plan()];
    const [x, y] = k.scratch(32 * this.size, 32 * this.size);
    const cells = k.f64(x, 4 * this.size);
    cells.fill(0);
    for (let n = 0; n < a.length; n++) cells[4 * n] = a[n];
    for (let n = 0; n < b.length; n++) cells[4 * n + 1] = b[n];
    const out = k.f64(k.run.transformPair(x, y, plan), 4 * this.bins);
    for (let i = 0; i < this.bins; i++) {
      into.aRe[i] = out[4 * i];
      into.bRe[i] = out[4 * i + 1];
      into.aIm[i] = out[4 * i + 2];
      into.bIm[i] = out[4 * i + 3];
    }
  }

  /** The inverse, scaled by 1/size; the first `a.length` and `b.length` samples of it. */
  inverse(from: PairSpectrum, a: Samples, b: Samples): void {
    const { size, bins } = this;
    const [k, plan] = [kernels(), this.plan()];
    const [x, y] = k.scratch(32 * size, 32 * size);
    const cells = k.f64(x, 4 * size);
    // The forward transform of the conjugate spectrum is the inverse of a real signal, times its size.
    for (let i = 0; i < bins; i++) {
      const own = i === 0 || 2 * i === size;
      cells[4 * i] = from.aRe[i];
      cells[4 * i + 1] = from.bRe[i];
      cells[4 * i + 2] = own ? 0 : -from.aIm[i];
      cells[4 * i + 3] = own ? 0 : -from.bIm[i];
      if (own) continue;
      const mirror = 4 * (size - i);
      cells[mirror] = from.aRe[i];
      cells[mirror + 1] = from.bRe[i];
      cells[mirror + 2] = from.aIm[i];
      cells[mirror + 3] = from.bIm[i];
    }
    const out = k.f64(k.run.transformPair(x, y, plan), 4 * size);
    for (let n = 0; n < a.length; n++) a[n] = out[4 * n] / size;
    for (let n = 0; n < b.length; n++) b[n] = out[4 * n + 1] / size;
  }

  /** The passes in the kernels' memory; built again when the tables were dropped. */
  private plan(): number {
    const k = kernels();
    return k.table(`pair ${this.size}`, 8 * (4 * this.size + 256), (address) => {
      let next = address;
      const words: number[] = [];
      for (const { radix, m, s, twiddles } of planFft(this.size)) {
        words.push(radix, m, s, next);
        k.f64(next, twiddles.length).set(twiddles);
        next += 8 * twiddles.length;
      }
      words.unshift(words.length / 4);
      k.u32(next, words.length).set(words);
      return next;
    });
  }
}

/** The smallest length from `least` up that the transform takes and that divides by 64. */
export function fastLength(least: number): number {
  for (let size = Math.ceil(least / 64) * 64; ; size += 64) {
    let rest = size;
    for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
    if (rest === 1) return size;
  }
}
