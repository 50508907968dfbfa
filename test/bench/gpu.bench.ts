import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, it } from 'vitest';
import { listSeparators, modelsOf } from '../../src-main/node/inference/model-store.js';
import { writeOnnx, type Graph } from '../fixtures/onnx.js';
import { noise } from '../fixtures/signals.js';
import { familyNets } from './family-nets.js';
import { bins, convNet, fourTargets, frames, heavyNet, recurrentNet } from './networks.js';
import { median, publish, type Row } from './report.js';

// `npm run bench:gpu`: the bundled models and networks of the size of those that people fetch, with random weights, on
// the CPU and on WebGPU. A machine without a GPU gets the CPU's column, and the reason for the other.

const folder = mkdtempSync(join(tmpdir(), 'unbraid-gpu-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  readonly name: string;
  readonly model: Uint8Array;
  /** Sizes of the input, and the sound it stands for. */
  readonly dims: readonly number[];
  readonly seconds: number;
}

const segmentSeconds = (frames * 1024) / 44_100;

/** Comparable in work and kind: dense convolutions, recurrence over bands, recurrence over time. */
const networks: readonly (readonly [name: string, graph: Graph])[] = [
  ['conv U-Net, 6 GFLOP (Spleeter’s size)', convNet(32)],
  ['four LSTM targets, 18 GFLOP (Open-Unmix)', fourTargets()],
  ['band-split recurrent, 27 GFLOP (SCNet’s size)', recurrentNet(7)],
  ['dense convolutions, 225 GFLOP (MDX-Net’s size)', heavyNet()],
];

/** In the form of the family, with its number of samples; its own layers are others. */
const forms: readonly (readonly [name: string, family: string, seconds: number])[] = [
  ['SCNet’s form, convolutions', 'scnet', 485_100 / 44_100],
  ['HTDemucs’ form, convolutions', 'htdemucs', 343_980 / 44_100],
];

function random(): Case[] {
  const written = (graph: Graph, i: number): Uint8Array =>
    readFileSync(join(folder, writeOnnx(folder, `network-${i}.onnx`, graph).file));
  const sized = networks.map(([name, graph], i) => ({
    ...{ name, model: written(graph, i), dims: [1, 2, bins, frames], seconds: segmentSeconds },
  }));
  const formed = forms.map(([name, family, seconds], i) => {
    const [graph] = familyNets[family]().graphs;
    const dims = graph.inputs[0].dims.map(Number);
    return { name, model: written(graph, sized.length + i), dims, seconds };
  });
  return [...sized, ...formed];
}

async function bundled(): Promise<Case[]> {
  const models = listSeparators(join(folder, 'none')).separators.flatMap((separator) =>
    separator.kind === 'model' ? modelsOf(separator) : [],
  );
  return Promise.all(
    models.map(async ({ id, manifest, folder: from }) => {
      const model = readFileSync(join(from, manifest.graphs[0].file));
      const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
      const [input] = session.inputMetadata;
      const { length } = manifest.segment;
      const rows = manifest.stft ? 1 + Math.ceil(length / manifest.stft.hop) : length;
      const dims = input.isTensor ? input.shape.map((size, i) => sizeOf(size, i === 0 ? 1 : rows)) : [];
      await session.release();
      return { name: id, model, dims, seconds: length / manifest.audio.sampleRate };
    }),
  );
}

function sizeOf(size: number | string, dynamic: number): number {
  return typeof size === 'number' && size > 0 ? size : dynamic;
}

/** Seconds of sound a second of work; throws where the provider cannot run the graph. */
async function speed({ model, dims, seconds }: Case, provider: string): Promise<number> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    logSeverityLevel: 3,
    enableMemPattern: false,
  });
  try {
    const data = noise(dims.reduce((a, b) => a * b, 1));
    const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', data, [...dims]) };
    await session.run(feeds);
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      await session.run(feeds);
      times.push((performance.now() - start) / 1000);
    }
    return seconds / median(times);
  } finally {
    await session.release();
  }
}

/** Why WebGPU has no figure, in a few words. */
function whyNot(error: string): string {
  return /adapter/i.test(error) ? 'WebGPU: no adapter' : `no WebGPU: ${error.slice(0, 80)}`;
}

it('times realtime on the CPU and on WebGPU', async () => {
  const rows: Row[] = [];
  for (const one of [...(await bundled()), ...random()]) {
    const cpu = await speed(one, 'cpu');
    const found = await speed(one, 'webgpu').catch((error: unknown) => String(error));
    const gpu = typeof found === 'number' ? found : null;
    rows.push({
      ...{ name: one.name, value: cpu, unit: '× realtime', referenceValue: gpu },
      reference: typeof found === 'number' ? 'WebGPU' : whyNot(found),
      ...{ ratioOf: 'WebGPU / CPU', ratio: gpu === null ? null : gpu / cpu },
    });
  }
  publish('gpu', rows);
});
