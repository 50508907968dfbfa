import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { InferenceWorker } from '../../../../src-main/node/inference/inference-worker.js';
import { nodeSpawner } from '../../../../src-main/node/process/spawner.js';
import { graph, manifest } from '../../../fixtures/manifests.js';
import { writeOnnx, type Graph } from '../../../fixtures/onnx.js';
import { noise } from '../../../fixtures/signals.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-half-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('graphs that take and give float16 run in a real process', async () => {
  const dims = [1, 2, 2048];
  const onnx: Graph = {
    inputs: [{ name: 'input', dims, type: 'float16' }],
    outputs: [{ name: 'output', dims, type: 'float16' }],
    nodes: [{ op: 'Neg', inputs: ['input'], outputs: ['output'] }],
  };
  const input = noise(4096);
  writeFileSync(join(folder, 'in.f32'), input);
  writeFileSync(
    join(folder, 'out.f32'),
    input.map((sample) => -sample),
  );
  const wave = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b ch n' }, ['vocals']);
  const model = manifest({
    graphs: [{ ...wave, ...writeOnnx(folder, 'half.onnx', onnx) }],
    stems: { order: ['vocals'], residual: 'other' },
    golden: [{ input: 'in.f32', output: 'out.f32', maxAbs: 2 ** -12 }],
  });
  const worker = new InferenceWorker(nodeSpawner);
  try {
    const settings = { device: 'cpu', threads: 1, quality: {} } as const;
    await worker.open({ kind: 'model', manifest: model, folder, ...settings });
    const { maxAbs } = await worker.call('golden', null);
    // Numbers below 1 lose up to 2^-12, and these are not all halves.
    expect(maxAbs).toBeLessThanOrEqual(2 ** -12);
    expect(maxAbs).toBeGreaterThan(2 ** -14);
  } finally {
    worker.dispose();
  }
});
