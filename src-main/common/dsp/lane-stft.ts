import { assert, check } from '../base/errors.js';
import { fetchPadded } from './padding.js';
import { Stft, type MaskView, type StftConfig } from './stft.js';
import { kernels } from './wasm/kernels.js';

/**
 * A complex spectrogram of one channel as the float32 kernels hold it: `[frames / 4][bins]` elements of four real and
 * four imaginary parts, one a frame. Frames that fill up the last four are zero.
 */
export interface LaneSpectrum {
  readonly frames: number;
  readonly bins: number;
  readonly data: Float32Array;
}

/**
 * One part of a spectrogram as a dense plane inside of a tensor: value of frame t and bin `firstBin + f` at
 * `offset + t · frameStride + f · binStride`, and nothing else in between.
 */
export interface LanePlane extends MaskView {
  readonly part: 'magnitude' | 'real' | 'imaginary';
}

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
 * rows and back, and all masks of a channel are applied in one pass over it.
 */
export class LaneStft extends Stft {
  /** 1 / Σw² of every sample, kept for the last number of frames. */
  private gains = { frames: 0, values: new Float32Array(0) };

  constructor(config: StftConfig) {
    super(config);
    assert(hasLanes(this.config), 'lanes need single precision and a length that 16 divides');
  }

  /** Room for the spectrum of a signal of this many samples. */
  allocate(samples: number): LaneSpectrum {
    const frames = this.frameCount(samples);
    return { frames, bins: this.bins, data: new Float32Array(this.sizeOf(frames)) };
  }

  /** The spectrum of a signal, into lanes made for its length, and what is wanted of it into planes. */
  analyse(signal: Float32Array, into: LaneSpectrum, planes: readonly LanePlane[] = []): void {
    const { nFft, hop, pad, centre } = this.config;
    const { frames } = into;
    check(frames === this.frameCount(signal.length), `The spectrum has ${frames} frames, the signal others`);
    this.checkLanes(into);
    const k = kernels();
    const table = this.table();
    const span = (this.block - 1) * hop + nFft;
    const lengths = planes.map((plane) => planeLength(plane, frames));
    const [x, y, wave, lanes, ...outs] = k.scratch(
      32 * nFft,
      32 * nFft,
      4 * span,
      4 * this.sizeOf(this.block),
      ...lengths.map((length) => 4 * length),
    );
    const buffer = k.f32(wave, span);
    for (let first = 0; first < frames; first += this.block) {
      const count = Math.min(this.block, frames - first);
      const whole = this.wholeLanes(count);
      const start = first * hop - this.lead;
      fetchPadded(signal, start, buffer.subarray(0, (whole - 1) * hop + nFft), centre ? pad : 'zero');
      k.run.analyseLanes(
        ...[wave, hop, whole, nFft, table.analysis, table.plan, table.turns],
        ...[x, y, lanes],
      );
      const view = k.f32(lanes, this.sizeOf(whole));
      if (whole > count) silence(view.subarray(this.sizeOf(whole - lane)), lane - (whole - count));
      into.data.set(view, this.sizeOf(first));
      planes.forEach(({ part, frameStride, binStride, firstBin, bins }, i) => {
        const from = lanes + 4 * element * firstBin;
        const to = outs[i] + 4 * first * frameStride;
        const group = 4 * element * this.bins;
        k.run.fromLanes(from, group, count, bins, parts[part], to, 4 * frameStride, 4 * binStride);
      });
    }
    planes.forEach(({ data, offset }, i) => data.set(k.f32(outs[i], lengths[i]), offset));
  }

  /**
   * The inverses of mask · spectrum for several masks; `into` has a signal for each, all of one length. A mask's bins
   * or its frames must lie side by side (a stride of 1).
   */
  inverseMasks(spectrum: LaneSpectrum, masks: readonly MaskView[], into: readonly Float32Array[]): void {
    const { nFft, hop } = this.config;
    const { frames } = spectrum;
    this.checkLanes(spectrum);
    for (const mask of masks)
      check(mask.frameStride === 1 || mask.binStride === 1, 'A mask needs frames or bins side by side');
    const k = kernels();
    const table = this.table();
    const span = (this.block - 1) * hop + nFft;
    const widest = Math.max(0, ...masks.map(({ bins }) => bins));
    const [x, y, gain, wave, lanes, order, ...rest] = k.scratch(
      ...([32 * nFft, 32 * nFft, 4 * span, 4 * span] as const),
      ...([4 * this.sizeOf(this.block), 4 * this.block * widest] as const),
      ...masks.map(() => 4 * span),
      ...masks.map((mask) => 4 * (planeLength(mask, frames) + reachBeyond(mask))),
    );
    const accs = rest.slice(0, masks.length);
    const held = rest.slice(masks.length);
    masks.forEach((mask, s) => {
      const length = planeLength(mask, frames);
      const view = k.f32(held[s], length + reachBeyond(mask));
      view.set(mask.data.subarray(mask.offset, mask.offset + length));
      view.fill(0, length);
      k.f32(accs[s], span).fill(0);
      into[s].fill(0);
    });
    let steady = false;
    for (let first = 0; first < frames; first += this.block) {
      const count = Math.min(this.block, frames - first);
      const whole = this.wholeLanes(count);
      const from = this.sizeOf(first);
      k.f32(lanes, this.sizeOf(whole)).set(spectrum.data.subarray(from, from + this.sizeOf(whole)));
      const last = first + count === frames;
      const done = last ? (count - 1) * hop + nFft : count * hop;
      const inside = first * hop >= nFft - hop && !last;
      if (!(inside && steady)) {
        const at = first * hop;
        k.f32(gain, done).set(this.gainsOf(frames).subarray(at, at + done));
      }
      steady = inside;
      masks.forEach(({ frameStride, binStride, firstBin, bins }, s) => {
        k.run.synthesiseMasked(
          ...[lanes, hop, whole, nFft, table.synthesis, table.plan, table.turns, x, y, accs[s]],
          ...[held[s] + 4 * first * frameStride, 4 * frameStride, 4 * binStride, firstBin, bins, order],
        );
        k.run.drain32(accs[s], gain, wave, done, span - done, done);
        this.place(k.f32(wave, done), first * hop - this.lead, into[s]);
      });
    }
  }

  private gainsOf(frames: number): Float32Array {
    if (this.gains.frames !== frames) {
      const { nFft, hop } = this.config;
      const values = new Float32Array((frames - 1) * hop + nFft);
      this.fillGain(values, 0, frames);
      this.gains = { frames, values };
    }
    return this.gains.values;
  }

  /** Numbers of whole fours of frames. */
  private sizeOf(frames: number): number {
    return this.wholeLanes(frames) * (element / lane) * this.bins;
  }

  private checkLanes({ frames, bins, data }: LaneSpectrum): void {
    check(
      bins === this.bins && data.length === this.sizeOf(frames),
      `These are no lanes of ${this.bins} bins`,
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
