import { assert } from '../base/errors.js';
import { allocateSpectrum, type Spectrum } from '../dsp/stft.js';
import { wienerEm } from '../dsp/wiener.js';
import { applyRatioMasks, complexMaskTimes, magnitudeWithPhaseOf, realMaskTimes } from './estimates.js';
import { FrameBlocks, type Room } from './frame-blocks.js';
import { checkInput, givesAny, outputGroups, usedStems, type Graph } from './graph.js';
import type { ModelManifest, TensorManifest } from './manifest.js';
import type { Separator, SeparatorInfo, Tensor } from './separator.js';
import type { SegmentSizes, TensorPort } from './tensors.js';

/** Wiener windows and blocks of Spleeter: frames whose spectra are in memory together. */
function windowFrames({ post }: ModelManifest): number {
  return post.wiener?.windowFrames ?? 512;
}

/** The buffers of one window's length; made once, because fresh memory is slow to touch. */
interface Workspace {
  readonly frames: number;
  /** The mixture's spectra, `[channels]`, and where they were made. */
  readonly rooms: readonly Room[];
  mix: readonly Spectrum[];
  first: number;
  /** Estimates, `[stems][channels]`. */
  readonly sums: readonly (readonly Spectrum[])[];
  /** What all estimates leave of the mixture, `[0 or 1][channels]`, where a Wiener filter asks for it. */
  readonly rest: readonly (readonly Spectrum[])[];
  /** What is added to an estimate that another graph or output has begun. */
  readonly more: Spectrum;
}

/**
 * Separates frames of one STFT over a whole song: what a graph sees and gives is in memory at once, spectra only for
 * some hundred frames at a time. A segment is `(frames − 1) · hop + nFft` samples; its result is what these frames
 * alone add up to, over their Σ w², which the plan's weights put together with those of its neighbours.
 */
export class FrameSeparator implements Separator {
  private readonly blocks: FrameBlocks;
  private workspace: Workspace | undefined;
  private waves: readonly (readonly Float32Array[])[] = [];

  constructor(
    readonly info: SeparatorInfo,
    private readonly manifest: ModelManifest,
    private readonly graphs: readonly Graph[],
  ) {
    assert(manifest.stft, 'a plan of frames has STFT parameters');
    this.blocks = new FrameBlocks(manifest.stft);
  }

  async separate(
    mix: readonly Float32Array[],
    _stats: unknown,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    const frames = this.blocks.framesOf(mix[0].length);
    const { ratioMask, wiener } = this.manifest.post;
    // Post-processing weighs the stems against each other, so it needs all of them.
    const needed = ratioMask || wiener ? this.info.stems.map((_, s) => s) : wanted;
    const graphs = this.graphs.filter((graph) => givesAny(graph, this.info.stems, needed));
    if (this.workspace) this.workspace.first = -1;
    const outputs = await this.run(graphs, mix, frames);
    const waves = this.planes(mix[0].length, wanted);
    const step = windowFrames(this.manifest);
    for (let first = 0; first < frames; first += step) {
      const count = Math.min(step, frames - first);
      const spectra = this.estimate(graphs, outputs, mix, { frames, first, count });
      for (const s of wanted) spectra[s].forEach((y, ch) => this.blocks.add(y, first, waves[s][ch]));
    }
    const gain = this.manifest.stems.compensate;
    for (const plane of wanted.flatMap((s) => waves[s])) this.blocks.finish(plane, frames, gain);
    return waves;
  }

  /**
   * Silent planes for the result, `[stems][channels]`; empty for stems that nobody wants. Those of a window are used
   * again; a whole song's are not, because they would stay in memory while its stems are written.
   */
  private planes(samples: number, wanted: readonly number[]): readonly (readonly Float32Array[])[] {
    const { stems, channels } = this.info;
    const size = (s: number): number => (wanted.includes(s) ? samples : 0);
    const fits = stems.every((_, s) => this.waves[s]?.[0].length === size(s));
    const waves = fits
      ? this.waves
      : stems.map((_, s) => Array.from({ length: channels }, () => new Float32Array(size(s))));
    if (fits) for (const plane of waves.flat()) plane.fill(0);
    this.waves = this.blocks.framesOf(samples) > windowFrames(this.manifest) ? [] : waves;
    return waves;
  }

  private prepare(frames: number): Workspace {
    if (this.workspace?.frames === frames) return this.workspace;
    const { stems, channels } = this.info;
    const { bins } = this.blocks.stft;
    const levels = this.graphs.some(({ inputs }) => inputs.some((port) => port.manifest.role === 'mag'));
    const spectrum = (): Spectrum => allocateSpectrum(frames, bins);
    this.workspace = {
      frames,
      rooms: Array.from({ length: channels }, () => this.blocks.room(frames, levels)),
      mix: [],
      first: -1,
      sums: stems.map(() => Array.from({ length: channels }, spectrum)),
      rest: this.manifest.post.wiener?.residual ? [Array.from({ length: channels }, spectrum)] : [],
      more: spectrum(),
    };
    return this.workspace;
  }

  /** A window with the mixture's spectra; those of the window before are kept, so that a short song has them once. */
  private analyse(mix: readonly Float32Array[], first: number, count: number): Workspace {
    const work = this.prepare(count);
    if (work.first === first) return work;
    work.mix = mix.map((plane, ch) => this.blocks.analyse(plane, first, count, work.rooms[ch]));
    work.first = first;
    return work;
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

  /** Runs every graph once. Graphs that want the same input share it. */
  private async run(
    graphs: readonly Graph[],
    mix: readonly Float32Array[],
    frames: number,
  ): Promise<readonly Readonly<Record<string, Tensor>>[]> {
    const inputs = new Map<string, { readonly port: TensorPort; readonly tensor: Tensor }>();
    const keyOf = ({ role, layout, splitFrames, part }: TensorManifest): string =>
      [role, layout, splitFrames, part].join(' ');
    for (const graph of graphs) {
      const sizes = this.sizes(graph, frames);
      for (const port of graph.inputs) {
        const key = keyOf(port.manifest);
        if (!inputs.has(key)) inputs.set(key, { port, tensor: this.pack(port, sizes, mix, frames) });
        checkInput(graph, port.name, inputs.get(key)!.tensor.dims);
      }
    }
    const outputs: Readonly<Record<string, Tensor>>[] = [];
    for (const graph of graphs) {
      const feeds = Object.fromEntries(
        graph.inputs.map((port) => [port.name, inputs.get(keyOf(port.manifest))!.tensor]),
      );
      outputs.push(await graph.session.run(feeds));
    }
    for (const { port } of inputs.values()) port.drop();
    return outputs;
  }

  private pack(port: TensorPort, sizes: SegmentSizes, mix: readonly Float32Array[], frames: number): Tensor {
    const tensor = port.emptied(sizes);
    const { role, part } = port.manifest;
    const { bins } = this.blocks.stft;
    const step = windowFrames(this.manifest);
    for (let first = 0; first < frames; first += step) {
      const count = Math.min(step, frames - first);
      const { mix: spectra, rooms } = this.analyse(mix, first, count);
      spectra.forEach(({ re, im }, channel) => {
        const where = { channel, first, count };
        const { magnitudes } = rooms[channel];
        if (role === 'mag' && magnitudes) port.packFrames(magnitudes, bins, sizes, { ...where, ri: 0 });
        else {
          if (part !== 'im') port.packFrames(re, bins, sizes, { ...where, ri: 0 });
          if (part !== 're') port.packFrames(im, bins, sizes, { ...where, ri: 1 });
        }
      });
    }
    return tensor;
  }

  /** The stems' spectra of some frames, `[stems][channels]`, after masks and filters. */
  private estimate(
    graphs: readonly Graph[],
    outputs: readonly Readonly<Record<string, Tensor>>[],
    mix: readonly Float32Array[],
    at: { readonly frames: number; readonly first: number; readonly count: number },
  ): readonly (readonly Spectrum[])[] {
    const { post, combine, stft } = this.manifest;
    const { bins } = this.blocks.stft;
    const { mix: x, sums, rest, more } = this.analyse(mix, at.first, at.count);
    for (const sum of sums.flat()) clear(sum);
    const written = new Set<Spectrum>();
    const share = combine === 'mean' ? 1 / this.graphs.length : 1;
    graphs.forEach((graph, g) => {
      const sizes = this.sizes(graph, at.frames);
      for (const { port, imaginary = port } of outputGroups(graph)) {
        for (const name of usedStems(graph.manifest)) {
          const stem = graph.manifest.stems.indexOf(name);
          x.forEach((spectrum, channel) => {
            const sum = sums[this.info.stems.indexOf(name)][channel];
            const y = share === 1 && !written.has(sum) ? sum : more;
            written.add(sum);
            if (y === more) clear(more);
            const where = { ...at, stem, channel };
            port.unpackFrames(outputs[g][port.name], sizes, { ...where, ri: 0 }, y.re, bins);
            const { role } = port.manifest;
            if (role === 'spec' || role === 'mask-complex') {
              const ri = imaginary === port ? 1 : 0;
              imaginary.unpackFrames(outputs[g][imaginary.name], sizes, { ...where, ri }, y.im, bins);
            }
            // Ratio masks ask for magnitudes only.
            if (role === 'mag' && !post.ratioMask) magnitudeWithPhaseOf(spectrum, y);
            else if (role === 'mask-mag') realMaskTimes(spectrum, y);
            else if (role === 'mask-complex') complexMaskTimes(spectrum, y);
            addShare(sum, y, share);
          });
        }
      }
    });
    const [first, end] = stft?.bins ?? [0, bins];
    if (post.ratioMask) applyRatioMasks(x, sums, post.ratioMask, first, end);
    const filtered = post.wiener ? wienerEm(x, sums, { ...post.wiener, into: [...sums, ...rest] }) : sums;
    for (const { re, im } of filtered.flat()) {
      for (const bin of stft?.outZeroBins ?? []) {
        for (let i = bin; i < re.length; i += bins) re[i] = im[i] = 0;
      }
    }
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
