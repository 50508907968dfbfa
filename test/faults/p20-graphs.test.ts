import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUnbraidError, type UnbraidError } from '../../src-main/common/base/errors.js';
import { parseManifest, type ModelManifest } from '../../src-main/common/separation/manifest.js';
import { CallLimits } from '../../src-main/node/inference/call-limits.js';
import { boundMemory } from '../../src-main/node/inference/model-memory.js';
import { SeparationEngine } from '../../src-main/node/inference/separation-engine.js';
import type { SeparatedSong } from '../../src-main/node/inference/separation.js';
import { nodeSpawner, type ProcessSpawner } from '../../src-main/node/process/spawner.js';
import { testFolder } from '../cli/support/run.js';
import { cacheOf, planesOf } from '../fixtures/audio/caches.js';
import { manifest } from '../fixtures/manifests.js';
import { onnxModel, sha256 } from '../fixtures/onnx.js';
import { noise } from '../fixtures/signals.js';
import { expands, hostileGraphs, hostileManifests, loops, loudLoops } from './support/hostile-models.js';
import { scaled } from './support/scale.js';

const dir = testFolder();
const engines: SeparationEngine[] = [];
afterAll(() => engines.forEach((engine) => engine.dispose()));

/** `memory` in MiB for each process; an impatient one waits some seconds for a segment, in place of minutes. */
function engine({ memory, impatient }: { memory?: number; impatient?: boolean } = {}): SeparationEngine {
  const env: Record<string, string> = memory === undefined ? {} : { UNBRAID_MODEL_MEMORY: String(memory) };
  const spawner: ProcessSpawner = {
    spawn: (entry, options) => nodeSpawner.spawn(entry, { ...options, env: { ...options?.env, ...env } }),
  };
  const made = new SeparationEngine({
    workers: 1,
    spawner,
    patience: { perSecond: 20, leastMs: impatient ? 2500 : 60_000, times: 20 },
  });
  engines.push(made);
  return made;
}

let count = 0;
function separate(on: SeparationEngine, bytes: Uint8Array, plane: Float32Array): Promise<SeparatedSong> {
  const folder = join(dir, String(count++));
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.onnx'), bytes);
  const plain = manifest();
  const graphs = plain.graphs.map((graph) => ({ ...graph, sha256: sha256(bytes) }));
  const full: ModelManifest = { ...plain, graphs };
  return on.separate({
    source: cacheOf(folder, [plane, plane], 44100),
    channelLayout: 'stereo',
    separator: {
      ...{ kind: 'model', id: 'hostile', name: 'hostile', description: '', installed: true },
      ...{ stems: full.stems.order, manifest: full, folder },
    },
    ...{ device: 'cpu', quality: {}, residual: 'fold', tempDir: folder },
  });
}

const failure = (work: Promise<unknown>): Promise<UnbraidError> =>
  work.then(
    () => Promise.reject(new Error('It succeeded')),
    (error: unknown) => toUnbraidError(error),
  );

/** What a library says, and a person cannot use. */
const raw =
  /onnxruntime|\[ONNX|Invalid typed array|Non-zero status|protobuf|::|\bat .*\.(cc|ts|js)\b|0x[0-9a-f]{6}/i;

const sound = noise(6000, 1);

describe('P20 a graph that', () => {
  it('never ends is given up by the time that its sound allows, and its process is gone', async () => {
    const on = engine({ impatient: true });
    const error = await failure(separate(on, onnxModel(loops(2_000_000_000_000)), sound));
    expect(error.code).toBe('timeout');
    expect(on.pids).toEqual([]);
  });

  it('stops answering after it has answered quickly is given up by its own speed', async () => {
    const plane = noise(40_000, 1).map((x, i) => (i < 30_000 ? 1e-9 * x : x));
    expect((await failure(separate(engine({ impatient: true }), onnxModel(loudLoops), plane))).code).toBe(
      'timeout',
    );
  });

  it('wants gigabytes in its middle is ended, whatever native code is busy with', async () => {
    const error = await failure(separate(engine({ memory: 700 }), onnxModel(expands(12)), sound));
    expect(error.code).toBe('out-of-memory');
    expect(error.message).not.toMatch(raw);
  });

  it('gives absurd levels is an error that says how far off they are', async () => {
    const { gainGraph } = await import('../fixtures/onnx.js');
    const error = await failure(separate(engine(), onnxModel(gainGraph([1, 2, 2048], [1e9, 1])), sound));
    expect(error.code).toBe('inference-failed');
    expect(error.message).toMatch(/1[78]\d dB louder than the song/);
  });

  it('is taken when it is only loud', async () => {
    const { gainGraph } = await import('../fixtures/onnx.js');
    const { stems } = await separate(engine(), onnxModel(gainGraph([1, 2, 2048], [100, 1])), sound);
    const got = planesOf(stems[0].ref)[0];
    expect(Math.abs(got[3000] - 100 * sound[3000])).toBeLessThan(1e-3);
  });
});

describe('P20 before any work', () => {
  it('a model that cannot fit into the memory is refused', () => {
    const big = manifest({
      segment: { length: 2 ** 24 },
      stft: { nFft: 2 ** 17, hop: 1 },
    });
    const spec = {
      kind: 'model',
      manifest: big,
      folder: dir,
      device: 'cpu',
      threads: 1,
      quality: {},
    } as const;
    let limit = 0;
    expect(() => boundMemory([spec], 2 ** 34, (bytes) => (limit = bytes))).toThrow(
      expect.objectContaining({ code: 'out-of-memory' }),
    );
    expect(limit).toBe(0);
    boundMemory([{ ...spec, manifest: manifest() }], 2 ** 34, (bytes) => (limit = bytes));
    expect(limit).toBe(2 ** 33);
  });

  it('the time for a segment follows from its sound, then from the slowest so far', () => {
    const limits = new CallLimits(10);
    expect(limits.segmentMs).toBe(600_000);
    limits.note(9000);
    limits.note(2000);
    expect(limits.segmentMs).toBe(180_000);
    limits.note(1);
    expect(new CallLimits(0.1).segmentMs).toBe(120_000);
  });
});

describe('P20 hostile files', () => {
  const graphs = hostileGraphs(scaled(40, 120));
  let on: SeparationEngine;
  beforeAll(() => (on = engine({ memory: 900, impatient: true })));

  it.each(graphs.map(({ name, bytes }) => [name, bytes] as const))(
    'a graph with %s is one typed error, or finite sound',
    async (_, bytes) => {
      let song: SeparatedSong;
      try {
        song = await separate(on, bytes, sound);
      } catch (thrown) {
        const error = toUnbraidError(thrown);
        expect(['internal', 'process-died']).not.toContain(error.code);
        expect(error.message).not.toMatch(raw);
        return;
      }
      for (const { ref } of song.stems)
        for (const plane of planesOf(ref)) expect(plane.every(Number.isFinite)).toBe(true);
    },
  );

  it('manifests are refused with the field, or are as good as the one they are made of', () => {
    const outcomes = new Set<string>();
    for (const { name, json } of hostileManifests(scaled(300, 3000))) {
      try {
        const { segment, audio } = parseManifest(json, 'x.json');
        expect([name, segment.length <= 2 ** 24, audio.sampleRate <= 768_000]).toEqual([name, true, true]);
        outcomes.add('good');
      } catch (error) {
        expect([name, (error as UnbraidError).code]).toEqual([name, 'model-manifest-invalid']);
        expect((error as UnbraidError).message.length).toBeLessThan(1000);
        outcomes.add('refused');
      }
    }
    expect(outcomes.size).toBe(2);
  });
});
