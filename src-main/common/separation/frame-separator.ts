import { assert } from '../base/errors.js';
import { allocateSpectrum, type Spectrum } from '../dsp/stft.js';
import { wienerEm } from '../dsp/wiener.js';
import { applyRatioMasks, complexMaskTimes, magnitudeWithPhaseOf, realMaskTimes } from './estimates.js';
import { FrameBlocks } from './frame-blocks.js';
import { checkInput, givesAny, outputGroups, usedStems, type Graph } from './graph.js';
import type { ModelManifest, TensorManifest } from './manifest.js';
import type { Separator, SeparatorInfo, Tensor } from './separator.js';
import type { SegmentSizes, TensorPort } from './tensors.js';

/** Frames that are transformed together for the graph's input. */
const blockFrames = 256;

/** Wiener windows and blocks of Spleeter: frames whose estimates are in memory together. */
function windowFrames({ post }: ModelManifest): number {
  return post.wiener?.windowFrames ?? 512;
}

/**
 * Separates frames of one STFT over a whole song: what a graph sees and gives is in memory at once, spectra only for
 * some hundred frames at a time. A segment is `(frames − 1) · hop + nFft` samples; its result is what these frames
 * alone add up to, over their Σ w², which the plan's weights put together with those of its neighbours.
 */
export class FrameSeparator implements Separator {
  private readonly blocks: FrameBlocks;

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
    const outputs = await this.run(graphs, mix, frames);
    const waves = this.info.stems.map((_, s) =>
      mix.map(({ length }) => new Float32Array(wanted.includes(s) ? length : 0)),
    );
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
    const magnitudes = role === 'mag' ? new Float32Array(blockFrames * bins) : undefined;
    mix.forEach((plane, channel) => {
      for (let first = 0; first < frames; first += blockFrames) {
        const count = Math.min(blockFrames, frames - first);
        const level = magnitudes?.subarray(0, count * bins);
        const { re, im } = this.blocks.analyse(plane, first, count, level);
        const where = { channel, first, count };
        if (level) port.packFrames(level, bins, sizes, { ...where, ri: 0 });
        else {
          if (part !== 'im') port.packFrames(re, bins, sizes, { ...where, ri: 0 });
          if (part !== 're') port.packFrames(im, bins, sizes, { ...where, ri: 1 });
        }
      }
    });
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
    const x = mix.map((plane) => this.blocks.analyse(plane, at.first, at.count));
    const sums = this.info.stems.map(() => mix.map(() => allocateSpectrum(at.count, bins)));
    const share = combine === 'mean' ? 1 / this.graphs.length : 1;
    graphs.forEach((graph, g) => {
      const sizes = this.sizes(graph, at.frames);
      for (const { port, imaginary = port } of outputGroups(graph)) {
        for (const name of usedStems(graph.manifest)) {
          const stem = graph.manifest.stems.indexOf(name);
          x.forEach((spectrum, channel) => {
            const y = allocateSpectrum(at.count, bins);
            const where = { ...at, stem, channel };
            port.unpackFrames(outputs[g][port.name], sizes, { ...where, ri: 0 }, y.re, bins);
            const { role } = port.manifest;
            if (role === 'spec' || role === 'mask-complex') {
              const ri = imaginary === port ? 1 : 0;
              imaginary.unpackFrames(outputs[g][imaginary.name], sizes, { ...where, ri }, y.im, bins);
            }
            if (role === 'mag') magnitudeWithPhaseOf(spectrum, y);
            else if (role === 'mask-mag') realMaskTimes(spectrum, y);
            else if (role === 'mask-complex') complexMaskTimes(spectrum, y);
            addShare(sums[this.info.stems.indexOf(name)][channel], y, share);
          });
        }
      }
    });
    const [first, end] = stft?.bins ?? [0, bins];
    if (post.ratioMask) applyRatioMasks(x, sums, post.ratioMask, first, end);
    const filtered = post.wiener ? wienerEm(x, sums, post.wiener) : sums;
    for (const { re, im } of filtered.flat()) {
      for (const bin of stft?.outZeroBins ?? []) {
        for (let i = bin; i < re.length; i += bins) re[i] = im[i] = 0;
      }
    }
    return filtered;
  }
}

function addShare(sum: Spectrum, y: Spectrum, share: number): void {
  for (let i = 0; i < y.re.length; i++) {
    sum.re[i] += share * y.re[i];
    sum.im[i] += share * y.im[i];
  }
}
