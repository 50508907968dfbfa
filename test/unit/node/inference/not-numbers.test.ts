import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SeparationEngine } from '../../../../src-main/node/inference/separation-engine.js';
import { cacheOf } from '../../../fixtures/audio/caches.js';
import { manifest } from '../../../fixtures/manifests.js';
import { gainGraph, writeOnnx } from '../../../fixtures/onnx.js';
import { noise } from '../../../fixtures/signals.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-not-numbers-'));
const engine = new SeparationEngine({ workers: 1 });
afterAll(() => {
  engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a model that gives samples that are not numbers', () => {
  it.each([
    { gain: NaN, residual: 'fold' as const },
    { gain: Infinity, residual: 'fold' as const },
    { gain: NaN, residual: 'spread' as const },
    { gain: NaN, residual: 'stem' as const },
    { gain: NaN, residual: 'fold' as const, keep: ['vocals'] },
  ])('is refused, with the place: $gain, $residual, $keep', async ({ gain, ...rest }) => {
    const name = `${gain}-${rest.residual}-${rest.keep?.[0] ?? ''}`;
    const plain = manifest({});
    const written = writeOnnx(folder, `${name}.onnx`, gainGraph([1, 2, 2048], [gain, 0.5]));
    const full = { ...plain, graphs: plain.graphs.map((entry) => ({ ...entry, ...written })) };
    const tempDir = join(folder, name);
    mkdirSync(tempDir);
    // Silence first: nothing is wrong there.
    const plane = noise(90_000, 1).fill(0, 0, 70_000);
    const run = engine.separate({
      source: cacheOf(tempDir, [plane, plane], 44100),
      channelLayout: 'stereo',
      separator: {
        kind: 'model',
        id: 'broken',
        name: 'broken',
        description: '',
        stems: full.stems.order,
        manifest: full,
        folder,
        installed: true,
      },
      device: 'cpu',
      quality: {},
      tempDir,
      ...rest,
    });
    await expect(run).rejects.toMatchObject({ code: 'inference-failed' });
    await expect(run).rejects.toThrow(/not numbers at 1\.5 s/);
  });
});
