/**
 * What a family's host does, as defaults of a manifest of version 2. Values that follow from others (padding from the
 * transform's size, for example) are worked out from what the manifest overrides.
 */

type Json = Readonly<Record<string, unknown>>;

/** The numbers of a manifest that defaults depend on. */
interface Given {
  readonly nFft: number | undefined;
  readonly hop: number | undefined;
  readonly length: number | undefined;
}

const tensor = (name: string, role: string, layout: string): Json => ({ name, role, layout });
const stereo = { sampleRate: 44100, channels: 2 };
const normalised = { ...stereo, globalNorm: 'mono-mean-std' };
const fourStems = { order: ['drums', 'bass', 'other', 'vocals'], residual: 'other' };

/** UVR MDX-Net: the low bins of a complex spectrum; zeros around the song. */
function mdxNet({ nFft = 6144, hop = 1024, length = hop * 255 }: Given): Json {
  return {
    ...{ kind: 'complex-spectrogram', audio: stereo },
    stft: { nFft, hop, bins: [0, 2048], zeroBins: [0, 1, 2] },
    segment: {
      ...{ plan: 'padded', length, overlap: 0.25, window: 'hann', edge: nFft / 2, silence: 'run' },
    },
    graphs: [
      {
        inputs: [tensor('input', 'spec', 'b (ch ri) f t')],
        outputs: [tensor('output', 'spec', 'b (ch ri) f t')],
      },
    ],
  };
}

const borderedSegment = { plan: 'bordered', window: 'linear-fade', silence: 'run' };

/** MDX23C, the TFC-TDF networks of version 3. */
function mdx23c({ nFft = 8192, hop = 1024, length = hop * 255 }: Given): Json {
  return {
    ...{ kind: 'complex-spectrogram', audio: stereo },
    stft: { nFft, hop, bins: [0, nFft / 2] },
    segment: { ...borderedSegment, length, overlap: 0.75 },
    graphs: [
      {
        inputs: [tensor('input', 'spec', 'b (ch ri) f t')],
        outputs: [tensor('output', 'spec', 'b s (ch ri) f t')],
      },
    ],
  };
}

const demucsSegment = {
  ...{ plan: 'stride', overlap: 0.25, window: 'triangle', silence: 'run', outside: 'mean' },
};

/** HTDemucs as one graph from wave to waves. */
function htdemucs({ length = 343_980 }: Given): Json {
  return {
    ...{ kind: 'waveform', audio: normalised, stems: fourStems },
    segment: { ...demucsSegment, length },
    graphs: [{ inputs: [tensor('mix', 'wave', 'b ch n')], outputs: [tensor('stems', 'wave', 'b s ch n')] }],
  };
}

/** HTDemucs whose transforms are outside of the graph. */
function htdemucsHybrid({ nFft = 4096, hop = nFft / 4, length = 343_980 }: Given): Json {
  const pad = 1.5 * hop;
  const right = pad + Math.ceil(length / hop) * hop - length;
  return {
    ...{ kind: 'hybrid', audio: normalised, stems: fourStems },
    stft: {
      ...{ nFft, hop, normalised: 'sqrt-n', bins: [0, nFft / 2] },
      ...{ outerPad: [pad, right], frameCrop: [2, 2] },
    },
    segment: { ...demucsSegment, length },
    graphs: [
      {
        inputs: [tensor('mix', 'wave', 'b ch n'), tensor('spec', 'spec', 'b (ch ri) f t')],
        outputs: [tensor('spec_out', 'spec', 'b s (ch ri) f t'), tensor('wave_out', 'wave', 'b s ch n')],
      },
    ],
  };
}

/** SCNet: a transform without a window, over an odd number of hops. */
function scnet({ nFft = 4096, hop = nFft / 4, length = 485_100 }: Given): Json {
  let padding = hop - (length % hop);
  if (((length + padding) / hop) % 2 === 0) padding += hop;
  return {
    ...{ kind: 'complex-spectrogram', audio: normalised, stems: fourStems },
    stft: {
      ...{ nFft, hop, window: 'rectangular', normalised: 'sqrt-n' },
      ...{ outerPad: [0, padding], outerPadMode: 'zero' },
    },
    segment: { ...borderedSegment, outside: 'mean', length, overlap: 0.75 },
    graphs: [
      {
        inputs: [tensor('mix_spec', 'spec', 'b (ch ri) f t')],
        outputs: [tensor('stems_spec', 'spec', 'b (s ch ri) f t')],
      },
    ],
  };
}

/** Frames of one Wiener excerpt, and so many excerpts that songs of five minutes are one piece. */
const wienerFrames = 300;
const wholeExcerpts = 44;

/**
 * Open-Unmix: one network a stem, over the whole song; then its Wiener filter. Its tensors are as long as the song and used
 * once: an arena would keep several times as much memory, and is slower to fill than to do without.
 */
function openUnmix({ nFft = 4096, hop = nFft / 4, length }: Given): Json {
  return {
    ...{ kind: 'mask-magnitude', audio: stereo, runtime: { cpuMemArena: false } },
    stft: { nFft, hop },
    segment: {
      ...{ plan: 'frames', fixed: false, overlap: 0 },
      length: length ?? (wholeExcerpts * wienerFrames - 1) * hop + nFft,
    },
    post: { wiener: { iterations: 1, windowFrames: wienerFrames } },
    graphs: [
      { inputs: [tensor('input', 'mag', 'b ch f t')], outputs: [tensor('output', 'mag', 'b ch f t')] },
    ],
  };
}

/** Spleeter: splits of 512 frames, half of the bins; one network a stem, whose estimates become masks. */
function spleeter({ nFft = 4096, hop = nFft / 4, length = 511 * hop + nFft }: Given): Json {
  const splitFrames = (length - nFft) / hop + 1;
  const split = (name: string): Json => ({ ...tensor(name, 'mag', 'ch split t f'), splitFrames });
  return {
    ...{ kind: 'mask-magnitude', audio: stereo },
    stft: { nFft, hop, centre: false, bins: [0, nFft / 4] },
    segment: { plan: 'frames', fixed: true, overlap: 0, edge: nFft, length },
    post: { ratioMask: { power: 2, eps: 1e-10, above: 'zero' } },
    graphs: [{ inputs: [split('x')], outputs: [split('y')] }],
  };
}

/** BS-RoFormer and Mel-Band RoFormer: complex masks, rows are 2 · bin + channel. */
function roformer({ nFft = 2048, hop = 441, length = 800 * hop }: Given): Json {
  return {
    ...{ kind: 'complex-spectrogram', audio: stereo },
    stft: { nFft, hop, outZeroBins: [0] },
    segment: { ...borderedSegment, length, overlap: 0.5 },
    graphs: [
      {
        inputs: [tensor('spec', 'spec', 'b (f ch) t ri')],
        outputs: [tensor('mask', 'mask-complex', 'b s (f ch) t ri')],
      },
    ],
  };
}

/** Any network from wave to waves. */
function waveform({ length = 441_000 }: Given): Json {
  return {
    ...{ kind: 'waveform', audio: stereo },
    segment: { ...borderedSegment, length, overlap: 0.5 },
    graphs: [
      { inputs: [tensor('input', 'wave', 'b ch n')], outputs: [tensor('output', 'wave', 'b s ch n')] },
    ],
  };
}

/** Any network from magnitudes to masks. */
function mask({ nFft = 4096, hop = nFft / 4, length = 255 * hop }: Given): Json {
  return {
    ...{ kind: 'mask-magnitude', audio: stereo },
    stft: { nFft, hop },
    segment: { ...borderedSegment, silence: 'zero', length, overlap: 0.5 },
    graphs: [
      { inputs: [tensor('input', 'mag', 'b ch f t')], outputs: [tensor('output', 'mask-mag', 'b s ch f t')] },
    ],
  };
}

const presets = {
  'mdx-net': mdxNet,
  mdx23c,
  htdemucs,
  'htdemucs-hybrid': htdemucsHybrid,
  scnet,
  'open-unmix': openUnmix,
  spleeter,
  'bs-roformer': roformer,
  'mel-band-roformer': roformer,
  waveform,
  mask,
} as const;

export type PresetName = keyof typeof presets;

/** The families that a manifest can name. */
export const presetNames = Object.keys(presets) as [PresetName, ...PresetName[]];

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is given wins; objects are merged, everything else is replaced. */
function merge(defaults: Json, given: Json): Json {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    const below = defaults[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}

/** The preset's one graph stands for every graph of the manifest; its tensors for those at the same place. */
function mergeGraph(defaults: Json, given: unknown): unknown {
  if (!isObject(given)) return given;
  const tensors = (key: 'inputs' | 'outputs'): unknown => {
    const mine = defaults[key] as readonly Json[];
    const theirs = given[key];
    if (theirs === undefined) return mine;
    if (!Array.isArray(theirs)) return theirs;
    return theirs.map((one: unknown, i) => (isObject(one) && mine[i] ? merge(mine[i], one) : one));
  };
  return { ...given, inputs: tensors('inputs'), outputs: tensors('outputs') };
}

function numberAt(json: Json, key: string, field: string): number | undefined {
  const part = json[key];
  const value = isObject(part) ? part[field] : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** A manifest with its preset's values where it has none; anything else comes back as it is. */
export function withPreset(json: unknown): unknown {
  if (!isObject(json) || json['schema'] !== 'unbraid-model/2') return json;
  const make = Object.entries(presets).find(([name]) => name === json['preset'])?.[1];
  if (!make) return json;
  const defaults = make({
    nFft: numberAt(json, 'stft', 'nFft'),
    hop: numberAt(json, 'stft', 'hop'),
    length: numberAt(json, 'segment', 'length'),
  });
  const [graph] = defaults['graphs'] as readonly Json[];
  const { graphs } = json;
  const rest = Object.fromEntries(Object.entries(defaults).filter(([key]) => key !== 'graphs'));
  const merged = merge(rest, json);
  return Array.isArray(graphs) ? { ...merged, graphs: graphs.map((one) => mergeGraph(graph, one)) } : merged;
}
