import { PairFft, allocatePair, fastLength, type PairSpectrum } from '../../dsp/pair-fft.js';
import { BlockToeplitzSolver } from './block-toeplitz.js';
import { correlate, type ChannelReader } from './correlations.js';

/** Taps of the distortion filters. */
export const filterTaps = 512;

/**
 * Filters are fitted as if the references held at least the white noise of 16-bit rounding, (2⁻¹⁵)²/12 a sample. Where
 * lossy or float stems have no energy at all (above 16 kHz, say), the fit would else amplify rounding errors without
 * bounds, and SIR and SAR would be noise. 16-bit stems hold that noise already, and only get what is missing: so float
 * stems and the same stems in 16 bits have the same figures.
 */
const floorPower = 7.8e-11;
/** What every reference gets in any case, so that a fit exists: −120 dB. */
const leastPower = 1e-12;

/** True and estimated stems, read block by block. `channels` is 1 or 2; both have `stems` stems in the same order. */
export interface EvaluationInput {
  readonly stems: number;
  readonly channels: number;
  readonly frames: number;
  readonly sampleRate: number;
  /** Fills `into` with one channel of one stem from `start` on; zeros outside. */
  reference(stem: number, channel: number, start: number, into: Float64Array): void;
  estimate(stem: number, channel: number, start: number, into: Float64Array): void;
}

/** Figures of each window in dB, one array per stem; NaN where a reference or an estimate is silent. */
export interface BssFrames {
  readonly sdr: readonly Float64Array[];
  readonly isr: readonly Float64Array[];
  readonly sir: readonly Float64Array[];
  readonly sar: readonly Float64Array[];
  /** For each stem: Hz above which it holds less than the noise floor; null when its band does not end early. */
  readonly bandEnds: readonly (number | null)[];
}

/**
 * BSSEval version 4 (Stöter, Liutkus & Ito, LVA/ICA 2018; Vincent et al., IEEE TASLP 2012): windows of one second
 * without overlap, distortion filters of 512 taps fitted to the whole song, images (not sources) compared.
 * `onProgress` is called with fractions; it may throw to stop.
 */
export function bssEval(
  input: EvaluationInput,
  onProgress: (fraction: number) => void = () => {},
): BssFrames {
  const { stems, channels } = input;
  const sources = stems * channels;
  const read: ChannelReader = (channel, start, into) => {
    const inside = channel % sources;
    const args = [Math.floor(inside / channels), inside % channels, start, into] as const;
    if (channel < sources) input.reference(...args);
    else input.estimate(...args);
  };
  const filters = fitFilters(input, read);
  onProgress(0.5);
  const window = input.sampleRate;
  const count = input.frames > window ? Math.floor(input.frames / window) : 1;
  const result: Record<'sdr' | 'isr' | 'sir' | 'sar', Float64Array[]> = {
    sdr: [],
    isr: [],
    sir: [],
    sar: [],
  };
  for (const list of Object.values(result)) {
    for (let s = 0; s < stems; s++) list.push(new Float64Array(count).fill(NaN));
  }
  const projector = new Projector(input, filters, Math.min(window, input.frames));
  for (let t = 0; t < count; t++) {
    if (projector.load(read, t * window)) {
      for (let s = 0; s < stems; s++) {
        const figures = projector.figures(s);
        for (const name of ['sdr', 'isr', 'sir', 'sar'] as const) result[name][s][t] = figures[name];
      }
    }
    onProgress(0.5 + (0.5 * (t + 1)) / count);
  }
  return { ...result, bandEnds: filters.bandEnds };
}

/** Filters `[estimate][out channel]` of `[in channel · taps]`: from all references, and from the own one alone. */
interface Filters {
  readonly all: readonly (readonly Float64Array[])[];
  readonly own: readonly (readonly Float64Array[])[];
  readonly bandEnds: readonly (number | null)[];
}

function fitFilters({ stems, channels, frames, sampleRate }: EvaluationInput, read: ChannelReader): Filters {
  const sources = stems * channels;
  const indices = Array.from({ length: sources }, (_, i) => i);
  const among = indices.flatMap((a) => indices.slice(a).map((b) => [a, b] as const));
  const across = indices.flatMap((a) => indices.map((e) => [a, sources + e] as const));
  const lists = correlate(read, 2 * sources, frames, [...among, ...across], filterTaps);
  const table = indices.map(() => new Array<Float64Array>(sources));
  among.forEach(([a, b], i) => {
    table[a][b] = lists[i];
    // r_ba[k] = r_ab[−k].
    table[b][a] = a === b ? lists[i] : lists[i].slice().reverse();
  });
  const cross = (a: number, e: number): Float64Array =>
    lists[among.length + a * sources + e].subarray(filterTaps - 1);
  const side = (rows: readonly number[], e: number): Float64Array => {
    const d = new Float64Array(rows.length * filterTaps);
    rows.forEach((a, i) => d.set(cross(a, e), i * filterTaps));
    return d;
  };
  const spectra = indices.map((c) => densities(table[c][c], frames));
  const ridges = spectra.map((density) => {
    // Not the very lowest: estimates of a density are noisy.
    const own = density.toSorted()[Math.floor(density.length / 32)];
    return frames * Math.max(leastPower, floorPower - own);
  });
  const whole = new BlockToeplitzSolver(table, filterTaps, ridges);
  const all: Float64Array[][] = [];
  const own: Float64Array[][] = [];
  for (let s = 0; s < stems; s++) {
    const mine = indices.slice(s * channels, (s + 1) * channels);
    const alone = new BlockToeplitzSolver(
      mine.map((a) => mine.map((b) => table[a][b])),
      filterTaps,
      mine.map((c) => ridges[c]),
    );
    all.push(mine.map((e) => whole.solve(side(indices, e))));
    own.push(mine.map((e) => alone.solve(side(mine, e))));
  }
  const bandEnds = Array.from({ length: stems }, (_, s) => {
    const own = spectra.slice(s * channels, (s + 1) * channels);
    const ends = own.map((density) => bandEnd(density, sampleRate));
    // One channel with a whole band is enough to fit filters.
    return ends.includes(null) ? null : Math.max(...(ends as number[]));
  });
  return { all, own, bandEnds };
}

/** A band that ends in the last twentieth of what the rate allows does not end early. */
const earlyEnd = 0.95;

/** Power densities of a signal at equal steps up to half the rate, from its autocorrelation (Blackman & Tukey). */
function densities(correlation: Float64Array, frames: number): Float64Array {
  const steps = 256;
  return Float64Array.from({ length: steps }, (_, step) => {
    const w = (Math.PI * (step + 0.5)) / steps;
    let density = correlation[filterTaps - 1];
    for (let lag = 1; lag < filterTaps; lag++) {
      // A bell that ends at 1e-11: nothing leaks from loud bands into empty ones.
      const window = Math.exp(-25 * (lag / filterTaps) ** 2);
      density += 2 * window * correlation[filterTaps - 1 + lag] * Math.cos(w * lag);
    }
    return Math.max(0, density / frames);
  });
}

/** Where densities fall to the noise floor for good, Hz; null when they do so at the top, or nowhere. */
function bandEnd(density: Float64Array, sampleRate: number): number | null {
  const top = density.findLastIndex((power) => power > 4 * floorPower) + 1;
  return top < earlyEnd * density.length ? ((top / density.length) * sampleRate) / 2 : null;
}

/** Projects one window of the references with the fitted filters, and measures the parts of the error. */
class Projector {
  private readonly fft: PairFft;
  private readonly length: number;
  private readonly spectra: PairSpectrum[];
  private readonly filterSpectra: Map<Float64Array, { re: Float64Array; im: Float64Array }[]>;
  private readonly window: Float64Array[];

  constructor(
    private readonly input: EvaluationInput,
    private readonly filters: Filters,
    samples: number,
  ) {
    const sources = input.stems * input.channels;
    this.length = samples + filterTaps - 1;
    this.fft = new PairFft(fastLength(this.length));
    this.spectra = Array.from({ length: Math.ceil(sources / 2) }, () => allocatePair(this.fft.size));
    this.window = Array.from({ length: 2 * sources }, () => new Float64Array(samples));
    this.filterSpectra = new Map();
    for (const filter of [...filters.all, ...filters.own].flat()) {
      const parts = Array.from({ length: filter.length / filterTaps }, (_, i) => {
        const into = allocatePair(this.fft.size);
        this.fft.forward(filter.subarray(i * filterTaps, (i + 1) * filterTaps), new Float64Array(0), into);
        return { re: into.aRe, im: into.aIm };
      });
      this.filterSpectra.set(filter, parts);
    }
  }

  /** Reads a window; false when a reference or an estimate is silent in it (its channels add up to nothing). */
  load(read: ChannelReader, start: number): boolean {
    const { stems, channels } = this.input;
    this.window.forEach((plane, c) => read(c, start, plane));
    for (let s = 0; s < 2 * stems; s++) {
      const planes = this.window.slice(s * channels, (s + 1) * channels);
      if (planes[0].every((_, i) => planes.reduce((sum, plane) => sum + plane[i], 0) === 0)) return false;
    }
    const sources = stems * channels;
    for (let c = 0; c < sources; c += 2) {
      const right = c + 1 < sources ? this.window[c + 1] : new Float64Array(0);
      this.fft.forward(this.window[c], right, this.spectra[c / 2]);
    }
    return true;
  }

  figures(stem: number): { sdr: number; isr: number; sir: number; sar: number } {
    const { channels, stems } = this.input;
    const everything = this.project(this.filters.all[stem], 0);
    const alone = this.project(this.filters.own[stem], stem * channels);
    let [target, error, spatial, filtered, interference, explained, artefacts] = [0, 0, 0, 0, 0, 0, 0];
    for (let ch = 0; ch < channels; ch++) {
      const truth = this.window[stem * channels + ch];
      const estimate = this.window[(stems + stem) * channels + ch];
      for (let i = 0; i < this.length; i++) {
        const s = i < truth.length ? truth[i] : 0;
        const e = i < estimate.length ? estimate[i] : 0;
        const own = alone[ch][i];
        const all = everything[ch][i];
        target += s * s;
        error += (e - s) ** 2;
        spatial += (own - s) ** 2;
        filtered += own * own;
        interference += (all - own) ** 2;
        explained += all * all;
        artefacts += (e - all) ** 2;
      }
    }
    return {
      sdr: decibels(target, error),
      isr: decibels(target, spatial),
      sir: decibels(filtered, interference),
      sar: decibels(explained, artefacts),
    };
  }

  /** Σ filters * references from the first one on, `[out channel][length]`. */
  private project(filters: readonly Float64Array[], first: number): Float64Array[] {
    const sum = allocatePair(this.fft.size);
    filters.forEach((filter, out) => {
      const [re, im] = out === 0 ? [sum.aRe, sum.aIm] : [sum.bRe, sum.bIm];
      this.filterSpectra.get(filter)?.forEach((h, i) => {
        const pair = this.spectra[Math.floor((first + i) / 2)];
        const odd = (first + i) % 2 === 1;
        const [xr, xi] = odd ? [pair.bRe, pair.bIm] : [pair.aRe, pair.aIm];
        for (let k = 0; k < re.length; k++) {
          re[k] += h.re[k] * xr[k] - h.im[k] * xi[k];
          im[k] += h.re[k] * xi[k] + h.im[k] * xr[k];
        }
      });
    });
    const planes = [new Float64Array(this.length), new Float64Array(filters.length > 1 ? this.length : 0)];
    this.fft.inverse(sum, planes[0], planes[1]);
    return planes;
  }
}

function decibels(signal: number, noise: number): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}
