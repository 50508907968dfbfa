import { PairFft, allocatePair, fastLength } from './pair-fft.js';

/** A half spectrum in two dimensions, float64 `[rows][bins]`: all of the first, half of the second. */
export interface Spectrum2d {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * The discrete Fourier transform of real planes in two dimensions. Planes `[height][width]` are continued with zeros to
 * `rows` × `columns`, sizes that the transform takes.
 */
export class Fft2d {
  readonly rows: number;
  readonly columns: number;
  readonly bins: number;
  private readonly across: PairFft;
  private readonly down: PairFft;

  constructor(
    readonly height: number,
    readonly width: number,
  ) {
    this.rows = fastLength(height);
    this.columns = fastLength(width);
    this.across = new PairFft(this.columns);
    this.down = new PairFft(this.rows);
    this.bins = this.across.bins;
  }

  /** X[j][k] = ΣΣ x[m][n]·e^(−2πi(jm/rows + kn/columns)), k in [0, bins). */
  forward(plane: Float32Array): Spectrum2d {
    const { rows, bins, width, height } = this;
    const out = { re: new Float64Array(rows * bins), im: new Float64Array(rows * bins) };
    const pair = allocatePair(this.columns);
    const none = new Float32Array(width);
    for (let m = 0; m < height; m += 2) {
      const odd = m + 1 < height ? plane.subarray((m + 1) * width, (m + 2) * width) : none;
      this.across.forward(plane.subarray(m * width, (m + 1) * width), odd, pair);
      out.re.set(pair.aRe, m * bins);
      out.im.set(pair.aIm, m * bins);
      if (m + 1 >= height) continue;
      out.re.set(pair.bRe, (m + 1) * bins);
      out.im.set(pair.bIm, (m + 1) * bins);
    }
    this.columnsOf(out, false);
    return out;
  }

  /** The inverse, scaled by 1/(rows·columns): `[height][width]`. `spectrum` is overwritten. */
  inverse(spectrum: Spectrum2d): Float32Array {
    const { bins, width, height } = this;
    this.columnsOf(spectrum, true);
    const plane = new Float32Array(height * width);
    const none = new Float32Array(width);
    for (let m = 0; m < height; m += 2) {
      const row = (k: number): [Float64Array, Float64Array] => [
        spectrum.re.subarray(k * bins, (k + 1) * bins),
        spectrum.im.subarray(k * bins, (k + 1) * bins),
      ];
      const [aRe, aIm] = row(m);
      const [bRe, bIm] = m + 1 < height ? row(m + 1) : [aRe, aIm];
      const odd = m + 1 < height ? plane.subarray((m + 1) * width, (m + 2) * width) : none;
      this.across.inverse({ aRe, aIm, bRe, bIm }, plane.subarray(m * width, (m + 1) * width), odd);
    }
    return plane;
  }

  /** Complex transforms down every column, in place, from those of its real and imaginary parts. */
  private columnsOf({ re, im }: Spectrum2d, back: boolean): void {
    const { rows, bins } = this;
    const pair = allocatePair(rows);
    const [a, b] = [new Float64Array(rows), new Float64Array(rows)];
    // The inverse is the conjugate of the transform of the conjugate, over the length.
    const sign = back ? -1 : 1;
    const scale = back ? 1 / rows : 1;
    for (let k = 0; k < bins; k++) {
      for (let m = 0; m < rows; m++) {
        a[m] = re[m * bins + k];
        b[m] = sign * im[m * bins + k];
      }
      this.down.forward(a, b, pair);
      for (let j = 0; j < rows; j++) {
        const mirrored = 2 * j > rows;
        const at = mirrored ? rows - j : j;
        const flip = mirrored ? -1 : 1;
        re[j * bins + k] = scale * (pair.aRe[at] - flip * pair.bIm[at]);
        im[j * bins + k] = scale * sign * (flip * pair.aIm[at] + pair.bRe[at]);
      }
    }
  }
}
