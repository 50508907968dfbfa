import type { Frames } from '../base/units.js';
import { LaneStft, type LaneSpectrum } from '../dsp/lane-stft.js';
import { fetchPadded } from '../dsp/padding.js';
import type { Held } from '../dsp/wasm/kernels.js';
import { checkInput, givesAny, usedStems, type Graph } from './graph.js';
import { laneConfig, type HeldTensor, type ShortWay } from './mask-lanes.js';
import type { ModelManifest } from './manifest.js';
import type { Tensor } from './separator.js';
import type { SegmentSizes, TensorPort } from './tensors.js';

/** The buffers of one segment length, in the kernels' memory but for the padded mixture. */
interface Workspace {
  readonly samples: Frames;
  readonly padded: Float32Array;
  readonly stft: LaneStft;
  readonly lanes: readonly LaneSpectrum[];
  readonly sizes: Omit<SegmentSizes, 'stems'>;
  readonly inputs: ReadonlyMap<TensorPort, HeldTensor>;
  /** Of each graph. */
  readonly outputs: readonly HeldTensor[];
  /** The results, `[stems][channels]`. */
  readonly waves: readonly (readonly Held[])[];
}

/** Whether a model's results are whole spectra, with tensors that kernels can read and write in place. */
function fits(manifest: ModelManifest, graphs: readonly Graph[]): boolean {
  const { post, combine, stft, segment, audio } = manifest;
  if (segment.plan === 'frames' || audio.segmentNorm !== 'none' || !laneConfig(manifest)) return false;
  if (!stft || stft.outZeroBins.length > 0 || stft.frameCrop.some((count) => count > 0)) return false;
  if (post.ratioMask || post.wiener || post.denoiseFlip) return false;
  return (
    combine === 'union' &&
    graphs.every(
      ({ inputs, outputs }) =>
        inputs.every((port) => port.dense && port.manifest.role === 'spec' && !port.manifest.part) &&
        outputs.length === 1 &&
        outputs.every((port) => port.framesInnermost && port.manifest.role === 'spec' && !port.manifest.part),
    )
  );
}

/**
 * The short way through a model from spectrum to spectra: inputs are written where the graph reads them, and stems are
 * turned back from where it has written them. Nothing is transposed in between.
 */
export class SpectrumLanes implements ShortWay {
  /** Graphs that have given an output of the size their manifest promises; others may write where they like. */
  private readonly checked = new Set<Graph>();
  private workspace: Workspace | undefined;

  private constructor(
    private readonly manifest: ModelManifest,
    private readonly graphs: readonly Graph[],
  ) {}

  /** Null for a model that needs the long way. */
  static for(manifest: ModelManifest, graphs: readonly Graph[]): SpectrumLanes | null {
    return fits(manifest, graphs) ? new SpectrumLanes(manifest, graphs) : null;
  }

  async separate(mix: readonly Float32Array[], wanted: readonly number[]): Promise<Float32Array[][]> {
    const work = this.prepare(mix);
    const { order } = this.manifest.stems;
    const { outerPad, outerPadMode } = this.manifest.stft!;
    mix.forEach((plane, ch) => {
      fetchPadded(plane, -outerPad[0], work.padded, outerPadMode);
      work.stft.analyse(work.padded, work.lanes[ch]);
    });
    this.fillInputs(work);
    for (const [g, graph] of this.graphs.entries()) {
      if (!givesAny(graph, order, wanted)) continue;
      await this.run(work, g);
      this.invert(work, g, wanted);
    }
    return work.waves.map((channels) => channels.map((wave) => wave.data));
  }

  private fillInputs({ inputs, lanes, sizes, stft }: Workspace): void {
    for (const [port, { held }] of inputs) {
      lanes.forEach((spectrum, ch) => {
        const planes = port.planesOf(ch, { ...sizes, stems: 1 }, held.data);
        stft.take(spectrum, { first: 0, count: sizes.frames }, planes);
        for (const { data, offset, frameStride, binStride, firstBin } of planes) {
          for (const bin of this.manifest.stft!.zeroBins) {
            const at = offset + (bin - firstBin) * binStride;
            for (let t = 0; t < sizes.frames; t++) data[at + t * frameStride] = 0;
          }
        }
      });
    }
  }

  private async run(work: Workspace, g: number): Promise<void> {
    const graph = this.graphs[g];
    const [port] = graph.outputs;
    const tensor = ({ held, dims }: HeldTensor): Tensor => ({ data: held.data, dims });
    const feeds: Record<string, Tensor> = {};
    for (const input of graph.inputs) {
      feeds[input.name] = tensor(work.inputs.get(input)!);
      checkInput(graph, input.name, feeds[input.name].dims);
    }
    const place = work.outputs[g];
    const into = this.checked.has(graph) ? { [port.name]: tensor(place) } : undefined;
    const outputs = await graph.session.run(feeds, into);
    const result = port.expect(outputs[port.name], sizesOf(work, graph));
    this.checked.add(graph);
    if (result.buffer !== place.held.data.buffer) place.held.data.set(result);
  }

  private invert(work: Workspace, g: number, wanted: readonly number[]): void {
    const graph = this.graphs[g];
    const [port] = graph.outputs;
    const sizes = sizesOf(work, graph);
    const pad = this.manifest.stft!.outerPad[0];
    for (const name of usedStems(graph.manifest)) {
      const stem = this.manifest.stems.order.indexOf(name);
      if (!wanted.includes(stem)) continue;
      work.waves[stem].forEach((wave, channel) => {
        const at = graph.manifest.stems.indexOf(name);
        const parts = port.spectrumOf({ stem: at, channel }, sizes, work.outputs[g].held.data);
        work.stft.inversePlanes(parts, sizes.frames, wave.data, pad);
      });
    }
  }

  private prepare(mix: readonly Float32Array[]): Workspace {
    const samples = mix[0].length;
    if (this.workspace?.samples === samples) return this.workspace;
    const { outerPad, bins } = this.manifest.stft!;
    const stft = new LaneStft(laneConfig(this.manifest)!);
    const padded = new Float32Array(outerPad[0] + samples + outerPad[1]);
    const frames = stft.frameCount(padded.length);
    const [firstBin, end] = bins ?? [0, stft.bins];
    const sizes = { channels: mix.length, frames, firstBin, bins: end - firstBin, samples };
    const place = (port: TensorPort, stems: number): HeldTensor => {
      const { size, dims } = port.resolve({ ...sizes, stems });
      return { held: stft.hold(size), dims };
    };
    return (this.workspace = {
      ...{ samples, padded, stft, sizes },
      lanes: mix.map(() => stft.allocate(padded.length)),
      inputs: new Map(this.graphs.flatMap(({ inputs }) => inputs.map((port) => [port, place(port, 1)]))),
      outputs: this.graphs.map(({ outputs: [port], manifest }) => place(port, manifest.stems.length)),
      waves: this.manifest.stems.order.map(() => mix.map(() => stft.hold(samples))),
    });
  }
}

function sizesOf({ sizes }: Workspace, { manifest }: Graph): SegmentSizes {
  return { ...sizes, stems: manifest.stems.length };
}
