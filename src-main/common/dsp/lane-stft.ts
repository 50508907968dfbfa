import { assert, check } from '../base/errors.js';
import { fetchPadded } from './padding.js';
import { HeldStft } from './held-stft.js';
import type { MaskView, StftConfig } from './stft.js';
import type { Held } from './wasm/kernels.js';

/**
 * A complex spectrogram of one channel as the float32 kernels hold it: `[frames / 4][bins]` elements of four real and
 * four imaginary parts, one a frame. Behind its frames it is silent for as long as it has room.
 */
export interface LaneSpectrum {
  readonly frames: number;
  readonly bins: number;
  readonly held: Held;
}

/**
 * One part of a spectrogram as a dense plane inside of a tensor: value of frame t and bin `firstBin + f` at
 * `offset + t · frameStride + f · binStride`, and nothing else in between.
 */
export interface LanePlane extends MaskView {
  readonly part: 'magnitude' | 'real' | 'imaginary';
}

/** Some frames of a spectrum; `first` is a multiple of 4, and so is `count` where it does not reach the end. */
export interface FrameRange {
  readonly first: number;
  readonly count: number;
}

/** What the frames inverted so far leave for samples that later ones reach too: an accumulator for each mask. */
export type Tails = readonly Held[];

const parts = { magnitude: 0, real: 1, imaginary: 2 } as const;
/** Frames that lie side by side. */
const lane = 4;
/** Numbers of one bin of four frames. */
const element = 8;

/** Whether this configuration has kernels that work on lanes. */
export function hasLanes(config: StftConfig): boolean {
  return config.precision === 'single' && config.nFft % 16 === 0;
}

/**
 * The float32 STFT for models that mask: spectra go from the transform to its inverse without being transposed to
 * rows and back, and all masks of a channel are applied in one pass over it. It has its own memory, and numbers
 * held there (spectra, a graph's inputs and outputs) are worked on where they are; others are copied.
 */
export class LaneStft extends HeldStft {
  /** 1 / Σw² of every sample, kept for the last number of frames. */
  private gains: { readonly frames: number; readonly held: Held } | undefined;

  constructor(config: StftConfig) {
    super(config);
    assert(hasLanes(this.config), 'lanes need single precision and a length that 16 divides');
  }

  /** Room for the spectrum of a signal of this many samples, and for silence up to `room` frames. */
  allocate(samples: number, room = 0): LaneSpectrum {
    const frames = this.frameCount(samples);
    return { frames, bins: this.bins, held: this.hold(this.sizeOf(Math.max(frames, room))) };
  }

  /** Accumulators for inverses in parts. */
  tails(count: number): Tails {
    return Array.from({ length: count }, () => this.hold(this.span));
  }

  /** Frames, from the first one on, that some sample before `end` is in. */
  framesBefore(end: number): number {
    return Math.ceil((end + this.lead) / this.config.hop);
  }

  /** The spectrum of a signal, into lanes made for its length. */
  analyse(signal: Float32Array, into: LaneSpectrum): void {
    const { nFft, hop, pad, centre } = this.config;
    const { frames } = into;
    check(
      frames === this.frameCount(signal.length),
      `The spectrum has ${frames} frames, the signal another number`,
    );
    this.checkLanes(into);
    const k = this.memory;
    const table = this.table();
    const [x, y, wave] = k.scratch(32 * nFft, 32 * nFft, 4 * this.span);
    const buffer = k.f32(wave, this.span);
    for (let first = 0; first < frames; first += this.block) {
      const count = Math.min(this.block, frames - first);
      const whole = this.wholeLanes(count);
      const start = first * hop - this.lead;
      fetchPadded(signal, start, buffer.subarray(0, (whole - 1) * hop + nFft), centre ? pad : 'zero');
      const lanes = into.held.address + 4 * this.sizeOf(first);
      k.run.analyseLanes(
        ...[wave, hop, whole, nFft, table.analysis, table.plan, table.turns],
        ...[x, y, lanes],
      );
      if (whole === count) continue;
      const end = k.f32(lanes, this.sizeOf(whole)).subarray(this.sizeOf(whole - lane));
      silence(end, lane - (whole - count));
    }
  }

  /** Writes what is wanted of some frames into planes of this many frames; those behind the end are silent. */
  take(spectrum: LaneSpectrum, { first, count }: FrameRange, planes: readonly LanePlane[]): void {
    this.checkLanes(spectrum);
    check(this.sizeOf(first + count) <= spectrum.held.length, 'The spectrum has no room for these frames');
    const k = this.memory;
    // This comes first: scratch may grow the memory, which detaches earlier views.
    const places = planes.map(({ data }) => k.addressOf(data));
    const lengths = planes.map((plane) => planeLength(plane, count));
    const outs = k.scratch(...lengths.map((length, i) => (places[i] === undefined ? 4 * length : 0)));
    const group = 4 * element * this.bins;
    planes.forEach(({ part, frameStride, binStride, firstBin, bins, data, offset }, i) => {
      const from = spectrum.held.address + 4 * this.sizeOf(first) + 4 * element * firstBin;
      const place = places[i];
      const to = place === undefined ? outs[i] : place + 4 * offset;
      k.run.fromLanes(from, group, count, bins, parts[part], to, 4 * frameStride, 4 * binStride);
      if (place === undefined) data.set(k.f32(to, lengths[i]), offset);
    });
  }

  /**
   * Over as many frames as there are weights, from its own first one on, each mask becomes
   * before + weight · (mask − before), in place. All have the same strides, and all are held.
   */
  fade(masks: readonly MaskView[], before: readonly MaskView[], weights: Float32Array): void {
    const k = this.memory;
    const addresses = [masks, before].map((views) =>
      views.map(({ data, offset }) => (k.addressOf(data) ?? NaN) + 4 * offset),
    );
    assert(
      addresses.flat().every((address) => address >= 0),
      'masks that fade are held',
    );
    const [held] = k.scratch(4 * weights.length);
    k.f32(held, weights.length).set(weights);
    masks.forEach(({ bins, frameStride, binStride }, s) => {
      const [to, from] = [addresses[0][s], addresses[1][s]];
      k.run.fadeMasks(to, from, weights.length, bins, 4 * frameStride, 4 * binStride, held);
    });
  }

  /**
   * The inverses of mask · spectrum for several masks; `into` has a signal for each, all of one length. A mask's bins
   * or its frames must lie side by side (a stride of 1). With a `part` and `tails` it may be done in parts, from the
   * first frame to the last; the masks begin with the part's first frame. Behind a `last` part that ends earlier, all
   * masks are 0.
   */
  inverseMasks(
    spectrum: LaneSpectrum,
    masks: readonly MaskView[],
    into: readonly Float32Array[],
    tails?: Tails,
    part: FrameRange & { readonly last?: boolean } = { first: 0, count: spectrum.frames },
  ): void {
    const { nFft, hop } = this.config;
    const { frames } = spectrum;
    const end = part.first + part.count;
    this.checkLanes(spectrum);
    check(end === frames || part.count % lane === 0, 'Only the last part may end at any frame');
    for (const mask of masks)
      check(mask.frameStride === 1 || mask.binStride === 1, 'A mask needs frames or bins side by side');
    const k = this.memory;
    // This comes first: the table or scratch may grow the memory, which detaches earlier views.
    const places = masks.map(({ data }) => k.addressOf(data));
    const signals = into.map((signal) => ({ address: k.addressOf(signal), length: signal.length }));
    // Kernels read whole fours of frames: behind the part there may be values that are not numbers.
    const copied = masks.map((_, s) => places[s] === undefined || part.count % lane > 0);
    const { span } = this;
    const gains = this.gainsOf(frames);
    const table = this.table();
    const [x, y, wave, order, ...rest] = k.scratch(
      ...([32 * nFft, 32 * nFft, 4 * span, 4 * this.block * this.bins] as const),
      ...masks.map(() => (tails ? 0 : 4 * span)),
      ...masks.map((mask, s) => (copied[s] ? 4 * (planeLength(mask, part.count) + reachBeyond(mask)) : 0)),
    );
    const accs = masks.map((_, s) => tails?.[s].address ?? rest[s]);
    const starts = masks.map((mask, s) => {
      const place = places[s];
      if (place !== undefined && !copied[s]) return place + 4 * mask.offset;
      const length = planeLength(mask, part.count);
      const from =
        place === undefined
          ? mask.data.subarray(mask.offset, mask.offset + length)
          : k.f32(place + 4 * mask.offset, length);
      const to = rest[masks.length + s];
      k.f32(to, length).set(from);
      k.f32(to + 4 * length, reachBeyond(mask)).fill(0);
      return to;
    });
    if (part.first === 0) for (const acc of accs) k.f32(acc, span).fill(0);
    for (let first = part.first; first < end; first += this.block) {
      const count = Math.min(this.block, end - first);
      const whole = this.wholeLanes(count);
      const last = first + count === (part.last ? end : frames);
      const done = last ? (count - 1) * hop + nFft : count * hop;
      const lanes = spectrum.held.address + 4 * this.sizeOf(first);
      const gain = gains.address + 4 * first * hop;
      const start = first * hop - this.lead;
      masks.forEach(({ frameStride, binStride, firstBin, bins }, s) => {
        const mask = starts[s] + 4 * (first - part.first) * frameStride;
        k.run.synthesiseMasked(
          ...[lanes, hop, whole, nFft, table.synthesis, table.plan, table.turns, x, y, accs[s]],
          ...[mask, 4 * frameStride, 4 * binStride, firstBin, bins, order],
        );
        const { address, length } = signals[s];
        const inside = address !== undefined && start >= 0 && start + done <= length;
        k.run.drain32(accs[s], gain, inside ? address + 4 * start : wave, done, span - done, done);
        const signal = address === undefined ? into[s] : k.f32(address, length);
        if (!inside) this.place(k.f32(wave, done), start, signal);
        if (last && start + done < length) signal.fill(0, start + done);
      });
    }
  }

  /**
   * The inverse of a spectrum whose real and imaginary parts are held with their frames side by side; it is 0 outside of
   * their bins. `into` gets the samples from `from` on.
   */
  inversePlanes(
    parts: readonly [re: MaskView, im: MaskView],
    frames: number,
    into: Float32Array,
    from = 0,
  ): void {
    this.refuseGaps();
    const { nFft, hop } = this.config;
    const k = this.memory;
    // This comes first: the table or scratch may grow the memory, which detaches earlier views.
    const [re, im] = parts.map(({ data, offset }) => (k.addressOf(data) ?? NaN) + 4 * offset);
    assert(re >= 0 && im >= 0 && parts[0].frameStride === 1, 'a spectrum that is held, frames side by side');
    const [{ binStride, firstBin, bins }] = parts;
    const { span } = this;
    const [address, length] = [k.addressOf(into), into.length];
    const gains = this.gainsOf(frames);
    const table = this.table();
    const [y, wave, acc, order] = k.scratch(
      ...([32 * nFft, 4 * span, 4 * span, 8 * this.block * this.bins] as const),
    );
    k.f32(acc, span).fill(0);
    for (let first = 0; first < frames; first += this.block) {
      const count = Math.min(this.block, frames - first);
      const last = first + count === frames;
      const done = last ? (count - 1) * hop + nFft : count * hop;
      k.run.synthesisePlanes(
        ...[re + 4 * first, im + 4 * first, 4 * binStride, count, firstBin, bins, hop, nFft],
        ...[table.synthesis, table.plan, table.turns, y, acc, order],
      );
      const start = first * hop - this.lead - from;
      const inside = address !== undefined && start >= 0 && start + done <= length;
      const gain = gains.address + 4 * first * hop;
      k.run.drain32(acc, gain, inside ? address + 4 * start : wave, done, span - done, done);
      const signal = address === undefined ? into : k.f32(address, length);
      if (!inside) this.place(k.f32(wave, done), start, signal);
      if (last && start + done < length) signal.fill(0, Math.max(0, start + done));
    }
  }

  /** Samples that a block of frames reaches. */
  private get span(): number {
    return (this.block - 1) * this.config.hop + this.config.nFft;
  }

  private gainsOf(frames: number): Held {
    if (this.gains?.frames !== frames) {
      const { nFft, hop } = this.config;
      const held = this.hold((frames - 1) * hop + nFft);
      this.fillGain(held.data, 0, frames);
      this.gains = { frames, held };
    }
    return this.gains.held;
  }

  /** Numbers of whole fours of frames. */
  private sizeOf(frames: number): number {
    return this.wholeLanes(frames) * (element / lane) * this.bins;
  }

  private checkLanes({ frames, bins, held }: LaneSpectrum): void {
    check(
      bins === this.bins && held.length >= this.sizeOf(frames),
      `These are not lanes of ${this.bins} bins`,
    );
  }
}

function planeLength({ frameStride, binStride, bins }: MaskView, frames: number): number {
  return (frames - 1) * frameStride + (bins - 1) * binStride + 1;
}

/** Values behind a mask that are read, and not used, when frames do not fill their last four. */
function reachBeyond({ frameStride }: MaskView): number {
  return (lane - 1) * frameStride + lane;
}

/** Zeros the lanes from `from` on in one group of frames. */
function silence(group: Float32Array, from: number): void {
  for (let i = 0; i < group.length; i += lane) group.fill(0, i + from, i + lane);
}
