import type { Frames, Hertz } from '../base/units.js';
import { Stft, allocateSpectrum, type Spectrum } from '../dsp/stft.js';
import { settleRounding } from './conservation.js';

/** Power below which a bin is silent: nothing of it is moved. */
const silence = 1e-20;

/** The exponent of a stem's mask at the clean end; its inverse at the full end. */
const steepest = 3;

/** Samples of a block; positions of blocks are multiples of it, so that every cut of a song gives the same samples. */
export const shapeBlock: Frames = 1 << 14;

/**
 * Makes stems cleaner or fuller after a separation. Where a stem has the share r of a bin's power, |S|²/Σ|S|², its
 * ratio mask r becomes r^b with b = 3^value: above 0 it is sharper and the stem loses bleed, below 0 it is softer and
 * the stem gets back what was cut from it. What one stem loses the others get, by their power; what one gains
 * the others give: a bin's stems are mixed by a matrix whose columns add up to 1, so the sum of the stems stays.
 *
 * The generalised Wiener mask with a free exponent is that of Liutkus & Badeau 2015.
 */
export class StemShaper {
  /** Samples that must surround what is shaped, on each side. */
  readonly reach: Frames;
  private readonly stft: Stft;
  private values: readonly number[] = [];
  private exponents = new Float64Array(0);
  private spectra: Spectrum[][] = [];
  private delta = new Float32Array(0);

  /** `values`, one for each stem, are −1 (full) … 0 (as separated) … 1 (clean). */
  constructor(sampleRate: Hertz, values: readonly number[]) {
    // 4096 at 44.1 and 48 kHz, longer above: 93 ms.
    const nFft = 2 ** Math.max(8, Math.round(Math.log2(0.093 * sampleRate)));
    this.stft = new Stft({ nFft, hop: nFft / 4, pad: 'zero', precision: 'single' });
    this.reach = nFft;
    this.tune(values);
  }

  /** Samples between the places at which a cut may begin. */
  get hop(): Frames {
    return this.reach / 4;
  }

  /** Other values for as many stems. */
  tune(values: readonly number[]): void {
    this.values = values;
    this.exponents = Float64Array.from(values, (value) => steepest ** value);
  }

  /**
   * Shapes stems in place, `[stem][channel][reach + count + reach]`: the `count` samples in the middle are the result.
   * The middle begins at a multiple of the hop of the song. With a `target` of the
   * shape of one stem, what they add up to, rounding is settled too.
   */
  shape(stems: readonly (readonly Float32Array[])[], target?: readonly Float32Array[]): void {
    const channels = stems[0].length;
    const samples = stems[0][0].length;
    const [from, to] = [this.reach, samples - this.reach];
    this.transform(stems);
    this.mix(channels);
    if (this.delta.length !== samples) this.delta = new Float32Array(samples);
    for (let ch = 0; ch < channels; ch++) {
      // The last stem gets exactly what the others lose.
      const rest = new Float64Array(to - from);
      const last = stems.length - 1;
      for (let s = 0; s < last; s++) {
        this.stft.inverse(this.spectra[s][ch], samples, this.delta);
        for (let i = from; i < to; i++) {
          stems[s][ch][i] += this.delta[i];
          rest[i - from] += this.delta[i];
        }
      }
      for (let i = from; i < to; i++) stems[last][ch][i] -= rest[i - from];
    }
    if (target) settleRounding(target, stems, from, to - from);
  }

  private transform(stems: readonly (readonly Float32Array[])[]): void {
    const frames = this.stft.frameCount(stems[0][0].length);
    const fits = this.spectra[0]?.length === stems[0].length && this.spectra[0][0].frames === frames;
    if (!fits) {
      this.spectra = stems.map((planes) => planes.map(() => allocateSpectrum(frames, this.stft.bins)));
    }
    stems.forEach((planes, s) =>
      planes.forEach((plane, ch) => this.stft.forward(plane, this.spectra[s][ch])),
    );
  }

  /** Replaces the spectra by what is added to them; the channels of a bin are weighed together. */
  private mix(channels: number): void {
    const { values, exponents } = this;
    const stems = values.length;
    // Flat, as the loops below run for every bin: plane s · channels + ch.
    const re = this.spectra.flatMap((planes) => planes.map((y) => y.re));
    const im = this.spectra.flatMap((planes) => planes.map((y) => y.im));
    const power = new Float64Array(stems);
    /** What a stem keeps of itself, and the share it takes of each other one. */
    const keep = new Float64Array(stems).fill(1);
    const take = new Float64Array(stems);
    /** `matrix[i · stems + j]`: what stem i gets of stem j; the diagonal is what a stem loses. */
    const matrix = new Float64Array(stems * stems);
    const bin = new Float64Array(2 * stems);
    const size = re[0].length;
    for (let at = 0; at < size; at++) {
      const total = powersAt(at, re, im, channels, power);
      if (!(total > silence)) {
        for (let p = 0; p < re.length; p++) re[p][at] = im[p][at] = 0;
        continue;
      }
      let taken = 0;
      for (let s = 0; s < stems; s++) {
        if (values[s] === 0) continue;
        const share = power[s] / total;
        const others = (total - power[s]) / total;
        const alone = !(others > 1e-12);
        if (values[s] > 0) keep[s] = alone ? 1 : share ** (exponents[s] - 1);
        else take[s] = alone ? 0 : (share ** exponents[s] - share) / others;
        taken += take[s];
      }
      fillMatrix(matrix, power, total, keep, take, taken);
      for (let ch = 0; ch < channels; ch++) {
        for (let s = 0; s < stems; s++) {
          bin[2 * s] = re[s * channels + ch][at];
          bin[2 * s + 1] = im[s * channels + ch][at];
        }
        for (let s = 0; s < stems; s++) {
          let x = 0;
          let y = 0;
          for (let j = 0; j < stems; j++) {
            x += matrix[s * stems + j] * bin[2 * j];
            y += matrix[s * stems + j] * bin[2 * j + 1];
          }
          re[s * channels + ch][at] = x;
          im[s * channels + ch][at] = y;
        }
      }
    }
  }
}

/** The power of each stem in a bin, over all channels; their sum. */
function powersAt(
  at: number,
  re: readonly Float32Array[],
  im: readonly Float32Array[],
  channels: number,
  into: Float64Array,
): number {
  let total = 0;
  for (let s = 0, p = 0; s < into.length; s++) {
    let power = 0;
    for (let ch = 0; ch < channels; ch++, p++) {
      const x = re[p][at];
      const y = im[p][at];
      power += x * x + y * y;
    }
    into[s] = power;
    total += power;
  }
  return total;
}

/** Its columns add up to 0: what one stem loses the others get. */
function fillMatrix(
  matrix: Float64Array,
  power: Float64Array,
  total: number,
  keep: Float64Array,
  take: Float64Array,
  taken: number,
): void {
  const stems = power.length;
  for (let j = 0; j < stems; j++) {
    const others = total - power[j];
    const wanted = taken - take[j];
    // Nobody gives more than there is.
    const given = keep[j] / Math.max(1, wanted);
    let lost = 0;
    for (let i = 0; i < stems; i++) {
      if (i === j) continue;
      const spilt = others > 0 ? ((1 - keep[j]) * power[i]) / others : 0;
      lost += matrix[i * stems + j] = spilt + given * take[i];
    }
    matrix[j * stems + j] = -lost;
  }
}
