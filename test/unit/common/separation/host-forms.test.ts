import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../../../src-main/common/dsp/half.js';
import { parseManifest } from '../../../../src-main/common/separation/manifest.js';
import { ModelSeparator } from '../../../../src-main/common/separation/model-separator.js';
import { planSegments } from '../../../../src-main/common/separation/segment-plan.js';
import type { Session, Tensor } from '../../../../src-main/common/separation/separator.js';
import { anyHash, manifest } from '../../../fixtures/manifests.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

const base = {
  ...{ schema: 'unbraid-model/2', id: 'test', name: 'Test' },
  license: { weights: 'CC0-1.0', redistributable: true },
};
const file = { file: 'model.onnx', sha256: anyHash };
const mix = [noise(470, 1), noise(470, 2)];
const stats = { mean: 0, std: 1 };

/** A session of functions: each output from all the inputs. */
function session(
  outputs: Readonly<Record<string, (inputs: Readonly<Record<string, Tensor>>) => Tensor>>,
  shapes: Readonly<Record<string, readonly (number | string)[]>>,
): Session {
  return {
    inputNames: Object.keys(shapes),
    outputNames: Object.keys(outputs),
    inputShapes: shapes,
    run: (inputs) =>
      Promise.resolve(Object.fromEntries(Object.entries(outputs).map(([name, of]) => [name, of(inputs)]))),
  };
}

const scaled = ({ data, dims }: Tensor, gain: number, shift = 0): Tensor => ({
  data: data.map((value) => gain * value + shift),
  dims: [dims[0], 1, ...dims.slice(1)],
});

describe('presets', () => {
  it('a manifest names a family, and says only what differs', () => {
    const model = parseManifest({
      ...{ ...base, preset: 'mdx-net', stft: { nFft: 7680, bins: [0, 3072] } },
      ...{ stems: { order: ['vocals'], residual: 'accompaniment', compensate: 1.021 } },
      graphs: [{ ...file, stems: ['vocals'], outputs: [{ name: 'masked' }] }],
    });
    expect(model.segment).toMatchObject({ plan: 'padded', length: 261_120, edge: 3840, window: 'hann' });
    expect(model.stft).toMatchObject({ nFft: 7680, hop: 1024, bins: [0, 3072], zeroBins: [0, 1, 2] });
    expect(model.graphs[0].inputs[0]).toMatchObject({ name: 'input', layout: 'b (ch ri) f t' });
    expect(model.graphs[0].outputs[0]).toMatchObject({ name: 'masked', layout: 'b (ch ri) f t' });
  });

  it('HTDemucs’ and SCNet’s padding follow from the length', () => {
    const graphs = [{ ...file, stems: ['drums', 'bass', 'other', 'vocals'] }];
    expect(parseManifest({ ...base, preset: 'htdemucs-hybrid', graphs }).stft).toMatchObject({
      ...{ outerPad: [1536, 1620], frameCrop: [2, 2], bins: [0, 2048] },
    });
    expect(parseManifest({ ...base, preset: 'scnet', graphs }).stft?.outerPad).toEqual([0, 1300]);
  });

  it('version 1 has none, and an unknown one is refused', () => {
    const graphs = [{ ...file, stems: ['a'] }];
    const one = { ...manifest(), preset: 'htdemucs' };
    expect(() => parseManifest(one)).toThrowError(/unbraid-model\/2/);
    expect(() => parseManifest({ ...base, preset: 'umx', graphs })).toThrowError(/preset/);
  });
});

describe('spectra in two tensors', () => {
  const part = (name: string, which?: string): object => ({
    ...{ name, role: 'spec', layout: 'b ch f t' },
    ...(which && { part: which }),
  });
  const model = (inputs: readonly object[]): unknown => ({
    ...{ ...base, preset: 'mel-band-roformer', stems: { order: ['a'], residual: 'b' } },
    graphs: [{ ...file, stems: ['a'], inputs, outputs: [part('re', 're'), part('im', 'im')] }],
  });

  it('a spectrum without its imaginary part is refused, instead of giving nonsense', () => {
    expect(() => parseManifest(model([part('real')]))).toThrowError(/"real" needs either an axis "ri"/);
    expect(() => parseManifest(model([part('real', 're')]))).toThrowError(/the other is missing/);
    expect(parseManifest(model([part('real', 're'), part('imag', 'im')])).graphs[0].inputs).toHaveLength(2);
  });
});

describe('every dimension is compared', () => {
  const model = parseManifest({
    ...{ ...base, preset: 'htdemucs', segment: { length: 470 }, stems: { order: ['a'], residual: 'b' } },
    graphs: [{ ...file, stems: ['a'] }],
  });

  it('an output with its axes in another order is refused', async () => {
    const turned = session(
      { stems: ({ mix: { data } }) => ({ data, dims: [1, 1, 470, 2] }) },
      { mix: [1, 2, 470] },
    );
    await expect(new ModelSeparator(model, [turned]).separate(mix, stats)).rejects.toMatchObject({
      code: 'model-incompatible',
      message: expect.stringContaining('[1, 1, 470, 2]') as string,
    });
  });

  it('an input of another size is refused before it runs; a dynamic one is not', async () => {
    const of = (shape: readonly (number | string)[]): Session =>
      session({ stems: (inputs) => scaled(inputs['mix'], 1) }, { mix: shape });
    await expect(new ModelSeparator(model, [of([1, 2, 480])]).separate(mix, stats)).rejects.toMatchObject({
      code: 'model-incompatible',
    });
    const stems = await new ModelSeparator(model, [of(['batch', 2, -1])]).separate(mix, stats);
    expect(errorDb(stems[0][0], mix[0])).toBeLessThan(-130);
  });
});

it('OpenVINO’s HTDemucs: each tensor is normalised by itself, and outputs of its role are scaled back', async () => {
  const model = parseManifest({
    ...{ ...base, preset: 'htdemucs', segment: { length: 470 }, stems: { order: ['a'], residual: 'b' } },
    audio: { globalNorm: 'none', segmentNorm: 'mean-std' },
    graphs: [{ ...file, stems: ['a'] }],
  });
  const heard: Tensor[] = [];
  const graph = session(
    {
      stems: ({ mix: input }) => {
        heard.push({ data: input.data.slice(), dims: input.dims });
        return scaled(input, 0.5, 0.25);
      },
    },
    { mix: [1, 2, 470] },
  );
  const loud = mix.map((plane) => plane.map((sample) => 0.1 * sample + 0.3));
  const stems = await new ModelSeparator(model, [graph]).separate(loud, stats);
  const all = Array.from([...loud[0], ...loud[1]]);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const std = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / (all.length - 1));
  expect(
    errorDb(
      heard[0].data,
      all.map((x) => (x - mean) / (1e-5 + std)),
    ),
  ).toBeLessThan(-120);
  const expected = loud[1].map((x) => std * ((0.5 * (x - mean)) / (1e-5 + std) + 0.25) + mean);
  expect(errorDb(stems[0][1], expected)).toBeLessThan(-120);
});

it('htdemucs_ft: a set of graphs of which each gives one stem, though all estimate everything', async () => {
  const graphs = ['a', 'b'].map((use) => ({ ...file, stems: ['a', 'b'], use: [use] }));
  const model = parseManifest({
    ...{ ...base, preset: 'htdemucs', segment: { length: 470 }, graphs },
    stems: { order: ['a', 'b'], residual: 'b' },
  });
  /** Gives the mixture times these gains. */
  const graph = (...gains: number[]): Session =>
    session(
      {
        stems: ({ mix: { data } }) => ({
          data: Float32Array.from(gains.flatMap((gain) => [...data].map((value) => gain * value))),
          dims: [1, 2, 2, 470],
        }),
      },
      { mix: [1, 2, 470] },
    );
  const stems = await new ModelSeparator(model, [graph(0.3, 9), graph(9, 0.6)]).separate(mix, stats);
  expect(
    errorDb(
      stems[0][0],
      mix[0].map((x) => 0.3 * x),
    ),
  ).toBeLessThan(-130);
  expect(
    errorDb(
      stems[1][0],
      mix[0].map((x) => 0.6 * x),
    ),
  ).toBeLessThan(-130);
});

it('a network that wants the whole song gets it, up to a length; then pieces of whole Wiener windows', () => {
  const { segment, stft } = parseManifest({
    ...{ ...base, preset: 'open-unmix', stems: { order: ['a'], residual: 'b' } },
    graphs: [{ ...file, stems: ['a'] }],
  });
  const { chain, ...rule } = segment;
  expect(chain).toBe(1);
  const plan = (seconds: number): number[] =>
    planSegments({ ...rule, grid: stft! }, seconds * 44100, 44100).segments.map(
      ({ length }) => (length! - 4096) / 1024 + 1,
    );
  expect(plan(300)).toEqual([12_920]);
  expect(plan(320)).toEqual([13_200, 582]);
});

describe('float16', () => {
  it('numbers come back as the nearest half, ties to even', () => {
    const numbers = [
      0,
      1,
      -2.5,
      1 / 3,
      65504,
      65520,
      1e9,
      2 ** -14,
      2 ** -24,
      2 ** -25,
      3 * 2 ** -25,
      1 + 2 ** -11,
    ];
    const halves = [
      0,
      1,
      -2.5,
      0.333251953125,
      65504,
      Infinity,
      Infinity,
      2 ** -14,
      2 ** -24,
      0,
      2 ** -23,
      1,
    ];
    expect([...fromHalf(toHalf(Float32Array.from(numbers)))]).toEqual(halves);
    expect(fromHalf(toHalf(Float32Array.of(NaN)))[0]).toBeNaN();
  });

  it('every half survives the way there and back', () => {
    const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i).filter((b) => (b & 0x7c00) !== 0x7c00);
    expect(toHalf(fromHalf(bits))).toEqual(bits);
  });
});
