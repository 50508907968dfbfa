import { PairFft, allocatePair, type PairSpectrum } from '../../dsp/pair-fft.js';

/** Fills `into` with the samples `[start, start + into.length)` of one channel; zeros outside the signal. */
export type ChannelReader = (channel: number, start: number, into: Float64Array) => void;

/** Samples of a block; with the lags on both sides it makes a transform of 8192 points. */
const size = 8192;

/**
 * r[k] = Σ a[n]·b[n + k] for |k| < lags of pairs of channels, float64, without wrapping.
 * `pairs` lists (a, b) as channel numbers; the result of a pair is `[2·lags − 1]`, lag 0 in the middle.
 * One pass over the signals in blocks, whatever their length.
 */
export function correlate(
  read: ChannelReader,
  channels: number,
  frames: number,
  pairs: readonly (readonly [a: number, b: number])[],
  lags: number,
): Float64Array[] {
  const block = size - 2 * lags;
  const fft = new PairFft(size);
  const even = channels + (channels % 2);
  const plain = Array.from({ length: even / 2 }, () => allocatePair(size));
  const wide = Array.from({ length: even / 2 }, () => allocatePair(size));
  const sums = pairs.map(() => ({ re: new Float64Array(fft.bins), im: new Float64Array(fft.bins) }));
  const [left, right] = [new Float64Array(size), new Float64Array(size)];
  for (let start = 0; start < frames; start += block) {
    for (let c = 0; c < even; c += 2) {
      // The same samples twice: alone, and with `lags` more on both sides.
      [left, right].forEach((buffer, i) => {
        if (c + i < channels) read(c + i, start - lags, buffer);
        else buffer.fill(0);
      });
      fft.forward(left, right, wide[c / 2]);
      for (const buffer of [left, right]) {
        buffer.fill(0, 0, lags);
        buffer.fill(0, lags + block);
      }
      fft.forward(left, right, plain[c / 2]);
    }
    pairs.forEach(([a, b], p) => addProduct(half(plain, a), half(wide, b), sums[p]));
  }
  return sums.map((sum) => unwrap(fft, sum, lags));
}

interface Half {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

function half(spectra: readonly PairSpectrum[], channel: number): Half {
  const pair = spectra[Math.floor(channel / 2)];
  return channel % 2 === 0 ? { re: pair.aRe, im: pair.aIm } : { re: pair.bRe, im: pair.bIm };
}

/** sum += conj(x) · y. */
function addProduct(x: Half, y: Half, sum: Half): void {
  for (let k = 0; k < sum.re.length; k++) {
    sum.re[k] += x.re[k] * y.re[k] + x.im[k] * y.im[k];
    sum.im[k] += x.re[k] * y.im[k] - x.im[k] * y.re[k];
  }
}

/** From circular lags 0 … size − 1 to −lags + 1 … lags − 1. */
function unwrap(fft: PairFft, sum: Half, lags: number): Float64Array {
  const circular = new Float64Array(size);
  const unused = new Float64Array(0);
  fft.inverse({ aRe: sum.re, aIm: sum.im, bRe: sum.re, bIm: sum.im }, circular, unused);
  return Float64Array.from({ length: 2 * lags - 1 }, (_, i) => circular[(i - lags + 1 + size) % size]);
}
