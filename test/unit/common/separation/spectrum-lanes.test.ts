import { describe, expect, it } from 'vitest';
import { ModelSeparator } from '../../../../src-main/common/separation/model-separator.js';
import { SpectrumLanes } from '../../../../src-main/common/separation/spectrum-lanes.js';
import type { ModelManifest } from '../../../../src-main/common/separation/manifest.js';
import type { Session, Tensor } from '../../../../src-main/common/separation/separator.js';
import { TensorPort } from '../../../../src-main/common/separation/tensors.js';
import { graph, manifest, smallStft } from '../../../fixtures/manifests.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

const stats = { mean: 0.01, std: 0.5 };
const names = ['vocals', 'other', 'drums'];

interface Form {
  readonly bins?: readonly [number, number];
  readonly zeroBins?: readonly number[];
  readonly outerPad?: readonly [number, number];
  readonly outerPadMode?: string;
  readonly use?: readonly string[];
}

function model(inner: 'f t' | 't f', { use, ...stft }: Form, length: number): ModelManifest {
  const layout = `(ch ri) ${inner}`;
  const one = graph(
    { role: 'spec', layout: `b ${layout}` },
    { role: 'spec', layout: `b s ${layout}` },
    names,
  );
  return manifest({
    ...{ kind: 'complex-spectrogram', globalNorm: 'mono-mean-std', segment: { length } },
    stft: { ...smallStft, window: 'hamming', ...stft },
    graphs: [{ ...one, ...(use && { use }) }],
    stems: { order: use ?? names, residual: 'other', compensate: 1.1 },
  });
}

/**
 * A "network" whose every stem, channel, frame and bin has a gain of its own; `turned`: frames lie side by side. It writes
 * where it is told to, as ONNX Runtime does, and tells where that was.
 */
function session(turned: boolean, told: (boolean | undefined)[] = []): Session {
  const compute = ({ data, dims }: Tensor): Tensor => {
    const [, planes, rows, columns] = dims;
    const size = planes * rows * columns;
    const out = new Float32Array(names.length * size);
    for (let i = 0; i < out.length; i++) {
      const [stem, at] = [Math.floor(i / size), i % size];
      const [plane, row, column] = [
        Math.floor(at / (rows * columns)),
        Math.floor(at / columns) % rows,
        at % columns,
      ];
      const [bin, frame] = turned ? [row, column] : [column, row];
      const channel = Math.floor(plane / 2);
      out[i] = data[at] * ((((stem + 1) * 37 + channel * 11 + frame * 5 + bin * 3) % 50) / 50);
    }
    return { data: out, dims: [1, names.length, ...dims.slice(1)] };
  };
  return {
    inputNames: ['input'],
    outputNames: ['output'],
    run: ({ input }, into) => {
      told.push(into !== undefined);
      const output = compute(input);
      if (!into) return Promise.resolve({ output });
      into['output'].data.set(output.data);
      return Promise.resolve(into);
    },
  };
}

function takesShortWay(net: ModelManifest): boolean {
  const [own] = net.graphs;
  const ports = { inputs: own.inputs, outputs: own.outputs };
  const graphs = [
    {
      ...{ manifest: own, session: session(true) },
      inputs: ports.inputs.map((tensor) => new TensorPort(tensor)),
      outputs: ports.outputs.map((tensor) => new TensorPort(tensor)),
    },
  ];
  return SpectrumLanes.for(net, graphs) !== null;
}

describe('models from spectrum to spectra', () => {
  it.each([
    { form: {}, samples: 2048 },
    // 32 frames, and 35, which fill no four.
    { form: {}, samples: 1984 },
    { form: {}, samples: 2176 },
    { form: { bins: [3, 90] }, samples: 2048 },
    { form: { bins: [0, 120], zeroBins: [0, 1, 5] }, samples: 2048 },
    { form: { bins: [2, 120], zeroBins: [2, 5] }, samples: 2048 },
    { form: { outerPad: [0, 83], outerPadMode: 'zero' }, samples: 1999 },
    { form: { outerPad: [96, 120] }, samples: 1999 },
    { form: { use: ['drums', 'vocals'] }, samples: 2048 },
    // Shorter than a window.
    { form: {}, samples: 200 },
  ] as const)('give what the long way gives: $form, $samples samples', async ({ form, samples }) => {
    const [short, long] = [model('f t', form, samples), model('t f', form, samples)];
    expect([takesShortWay(short), takesShortWay(long)]).toEqual([true, false]);
    const told: boolean[] = [];
    const ways = [
      new ModelSeparator(short, [session(true, told)]),
      new ModelSeparator(long, [session(false)]),
    ];
    // Buffers are used again, and the second result goes where it is wanted.
    for (const seed of [1, 7]) {
      const mix = [noise(samples, seed), noise(samples, seed + 1)];
      const [mine, theirs] = [await ways[0].separate(mix, stats), await ways[1].separate(mix, stats)];
      expect(mine).toHaveLength(theirs.length);
      for (const [s, channels] of theirs.entries())
        for (const [ch, plane] of channels.entries())
          expect(errorDb(mine[s][ch].slice(), plane)).toBeLessThan(-120);
    }
    expect(told).toEqual([false, true]);
  });

  it('turn back only the stems that are wanted', async () => {
    const separator = new ModelSeparator(model('f t', {}, 2048), [session(true)]);
    const [first, second] = [1, 5].map((seed) => [noise(2048, seed), noise(2048, seed + 1)]);
    const fresh = new ModelSeparator(model('f t', {}, 2048), [session(true)]);
    const expected = (await fresh.separate(second, stats)).map(([left]) => left.slice());
    await separator.separate(first, stats);
    const some = await separator.separate(second, stats, [1]);
    expect(some[1][0]).toEqual(expected[1]);
    expect(errorDb(some[0][0].slice(), expected[0])).toBeGreaterThan(-20);
  });

  it.each([{ stft: { outZeroBins: [0] } }, { stft: { frameCrop: [1, 1] } }, { post: { denoiseFlip: true } }])(
    'take the long way with %j',
    ({ stft = {}, post = {} }) => {
      const plain = model('f t', {}, 2048);
      expect(
        takesShortWay({
          ...plain,
          stft: { ...plain.stft!, ...stft },
          post: { ...plain.post, ...post },
        } as ModelManifest),
      ).toBe(false);
    },
  );
});
