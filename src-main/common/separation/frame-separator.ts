import { assert } from '../base/errors.js';
import { Stft, allocateSpectrum, type Spectrum } from '../dsp/stft.js';
import { wienerEm } from '../dsp/wiener.js';
import { applyRatioMasks, complexMaskTimes, magnitudeWithPhaseOf, realMaskTimes } from './estimates.js';
import { checkInput, givesAny, outputGroups, usedStems, type Graph } from './graph.js';
import { frameEnergy } from './host-plans.js';
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
  private readonly stft: Stft;
  private readonly energies = new Map<number, Float32Array>();

  constructor(
    readonly info: SeparatorInfo,
    private readonly manifest: ModelManifest,
    private readonly graphs: readonly Graph[],
  ) {
    assert(manifest.stft, 'a plan of frames has STFT parameters');
    this.stft = new Stft({ ...manifest.stft, centre: false, precision: 'single' });
  }

  async separate(
    mix: readonly Float32Array[],
    _stats: unknown,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    const frames = this.framesOf(mix[0].length);
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
      for (const s of wanted) spectra[s].forEach((y, ch) => this.add(y, first, waves[s][ch]));
    }
    const energy = this.energy(frames);
    const gain = this.manifest.stems.compensate;
    for (const plane of wanted.flatMap((s) => waves[s])) {
      for (let i = 0; i < plane.length; i++) plane[i] = energy[i] > 1e-8 ? (gain * plane[i]) / energy[i] : 0;
    }
    return waves;
  }

  private framesOf(samples: number): number {
    const { nFft, hop } = this.stft.config;
    return (samples - nFft) / hop + 1;
  }

  private energy(frames: number): Float32Array {
    const known = this.energies.get(frames);
    if (known) return known;
    if (this.energies.size >= 4) this.energies.clear();
    const made = frameEnergy(this.stft.config, frames);
    this.energies.set(frames, made);
    return made;
  }

  private sizes(graph: Graph, frames: number): SegmentSizes {
    const { segment, stft } = this.manifest;
    const [firstBin, end] = stft?.bins ?? [0, this.stft.bins];
    return {
      stems: graph.manifest.stems.length,
      channels: this.info.channels,
      // A graph of fixed size gets zeros behind the last frame.
      frames: segment.fixed ? this.framesOf(segment.length) : frames,
      firstBin,
      bins: end - firstBin,
      samples: 0,
    };
  }

  /** The spectrum of frames `[first, first + count)` of one plane. */
  private analyse(plane: Float32Array, first: number, count: number, magnitudes?: Float32Array): Spectrum {
    const { nFft, hop } = this.stft.config;
    const part = plane.subarray(first * hop, (first + count - 1) * hop + nFft);
    // The transform goes on until the samples end; frames that reach beyond them are left out.
    const whole = this.stft.frameCount(part.length);
    const all = magnitudes && new Float32Array(whole * this.stft.bins);
    const { bins, re, im } = this.stft.forward(part, undefined, all);
    const size = count * bins;
    if (magnitudes && all) magnitudes.set(all.subarray(0, size));
    return { frames: count, bins, re: re.subarray(0, size), im: im.subarray(0, size) };
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
    const { bins } = this.stft;
    const magnitudes = role === 'mag' ? new Float32Array(blockFrames * bins) : undefined;
    mix.forEach((plane, channel) => {
      for (let first = 0; first < frames; first += blockFrames) {
        const count = Math.min(blockFrames, frames - first);
        const level = magnitudes?.subarray(0, count * bins);
        const { re, im } = this.analyse(plane, first, count, level);
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
    const { bins } = this.stft;
    const x = mix.map((plane) => this.analyse(plane, at.first, at.count));
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

  /** into += the frames of y, at their place. */
  private add(y: Spectrum, first: number, into: Float32Array): void {
    const { nFft, hop } = this.stft.config;
    const samples = (y.frames - 1) * hop + nFft;
    const wave = this.stft.inverse(y, samples);
    const energy = this.energy(y.frames);
    const start = first * hop;
    for (let i = 0; i < samples; i++) into[start + i] += wave[i] * energy[i];
  }
}

function addShare(sum: Spectrum, y: Spectrum, share: number): void {
  for (let i = 0; i < y.re.length; i++) {
    sum.re[i] += share * y.re[i];
    sum.im[i] += share * y.im[i];
  }
}
