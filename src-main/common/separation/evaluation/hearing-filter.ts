import type { Hertz } from '../../base/units.js';
import { PairFft, allocatePair } from '../../dsp/pair-fft.js';

/** Taps of the filter; the one in the middle is number 1999. */
const taps = 4000;
const centre = 1999;
const size = 8192;

interface Complex {
  readonly re: number;
  readonly im: number;
}

/** c0 + c1·z⁻¹ + c2·z⁻² on the unit circle. */
function polynomial([c0, c1, c2]: readonly [number, number, number], w: number): Complex {
  return {
    re: c0 + c1 * Math.cos(w) + c2 * Math.cos(2 * w),
    im: -c1 * Math.sin(w) - c2 * Math.sin(2 * w),
  };
}

/** Magnitude of a biquad of R. Bristow-Johnson's Audio EQ Cookbook. */
function biquad(
  kind: 'high-shelf' | 'peaking',
  { hertz, q, gainDb }: { readonly hertz: Hertz; readonly q: number; readonly gainDb: number },
  rate: Hertz,
  w: number,
): number {
  const a = 10 ** (gainDb / 40);
  const w0 = (2 * Math.PI * hertz) / rate;
  const [alpha, cos] = [Math.sin(w0) / (2 * q), Math.cos(w0)];
  const slope = 2 * Math.sqrt(a) * alpha;
  const [b, d]: [number, number, number][] =
    kind === 'peaking'
      ? [
          [1 + alpha * a, -2 * cos, 1 - alpha * a],
          [1 + alpha / a, -2 * cos, 1 - alpha / a],
        ]
      : [
          [
            a * (a + 1 + (a - 1) * cos + slope),
            -2 * a * (a - 1 + (a + 1) * cos),
            a * (a + 1 + (a - 1) * cos - slope),
          ],
          [a + 1 - (a - 1) * cos + slope, 2 * (a - 1 - (a + 1) * cos), a + 1 - (a - 1) * cos - slope],
        ];
  const [above, below] = [polynomial(b, w), polynomial(d, w)];
  return Math.hypot(above.re, above.im) / Math.hypot(below.re, below.im);
}

/** Magnitude of a digital Butterworth filter (bilinear transform). */
function butterworth(kind: 'high' | 'low', order: number, hertz: Hertz, rate: Hertz, w: number): number {
  const ratio = Math.tan(w / 2) / Math.tan((Math.PI * hertz) / rate);
  const x = kind === 'low' ? ratio : ratio === 0 ? Infinity : 1 / ratio;
  return 1 / Math.sqrt(1 + x ** (2 * order));
}

/**
 * What hearing makes of a spectrum, as log-WMSE has it: a shelf, a peak at 500 Hz and the ends of the ear's band, in
 * the manner of Fenton & Lee 2017, without phase. Its 4000 taps at 44.1 kHz are those of the log-wmse packages to 5e-8.
 */
function impulseResponse(rate: Hertz): Float64Array {
  const fft = new PairFft(size);
  const spectrum = allocatePair(size);
  for (let k = 0; k < fft.bins; k++) {
    // The packages sample the response at πk/4097, not at πk/4096.
    const w = (Math.PI * k) / (size / 2 + 1);
    const shelf = biquad('high-shelf', { hertz: 1500, q: Math.SQRT1_2, gainDb: 5 }, rate, w);
    const peak = biquad('peaking', { hertz: 500, q: 1.5 * Math.SQRT1_2, gainDb: 2.5 }, rate, w);
    const low = butterworth('low', 1, 10_000, rate, w) ** 2;
    spectrum.aRe[k] = shelf * peak * butterworth('high', 2, 120, rate, w) * low;
  }
  const wave = new Float64Array(size);
  fft.inverse(spectrum, wave, new Float64Array(0));
  return Float64Array.from({ length: taps }, (_, i) => wave[(i - centre + size) % size]);
}

/** Samples filtered at once. */
export const filteredBlock = size - taps + 1;

/** Filters a signal block by block, by overlap-save. */
export class HearingFilter {
  private readonly fft = new PairFft(size);
  private readonly response = allocatePair(size);
  private readonly spectrum = allocatePair(size);
  private readonly wave = new Float64Array(size);

  constructor(rate: Hertz) {
    this.fft.forward(impulseResponse(rate), new Float64Array(0), this.response);
  }

  /**
   * The filtered samples `[start, start + filteredBlock)`, valid until the next call. `read` fills samples from
   * a place on, zeros outside of the signal.
   */
  block(read: (start: number, into: Float64Array) => void, start: number): Float64Array {
    const { wave, spectrum, response } = this;
    const before = taps - 1 - centre;
    read(start - before, wave);
    this.fft.forward(wave, new Float64Array(0), spectrum);
    for (let k = 0; k < this.fft.bins; k++) {
      const [a, b, c, d] = [spectrum.aRe[k], spectrum.aIm[k], response.aRe[k], response.aIm[k]];
      spectrum.aRe[k] = a * c - b * d;
      spectrum.aIm[k] = a * d + b * c;
    }
    this.fft.inverse(spectrum, wave, new Float64Array(0));
    // Whatever lies before the last tap is wrapped around.
    return wave.subarray(taps - 1, taps - 1 + filteredBlock);
  }
}
