import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { UnbraidError } from '../../../../src-main/common/base/errors.js';
import { InferenceWorker } from '../../../../src-main/node/inference/inference-worker.js';
import { nodeSpawner } from '../../../../src-main/node/process/spawner.js';
import { findSeparator, listSeparators } from '../../../../src-main/node/inference/model-store.js';
import { graph, manifest } from '../../../fixtures/manifests.js';
import { gainGraph, scaleGraph, sha256, writeOnnx, type Graph } from '../../../fixtures/onnx.js';
import { noise } from '../../../fixtures/signals.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-models-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wave = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' });

function refusal(work: () => unknown): UnbraidError {
  try {
    work();
  } catch (error) {
    return error as UnbraidError;
  }
  throw new Error('nothing was refused');
}

/** y = x · w with w in a separate file. */
function externalGraph(location: string): Graph {
  return {
    ...scaleGraph([1, 2, 2048], 1),
    constants: [{ name: 'gain', dims: [1], floats: [0.5], external: location }],
  };
}

async function runOnce(model: ReturnType<typeof manifest>) {
  const worker = new InferenceWorker(nodeSpawner);
  try {
    const opened = await worker.open({
      kind: 'model',
      manifest: model,
      folder,
      device: 'cpu',
      threads: 1,
      quality: {},
    });
    return { opened, golden: await worker.call('golden', null) };
  } finally {
    worker.dispose();
  }
}

describe('external data and golden chunks', () => {
  const single = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b ch n' }, ['vocals']);
  const stems = { order: ['vocals'], residual: 'other' };

  function goldenFiles(gain: number): { input: string; output: string; maxAbs: number } {
    const input = noise(2 * 2048, 1);
    writeFileSync(join(folder, 'golden-in.f32'), Buffer.from(input.buffer));
    writeFileSync(join(folder, 'golden-out.f32'), Buffer.from(input.map((x) => gain * x).buffer));
    return { input: 'golden-in.f32', output: 'golden-out.f32', maxAbs: 1e-6 };
  }

  it('external data is verified and used', async () => {
    const written = writeOnnx(folder, 'external.onnx', externalGraph('weights.bin'));
    const data = { name: 'weights.bin', sha256: sha256(readFileSync(join(folder, 'weights.bin'))) };
    const model = manifest({
      graphs: [{ ...single, ...written, externalData: [data] }],
      stems,
      golden: [goldenFiles(0.5)],
    });
    expect((await runOnce(model)).golden.maxAbs).toBeLessThan(1e-6);
    const changed = manifest({
      graphs: [{ ...single, ...written, externalData: [{ ...data, sha256: 'b'.repeat(64) }] }],
      stems,
    });
    await expect(runOnce(changed)).rejects.toMatchObject({ code: 'model-hash-mismatch' });
  });

  it('a graph that reaches for a file outside its folder is refused', async () => {
    writeFileSync(join(folder, '..', 'unbraid-outside.bin'), Buffer.from(Float32Array.of(0.5).buffer));
    const written = writeOnnx(folder, 'escape.onnx', externalGraph('../unbraid-outside.bin'));
    const model = manifest({ graphs: [{ ...single, ...written }], stems, golden: [goldenFiles(0.5)] });
    await expect(runOnce(model)).rejects.toMatchObject({ code: 'model-file-invalid' });
    rmSync(join(folder, '..', 'unbraid-outside.bin'));
  });

  it('a model that no longer gives its golden output is noticed by how much', async () => {
    const written = writeOnnx(folder, 'drifted.onnx', scaleGraph([1, 2, 2048], 0.5));
    const model = manifest({ graphs: [{ ...single, ...written }], stems, golden: [goldenFiles(0.4)] });
    const { golden } = await runOnce(model);
    expect(golden.maxAbs).toBeGreaterThan(0.05);
    expect(golden.maxAbs).toBeGreaterThan(golden.tolerance);
  });
});

describe('the model store', () => {
  it('lists classic methods and a user’s models; one broken manifest does not hide the others', () => {
    const store = mkdtempSync(join(folder, 'store-'));
    const written = writeOnnx(store, 'mine.onnx', gainGraph([1, 2, 2048], [0.5, 0.5]));
    const mine = manifest({ id: 'mine', graphs: [{ ...wave, ...written }] });
    writeFileSync(join(store, 'mine.json'), JSON.stringify(mine));
    writeFileSync(join(store, 'broken.json'), '{"schema":');
    writeFileSync(join(store, 'old.json'), JSON.stringify({ ...mine, schema: 'unbraid-model/0' }));
    const list = listSeparators(store);
    expect(list.separators.map((separator) => separator.id)).toEqual(
      expect.arrayContaining(['classic-4', 'hpss', 'repet-sim', 'mine']),
    );
    expect(list.broken.map((entry) => entry.error.code)).toEqual([
      'model-manifest-invalid',
      'model-manifest-invalid',
    ]);
    expect(findSeparator('mine', list)).toMatchObject({ kind: 'model', installed: true });
    expect(() => findSeparator('nothing', list)).toThrowError(/no model or method "nothing"/);
    expect(refusal(() => findSeparator('REPET_sim', list)).hint).toContain('-m repet-sim');
    expect(refusal(() => findSeparator('nothing', list)).hint).toContain('hpss');
    expect(refusal(() => findSeparator('broken', list)).file).toBe(join(store, 'broken.json'));
  });

  it('lists ensembles with their members, and reports one whose member is missing or does not fit', () => {
    const store = mkdtempSync(join(folder, 'store-'));
    const written = writeOnnx(store, 'mine.onnx', gainGraph([1, 2, 2048], [0.5, 0.5]));
    const mine = manifest({ id: 'mine', graphs: [{ ...wave, ...written }] });
    const write = (id: string, member: string, weights: object): void => {
      const stems = { order: Object.keys(weights), residual: 'other' };
      const members = [{ separator: member, weights }];
      const ensemble = { schema: 'unbraid-ensemble/1', id, name: id, stems, members };
      writeFileSync(join(store, `${id}.json`), JSON.stringify(ensemble));
    };
    write('a-good', 'mine', { vocals: 1 });
    write('b-lost', 'nobody', { vocals: 1 });
    write('c-unfit', 'mine', { drums: 1 });
    writeFileSync(join(store, 'mine.json'), JSON.stringify(mine));
    const list = listSeparators(store);
    expect(findSeparator('a-good', list)).toMatchObject({
      kind: 'ensemble',
      stems: ['vocals', 'other'],
      members: [{ id: 'mine', installed: true }],
    });
    expect(list.broken.map((entry) => [entry.file, entry.error.code])).toEqual([
      [join(store, 'b-lost.json'), 'model-not-found'],
      [join(store, 'c-unfit.json'), 'model-incompatible'],
    ]);
    rmSync(join(store, 'mine.onnx'));
    expect(refusal(() => findSeparator('a-good', listSeparators(store)))).toMatchObject({
      code: 'model-not-found',
    });
  });

  it('a model whose files are missing is listed, but cannot be chosen', () => {
    const store = mkdtempSync(join(folder, 'store-'));
    writeFileSync(join(store, 'lost.json'), JSON.stringify(manifest({ id: 'lost' })));
    const list = listSeparators(store);
    expect(list.separators.find((separator) => separator.id === 'lost')).toMatchObject({ installed: false });
    expect(refusal(() => findSeparator('lost', list))).toMatchObject({
      code: 'model-not-found',
      file: store,
    });
  });
});
