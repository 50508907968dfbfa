import { UnbraidError, check } from '../base/errors.js';
import { measureOverlap, type Overlap } from './cola.js';
import { fetchPadded, type PadMode } from './padding.js';
import { allocateSpectrum, type Spectrum } from './spectrum.js';
import { stftTable, type StftTable } from './stft-table.js';
import { createWindow, type WindowName, type WindowSymmetry } from './windows.js';
import { kernels, type Kernels } from './wasm/kernels.js';

export { allocateSpectrum, type Spectrum } from './spectrum.js';

/** Writes frames `[first, first + count)` of a spectrum into `re` and `im`, `[count][bins]`, every bin. */
export type FrameSource = (first: number, count: number, re: Float32Array, im: Float32Array) => void;

/** Writes frames at two addresses, or says where they lie already (whole lanes of them). */
type Fill = (
  re: number,
  im: number,
  first: number,
  count: number,
  extra: number,
) => readonly [re: number, im: number] | undefined;

/** A real mask inside a larger array: value of frame t and bin f at `offset + t · frameStride + f · binStride`. */
export interface MaskView {
  readonly data: Float32Array;
  readonly offset: number;
  readonly frameStride: number;
  readonly binStride: number;
  /** The bins it covers: `[firstBin, firstBin + bins)`; the mask is 0 for the others. */
  readonly firstBin: number;
  readonly bins: number;
}

/** nFft may hold the factors 2, 3, 5 only; hop and winLength are in samples. */
export interface StftConfig {
  readonly nFft: number;
  readonly hop: number;
  /** Default nFft; a shorter window sits in the middle of the frame, as in PyTorch. */
  readonly winLength?: number;
  /** Default `hann`. */
  readonly window?: WindowName;
  /** Default `periodic`. */
  readonly symmetry?: WindowSymmetry;
  /** Default true: frame f is centred on sample f·hop. Else it starts there, and zeros follow the end. */
  readonly centre?: boolean;
  /** What lies outside of a centred signal; default `reflect`, as NumPy's. */
  readonly pad?: PadMode;
  /** `sqrt-n` makes the transform unitary: 1/√nFft forward, √nFft back. */
  readonly normalised?: 'none' | 'sqrt-n';
  /**
   * Arithmetic inside; default `double`. `single` is faster and leaves an error of about −130 dB; sizes that are not a
   * multiple of 16 use double in any case.
   */
  readonly precision?: 'double' | 'single';
  /** Spectra are looked at and never turned back: windows may leave gaps, and the inverse throws `not-cola` then. */
  readonly forwardOnly?: boolean;
}

function resolve(config: StftConfig): Required<StftConfig> {
  const { nFft, hop, winLength = nFft, window = 'hann', symmetry = 'periodic' } = config;
  const { centre = true, pad = 'reflect', normalised = 'none', forwardOnly = false } = config;
  const precision = config.precision === 'single' && nFft % 16 === 0 ? 'single' : 'double';
  for (const [name, value] of Object.entries({ nFft, hop, winLength })) {
    check(Number.isInteger(value) && value > 0, `${name} must be a positive integer, not ${value}`);
  }
  check(winLength <= nFft, `The window (${winLength}) is longer than the transform (${nFft})`);
  return { nFft, hop, winLength, window, symmetry, centre, pad, normalised, precision, forwardOnly };
}

function paddedWindow(config: Required<StftConfig>): Float64Array {
  const window = new Float64Array(config.nFft);
  const start = Math.floor((config.nFft - config.winLength) / 2);
  window.set(createWindow(config.window, config.winLength, config.symmetry), start);
  return window;
}

/** Whether the windows of a configuration add up to a constant (COLA), and whether it can be inverted (NOLA). */
export function checkCola(config: StftConfig): { cola: boolean; nola: boolean } {
  const resolved = resolve(config);
  const { cola, nola } = measureOverlap(paddedWindow(resolved), resolved.hop, resolved.winLength);
  return { cola, nola };
}

/**
 * Short-time Fourier transform and its inverse by weighted overlap-add (Griffin & Lim 1984, eq. 6), one
 * channel at a time; float32 in and out, float64 inside unless `precision` says otherwise.
 *
 * Reconstruction is exact to −140 dB for every sample that all its frames cover: every sample of a centred
 * transform; without centring all but the first nFft − hop, which only some frames reach (put that many
 * zeros in front, where they matter; a sample under no weight at all comes back as 0).
 *
 * @throws UnbraidError `not-cola` when Σw² comes so close to 0 that the inverse would be noise,
 *   `invalid-argument` for impossible sizes.
 */
export class Stft {
  readonly config: Required<StftConfig>;
  /** floor(nFft / 2) + 1. */
  readonly bins: number;
  private readonly window: Float64Array;
  private readonly overlap: Overlap;
  /** Samples in front of sample 0 in the first frame. */
  protected readonly lead: number;
  /** Frames a kernel works on at a time. */
  private readonly lanes: 2 | 4;
  /** Frames handed to the kernels at once: whole lanes, about 64 Ki samples. */
  protected readonly block: number;
  private readonly key: string;
  /** The last answer of `frameCount`. */
  private counted = { samples: -1, frames: 0 };

  constructor(config: StftConfig) {
    this.config = resolve(config);
    const { nFft, hop, winLength, centre, forwardOnly } = this.config;
    this.window = paddedWindow(this.config);
    this.overlap = measureOverlap(this.window, hop, winLength);
    if (!forwardOnly) this.refuseGaps();
    this.bins = Math.floor(nFft / 2) + 1;
    this.lead = centre ? Math.floor(nFft / 2) : 0;
    this.lanes = this.single ? 4 : 2;
    this.block = this.lanes * Math.ceil(65536 / nFft / this.lanes);
    this.key = JSON.stringify(this.config);
    this.table();
  }

  /**
   * Frames of a signal of this many samples. Centred: PyTorch's count, and one more where PyTorch's last frame
   * would leave the end under almost no weight. Not centred: ceil(samples / hop), as TensorFlow's `pad_end`.
   */
  frameCount(samples: number): number {
    const { nFft, hop, centre } = this.config;
    if (!centre) return Math.max(1, Math.ceil(samples / hop));
    // Windows of one length follow each other: the ends are looked at once.
    if (this.counted.samples === samples) return this.counted.frames;
    let frames = 1 + Math.floor(Math.max(0, samples + 2 * this.lead - nFft) / hop);
    while (this.endIsWeak(samples, frames)) frames++;
    this.counted = { samples, frames };
    return frames;
  }

  /**
   * The spectrum of a signal; `into`, of the right shape, is overwritten and returned, and so are `magnitudes`,
   * `[frames][bins]`, where they are wanted.
   */
  forward(signal: Float32Array, into?: Spectrum, magnitudes?: Float32Array): Spectrum {
    const { nFft, hop, pad, centre } = this.config;
    const frames = this.frameCount(signal.length);
    const spectrum = into ?? allocateSpectrum(frames, this.bins);
    this.checkShape(spectrum);
    check(spectrum.frames === frames, `The spectrum needs ${frames} frames, not ${spectrum.frames}`);
    const k = this.memory;
    const table = this.table();
    const span = (this.block - 1) * hop + nFft;
    const size = 4 * this.block * this.bins;
    const [x, y, wave, re, im, mag] = k.scratch(32 * nFft, 32 * nFft, 4 * span, size, size, size);
    const buffer = k.f32(wave, span);
    const [reAt, imAt] = [spectrum.re, spectrum.im].map((part) => k.addressOf(part));
    const magAt = magnitudes && k.addressOf(magnitudes);
    for (let first = 0; first < frames; first += this.block) {
      const count = Math.min(this.block, frames - first);
      const even = this.wholeLanes(count);
      const length = (even - 1) * hop + nFft;
      const from = first * this.bins;
      fetchPadded(signal, first * hop - this.lead, buffer.subarray(0, length), centre ? pad : 'zero');
      const analyse = this.single ? k.run.analyse32 : k.run.analyse;
      // Whole lanes go where they belong when that is in the kernels' memory.
      const direct = even === count && reAt !== undefined && imAt !== undefined;
      const [toRe, toIm] = direct ? [reAt + 4 * from, imAt + 4 * from] : [re, im];
      analyse(wave, hop, even, nFft, table.analysis, table.plan, table.turns, x, y, toRe, toIm);
      if (magnitudes) {
        const to = direct && magAt !== undefined ? magAt + 4 * from : mag;
        k.run.magnitudes(toRe, toIm, 4 * Math.ceil((count * this.bins) / 4), to);
        if (to === mag) magnitudes.set(k.f32(mag, count * this.bins), from);
      }
      if (direct) continue;
      spectrum.re.set(k.f32(re, count * this.bins), from);
      spectrum.im.set(k.f32(im, count * this.bins), from);
    }
    return spectrum;
  }

  protected refuseGaps(): void {
    if (this.overlap.nola) return;
    const { window, winLength, hop } = this.config;
    throw new UnbraidError(
      'not-cola',
      `${window} windows of ${winLength} samples every ${hop} leave gaps: the inverse cannot restore them`,
      { hint: 'Use a smaller hop or another window.' },
    );
  }

  /** The signal of a spectrum, exactly `samples` long; silent where no frame reaches. */
  inverse(spectrum: Spectrum, samples: number, into?: Float32Array): Float32Array {
    this.checkShape(spectrum);
    const k = this.memory;
    const [reAt, imAt] = [spectrum.re, spectrum.im].map((part) => k.addressOf(part));
    const copy: FrameSource = (first, count, re, im) => {
      const [from, to] = [first * this.bins, (first + count) * this.bins];
      re.set(spectrum.re.subarray(from, to));
      im.set(spectrum.im.subarray(from, to));
    };
    if (reAt !== undefined && imAt !== undefined) {
      this.refuseGaps();
      const fill: Fill = (re, im, first, count) => {
        const from = 4 * first * this.bins;
        if (count % this.lanes === 0) return [reAt + from, imAt + from];
        copy(first, count, k.f32(re, count * this.bins), k.f32(im, count * this.bins));
        return undefined;
      };
      return this.invert(fill, spectrum.frames, samples, into);
    }
    return this.inverseOf(copy, spectrum.frames, samples, into);
  }

  /**
   * The inverse of frames that are made when they are needed (a mask times a spectrum, for example), some at a
   * time, so that the product never travels through main memory.
   */
  inverseOf(source: FrameSource, frames: number, samples: number, into?: Float32Array): Float32Array {
    this.refuseGaps();
    const k = this.memory;
    const fill: Fill = (re, im, first, count) => {
      source(first, count, k.f32(re, count * this.bins), k.f32(im, count * this.bins));
      return undefined;
    };
    return this.invert(fill, frames, samples, into);
  }

  /** The inverse of mask · spectrum. The mask's bins or its frames must lie side by side (a stride of 1). */
  inverseMasked(spectrum: Spectrum, mask: MaskView, samples: number, into?: Float32Array): Float32Array {
    this.checkShape(spectrum);
    const { frames } = spectrum;
    const { bins } = this;
    check(mask.frameStride === 1 || mask.binStride === 1, 'A mask needs frames or bins side by side');
    const length = (frames - 1) * mask.frameStride + (mask.bins - 1) * mask.binStride + 1;
    const k = this.memory;
    const fill: Fill = (re, im, first, count, plane) => {
      // The first call brings the whole mask: rows of a few frames each would be slower.
      if (first === 0) k.f32(plane, length).set(mask.data.subarray(mask.offset, mask.offset + length));
      for (const [address, part] of [
        [re, spectrum.re],
        [im, spectrum.im],
      ] as const) {
        const view = k.f32(address, count * bins);
        view.set(part.subarray(first * bins, (first + count) * bins));
        if (mask.bins < bins) clearOutside(view, bins, mask.firstBin, mask.firstBin + mask.bins);
      }
      const at = 4 * mask.firstBin;
      const [row, column] = [4 * mask.frameStride, 4 * mask.binStride];
      k.run.maskFrames(re + at, im + at, 4 * bins, count, mask.bins, plane + first * row, row, column);
      return undefined;
    };
    return this.invert(fill, frames, samples, into, 4 * length);
  }

  /** Overlap-add of the frames that `fill` brings; `extra` bytes are held for it from call to call. */
  private invert(fill: Fill, frames: number, samples: number, into?: Float32Array, extra = 0): Float32Array {
    const { nFft, hop } = this.config;
    const output = into ?? new Float32Array(samples);
    check(output.length === samples, `The output needs ${samples} samples, not ${output.length}`);
    output.fill(0);
    const k = this.memory;
    const table = this.table();
    const span = (this.block - 1) * hop + nFft;
    const size = 4 * this.block * this.bins;
    const [x, y, acc, gain, wave, re, im, held] = k.scratch(
      32 * nFft,
      32 * nFft,
      8 * span,
      8 * span,
      4 * span,
      size,
      size,
      extra,
    );
    k.f64(acc, span).fill(0);
    const [synthesise, drain] = this.single
      ? [k.run.synthesise32, k.run.drain32]
      : [k.run.synthesise, k.run.drain];
    let steady = false;
    for (let first = 0; first < frames; first += this.block) {
      const count = Math.min(this.block, frames - first);
      const [fromRe, fromIm] = fill(re, im, first, count, held) ?? [re, im];
      // The kernel takes frames in pairs or fours: silent ones fill up what is missing.
      const even = this.wholeLanes(count);
      const missing = (even - count) * this.bins;
      if (missing > 0) for (const part of [re, im]) k.f32(part + 4 * count * this.bins, missing).fill(0);
      synthesise(fromRe, fromIm, hop, even, nFft, table.synthesis, table.plan, table.turns, x, y, acc);
      const last = first + count === frames;
      const done = last ? (count - 1) * hop + nFft : count * hop;
      const inside = first * hop >= nFft - hop && !last;
      if (!(inside && steady)) {
        this.fillGain(this.single ? k.f32(gain, done) : k.f64(gain, done), first * hop, frames);
      }
      steady = inside;
      drain(acc, gain, wave, done, span - done, done);
      this.place(k.f32(wave, done), first * hop - this.lead, output);
    }
    return output;
  }

  /** Where the kernels work and this transform's table lies. */
  protected get memory(): Kernels {
    return kernels();
  }

  protected table(): StftTable {
    return stftTable(this.key, { ...this.config, single: this.single }, this.window, this.memory);
  }

  private get single(): boolean {
    return this.config.precision === 'single';
  }

  protected wholeLanes(count: number): number {
    return Math.ceil(count / this.lanes) * this.lanes;
  }

  private checkShape(spectrum: Spectrum): void {
    const size = spectrum.frames * this.bins;
    check(
      spectrum.bins === this.bins && spectrum.re.length === size && spectrum.im.length === size,
      `A spectrum of nFft ${this.config.nFft} has ${this.bins} bins, not ${spectrum.bins}`,
    );
  }

  /** Copies the part of `wave`, which starts at sample `start`, that lies inside the output. */
  protected place(wave: Float32Array, start: number, output: Float32Array): void {
    const from = Math.max(0, -start);
    const to = Math.min(wave.length, output.length - start);
    if (to > from) output.set(wave.subarray(from, to), start + from);
  }

  /** Σw² at position `t` (0 = start of frame 0) when only frames 0 … frames − 1 exist. */
  private energyAt(t: number, frames: number): number {
    const { nFft, hop } = this.config;
    if (t >= nFft - hop && t < frames * hop) return this.overlap.energy[t % hop];
    let sum = 0;
    for (let f = Math.max(0, Math.ceil((t - nFft + 1) / hop)); f < frames && f * hop <= t; f++) {
      sum += this.window[t - f * hop] ** 2;
    }
    return sum;
  }

  protected fillGain(gain: Float64Array | Float32Array, start: number, frames: number): void {
    // Weights this far down hold rounding noise only.
    const floor = 1e-8 * this.overlap.meanSquare;
    const inverse = (energy: number): number => (energy > floor ? 1 / energy : 0);
    const { nFft, hop } = this.config;
    const end = gain.length;
    // Where all frames reach, it repeats with every hop.
    const from = Math.min(end, Math.max(0, nFft - hop - start));
    const to = Math.min(end, Math.max(from, frames * hop - start));
    for (let i = 0; i < from; i++) gain[i] = inverse(this.energyAt(start + i, frames));
    for (let i = to; i < end; i++) gain[i] = inverse(this.energyAt(start + i, frames));
    const period = Math.min(hop, to - from);
    for (let i = from; i < from + period; i++) gain[i] = inverse(this.overlap.energy[(start + i) % hop]);
    for (let known = period; known < to - from; known *= 2)
      gain.copyWithin(from + known, from, from + Math.min(known, to - from - known));
  }

  private endIsWeak(samples: number, frames: number): boolean {
    const { energy, meanSquare } = this.overlap;
    const enough = Math.min(
      meanSquare / 2,
      energy.reduce((a, b) => Math.min(a, b)),
    );
    for (let t = Math.max(this.lead, frames * this.config.hop); t < this.lead + samples; t++) {
      if (this.energyAt(t, frames) < enough * (1 - 1e-9)) return true;
    }
    return false;
  }
}

/** Zeros the bins of every frame that lie outside of `[first, end)`. */
function clearOutside(plane: Float32Array, bins: number, first: number, end: number): void {
  for (let row = 0; row < plane.length; row += bins) {
    plane.fill(0, row, row + first);
    plane.fill(0, row + end, row + bins);
  }
}
