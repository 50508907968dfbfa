import { UnbraidError, assert } from '../base/errors.js';
import type { LanePlane } from '../dsp/lane-stft.js';
import type { MaskView, Spectrum } from '../dsp/stft.js';
import type { Kernels } from '../dsp/wasm/kernels.js';
import { gatherMasked, gatherPlane, parseLayout, scatterPlane, tensorShape } from './layout.js';
import type { Axis, AxisSizes, Layout, PlaneView, TensorShape } from './layout.js';
import type { TensorManifest } from './manifest.js';
import type { Tensor } from './separator.js';

/** The sizes of a segment that its tensors are made of. */
export interface SegmentSizes {
  readonly stems: number;
  readonly channels: number;
  /** Frames and the range of bins the graph sees. */
  readonly frames: number;
  readonly firstBin: number;
  readonly bins: number;
  readonly samples: number;
}

/** One tensor of a graph: its layout resolved once, its buffer reused for every segment. */
export class TensorPort {
  readonly name: string;
  private readonly layout: Layout;
  private shape: TensorShape | undefined;
  private buffer = new Float32Array(0);
  private key = '';

  constructor(readonly manifest: TensorManifest) {
    const layout = parseLayout(manifest.layout);
    assert(layout, `layout ${manifest.layout}`);
    this.layout = layout;
    this.name = manifest.name;
  }

  private has(axis: Axis): boolean {
    return this.layout.some((group) => group.includes(axis));
  }

  /** Resolves dims and strides for a segment; frames are rounded up to whole splits. */
  resolve(sizes: SegmentSizes): TensorShape {
    const key = `${sizes.stems} ${sizes.channels} ${sizes.frames} ${sizes.bins} ${sizes.samples}`;
    if (this.shape && this.key === key) return this.shape;
    const split = this.manifest.splitFrames ?? sizes.frames;
    const axisSizes: AxisSizes = {
      s: sizes.stems,
      ch: sizes.channels,
      ri: 2,
      f: sizes.bins,
      n: sizes.samples,
      t: this.has('split') ? split : sizes.frames,
      split: Math.ceil(sizes.frames / split),
    };
    this.shape = tensorShape(this.layout, axisSizes);
    this.key = key;
    return this.shape;
  }

  /** An input tensor of the right size, zero where nothing is written yet. */
  private input(shape: TensorShape): Float32Array {
    if (this.buffer.length !== shape.size) this.buffer = new Float32Array(shape.size);
    return this.buffer;
  }

  /** An input tensor of zeros, for `packFrames`. */
  emptied(sizes: SegmentSizes): Tensor {
    const shape = this.resolve(sizes);
    return { data: this.input(shape).fill(0), dims: shape.dims };
  }

  /** Gives the buffer's memory back. */
  drop(): void {
    this.buffer = new Float32Array(0);
  }

  /**
   * Writes frames `[first, first + count)` of one channel into an input: a plane `[count][spectrumBins]` of magnitudes,
   * or (`ri` 0 or 1) of real or imaginary parts. `k` are kernels in whose memory it may lie.
   */
  packFrames(
    plane: Float32Array,
    spectrumBins: number,
    sizes: SegmentSizes,
    where: { readonly channel: number; readonly ri: 0 | 1; readonly first: number; readonly count: number },
    k?: Kernels,
  ): void {
    const shape = this.resolve(sizes);
    const { stride } = shape;
    const base = where.channel * stride.ch + where.ri * stride.ri;
    this.runs(shape, sizes, base, where, (view, row, rows) => {
      const from = plane.subarray(row * spectrumBins + sizes.firstBin);
      scatterPlane(from, spectrumBins, rows, sizes.bins, this.buffer, view, k);
    });
  }

  /** Reads frames `[first, first + count)` of one real plane into `[count][spectrumBins]`, which may lie in `k`'s memory. */
  unpackFrames(
    tensor: Tensor | undefined,
    sizes: SegmentSizes,
    where: {
      readonly stem: number;
      readonly channel: number;
      readonly ri: 0 | 1;
      readonly first: number;
      readonly count: number;
    },
    into: Float32Array,
    spectrumBins: number,
    k?: Kernels,
  ): void {
    const data = this.expect(tensor, sizes);
    const shape = this.resolve(sizes);
    const { stride } = shape;
    const base = where.stem * stride.s + where.channel * stride.ch + where.ri * stride.ri;
    this.runs(shape, sizes, base, where, (view, row, rows) => {
      const to = into.subarray(row * spectrumBins + sizes.firstBin);
      gatherPlane(data, view, rows, sizes.bins, to, spectrumBins, k);
    });
  }

  /** Visits the runs of frames `[first, first + count)` that lie together; `row` counts from `first`. */
  private runs(
    shape: TensorShape,
    sizes: SegmentSizes,
    base: number,
    { first, count }: { readonly first: number; readonly count: number },
    visit: (view: PlaneView, row: number, rows: number) => void,
  ): void {
    const { stride } = shape;
    this.planes(shape, sizes, base, (offset, runFirst, frames) => {
      const from = Math.max(first, runFirst);
      const rows = Math.min(first + count, runFirst + frames) - from;
      if (rows <= 0) return;
      const start = offset + (from - runFirst) * stride.t;
      visit({ offset: start, rowStride: stride.t, columnStride: stride.f }, from - first, rows);
    });
  }

  /** Whether frames × bins of each channel lie together, in either order: a plane can be written whole. */
  get dense(): boolean {
    const last = this.layout.flat().slice(-2);
    return !this.has('split') && !this.has('s') && last.includes('f') && last.includes('t');
  }

  /** Whether the frames or the bins of a mask lie side by side. */
  get sideBySide(): boolean {
    const last = this.layout.flat().at(-1);
    return !this.has('split') && (last === 'f' || last === 't');
  }

  /** Whether the frames of each bin lie side by side, all of them. */
  get framesInnermost(): boolean {
    return !this.has('split') && this.layout.flat().at(-1) === 't';
  }

  /** Where the real and the imaginary parts of one stem and channel lie in `data`, an output with the frames innermost. */
  spectrumOf(
    where: { readonly stem: number; readonly channel: number },
    sizes: SegmentSizes,
    data: Float32Array,
  ): readonly [MaskView, MaskView] {
    const { stride } = this.resolve(sizes);
    const view = (ri: number): MaskView => ({
      data,
      offset: where.stem * stride.s + where.channel * stride.ch + ri * stride.ri,
      frameStride: stride.t,
      binStride: stride.f,
      firstBin: sizes.firstBin,
      bins: sizes.bins,
    });
    return [view(0), view(1)];
  }

  /** Where the planes of one channel of a dense input lie in `data`: magnitudes, or real and imaginary parts. */
  planesOf(channel: number, sizes: SegmentSizes, data: Float32Array): LanePlane[] {
    const { stride } = this.resolve(sizes);
    const parts = this.manifest.role === 'mag' ? (['magnitude'] as const) : (['real', 'imaginary'] as const);
    return parts.map((part, ri) => ({
      part,
      data,
      offset: channel * stride.ch + ri * stride.ri,
      frameStride: stride.t,
      binStride: stride.f,
      firstBin: sizes.firstBin,
      bins: sizes.bins,
    }));
  }

  packWave(mix: readonly Float32Array[], sizes: SegmentSizes, sign: 1 | -1): Tensor {
    const shape = this.resolve(sizes);
    const data = this.input(shape);
    mix.forEach((plane, ch) => {
      const base = ch * shape.stride.ch;
      const step = shape.stride.n;
      for (let i = 0; i < sizes.samples; i++) data[base + i * step] = sign * plane[i];
    });
    return { data, dims: shape.dims };
  }

  /** `k` are kernels in whose memory the spectra may lie. */
  packSpec(mix: readonly Spectrum[], sizes: SegmentSizes, k?: Kernels): Tensor {
    const shape = this.resolve(sizes);
    const data = this.input(shape);
    mix.forEach((spectrum, ch) => {
      this.planes(shape, sizes, ch * shape.stride.ch, (offset, firstFrame, frames) => {
        const from = firstFrame * spectrum.bins + sizes.firstBin;
        const view = { offset, rowStride: shape.stride.t, columnStride: shape.stride.f };
        const { part } = this.manifest;
        if (part !== 'im') {
          scatterPlane(spectrum.re.subarray(from), spectrum.bins, frames, sizes.bins, data, view, k);
        }
        if (part === 're') return;
        const imaginary = { ...view, offset: offset + shape.stride.ri };
        scatterPlane(spectrum.im.subarray(from), spectrum.bins, frames, sizes.bins, data, imaginary, k);
      });
    });
    return { data, dims: shape.dims };
  }

  /** `magnitudes` are `[channels]` planes of `[frames][spectrumBins]`. */
  packMagnitude(magnitudes: readonly Float32Array[], spectrumBins: number, sizes: SegmentSizes): Tensor {
    const shape = this.resolve(sizes);
    const data = this.input(shape);
    magnitudes.forEach((plane, ch) => {
      this.planes(shape, sizes, ch * shape.stride.ch, (offset, firstFrame, frames) => {
        const from = plane.subarray(firstFrame * spectrumBins + sizes.firstBin);
        const view = { offset, rowStride: shape.stride.t, columnStride: shape.stride.f };
        scatterPlane(from, spectrumBins, frames, sizes.bins, data, view);
      });
    });
    return { data, dims: shape.dims };
  }

  /** Checks an output against the sizes its layout promises. Throws `model-incompatible`. */
  expect(tensor: Tensor | undefined, sizes: SegmentSizes): Float32Array {
    const shape = this.resolve(sizes);
    const got = tensor ? `[${tensor.dims.join(', ')}]` : 'nothing';
    // Axes in another order have the same number of elements.
    const right =
      tensor?.dims.length === shape.dims.length && tensor.dims.every((n, i) => n === shape.dims[i]);
    if (!tensor || !right || tensor.data.length !== shape.size) {
      throw new UnbraidError(
        'model-incompatible',
        `The model's output "${this.name}" is ${got}; its manifest promises [${shape.dims.join(', ')}]`,
        {
          hint: "Correct the manifest's layout, segment or stems, or get the file the manifest was written for.",
        },
      );
    }
    return tensor.data;
  }

  /** Adds `gain` times one stem and channel of a wave output to `into`. */
  unpackWave(
    tensor: Tensor | undefined,
    sizes: SegmentSizes,
    where: { readonly stem: number; readonly channel: number; readonly gain: number },
    into: Float32Array,
  ): void {
    const data = this.expect(tensor, sizes);
    const { stride } = this.resolve(sizes);
    const base = where.stem * stride.s + where.channel * stride.ch;
    for (let i = 0; i < sizes.samples; i++) into[i] += where.gain * data[base + i * stride.n];
  }

  /** Reads one real plane (`part` 0: real or magnitude, 1: imaginary) into `[frames][spectrumBins]`. */
  unpackPlane(
    tensor: Tensor | undefined,
    sizes: SegmentSizes,
    where: { readonly stem: number; readonly channel: number; readonly part: 0 | 1 },
    into: Float32Array,
    spectrumBins: number,
    k?: Kernels,
  ): void {
    const data = this.expect(tensor, sizes);
    const shape = this.resolve(sizes);
    const { stride } = shape;
    const base = where.stem * stride.s + where.channel * stride.ch + where.part * stride.ri;
    this.planes(shape, sizes, base, (offset, firstFrame, frames) => {
      const to = into.subarray(firstFrame * spectrumBins + sizes.firstBin);
      const view = { offset, rowStride: stride.t, columnStride: stride.f };
      gatherPlane(data, view, frames, sizes.bins, to, spectrumBins, k);
    });
  }

  /** Where the mask of one stem and channel lies in this output; undefined when frames are split or scattered. */
  maskView(
    tensor: Tensor | undefined,
    sizes: SegmentSizes,
    where: { readonly stem: number; readonly channel: number },
  ): MaskView | undefined {
    const data = this.expect(tensor, sizes);
    const { stride } = this.resolve(sizes);
    if (this.has('split') || (stride.t !== 1 && stride.f !== 1)) return undefined;
    return {
      data,
      offset: where.stem * stride.s + where.channel * stride.ch,
      frameStride: stride.t,
      binStride: stride.f,
      firstBin: sizes.firstBin,
      bins: sizes.bins,
    };
  }

  /**
   * y = mask · x for frames `[first, first + count)`, with the mask of one stem and channel read from this
   * output. y is `[count][bins of x]`; bins the graph does not estimate become zero.
   */
  unpackMasked(
    tensor: Tensor | undefined,
    sizes: SegmentSizes,
    where: {
      readonly stem: number;
      readonly channel: number;
      readonly first: number;
      readonly count: number;
    },
    x: Spectrum,
    y: { readonly re: Float32Array; readonly im: Float32Array },
  ): void {
    const data = this.expect(tensor, sizes);
    const shape = this.resolve(sizes);
    const { stride } = shape;
    const [first, end] = [where.first, where.first + where.count];
    if (sizes.bins < x.bins) {
      y.re.fill(0);
      y.im.fill(0);
    }
    this.planes(
      shape,
      sizes,
      where.stem * stride.s + where.channel * stride.ch,
      (offset, runFirst, frames) => {
        const from = Math.max(first, runFirst);
        const rows = Math.min(end, runFirst + frames) - from;
        if (rows <= 0) return;
        const view = {
          offset: offset + (from - runFirst) * stride.t,
          rowStride: stride.t,
          columnStride: stride.f,
        };
        const source = { re: x.re, im: x.im, start: from * x.bins + sizes.firstBin };
        const target = { re: y.re, im: y.im, start: (from - first) * x.bins + sizes.firstBin };
        gatherMasked(data, view, rows, sizes.bins, source, target, x.bins);
      },
    );
  }

  /** Visits the runs of frames that lie together: the whole segment, or one split after the other. */
  private planes(
    shape: TensorShape,
    sizes: SegmentSizes,
    base: number,
    visit: (offset: number, firstFrame: number, frames: number) => void,
  ): void {
    const split = this.has('split') ? (this.manifest.splitFrames ?? sizes.frames) : sizes.frames;
    for (let first = 0, i = 0; first < sizes.frames; first += split, i++) {
      visit(base + i * shape.stride.split, first, Math.min(split, sizes.frames - first));
    }
  }
}
