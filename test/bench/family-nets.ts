import type { Dim, Graph, GraphValue } from '../fixtures/onnx.js';
import { Builder } from './networks.js';

/** A network of a family's form with work like that of the family's own, and random weights. */
export interface FamilyNet {
  readonly preset: string;
  readonly graphs: readonly Graph[];
  /** Stems of each graph. */
  readonly stems: readonly (readonly string[])[];
  readonly manifest?: object;
  /** Length of the song where it is not that of the others. */
  readonly seconds?: number;
  /** Frames of one excerpt of the Wiener filter: the reference filters as many as the song has. */
  readonly excerpt?: number;
}

const four = ['drums', 'bass', 'other', 'vocals'];
const vocals = ['vocals'];

interface Form {
  readonly input: GraphValue;
  readonly output: GraphValue;
  /** `[batch, channels, height, width]` that the convolutions see; −1 for what is not known. */
  readonly plane: readonly [number, number, number, number];
  /** Order of the input's axes for that, and of the result's for the output; as they are when left out. */
  readonly turn?: readonly number[];
  readonly turnBack?: readonly number[];
  /** Size before `turnBack`, where it is not the output's. */
  readonly apart?: readonly number[];
  readonly outChannels: number;
}

/** Convolutions of `width` channels at full resolution, as many as make the work. */
function dense(
  { input, output, plane, turn, turnBack, apart, outChannels }: Form,
  width: number,
  layers: number,
): Graph {
  const b = new Builder();
  let x = turn ? b.add('Transpose', [input.name], { perm: turn }) : input.name;
  x = b.conv(b.add('Reshape', [x, b.shape(plane)]), plane[1], width, 3);
  for (let layer = 1; layer < layers; layer++) x = b.conv(x, width, width, 3);
  x = b.conv(x, width, outChannels, 1);
  const sizes = apart ?? (output.dims as number[]);
  x = b.add('Reshape', [x, b.shape(sizes)]);
  if (turnBack) x = b.add('Transpose', [x], { perm: turnBack });
  return b.graph([input], [output], [x]);
}

const value = (name: string, dims: readonly Dim[]): GraphValue => ({ name, dims });

function spectral(dims: readonly number[], out: readonly number[], names: readonly [string, string]): Form {
  const [batch, channels, height, width] = dims;
  const outChannels = out.reduce((a, b) => a * b, 1) / (height * width);
  return {
    ...{ input: value(names[0], dims), output: value(names[1], out) },
    ...{ plane: [batch, channels, height, width], outChannels },
  };
}

/** Open-Unmix: three bidirectional LSTMs between two dense layers, for any number of frames. */
function openUnmix(): Graph {
  const b = new Builder();
  const [wide, size] = [2 * 2049, 512];
  const rows = b.add('Transpose', ['input'], { perm: [3, 0, 1, 2] });
  let x = b.add('Reshape', [rows, b.shape([-1, 1, wide])]);
  x = b.add('Tanh', [b.add('MatMul', [x, b.weights([wide, size], wide)])]);
  for (let layer = 0; layer < 3; layer++) x = b.lstm(x, -1, size);
  x = b.add('Relu', [b.add('MatMul', [x, b.weights([size, wide], size)])]);
  x = b.add('Reshape', [x, b.shape([-1, 1, 2, 2049])]);
  x = b.add('Transpose', [x], { perm: [1, 2, 3, 0] });
  const dims = [1, 2, 2049, 'T'];
  return b.graph([value('input', dims)], [value('output', dims)], [x]);
}

function openUnmixes(iterations: number): FamilyNet {
  return {
    ...{ preset: 'open-unmix', stems: four.map((stem) => [stem]), graphs: four.map(openUnmix) },
    manifest: { stems: { order: four, residual: 'other' }, post: { wiener: { iterations } } },
  };
}

/** HTDemucs with its transforms outside: most of the work on the spectrum, some on the wave. */
function hybrid(samples: number, frames: number): Graph {
  const b = new Builder();
  let x = b.conv('spec', 4, 48, 3);
  for (let layer = 1; layer < 8; layer++) x = b.conv(x, 48, 48, 3);
  const specOut = [1, 4, 4, 2048, frames];
  x = b.add('Reshape', [b.conv(x, 48, 16, 1), b.shape(specOut)]);
  let y = b.add('Reshape', ['mix', b.shape([1, 2, 588, samples / 588])]);
  y = b.conv(b.conv(y, 2, 48, 3), 48, 8, 1);
  const waveOut = [1, 4, 2, samples];
  y = b.add('Reshape', [y, b.shape(waveOut)]);
  const inputs = [value('mix', [1, 2, samples]), value('spec', [1, 4, 2048, frames])];
  return b.graph(inputs, [value('spec_out', specOut), value('wave_out', waveOut)], [x, y]);
}

/** Made when they are measured: weights take time. */
export const familyNets: Readonly<Record<string, () => FamilyNet>> = {
  'mdx-net': () => ({
    ...{ preset: 'mdx-net', stems: [vocals] },
    graphs: [dense(spectral([1, 4, 2048, 256], [1, 4, 2048, 256], ['input', 'output']), 56, 14)],
    manifest: { stems: { order: vocals, residual: 'accompaniment' } },
  }),
  mdx23c: () => ({
    // The heaviest, whose windows overlap by three quarters.
    ...{ preset: 'mdx23c', stems: [['vocals', 'accompaniment']], seconds: 12 },
    graphs: [dense(spectral([1, 4, 4096, 256], [1, 2, 4, 4096, 256], ['input', 'output']), 48, 10)],
    manifest: { stems: { order: ['vocals', 'accompaniment'], residual: 'accompaniment' } },
  }),
  htdemucs: () => ({
    ...{ preset: 'htdemucs', stems: [four] },
    graphs: [
      dense(
        {
          ...{ input: value('mix', [1, 2, 343_980]), output: value('stems', [1, 4, 2, 343_980]) },
          ...{ plane: [1, 2, 588, 585], outChannels: 8 },
        },
        56,
        14,
      ),
    ],
  }),
  'htdemucs-hybrid': () => ({ preset: 'htdemucs-hybrid', stems: [four], graphs: [hybrid(343_980, 336)] }),
  scnet: () => ({
    ...{ preset: 'scnet', stems: [four] },
    graphs: [dense(spectral([1, 4, 2049, 476], [1, 16, 2049, 476], ['mix_spec', 'stems_spec']), 32, 6)],
  }),
  'open-unmix': () => ({ ...openUnmixes(1), excerpt: 300 }),
  'open-unmix-no-em': () => openUnmixes(0),
  spleeter: () => ({
    ...{ preset: 'spleeter', stems: [['vocals'], ['accompaniment']] },
    graphs: [0, 1].map(() =>
      dense(
        {
          ...{ input: value('x', [2, 'splits', 512, 1024]), output: value('y', [2, 'splits', 512, 1024]) },
          ...{ turn: [1, 0, 2, 3], plane: [-1, 2, 512, 1024], outChannels: 2 },
          ...{ apart: [-1, 2, 512, 1024], turnBack: [1, 0, 2, 3] },
        },
        24,
        4,
      ),
    ),
    manifest: { stems: { order: ['vocals', 'accompaniment'], residual: 'accompaniment' } },
  }),
  'bs-roformer': () => ({
    ...{ preset: 'bs-roformer', stems: [vocals] },
    graphs: [
      dense(
        {
          ...{ input: value('spec', [1, 2050, 801, 2]), output: value('mask', [1, 1, 2050, 801, 2]) },
          ...{ turn: [0, 3, 1, 2], plane: [1, 2, 2050, 801], outChannels: 2 },
          ...{ apart: [1, 1, 2, 2050, 801], turnBack: [0, 1, 3, 4, 2] },
        },
        40,
        8,
      ),
    ],
    manifest: { stems: { order: vocals, residual: 'accompaniment' } },
  }),
};
