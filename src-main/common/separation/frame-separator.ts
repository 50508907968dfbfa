import { assert } from '../base/errors.js';
import { allocateSpectrum, type Spectrum } from '../dsp/stft.js';
import { wienerEm } from '../dsp/wiener.js';
import {
  applyRatioMasks,
  clearBins,
  complexMaskTimes,
  magnitudeWithPhaseOf,
  realMaskTimes,
} from './estimates.js';
import { FrameBlocks } from './frame-blocks.js';
import { keyOf, resultsOf, type Inputs, type Result } from './frame-results.js';
import { FrameWorkspace, type Views } from './frame-workspace.js';
import { checkInput, givesAny, type Graph } from './graph.js';
import { magnitudeFilterFor, type MagnitudeFilter } from './magnitude-filter.js';
import type { ModelManifest } from './manifest.js';
import type { HeardReader, ListeningSeparator, Separator, SeparatorInfo, Tensor } from './separator.js';
import type { SegmentSizes, TensorPort } from './tensors.js';

/** Wiener windows and blocks of Spleeter: frames whose spectra are in memory together. */
export function windowFrames({ post }: ModelManifest): number {
  return post.wiener?.windowFrames ?? 512;
}

/** Some frames of the mixture in the workspace, and its places for stems. */
type Analysis = Views & { readonly work: FrameWorkspace; readonly mix: readonly Spectrum[] };

/** Brings the real (0) or imaginary (1) values of a result's frames into `[count][bins]`. */
type Fetch = (graph: number, result: Result, ri: 0 | 1, into: Float32Array) => void;

/**
 * Separates frames of one STFT over a whole song: what a graph sees and gives is in memory at once, spectra only for
 * some hundred frames at a time. A segment is `(frames − 1) · hop + nFft` samples; its result is what these frames
 * alone add up to, over their Σ w², which the plan's weights put together with those of its neighbours.
 */
export class FrameSeparator implements Separator, ListeningSeparator {
  private readonly blocks: FrameBlocks;
  private readonly filter: MagnitudeFilter | null;
  private workspace: FrameWorkspace | undefined;
  /** The frames whose mixture is in the workspace. */
  private analysed = { first: -1, count: 0 };
  private waves: readonly (readonly Float32Array[])[] = [];
  private heard: { readonly window: object; readonly inputs: Inputs } | undefined;

  constructor(
    readonly info: SeparatorInfo,
    private readonly manifest: ModelManifest,
    private readonly graphs: readonly Graph[],
  ) {
    assert(manifest.stft, 'a plan of frames has STFT parameters');
    this.blocks = new FrameBlocks(manifest.stft);
    this.filter = magnitudeFilterFor(manifest, graphs, info.channels);
  }

  async separate(
    mix: readonly Float32Array[],
    _stats: unknown,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    const frames = this.blocks.framesOf(mix[0].length);
    // What was packed for a window that was heard lies in the same buffers.
    this.forget();
    const graphs = this.used(wanted);
    this.analysed.first = -1;
    const inputs: Inputs = new Map();
    const outputs = new Map<number, Readonly<Record<string, Tensor>>>();
    for (const g of graphs) this.packFor(this.graphs[g], inputs, mix, frames);
    for (const g of graphs) outputs.set(g, await this.run(this.graphs[g], inputs));
    for (const { port } of inputs.values()) port.drop();
    const step = windowFrames(this.manifest);
    const waves = this.planes(mix[0].length, wanted);
    const spectraOf = (first: number, count: number): readonly (readonly Spectrum[])[] => {
      const fetch: Fetch = (g, result, ri, into) =>
        this.unpack(g, outputs.get(g)!, result, ri, { frames, first, count }, into);
      return this.estimate(graphs, fetch, mix, { first, count }, wanted);
    };
    if (frames <= step) return this.write(spectraOf(0, frames), waves, wanted);
    for (const plane of waves.flat()) plane.fill(0);
    for (let first = 0; first < frames; first += step) {
      const spectra = spectraOf(first, Math.min(step, frames - first));
      for (const s of wanted) spectra[s].forEach((y, ch) => this.blocks.add(y, first, waves[s][ch]));
    }
    return this.finish(waves, frames, wanted);
  }

  /** Keeps planes of `[frames][bins]`, one behind the other: those of `resultsOf`. */
  async hear(
    part: number,
    { mix, samples }: { readonly mix: () => readonly Float32Array[]; readonly samples: number },
    window: object,
    keep: (values: Float32Array, at: number) => void,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<void> {
    if (!this.used(wanted).includes(part)) return;
    const frames = this.blocks.framesOf(samples);
    if (this.heard?.window !== window) {
      this.analysed.first = -1;
      this.forget();
      this.heard = { window, inputs: new Map() };
    }
    const { inputs } = this.heard;
    // As long as a song: nothing holds them while the graph runs.
    if (this.lacks(this.graphs[part], inputs)) this.packFor(this.graphs[part], inputs, mix(), frames);
    const outputs = await this.run(this.graphs[part], inputs);
    const { bins } = this.blocks.stft;
    const step = windowFrames(this.manifest);
    // What it gives goes where the mixture was analysed.
    this.analysed.first = -1;
    const work = this.prepare(Math.min(step, frames));
    for (const result of resultsOf(this.graphs[part], this.info.channels)) {
      for (const ri of result.complex ? ([0, 1] as const) : ([0] as const)) {
        for (let first = 0; first < frames; first += step) {
          const count = Math.min(step, frames - first);
          const [{ spectrum }] = work.of(count, false).rooms;
          const values = spectrum.re.subarray(0, count * bins);
          // Bins that the graph does not give.
          if (this.manifest.stft?.bins) values.fill(0);
          this.unpack(part, outputs, result, ri, { frames, first, count }, values);
          keep(values, ((result.plane + ri) * frames + first) * bins);
        }
      }
    }
  }

  excerpt(
    mix: readonly Float32Array[],
    { first, samples }: { readonly first: number; readonly samples: number },
    read: HeardReader,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): readonly (readonly Float32Array[])[] {
    this.forget();
    const frames = this.blocks.framesOf(samples);
    const count = this.blocks.framesOf(mix[0].length);
    const { bins } = this.blocks.stft;
    this.analysed.first = -1;
    const fetch: Fetch = (g, { plane }, ri, into) =>
      read(g, ((plane + ri) * frames + first) * bins, into.subarray(0, count * bins));
    const spectra = this.estimate(this.used(wanted), fetch, mix, { first: 0, count }, wanted);
    return this.write(spectra, this.planes(mix[0].length, wanted), wanted);
  }

  /** Lets go of the input of the window heard last. */
  private forget(): void {
    for (const { port } of this.heard?.inputs.values() ?? []) port.drop();
    this.heard = undefined;
  }

  /** The graphs that must run for some stems. */
  private used(wanted: readonly number[]): readonly number[] {
    const { ratioMask, wiener } = this.manifest.post;
    // Post-processing weighs the stems against each other, so it needs all of them.
    const needed = ratioMask || wiener ? this.info.stems.map((_, s) => s) : wanted;
    return this.graphs.flatMap((graph, g) => (givesAny(graph, this.info.stems, needed) ? [g] : []));
  }

  /** The waves of frames that are all there is. */
  private write(
    spectra: readonly (readonly Spectrum[])[],
    waves: readonly (readonly Float32Array[])[],
    wanted: readonly number[],
  ): readonly (readonly Float32Array[])[] {
    const gain = this.manifest.stems.compensate;
    for (const s of wanted) spectra[s].forEach((y, ch) => this.blocks.write(y, waves[s][ch], gain));
    return waves;
  }

  private finish(
    waves: readonly (readonly Float32Array[])[],
    frames: number,
    wanted: readonly number[],
  ): readonly (readonly Float32Array[])[] {
    const gain = this.manifest.stems.compensate;
    for (const plane of wanted.flatMap((s) => waves[s])) this.blocks.finish(plane, frames, gain);
    return waves;
  }

  /**
   * Planes for the result, `[stems][channels]`; empty for stems that nobody wants. Those of a window are used
   * again; a whole song's are not, because they would stay in memory while its stems are written.
   */
  private planes(samples: number, wanted: readonly number[]): readonly (readonly Float32Array[])[] {
    const { stems, channels } = this.info;
    const size = (s: number): number => (wanted.includes(s) ? samples : 0);
    const fits = stems.every((_, s) => this.waves[s]?.[0].length === size(s));
    const waves = fits
      ? this.waves
      : stems.map((_, s) => Array.from({ length: channels }, () => new Float32Array(size(s))));
    this.waves = this.blocks.framesOf(samples) > windowFrames(this.manifest) ? [] : waves;
    return waves;
  }

  /** A workspace for windows of so many frames, and for shorter ones. */
  private prepare(frames: number): FrameWorkspace {
    if (this.workspace && this.workspace.capacity >= frames) return this.workspace;
    const levels = this.graphs.some(({ inputs }) => inputs.some((port) => port.manifest.role === 'mag'));
    // What is held stays until the end: it grows in few steps.
    const twice = Math.min(windowFrames(this.manifest), 2 * (this.workspace?.capacity ?? 0));
    this.workspace = new FrameWorkspace(this.blocks, Math.max(frames, twice), {
      channels: this.info.channels,
      stems: this.info.stems.length,
      levels,
      rest: this.manifest.post.wiener?.residual === true,
    });
    return this.workspace;
  }

  /** Some frames of the mixture; those of the part before are kept, so that a short song has them once. */
  private analyse(mix: readonly Float32Array[], first: number, count: number, stems = false): Analysis {
    const work = this.prepare(count);
    const views = work.of(count, stems);
    if (this.analysed.first !== first || this.analysed.count !== count) {
      mix.forEach((plane, ch) => this.blocks.analyse(plane, first, count, views.rooms[ch]));
      this.analysed = { first, count };
    }
    const size = count * this.blocks.stft.bins;
    const spectra = views.rooms.map(({ spectrum: { bins, re, im } }) => {
      return { frames: count, bins, re: re.subarray(0, size), im: im.subarray(0, size) };
    });
    return { ...views, work, mix: spectra };
  }

  private sizes(graph: Graph, frames: number): SegmentSizes {
    const { segment, stft } = this.manifest;
    const [firstBin, end] = stft?.bins ?? [0, this.blocks.stft.bins];
    return {
      stems: graph.manifest.stems.length,
      channels: this.info.channels,
      // A graph of fixed size gets zeros behind the last frame.
      frames: segment.fixed ? this.blocks.framesOf(segment.length) : frames,
      firstBin,
      bins: end - firstBin,
      samples: 0,
    };
  }

  /** Adds the inputs of a graph that are not there yet: graphs that want the same share it. */
  private packFor(graph: Graph, inputs: Inputs, mix: readonly Float32Array[], frames: number): void {
    const sizes = this.sizes(graph, frames);
    for (const port of graph.inputs) {
      const key = keyOf(port.manifest);
      if (!inputs.has(key)) inputs.set(key, { port, tensor: this.pack(port, sizes, mix, frames) });
      checkInput(graph, port.name, inputs.get(key)!.tensor.dims);
    }
  }

  private lacks(graph: Graph, inputs: Inputs): boolean {
    return graph.inputs.some(({ manifest }) => !inputs.has(keyOf(manifest)));
  }

  private run(graph: Graph, inputs: Inputs): Promise<Readonly<Record<string, Tensor>>> {
    const feeds = graph.inputs.map((port) => [port.name, inputs.get(keyOf(port.manifest))!.tensor] as const);
    return graph.session.run(Object.fromEntries(feeds));
  }

  private unpack(
    g: number,
    outputs: Readonly<Record<string, Tensor>>,
    { port, imaginary, stem, channel }: Result,
    ri: 0 | 1,
    at: { readonly frames: number; readonly first: number; readonly count: number },
    into: Float32Array,
  ): void {
    const from = ri === 0 ? port : imaginary;
    const where = { ...at, stem, channel, ri: from === port ? ri : 0 } as const;
    from.unpackFrames(
      outputs[from.name],
      this.sizes(this.graphs[g], at.frames),
      where,
      into,
      this.blocks.stft.bins,
      this.blocks.stft.memory,
    );
  }

  private pack(port: TensorPort, sizes: SegmentSizes, mix: readonly Float32Array[], frames: number): Tensor {
    const tensor = port.emptied(sizes);
    const { role, part } = port.manifest;
    const { bins, memory } = this.blocks.stft;
    const step = windowFrames(this.manifest);
    for (let first = 0; first < frames; first += step) {
      const count = Math.min(step, frames - first);
      const { mix: spectra, rooms } = this.analyse(mix, first, count);
      spectra.forEach(({ re, im }, channel) => {
        const where = { channel, first, count };
        const { magnitudes } = rooms[channel];
        const pack = (plane: Float32Array, ri: 0 | 1): void =>
          port.packFrames(plane, bins, sizes, { ...where, ri }, memory);
        if (role === 'mag' && magnitudes) pack(magnitudes, 0);
        else {
          if (part !== 'im') pack(re, 0);
          if (part !== 're') pack(im, 1);
        }
      });
    }
    return tensor;
  }

  /** The stems' spectra of some frames, `[stems][channels]`, after masks and filters. */
  private estimate(
    graphs: readonly number[],
    fetch: Fetch,
    mix: readonly Float32Array[],
    at: { readonly first: number; readonly count: number },
    wanted: readonly number[],
  ): readonly (readonly Spectrum[])[] {
    const { post, combine, stft } = this.manifest;
    const { bins } = this.blocks.stft;
    const { mix: x, sums, rest, work } = this.analyse(mix, at.first, at.count, true);
    if (this.filter) {
      for (const g of graphs) {
        for (const result of resultsOf(this.graphs[g], x.length))
          fetch(g, result, 0, sums[this.info.stems.indexOf(result.name)][result.channel].re);
      }
      this.filter(this.blocks.stft, work, { count: at.count, wanted });
      clearBins(
        wanted.flatMap((s) => sums[s]),
        stft?.outZeroBins ?? [],
      );
      return sums;
    }
    let more: Spectrum | undefined;
    const written = new Set<Spectrum>();
    const share = combine === 'mean' ? 1 / this.graphs.length : 1;
    for (const g of graphs) {
      for (const result of resultsOf(this.graphs[g], x.length)) {
        const spectrum = x[result.channel];
        const sum = sums[this.info.stems.indexOf(result.name)][result.channel];
        const alone = share === 1 && !written.has(sum);
        const y = alone ? sum : (more ??= allocateSpectrum(at.count, bins));
        if (!written.has(sum) || !alone) clear(y);
        if (!written.has(sum) && !alone) clear(sum);
        written.add(sum);
        fetch(g, result, 0, y.re);
        if (result.complex) fetch(g, result, 1, y.im);
        const { role } = result.port.manifest;
        // Ratio masks ask for magnitudes only.
        if (role === 'mag' && !post.ratioMask) magnitudeWithPhaseOf(spectrum, y, this.blocks.stft.memory);
        else if (role === 'mask-mag') realMaskTimes(spectrum, y);
        else if (role === 'mask-complex') complexMaskTimes(spectrum, y);
        addShare(sum, y, share);
      }
    }
    const [first, end] = stft?.bins ?? [0, bins];
    if (post.ratioMask) applyRatioMasks(x, sums, post.ratioMask, first, end);
    const filtered = post.wiener ? wienerEm(x, sums, { ...post.wiener, into: [...sums, ...rest] }) : sums;
    clearBins(filtered.flat(), stft?.outZeroBins ?? []);
    return filtered;
  }
}

function clear({ re, im }: Spectrum): void {
  re.fill(0);
  im.fill(0);
}

/** sum += share · y, unless y is the sum itself. */
function addShare(sum: Spectrum, y: Spectrum, share: number): void {
  if (y === sum) return;
  for (let i = 0; i < y.re.length; i++) {
    sum.re[i] += share * y.re[i];
    sum.im[i] += share * y.im[i];
  }
}
