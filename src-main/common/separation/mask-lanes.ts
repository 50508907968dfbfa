import { hasLanes, LaneStft, type LaneSpectrum } from '../dsp/lane-stft.js';
import { givesAny, type Graph } from './graph.js';
import type { ModelManifest } from './manifest.js';
import type { Tensor } from './separator.js';
import type { SegmentSizes, TensorPort } from './tensors.js';

/** The buffers of one segment length. */
interface Workspace {
  readonly samples: number;
  readonly sizes: Omit<SegmentSizes, 'stems'>;
  readonly lanes: readonly LaneSpectrum[];
}

/**
 * The short way through a model whose results are real masks times the mixture: spectra stay as the float32 kernels
 * hold them, inputs are written where the graph reads them, masks are applied where it has written them.
 */
export class MaskLanes {
  private readonly stft: LaneStft;
  /** The inputs of each graph: a port that packs, the same one for graphs that want the same. */
  private readonly inputs: readonly (readonly { readonly name: string; readonly port: TensorPort }[])[];
  private workspace: Workspace | undefined;

  private constructor(
    private readonly manifest: ModelManifest,
    private readonly graphs: readonly Graph[],
    stft: ConstructorParameters<typeof LaneStft>[0],
  ) {
    this.stft = new LaneStft(stft);
    const packers = new Map<string, TensorPort>();
    this.inputs = graphs.map(({ inputs }) =>
      inputs.map((own) => {
        const key = `${own.manifest.role} ${own.manifest.layout}`;
        const port = packers.get(key) ?? own;
        packers.set(key, port);
        return { name: own.name, port };
      }),
    );
  }

  /** Null for a model that needs the long way. */
  static for(manifest: ModelManifest, graphs: readonly Graph[]): MaskLanes | null {
    const { post, combine } = manifest;
    const stft = manifest.stft && { ...manifest.stft, precision: 'single' as const };
    if (!stft || !hasLanes(stft) || stft.zeroBins.length > 0) return null;
    if (stft.outerPad.concat(stft.frameCrop).some((pad) => pad !== 0)) return null;
    if (post.ratioMask || post.wiener || post.denoiseFlip || combine !== 'union') return null;
    const fits = graphs.every(
      ({ inputs, outputs }) =>
        inputs.every((port) => port.dense && ['mag', 'spec'].includes(port.manifest.role)) &&
        outputs.every((port) => port.sideBySide && port.manifest.role === 'mask-mag'),
    );
    return fits ? new MaskLanes(manifest, graphs, stft) : null;
  }

  /** Separates `mix` into `waves`, `[stems][channels]` of its length, for the stems that are wanted. */
  async separate(
    mix: readonly Float32Array[],
    waves: readonly (readonly Float32Array[])[],
    wanted: readonly number[],
  ): Promise<void> {
    const { lanes, sizes } = this.prepare(mix);
    const ports = new Set(this.inputs.flat().map(({ port }) => port));
    mix.forEach((plane, ch) => {
      const planes = [...ports].flatMap((port) => port.planesOf(ch, { ...sizes, stems: 1 }));
      this.stft.analyse(plane, lanes[ch], planes);
    });
    const { order } = this.manifest.stems;
    for (const [g, graph] of this.graphs.entries()) {
      if (!givesAny(graph, order, wanted)) continue;
      const own: SegmentSizes = { ...sizes, stems: graph.manifest.stems.length };
      const feeds = Object.fromEntries(this.inputs[g].map(({ name, port }) => [name, port.inPlace(own)]));
      const outputs = await graph.session.run(feeds);
      const stems = graph.manifest.stems
        .map((name, at) => ({ at, stem: order.indexOf(name) }))
        .filter(({ stem }) => wanted.includes(stem));
      for (const port of graph.outputs) this.invert(port, outputs[port.name], own, stems, waves);
    }
  }

  private invert(
    port: TensorPort,
    tensor: Tensor | undefined,
    sizes: SegmentSizes,
    stems: readonly { readonly at: number; readonly stem: number }[],
    waves: readonly (readonly Float32Array[])[],
  ): void {
    port.expect(tensor, sizes);
    this.workspace?.lanes.forEach((spectrum, channel) => {
      const masks = stems.map(({ at }) => port.maskView(tensor, sizes, { stem: at, channel })!);
      this.stft.inverseMasks(
        spectrum,
        masks,
        stems.map(({ stem }) => waves[stem][channel]),
      );
    });
  }

  private prepare(mix: readonly Float32Array[]): Workspace {
    const samples = mix[0].length;
    if (this.workspace?.samples === samples) return this.workspace;
    const [firstBin, end] = this.manifest.stft?.bins ?? [0, this.stft.bins];
    const lanes = mix.map(() => this.stft.allocate(samples));
    const { frames } = lanes[0];
    const sizes = { channels: mix.length, frames, firstBin, bins: end - firstBin, samples };
    return (this.workspace = { samples, sizes, lanes });
  }
}
