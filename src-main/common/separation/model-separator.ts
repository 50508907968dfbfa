import { assert } from '../base/errors.js';
import { fetchPadded } from '../dsp/padding.js';
import { HeldStft } from '../dsp/held-stft.js';
import { allocateSpectrum, type Spectrum } from '../dsp/stft.js';
import { wienerEm } from '../dsp/wiener.js';
import { applyRatioMasks, clearBins, complexMaskTimes, magnitudeWithPhaseOf } from './estimates.js';
import { FrameSeparator } from './frame-separator.js';
import {
  checkInput,
  checkNames,
  givesAny,
  outputGroups,
  usedStems,
  type Graph,
  type OutputGroup,
} from './graph.js';
import type { ModelManifest, TensorRole } from './manifest.js';
import { MaskLanes, type MaskModel, type ShortWay } from './mask-lanes.js';
import { hearsSongs, separatorInfo } from './model-info.js';
import type {
  ListeningSeparator,
  Separator,
  SeparatorInfo,
  Session,
  SongStats,
  Tensor,
} from './separator.js';
import { SpectrumLanes } from './spectrum-lanes.js';
import { denormaliseInPlace, normaliseInPlace, type Norm } from './segment-norm.js';
import { TensorPort, type SegmentSizes } from './tensors.js';

/** The buffers of one segment length; made once, because fresh memory is slow to touch. */
interface Workspace {
  readonly samples: number;
  readonly scaled: readonly Float32Array[];
  readonly waves: readonly (readonly Float32Array[])[];
  readonly spectral: SpectralWorkspace | undefined;
}

interface SpectralWorkspace {
  readonly padded: Float32Array;
  readonly mixFull: readonly Spectrum[];
  readonly mix: readonly Spectrum[];
  readonly estimateFull: readonly (readonly Spectrum[])[];
  readonly estimate: readonly (readonly Spectrum[])[];
  readonly magnitudeFull: readonly Float32Array[];
  readonly magnitude: readonly Float32Array[];
  readonly wave: Float32Array;
}

/** Runs any manifest over loaded graphs: normalise, STFT, graphs, masks, post-processing, inverse, combine. */
export class ModelSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly graphs: readonly Graph[];
  private stft: HeldStft | undefined;
  /** For models that mask and do nothing else; or for those that give whole spectra. */
  private readonly masks: MaskLanes | null;
  private readonly short: ShortWay | null;
  /** For those that see the frames of one STFT over the whole song. */
  private readonly frames: FrameSeparator | null;
  private workspace: Workspace | undefined;
  /** Mean and deviation of the segment's inputs, by role, where the graph leaves their normalisation to us. */
  private readonly norms = new Map<TensorRole, Norm>();

  /** `sessions` in the order of `manifest.graphs`. Throws `model-incompatible` when a tensor's name is missing. */
  constructor(
    readonly manifest: ModelManifest,
    sessions: readonly Session[],
  ) {
    this.info = separatorInfo(manifest);
    this.graphs = manifest.graphs.map((graph, i) => {
      checkNames(graph, sessions[i]);
      return {
        manifest: graph,
        session: sessions[i],
        inputs: graph.inputs.map((tensor) => new TensorPort(tensor)),
        outputs: graph.outputs.map((tensor) => new TensorPort(tensor)),
      };
    });
    this.frames =
      manifest.segment.plan === 'frames' ? new FrameSeparator(this.info, manifest, this.graphs) : null;
    this.masks = MaskLanes.for(manifest, this.graphs);
    this.short = this.masks ?? SpectrumLanes.for(manifest, this.graphs);
    // What single precision leaves goes to the residual, and so into the sum.
    const stft = this.short || this.frames ? undefined : manifest.stft;
    this.stft = stft && new HeldStft({ ...stft, precision: 'single' });
  }

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[] = this.everyStem,
  ): Promise<readonly (readonly Float32Array[])[]> {
    if (this.frames) return this.frames.separate(mix, stats, wanted);
    const work = this.prepare(mix[0].length);
    const normalise = this.manifest.audio.globalNorm === 'mono-mean-std';
    const scale = normalise ? 1 / (stats.std + 1e-8) : 1;
    const offset = normalise ? stats.mean : 0;
    mix.forEach((plane, ch) => {
      const into = work.scaled[ch];
      if (!normalise) return this.short ? undefined : into.set(plane);
      for (let i = 0; i < plane.length; i++) into[i] = (plane[i] - offset) * scale;
    });
    if (this.hasWaves) for (const plane of work.waves.flat()) plane.fill(0);
    let waves = work.waves;
    if (this.short) waves = await this.short.separate(normalise ? work.scaled : mix, wanted);
    else {
      if (work.spectral) this.analyse(work, work.spectral);
      await this.runGraphs(work, wanted);
      if (work.spectral) this.synthesise(work, work.spectral, wanted);
    }
    const gain = this.manifest.stems.compensate / scale;
    if (gain === 1 && offset === 0) return waves;
    for (const plane of wanted.flatMap((s) => waves[s])) {
      for (let i = 0; i < plane.length; i++) plane[i] = plane[i] * gain + offset;
    }
    return waves;
  }

  get listening(): ListeningSeparator | undefined {
    return this.frames && hearsSongs(this.manifest) ? this.frames : undefined;
  }

  /** Itself as a model that masks the mixture as it is, and does nothing else; null for any other. */
  get maskModel(): MaskModel | null {
    const { audio, stems } = this.manifest;
    const plain = audio.globalNorm === 'none' && stems.compensate === 1;
    return this.masks && plain ? { manifest: this.manifest, graphs: this.graphs } : null;
  }

  private get everyStem(): readonly number[] {
    return this.info.stems.map((_, s) => s);
  }

  /** Whether results are sums of a wave branch and what the inverse gives, and not just that. */
  private get hasWaves(): boolean {
    return this.graphs.some((graph) => graph.outputs.some((port) => port.manifest.role === 'wave'));
  }

  /** Whether a graph takes magnitudes. */
  private get magnitudesIn(): boolean {
    return this.graphs.some((graph) => graph.inputs.some((port) => port.manifest.role === 'mag'));
  }

  private prepare(samples: number): Workspace {
    if (this.workspace?.samples === samples) return this.workspace;
    // Spectra are held in the transform's memory for good: those of another length get another transform.
    if (this.workspace && this.stft) this.stft = new HeldStft(this.stft.config);
    const { channels } = this.info;
    const planes = (): Float32Array[] => Array.from({ length: channels }, () => new Float32Array(samples));
    this.workspace = {
      samples,
      scaled: planes(),
      waves: this.short ? [] : this.info.stems.map(planes),
      spectral: this.stft ? this.prepareSpectral(this.stft, samples) : undefined,
    };
    return this.workspace;
  }

  private prepareSpectral(stft: HeldStft, samples: number): SpectralWorkspace {
    assert(this.manifest.stft, 'a spectral model has STFT parameters');
    const { outerPad, frameCrop } = this.manifest.stft;
    const padded = new Float32Array(samples + outerPad[0] + outerPad[1]);
    const frames = stft.frameCount(padded.length);
    const size = frames * stft.bins;
    const { channels, stems } = this.info;
    // Kernels read whole vectors.
    const plane = 16 * Math.ceil((size + 4) / 16);
    const held = stft.hold(2 * channels * (1 + stems.length) * plane);
    // What lies in other memory is turned in scratch.
    stft.settle(8 * size);
    const { data } = held;
    const full = (_: unknown, source: number): Spectrum[] =>
      Array.from({ length: channels }, (_channel, ch) => {
        const at = 2 * (source * channels + ch) * plane;
        const [re, im] = [at, at + plane].map((start) => data.subarray(start, start + size));
        return { frames, bins: stft.bins, re, im };
      });
    const crop = (spectrum: Spectrum): Spectrum => {
      const kept = frames - frameCrop[0] - frameCrop[1];
      const from = frameCrop[0] * stft.bins;
      const to = from + kept * stft.bins;
      return {
        frames: kept,
        bins: stft.bins,
        re: spectrum.re.subarray(from, to),
        im: spectrum.im.subarray(from, to),
      };
    };
    const [mixFull, ...estimateFull] = ['mixture', ...stems].map(full);
    const mix = mixFull.map(crop);
    const magnitudeFull = mixFull.map(({ re }) => new Float32Array(this.magnitudesIn ? re.length : 0));
    const kept = frameCrop[0] * stft.bins;
    return {
      padded,
      mixFull,
      mix,
      estimateFull,
      estimate: estimateFull.map((spectra) => spectra.map(crop)),
      magnitudeFull,
      magnitude: magnitudeFull.map((plane, ch) => plane.subarray(kept, kept + mix[ch].re.length)),
      wave: new Float32Array(padded.length),
    };
  }

  private analyse(work: Workspace, spectral: SpectralWorkspace): void {
    const { stft } = this;
    assert(stft && this.manifest.stft, 'a spectral model has an STFT');
    const { outerPad, outerPadMode, zeroBins } = this.manifest.stft;
    const { padded } = spectral;
    work.scaled.forEach((plane, ch) => {
      fetchPadded(plane, -outerPad[0], padded, outerPadMode);
      const full = this.magnitudesIn ? spectral.magnitudeFull[ch] : undefined;
      const spectrum = stft.forward(padded, spectral.mixFull[ch], full);
      for (const bin of zeroBins) {
        for (let i = bin; i < spectrum.re.length; i += spectrum.bins) {
          spectrum.re[i] = spectrum.im[i] = 0;
          if (full) full[i] = 0;
        }
      }
    });
    // A bin that only one graph writes is overwritten; bins that no graph writes stay zero unless the filter fills
    // them.
    if (this.manifest.combine !== 'mean' && !this.manifest.post.wiener) return;
    for (const y of spectral.estimateFull.flat()) {
      y.re.fill(0);
      y.im.fill(0);
    }
  }

  private async runGraphs(work: Workspace, wanted: readonly number[]): Promise<void> {
    const { ratioMask, wiener } = this.manifest.post;
    // Post-processing weighs the stems against each other, so it needs all of them.
    const stems = ratioMask || wiener ? this.everyStem : wanted;
    const share = this.manifest.combine === 'mean' ? 1 / this.graphs.length : 1;
    for (const graph of this.graphs) {
      if (!givesAny(graph, this.info.stems, stems)) continue;
      const sizes = this.sizes(work, graph);
      const flip = this.manifest.post.denoiseFlip;
      const first = await this.runOnce(work, graph, sizes, 1);
      if (flip) {
        // The session may overwrite its outputs in the second run.
        const kept = Object.fromEntries(
          Object.entries(first).map(([name, t]) => [name, { data: t.data.slice(), dims: t.dims }]),
        );
        const second = await this.runOnce(work, graph, sizes, -1);
        for (const [name, tensor] of Object.entries(kept)) {
          const other = second[name].data;
          for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = 0.5 * (tensor.data[i] - other[i]);
        }
        this.collect(work, graph, sizes, kept, { share, stems });
      } else {
        this.collect(work, graph, sizes, first, { share, stems });
      }
    }
  }

  private sizes(work: Workspace, graph: Graph): SegmentSizes {
    const mix = work.spectral?.mix[0];
    const [firstBin, end] = this.manifest.stft?.bins ?? [0, mix?.bins ?? 1];
    return {
      stems: graph.manifest.stems.length,
      channels: this.info.channels,
      frames: mix?.frames ?? 1,
      firstBin,
      bins: end - firstBin,
      samples: work.samples,
    };
  }

  private async runOnce(
    work: Workspace,
    graph: Graph,
    sizes: SegmentSizes,
    sign: 1 | -1,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const feeds: Record<string, Tensor> = {};
    for (const port of graph.inputs) {
      const { role } = port.manifest;
      if (role === 'wave') feeds[port.name] = port.packWave(work.scaled, sizes, sign);
      else if (role === 'mag') {
        assert(work.spectral && this.stft, 'spectral input');
        feeds[port.name] = port.packMagnitude(work.spectral.magnitude, this.stft.bins, sizes);
      } else {
        assert(work.spectral, 'spectral input');
        const tensor = port.packSpec(work.spectral.mix, sizes, this.stft?.memory);
        if (sign < 0) for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = -tensor.data[i];
        feeds[port.name] = tensor;
      }
      checkInput(graph, port.name, feeds[port.name].dims);
      if (this.manifest.audio.segmentNorm !== 'none')
        this.norms.set(role, normaliseInPlace(feeds[port.name]));
    }
    return graph.session.run(feeds);
  }

  /** Adds a graph's outputs to the estimates of its stems. */
  private collect(
    work: Workspace,
    graph: Graph,
    sizes: SegmentSizes,
    outputs: Readonly<Record<string, Tensor>>,
    how: { readonly share: number; readonly stems: readonly number[] },
  ): void {
    const { share } = how;
    for (const group of outputGroups(graph)) {
      const { port } = group;
      const { role } = port.manifest;
      const tensor = outputs[port.name];
      const norm = this.norms.get(role);
      if (norm) for (const one of portsOf(group)) denormaliseInPlace(outputs[one.name], norm);
      graph.manifest.stems.forEach((name, s) => {
        const stem = this.info.stems.indexOf(name);
        if (!how.stems.includes(stem) || !usedStems(graph.manifest).includes(name)) {
          for (const one of portsOf(group)) one.expect(outputs[one.name], sizes);
          return;
        }
        for (let ch = 0; ch < sizes.channels; ch++) {
          if (role === 'wave') {
            port.unpackWave(tensor, sizes, { stem: s, channel: ch, gain: share }, work.waves[stem][ch]);
          } else {
            assert(work.spectral, 'spectral output');
            this.collectSpectrum(group, outputs, sizes, work.spectral, { s, stem, ch, share });
          }
        }
      });
    }
  }

  private collectSpectrum(
    { port, imaginary = port }: OutputGroup,
    outputs: Readonly<Record<string, Tensor>>,
    sizes: SegmentSizes,
    spectral: SpectralWorkspace,
    at: { readonly s: number; readonly stem: number; readonly ch: number; readonly share: number },
  ): void {
    const x = spectral.mix[at.ch];
    const sum = spectral.estimate[at.stem][at.ch];
    const y = at.share === 1 ? sum : allocateSpectrum(x.frames, x.bins);
    const { role } = port.manifest;
    const where = { stem: at.s, channel: at.ch };
    const tensor = outputs[port.name];
    if (role === 'mask-mag') {
      port.unpackMasked(tensor, sizes, { ...where, first: 0, count: x.frames }, x, y);
      return addShare(sum, y, at.share);
    }
    const k = this.stft?.memory;
    port.unpackPlane(tensor, sizes, { ...where, part: 0 }, y.re, x.bins, k);
    if (role === 'spec' || role === 'mask-complex') {
      const part = imaginary === port ? 1 : 0;
      imaginary.unpackPlane(outputs[imaginary.name], sizes, { ...where, part }, y.im, x.bins, k);
    }
    if (role === 'mag') magnitudeWithPhaseOf(x, y, k);
    else if (role === 'mask-complex') complexMaskTimes(x, y);
    addShare(sum, y, at.share);
  }

  private synthesise(work: Workspace, spectral: SpectralWorkspace, wanted: readonly number[]): void {
    const { stft, manifest } = this;
    assert(stft && manifest.stft, 'a spectral model has an STFT');
    const { ratioMask, wiener } = manifest.post;
    const [first, end] = manifest.stft.bins ?? [0, stft.bins];
    if (ratioMask) applyRatioMasks(spectral.mix, spectral.estimate, ratioMask, first, end);
    if (wiener) {
      // The residual, when there is one, has no stem.
      const rest = wiener.residual ? [spectral.mix.map((x) => allocateSpectrum(x.frames, x.bins))] : [];
      wienerEm(spectral.mix, spectral.estimate, { ...wiener, into: [...spectral.estimate, ...rest] });
    }
    const pad = manifest.stft.outerPad[0];
    clearBins(
      wanted.flatMap((s) => spectral.estimate[s]),
      manifest.stft.outZeroBins,
    );
    for (const s of wanted) {
      spectral.estimateFull[s].forEach((y, ch) => {
        const into = work.waves[s][ch];
        if (!this.hasWaves && spectral.padded.length === into.length) {
          stft.inverse(y, into.length, into);
          return;
        }
        const wave = stft.inverse(y, spectral.padded.length, spectral.wave).subarray(pad, pad + into.length);
        if (!this.hasWaves) into.set(wave);
        else for (let i = 0; i < into.length; i++) into[i] += wave[i];
      });
    }
  }
}

function portsOf({ port, imaginary }: OutputGroup): readonly TensorPort[] {
  return imaginary ? [port, imaginary] : [port];
}

/** sum += share · y, unless y is the sum itself. */
function addShare(sum: Spectrum, y: Spectrum, share: number): void {
  if (y === sum) return;
  for (let i = 0; i < y.re.length; i++) {
    sum.re[i] += share * y.re[i];
    sum.im[i] += share * y.im[i];
  }
}
