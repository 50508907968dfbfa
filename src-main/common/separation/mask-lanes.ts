import type { Frames } from '../base/units.js';
import { hasLanes, LaneStft, type LaneSpectrum, type Tails } from '../dsp/lane-stft.js';
import type { MaskView } from '../dsp/stft.js';
import type { Held } from '../dsp/wasm/kernels.js';
import { givesAny, type Graph } from './graph.js';
import type { GraphManifest, ModelManifest } from './manifest.js';
import { segmentWeights } from './segment-plan.js';
import type { SegmentRule, Tensor } from './separator.js';
import { TensorPort, type SegmentSizes } from './tensors.js';

/** A way through some models that does without copies. */
export interface ShortWay {
  /** Separates `mix`; gives `[stems][channels]` of its length, of which those of the wanted stems count. */
  separate(mix: readonly Float32Array[], wanted: readonly number[]): Promise<Float32Array[][]>;
}

/** A tensor in the kernels' memory. */
export interface HeldTensor {
  readonly held: Held;
  readonly dims: readonly number[];
}

/** The buffers of one segment length. Everything big lies where the kernels work: nothing is copied for them. */
interface Workspace {
  readonly samples: Frames;
  readonly stft: LaneStft;
  readonly lanes: readonly LaneSpectrum[];
  /** Of one window. */
  readonly sizes: Omit<SegmentSizes, 'stems'>;
  readonly windows: number;
  /** Frames from one window to the next. */
  readonly step: number;
  readonly inputs: ReadonlyMap<TensorPort, HeldTensor>;
  /** Of each graph; where there are several windows, two alternate, since one fades into the other. */
  readonly outputs: readonly (readonly HeldTensor[])[];
  /** Of each graph and channel, for its stems; empty if there is only one window. */
  readonly tails: readonly (readonly Tails[])[];
  /** The results, `[stems][channels]`. */
  readonly waves: readonly (readonly Held[])[];
  /** A window's share in the frames that it has in common with the one before. */
  readonly shares: Float32Array;
}

/** A model that only masks, with its graphs loaded. */
export interface MaskModel {
  readonly manifest: ModelManifest;
  readonly graphs: readonly Graph[];
}

/** What must be the same in models that are blended: all but their stems, the graphs' files and the names of their tensors. */
function likeness({ manifest, graphs }: MaskModel): string {
  const { audio, stft, segment } = manifest;
  const ports = graphs.map(({ manifest: { inputs, outputs } }) => [
    inputs.map((tensor) => ({ ...tensor, name: '' })),
    outputs.map((tensor) => ({ ...tensor, name: '' })),
  ]);
  return JSON.stringify([audio, stft, segment, ports]);
}

/** What a model's graphs have in common with their manifests: tensors. */
type Ports = Pick<Graph, 'inputs' | 'outputs'>;

function portsOf({ inputs, outputs }: GraphManifest): Ports {
  return {
    inputs: inputs.map((tensor) => new TensorPort(tensor)),
    outputs: outputs.map((tensor) => new TensorPort(tensor)),
  };
}

/** The transform of a model in float32 lanes; null where it has none. */
export function laneConfig({ stft }: ModelManifest): ConstructorParameters<typeof LaneStft>[0] | null {
  const config = stft && { ...stft, precision: 'single' as const };
  return config && hasLanes(config) ? config : null;
}

/** Whether a model does nothing but mask, with tensors that kernels can read and write in place. */
function fits(manifest: ModelManifest, graphs: readonly Ports[]): boolean {
  const { post, combine, stft, segment, audio } = manifest;
  if (segment.plan === 'frames' || audio.segmentNorm !== 'none') return false;
  if (manifest.graphs.some((graph) => graph.use)) return false;
  if (!stft || !laneConfig(manifest) || stft.zeroBins.concat(stft.outZeroBins).length > 0) return false;
  if (stft.outerPad.concat(stft.frameCrop).some((pad) => pad !== 0)) return false;
  if (post.ratioMask || post.wiener || post.denoiseFlip || combine !== 'union') return false;
  return graphs.every(
    ({ inputs, outputs }) =>
      inputs.every((port) => port.dense && ['mag', 'spec'].includes(port.manifest.role)) &&
      outputs.length === 1 &&
      outputs.every((port) => port.sideBySide && port.manifest.role === 'mask-mag'),
  );
}

/**
 * How the windows of a model follow each other inside of a segment; undefined where each window is a segment. They
 * begin with frames that are multiples of 4, as lanes do.
 */
export function chainOf(manifest: ModelManifest): SegmentRule['chain'] {
  const { segment, stft } = manifest;
  if (segment.chain === 1 || segment.plan !== 'cover' || segment.edge > 0 || segment.overlap > 0.5 || !stft)
    return undefined;
  if (!fits(manifest, manifest.graphs.map(portsOf))) return undefined;
  const step = 4 * Math.round(((1 - segment.overlap) * segment.length) / stft.hop / 4) * stft.hop;
  return step > 0 && step <= segment.length ? { count: segment.chain, step } : undefined;
}

/**
 * The short way through a model whose results are real masks times the mixture: spectra stay as the float32 kernels
 * hold them, inputs are written where the graph reads them, masks are applied where it has written them. A segment of
 * several windows is transformed once, and what the windows have in common gets a mean of their masks.
 */
export class MaskLanes implements ShortWay {
  /** The inputs of each graph: a port that packs, the same one for graphs that want the same. */
  private readonly inputs: readonly (readonly { readonly name: string; readonly port: TensorPort }[])[];
  /** Graphs that have given an output of the size their manifest promises; others may write where they like. */
  private readonly checked = new Set<Graph>();
  private readonly step: Frames | undefined;
  private workspace: Workspace | undefined;

  /** `weights` of each graph and stem where the graphs are separate models whose masks are averaged. */
  private constructor(
    private readonly manifest: ModelManifest,
    private readonly graphs: readonly Graph[],
    private readonly weights: readonly (readonly number[])[] | null = null,
  ) {
    const packers = new Map<string, TensorPort>();
    this.inputs = graphs.map(({ inputs }) =>
      inputs.map((own) => {
        const key = `${own.manifest.role} ${own.manifest.layout}`;
        const port = packers.get(key) ?? own;
        packers.set(key, port);
        return { name: own.name, port };
      }),
    );
    this.step = chainOf(manifest)?.step;
  }

  /** Null for a model that needs the long way. */
  static for(manifest: ModelManifest, graphs: readonly Graph[]): MaskLanes | null {
    return fits(manifest, graphs) ? new MaskLanes(manifest, graphs) : null;
  }

  /**
   * The weighted mean of models that see the same and mask alike, as one: the mixture is transformed once, and one mask
   * is inverted for each stem. `weights[member][stem]`, stems as `order` names them. Null for models that differ in more
   * than their graphs, and where several do not know all stems: the mean grows from one to the next.
   */
  static blend(
    models: readonly MaskModel[],
    order: readonly string[],
    weights: readonly (readonly number[])[],
  ): MaskLanes | null {
    const knows = ({ manifest }: MaskModel): boolean => manifest.stems.order.join() === order.join();
    const parts = models
      .map((model, m) => ({ model, weights: weights[m] }))
      .sort((a, b) => Number(knows(a.model)) - Number(knows(b.model)));
    const whole = parts.at(-1)!.model;
    const same = models.every((model) => likeness(model) === likeness(whole) && model.graphs.length === 1);
    const { segment } = whole.manifest;
    if (!same || segment.plan !== 'cover' || segment.edge > 0) return null;
    const others = parts.slice(1).map(({ model }) => model.graphs[0].manifest.stems.join());
    if (!knows(whole) || others.some((stems) => stems !== others.at(-1))) return null;
    return new MaskLanes(
      whole.manifest,
      parts.flatMap(({ model }) => model.graphs),
      parts.map((part) => part.weights),
    );
  }

  async separate(mix: readonly Float32Array[], wanted: readonly number[]): Promise<Float32Array[][]> {
    const work = this.prepare(mix);
    mix.forEach((plane, ch) => work.stft.analyse(plane, work.lanes[ch]));
    const { order } = this.manifest.stems;
    const windows = windowsWith(work, mix);
    for (let window = 0; window < windows; window++) {
      this.fillInputs(work, window);
      const part = { window, last: window === windows - 1 };
      if (this.weights) {
        this.invert(work, await this.average(work, window, this.weights, wanted), part, wanted);
        continue;
      }
      for (const [g, graph] of this.graphs.entries()) {
        if (!givesAny(graph, order, wanted)) continue;
        await this.run(work, g, window);
        this.invert(work, g, part, wanted);
      }
    }
    return work.waves.map((channels) => channels.map((wave) => wave.data));
  }

  private fillInputs(work: Workspace, window: number): void {
    const range = { first: window * work.step, count: work.sizes.frames };
    const sizes = { ...work.sizes, stems: 1 };
    for (const [port, { held }] of work.inputs) {
      work.lanes.forEach((spectrum, ch) =>
        work.stft.take(spectrum, range, port.planesOf(ch, sizes, held.data)),
      );
    }
  }

  private async run(work: Workspace, g: number, window: number): Promise<void> {
    const graph = this.graphs[g];
    const [port] = graph.outputs;
    const tensor = ({ held, dims }: HeldTensor): Tensor => ({ data: held.data, dims });
    const feeds = Object.fromEntries(
      this.inputs[g].map(({ name, port: packer }) => [name, tensor(work.inputs.get(packer)!)]),
    );
    const place = work.outputs[g][window % 2];
    const known = this.checked.has(graph);
    const outputs = await graph.session.run(feeds, known ? { [port.name]: tensor(place) } : undefined);
    const result = port.expect(outputs[port.name], sizesOf(work, graph));
    this.checked.add(graph);
    if (result.buffer !== place.held.data.buffer) place.held.data.set(result);
  }

  /** Runs the graphs that count, each blended with those before; the one that has the mean in the end. */
  private async average(
    work: Workspace,
    window: number,
    weights: readonly (readonly number[])[],
    wanted: readonly number[],
  ): Promise<number> {
    const sums = weights[0].map(() => 0);
    let before = -1;
    for (const g of this.graphs.keys()) {
      const stems = this.stemsOf(g, wanted);
      if (stems.every(({ stem }) => weights[g][stem] === 0)) continue;
      await this.run(work, g, window);
      const known = before < 0 ? [] : this.stemsOf(before, wanted);
      for (const { stem, at } of stems) {
        const weight = weights[g][stem];
        sums[stem] += weight;
        const mean = known.find((one) => one.stem === stem);
        if (!mean) continue;
        const share = new Float32Array(work.sizes.frames).fill(sums[stem] > 0 ? weight / sums[stem] : 0);
        const from = this.masks(work, before, mean.at, window);
        this.masks(work, g, at, window).forEach((mask, ch) => work.stft.fade([mask], [from[ch]], share));
      }
      before = g;
    }
    return Math.max(0, before);
  }

  /** The masks of one of a graph's stems in a window, by channel. */
  private masks(work: Workspace, g: number, stem: number, window: number): MaskView[] {
    const { held, dims } = work.outputs[g][window % 2];
    const [port] = this.graphs[g].outputs;
    const sizes = sizesOf(work, this.graphs[g]);
    return work.lanes.map((_, channel) =>
      port.maskView({ data: held.data, dims }, sizes, { stem, channel })!,
    );
  }

  private stemsOf(g: number, wanted: readonly number[]): { readonly at: number; readonly stem: number }[] {
    return this.graphs[g].manifest.stems
      .map((name, at) => ({ at, stem: this.manifest.stems.order.indexOf(name) }))
      .filter(({ stem }) => wanted.includes(stem));
  }

  private invert(
    work: Workspace,
    g: number,
    { window, last }: { readonly window: number; readonly last: boolean },
    wanted: readonly number[],
  ): void {
    const graph = this.graphs[g];
    const { step, stft, sizes } = work;
    const [port] = graph.outputs;
    const stems = this.stemsOf(g, wanted);
    const masks = (of: number, channel: number, from: number): MaskView[] => {
      const { held, dims } = work.outputs[g][of % 2];
      const tensor = { data: held.data, dims };
      return stems.map(({ at }) => {
        const view = port.maskView(tensor, sizesOf(work, graph), { stem: at, channel })!;
        return { ...view, offset: view.offset + from * view.frameStride };
      });
    };
    work.lanes.forEach((spectrum, channel) => {
      const first = window * step;
      const left = spectrum.frames - first;
      const count = last ? Math.min(left, left > sizes.frames ? wholeFours(sizes.frames) : left) : step;
      if (window > 0) stft.fade(masks(window, channel, 0), masks(window - 1, channel, step), work.shares);
      const into = stems.map(({ stem }) => work.waves[stem][channel].data);
      const part = { first, count, last };
      stft.inverseMasks(spectrum, masks(window, channel, 0), into, work.tails[g]?.[channel], part);
    });
  }

  private prepare(mix: readonly Float32Array[]): Workspace {
    const samples = mix[0].length;
    if (this.workspace?.samples === samples) return this.workspace;
    const { segment, stft: parameters } = this.manifest;
    const stft = new LaneStft(laneConfig(this.manifest)!);
    const whole = stft.frameCount(samples);
    const frames = this.step === undefined ? whole : Math.min(whole, stft.frameCount(segment.length));
    const step = (this.step ?? 0) / stft.config.hop;
    const windows = whole > frames ? 1 + Math.ceil((whole - frames) / step) : 1;
    const [firstBin, end] = parameters?.bins ?? [0, stft.bins];
    const sizes = { channels: mix.length, frames, firstBin, bins: end - firstBin, samples };
    const place = (port: TensorPort, stems: number): HeldTensor => {
      const { size, dims } = port.resolve({ ...sizes, stems });
      return { held: stft.hold(size), dims };
    };
    const ports = new Set(this.inputs.flat().map(({ port }) => port));
    const turns = windows > 1 ? [0, 1] : [0];
    return (this.workspace = {
      ...{ samples, stft, sizes, windows, step },
      lanes: mix.map(() => stft.allocate(samples, (windows - 1) * step + frames)),
      inputs: new Map([...ports].map((port) => [port, place(port, 1)])),
      outputs: this.graphs.map(({ outputs: [port], manifest }) =>
        turns.map(() => place(port, manifest.stems.length)),
      ),
      tails:
        windows > 1 ? this.graphs.map((graph) => mix.map(() => stft.tails(graph.manifest.stems.length))) : [],
      waves: this.manifest.stems.order.map(() => mix.map(() => stft.hold(samples))),
      shares: shares(segment, frames, step),
    });
  }
}

function wholeFours(frames: number): number {
  return 4 * Math.floor(frames / 4);
}

/** The windows it takes to reach the last sample that is not 0: behind it, whatever the masks are, is silence. */
function windowsWith({ stft, windows, step, sizes, lanes }: Workspace, mix: readonly Float32Array[]): number {
  if (windows === 1) return 1;
  const end = Math.max(...mix.map((plane) => plane.findLastIndex((sample) => sample !== 0) + 1));
  const frames = Math.min(lanes[0].frames, stft.framesBefore(end));
  return Math.min(windows, 1 + Math.max(0, Math.ceil((frames - wholeFours(sizes.frames)) / step)));
}

function sizesOf({ sizes }: Workspace, { manifest }: Graph): SegmentSizes {
  return { ...sizes, stems: manifest.stems.length };
}

/** w / Σw of a window over the frames that it has in common with the one before. */
function shares(segment: ModelManifest['segment'], frames: number, step: number): Float32Array {
  const weights = segmentWeights(segment, frames);
  const { length } = weights.subarray(step);
  return Float32Array.from({ length }, (_, t) => weights[t] / (weights[t] + weights[t + step]));
}
