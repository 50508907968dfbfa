import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { perfectNullDb } from '../../../../src-main/common/separation/conservation.js';
import { parseEnsemble } from '../../../../src-main/common/separation/ensemble-manifest.js';
import type { ModelManifest } from '../../../../src-main/common/separation/manifest.js';
import type { PcmCacheRef } from '../../../../src-main/node/audio/pcm-cache.js';
import { SeparationEngine } from '../../../../src-main/node/inference/separation-engine.js';
import type { SeparateRequest, SeparatedSong } from '../../../../src-main/node/inference/separation.js';
import type { AvailableSeparator, SingleSeparator } from '../../../../src-main/node/inference/model-store.js';
import { nodeSpawner, type ProcessSpawner } from '../../../../src-main/node/process/spawner.js';
import { cacheOf, planesOf } from '../../../fixtures/audio/caches.js';
import { graph, manifest, smallStft } from '../../../fixtures/manifests.js';
import { gainGraph, scaleGraph, writeOnnx, type Graph } from '../../../fixtures/onnx.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

// Real ONNX graphs in real inference processes.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-engine-test-'));
const engines: SeparationEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let counter = 0;

function engine(workers = 2): SeparationEngine {
  const made = new SeparationEngine({ workers });
  engines.push(made);
  return made;
}

function freshDir(): string {
  const dir = join(folder, `run-${counter++}`);
  mkdirSync(dir);
  return dir;
}

/** Writes a graph, puts its hash into the manifest, and wraps both as the model store does. */
function model(onnx: Graph, parts: Parameters<typeof manifest>[0] = {}): SingleSeparator {
  const file = `model-${counter++}.onnx`;
  const written = writeOnnx(folder, file, onnx);
  const plain = manifest(parts);
  const graphs = plain.graphs.map((entry) => ({ ...entry, ...written }));
  const full: ModelManifest = { ...plain, id: file, graphs };
  return {
    kind: 'model',
    id: file,
    name: file,
    description: '',
    stems: full.stems.order,
    manifest: full,
    folder,
    installed: true,
  };
}

const waveGain = (): AvailableSeparator => model(gainGraph([1, 2, 2048], [0.25, 0.5]));

interface Run extends Partial<SeparateRequest> {
  readonly planes: readonly Float32Array[];
  readonly sampleRate?: number;
}

function request(run: Run): SeparateRequest & { source: PcmCacheRef } {
  const { planes, sampleRate = 44100, ...rest } = run;
  const tempDir = freshDir();
  const layouts: Record<number, string> = { 1: 'mono', 2: 'stereo', 6: '5.1' };
  return {
    source: cacheOf(tempDir, planes, sampleRate),
    channelLayout: layouts[planes.length],
    separator: waveGain(),
    device: 'cpu',
    quality: {},
    residual: 'fold',
    tempDir,
    ...rest,
  };
}

async function separate(
  run: Run,
  on = engine(),
): Promise<{ song: SeparatedSong; stems: Record<string, Float32Array[]> }> {
  const song = await on.separate(request(run));
  return { song, stems: Object.fromEntries(song.stems.map((stem) => [stem.name, planesOf(stem.ref)])) };
}

const stereo = (length: number): Float32Array[] =>
  [noise(length, 1), noise(length, 2)].map((x) => x.map((y) => 0.4 * y));

describe('an ensemble through the inference processes', () => {
  it('averages a model and a classic method, and still adds up to the source', async () => {
    const half = model(gainGraph([1, 2, 2048], [0.5, 0.5]));
    const classic = { kind: 'classic', id: 'repet-sim', name: '', description: '', stems: [] } as const;
    const ensemble = parseEnsemble({
      ...{ schema: 'unbraid-ensemble/1', id: 'both', name: 'Both' },
      stems: { order: ['vocals', 'other'], residual: 'other' },
      members: [
        { separator: half.id, weights: { vocals: 0.25, other: 1 } },
        { separator: 'repet-sim', weights: { vocals: 0.75 } },
      ],
    });
    const blend: AvailableSeparator = {
      ...{ kind: 'ensemble', id: 'both', name: 'Both', description: '', stems: ensemble.stems.order },
      ...{ ensemble, members: [half, classic] },
    };
    const planes = stereo(100_000);
    const alone = await separate({ planes, separator: classic });
    const { song, stems } = await separate({ planes, separator: blend });
    planes.forEach((plane, ch) => {
      const expected = plane.map((x, i) => 0.25 * 0.5 * x + 0.75 * alone.stems['vocals'][ch][i]);
      expect(errorDb(stems['vocals'][ch], expected)).toBeLessThan(-110);
    });
    expect(song.nullDb).toBeLessThan(-120);
  });
});

describe('ONNX models through the inference processes', () => {
  it.each([1, 100, 2047, 2048, 2049, 30000])(
    'a song of %i samples: every stem sample is gain · source',
    async (length) => {
      const planes = stereo(length);
      const { song, stems } = await separate({ planes });
      planes.forEach((plane, ch) => {
        expect(
          errorDb(
            stems['vocals'][ch],
            plane.map((x) => 0.25 * x),
          ),
        ).toBeLessThan(-130);
        expect(
          errorDb(
            stems['other'][ch],
            plane.map((x) => 0.75 * x),
          ),
        ).toBeLessThan(-130);
      });
      expect(song.nullDb).toBeLessThan(-120);
      expect(song.stems.map((stem) => stem.ref.frames)).toEqual([length, length]);
    },
  );

  it.each([
    [
      'mask-magnitude',
      graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mag', layout: 'b s ch f t' }),
      [1, 2, 129, 't'],
    ],
    [
      'complex-spectrogram',
      graph({ role: 'spec', layout: 'b (ch ri) f t' }, { role: 'spec', layout: 'b s (ch ri) f t' }),
      [1, 4, 129, 't'],
    ],
    [
      'frames before bins',
      graph({ role: 'spec', layout: 'b (ch ri) t f' }, { role: 'spec', layout: 'b s (ch ri) t f' }),
      [1, 4, 't', 129],
    ],
  ] as const)('%s', async (_, tensors, dims) => {
    const separator = model(gainGraph(dims, [0.25, 0.5]), {
      stft: smallStft,
      graphs: [tensors],
      segment: { length: 4096 },
    });
    const planes = stereo(20000);
    const { stems, song } = await separate({ planes, separator });
    expect(
      errorDb(
        stems['vocals'][1],
        planes[1].map((x) => 0.25 * x),
      ),
    ).toBeLessThan(-110);
    expect(song.nullDb).toBeLessThan(-120);
  });

  it.each([
    { residual: 'fold' },
    { residual: 'spread' },
    { residual: 'stem' },
    { residual: 'fold', keep: ['vocals'] },
    { residual: 'fold', sampleRate: 48000 },
    { residual: 'fold', mono: true },
  ] as const)('segments longer than a block, of which some parts are theirs alone: %o', async (how) => {
    const separator = model(gainGraph([1, 2, 300_000], [0.25, 0.5]), { segment: { length: 300_000 } });
    const { residual, keep, sampleRate } = { keep: [], sampleRate: 44100, ...how };
    const length = 600_000;
    // What a model hears all of at any rate.
    const tones = [sine(length, 440, sampleRate), sine(length, 3000, sampleRate)];
    const planes = sampleRate === 44100 ? stereo(length).slice(0, 'mono' in how ? 1 : 2) : tones;
    const runs: Awaited<ReturnType<typeof separate>>[] = [];
    for (const workers of [1, 2])
      runs.push(await separate({ planes, sampleRate, separator, residual, keep }, engine(workers)));
    const { stems, song } = runs[0];
    for (const [name, theirs] of Object.entries(runs[1].stems)) {
      theirs.forEach((plane, ch) => {
        expect(plane.findIndex((sample, i) => sample !== stems[name][ch][i])).toBe(-1);
      });
    }
    expect(song.nullDb).toBeLessThan(-120);
    planes.forEach((plane, ch) => {
      const gains: Record<string, number> = {
        ...{ fold: { vocals: 0.25 }, spread: {}, stem: { vocals: 0.25, other: 0.5 } }[residual],
      };
      // A tone that begins all at once is more than a tone: at the ends of a song a resampler rings.
      const inside = (x: Float32Array): Float32Array => (sampleRate === 44100 ? x : x.subarray(5000, -5000));
      const limit = sampleRate === 44100 ? -130 : -110;
      for (const [name, gain] of Object.entries(gains)) {
        const expected = plane.map((x) => gain * x);
        expect(errorDb(inside(stems[name][ch]), inside(expected))).toBeLessThan(limit);
      }
      const sum = plane.map((_, i) => Object.values(stems).reduce((all, stem) => all + stem[ch][i], 0));
      expect(errorDb(sum, plane)).toBeLessThan(-130);
    });
  });

  it.each(['b s ch f t', 'b s ch t f'])(
    'windows that are separated together, masks as %s',
    async (layout) => {
      const inner = layout.endsWith('t') ? ['f', 't'] : ['t', 'f'];
      const dims = [1, 2, ...inner];
      const masks: Graph = {
        inputs: [{ name: 'input', dims }],
        outputs: [{ name: 'output', dims: [1, 2, ...dims.slice(1)] }],
        constants: [
          { name: 'axis', dims: [1], int64: [1] },
          { name: 'zero', dims: [1], floats: [0] },
          { name: 'gains', dims: [2, 1, 1, 1], floats: [0.25, 0.5] },
        ],
        nodes: [
          { op: 'Mul', inputs: ['input', 'zero'], outputs: ['nothing'] },
          { op: 'Unsqueeze', inputs: ['nothing', 'axis'], outputs: ['wide'] },
          { op: 'Add', inputs: ['wide', 'gains'], outputs: ['output'] },
        ],
      };
      const parts = {
        stft: smallStft,
        graphs: [graph({ role: 'mag', layout: `b ch ${inner.join(' ')}` }, { role: 'mask-mag', layout })],
      };
      const chained = (length: number): Parameters<typeof manifest>[0] => ({
        ...parts,
        segment: { length, chain: 3, fixed: false },
      });
      // Shorter than a window, than a segment, and of several segments; segments shorter and longer than a block.
      for (const [length, samples] of [
        [4096, 3000],
        [4096, 9000],
        [4096, 40_001],
        [60_032, 450_001],
      ]) {
        const planes = stereo(samples);
        const { stems, song } = await separate({ planes, separator: model(masks, chained(length)) });
        planes.forEach((plane, ch) => {
          const expected = plane.map((x) => 0.25 * x);
          expect(errorDb(stems['vocals'][ch], expected)).toBeLessThan(-115);
        });
        expect(song.nullDb).toBeLessThan(-120);
      }
    },
  );

  it('two processes give the same samples as one', async () => {
    const planes = stereo(60000);
    const one = await separate({ planes }, engine(1));
    const two = await separate({ planes }, engine(2));
    expect(two.stems).toEqual(one.stems);
  });

  it('a Wiener filter over what the model gives shares the song by powers, and the sum stays', async () => {
    const planes = stereo(30_000);
    const { song, stems } = await separate({ planes, quality: { wiener: 1 } });
    // Amplitudes of 1 : 2 at the same place are powers of 1 : 4.
    const [quieter, louder] = song.stems.map(({ name }) => stems[name]);
    planes.forEach((plane, ch) => {
      expect(
        errorDb(
          quieter[ch],
          plane.map((x) => 0.2 * x),
        ),
      ).toBeLessThan(-80);
      expect(
        errorDb(
          louder[ch],
          plane.map((x) => 0.8 * x),
        ),
      ).toBeLessThan(-80);
    });
    expect(song.nullDb).toBeLessThan(-120);
  });

  it('a 48 kHz source keeps its rate, length and full band; what the model cannot hear goes to the residual', async () => {
    const length = 48000;
    const high = sine(length, 23000, 48000, 0.2);
    const low = sine(length, 1000, 48000, 0.3);
    const planes = [low.map((x, i) => x + high[i]), low];
    const { stems, song } = await separate({ planes, sampleRate: 48000 });
    const middle = (x: Float32Array): Float32Array => x.subarray(4000, length - 4000);
    expect(errorDb(middle(stems['vocals'][0]), middle(low.map((x) => 0.25 * x)))).toBeLessThan(-80);
    const rest = low.map((x, i) => 0.75 * x + high[i]);
    expect(errorDb(middle(stems['other'][0]), middle(rest))).toBeLessThan(-80);
    expect(song.nullDb).toBeLessThan(-120);
    expect(song.stems[0].ref).toMatchObject({ sampleRate: 48000, frames: length, channels: 2 });
  });

  it('mono in, mono out; 5.1 in, 5.1 out, every channel its own', async () => {
    const mono = await separate({ planes: [noise(5000, 3)] });
    expect(
      errorDb(
        mono.stems['vocals'][0],
        noise(5000, 3).map((x) => 0.25 * x),
      ),
    ).toBeLessThan(-130);
    const planes = Array.from({ length: 6 }, (_, c) => noise(5000, c + 1));
    const surround = await separate({ planes });
    planes.forEach((plane, c) =>
      expect(
        errorDb(
          surround.stems['vocals'][c],
          plane.map((x) => 0.25 * x),
        ),
      ).toBeLessThan(-130),
    );
    expect(surround.song.stems[0].ref.channels).toBe(6);
  });

  it('every residual policy and two stems conserve the source', async () => {
    const planes = stereo(9000);
    const on = engine();
    for (const residual of ['fold', 'spread', 'stem'] as const) {
      const { song, stems } = await separate({ planes, residual }, on);
      expect(Object.keys(stems)).toEqual(
        residual === 'stem' ? ['vocals', 'other', 'residual'] : ['vocals', 'other'],
      );
      expect(song.nullDb).toBeLessThan(-120);
    }
    for (const [kept, other, gain] of [
      ['vocals', 'accompaniment', 0.25],
      ['other', 'no-other', 0.75],
    ] as const) {
      const two = await separate({ planes, keep: [kept] }, on);
      expect(Object.keys(two.stems)).toEqual([kept, other]);
      expect(two.song.nullDb).toBeLessThan(-120);
      expect(
        errorDb(
          two.stems[kept][0],
          planes[0].map((x) => gain * x),
        ),
      ).toBeLessThan(-130);
    }
  });

  it('silence gives silent stems, and the null test is exact', async () => {
    const { song, stems } = await separate({ planes: [new Float32Array(5000), new Float32Array(5000)] });
    expect(song.nullDb).toBe(perfectNullDb);
    expect(stems['vocals'][0].every((x) => x === 0)).toBe(true);
  });

  it('global normalisation is undone', async () => {
    const planes = stereo(9000).map((plane) => plane.map((x) => x + 0.2));
    const { stems } = await separate({
      planes,
      separator: model(gainGraph([1, 2, 2048], [1, 0]), { globalNorm: 'mono-mean-std' }),
    });
    // Stem 0 is the whole mixture again.
    expect(errorDb(stems['vocals'][0], planes[0])).toBeLessThan(-110);
  });

  it('no scratch file outlives a song', async () => {
    const made = request({ planes: stereo(30000) });
    await engine().separate(made);
    expect(readdirSync(made.tempDir).filter((name) => !/^(stem-\d|cache-\d+)$/.test(name))).toEqual([]);
  });

  it('progress rises to 1', async () => {
    const seen: number[] = [];
    await engine(1).separate(request({ planes: stereo(20000) }), {
      onProgress: (fraction) => seen.push(fraction),
    });
    expect(seen.length).toBeGreaterThan(5);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });
});

/** A graph that counts to `count` in a loop before it answers: as slow as wanted. */
function loopGraph(count: number): Graph {
  const body: Graph = {
    inputs: [
      { name: 'i', dims: [], type: 'int64' },
      { name: 'go', dims: [], type: 'bool' },
      { name: 'x', dims: [1, 2, 2048] },
    ],
    outputs: [
      { name: 'go_out', dims: [], type: 'bool' },
      { name: 'x_out', dims: [1, 2, 2048] },
    ],
    nodes: [
      { op: 'Identity', inputs: ['go'], outputs: ['go_out'] },
      { op: 'Sin', inputs: ['x'], outputs: ['x_out'] },
    ],
  };
  return {
    inputs: [{ name: 'input', dims: [1, 2, 2048] }],
    outputs: [{ name: 'output', dims: [1, 2, 2, 2048] }],
    constants: [
      { name: 'count', dims: [], int64: [count] },
      { name: 'yes', dims: [], bool: true },
      { name: 'axis', dims: [1], int64: [1] },
    ],
    nodes: [
      { op: 'Loop', inputs: ['count', 'yes', 'input'], outputs: ['y'], attributes: { body } },
      { op: 'Unsqueeze', inputs: ['y', 'axis'], outputs: ['wide'] },
      { op: 'Concat', inputs: ['wide', 'wide'], outputs: ['output'], attributes: { axis: 1 } },
    ],
  };
}

describe('when things go wrong', () => {
  it('a process killed in the middle of a song is replaced, and the samples are the same', async () => {
    const planes = stereo(200000);
    const on = engine(2);
    let killed = 0;
    const song = await on.separate(request({ planes, separator: model(loopGraph(300), {}) }), {
      onProgress: (fraction) => {
        if (killed > 0 || fraction < 0.2) return;
        killed = on.pids[0];
        process.kill(killed, 'SIGKILL');
      },
    });
    expect(killed).toBeGreaterThan(0);
    const calm = await engine(1).separate(request({ planes, separator: model(loopGraph(300), {}) }));
    song.stems.forEach((stem, s) => expect(planesOf(stem.ref)).toEqual(planesOf(calm.stems[s].ref)));
  });

  it('cancelling in the middle of a long graph ends at once and leaves no process busy', async () => {
    const controller = new AbortController();
    const on = engine(1);
    const made = request({ planes: stereo(100000), separator: model(loopGraph(2_000_000_000), {}) });
    const running = on.separate(made, { signal: controller.signal });
    setTimeout(() => controller.abort(), 1500);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(on.pids).toEqual([]);
    expect(readdirSync(made.tempDir)).not.toContain('segments');
  });

  it.each([
    ['NaN', [NaN, NaN]],
    ['infinity', [Infinity, 1]],
  ])('a model that gives %s is one error', async (_, gains) => {
    const separator = model(gainGraph([1, 2, 2048], gains));
    await expect(separate({ planes: stereo(5000), separator })).rejects.toMatchObject({
      code: 'inference-failed',
    });
  });

  it.each([
    ['another rank', gainGraph([1, 2, 8, 256], [1, 1]), 'model-incompatible'],
    ['another segment length', gainGraph([1, 2, 4096], [1, 1]), 'model-incompatible'],
    ['another number of stems', gainGraph([1, 2, 2048], [1, 1, 1]), 'model-incompatible'],
    [
      'other tensor names',
      {
        ...scaleGraph([1, 2, 2048], 1),
        inputs: [{ name: 'x', dims: [1, 2, 2048] }],
        nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['output'] }],
      },
      'model-incompatible',
    ],
    [
      'an unknown operator',
      {
        ...scaleGraph([1, 2, 2048], 1),
        nodes: [{ op: 'Frobnicate', inputs: ['input'], outputs: ['output'] }],
      },
      'model-file-invalid',
    ],
    [
      'float16 inputs',
      {
        ...scaleGraph([1, 2, 2048], 1),
        inputs: [{ name: 'input', dims: [1, 2, 2048], type: 'float16' as const }],
        nodes: [{ op: 'Cast', inputs: ['input'], outputs: ['output'], attributes: { to: 1 } }],
      },
      'model-incompatible',
    ],
  ])('a graph with %s is one typed error', async (_, onnx, code) => {
    await expect(separate({ planes: stereo(5000), separator: model(onnx) })).rejects.toMatchObject({ code });
  });

  const vulkan = '/usr/lib/chromium/vk_swiftshader_icd.json';
  it.skipIf(!existsSync(vulkan))('a GPU whose process dies in the song is given up for the CPU', async () => {
    const env = { VK_DRIVER_FILES: vulkan, VK_ICD_FILENAMES: vulkan, UNBRAID_SOFTWARE_GPU: '1' };
    let kills = 0;
    // Every process that holds the model on the GPU dies when it gets a segment; on the CPU it works.
    const spawner: ProcessSpawner = {
      spawn: (entry, options) => {
        const handle = nodeSpawner.spawn(entry, { ...options, env });
        let onGpu = false;
        const send = (message: unknown): void => {
          const { method, params } = message as { method?: string; params?: { device?: string } };
          if (method === 'open') onGpu = params?.device === 'webgpu';
          if (method === 'segment' && onGpu) {
            kills++;
            handle.kill();
          } else handle.send(message);
        };
        return { ...handle, send };
      },
    };
    const on = new SeparationEngine({ workers: 1, spawner });
    engines.push(on);
    const planes = stereo(40000);
    const song = await on.separate(request({ planes, device: 'webgpu' }));
    expect(kills).toBe(2);
    expect(song.provider).toBe('cpu');
    expect(song.warnings[0]).toMatch(/^webgpu failed .*on the CPU instead$/);
    const vocals = planesOf(song.stems[0].ref)[0];
    expect(
      errorDb(
        vocals,
        planes[0].map((x) => 0.25 * x),
      ),
    ).toBeLessThan(-130);
  });

  it('a device that cannot run a model is tried once, and the reason is kept', async () => {
    // No Vulkan driver at all.
    const nowhere = '/nowhere.json';
    const env = { VK_DRIVER_FILES: nowhere, VK_ICD_FILENAMES: nowhere, UNBRAID_SOFTWARE_GPU: '1' };
    const asked: (string | undefined)[] = [];
    const spawner: ProcessSpawner = {
      spawn: (entry, options) => {
        const handle = nodeSpawner.spawn(entry, { ...options, env });
        const send = (message: unknown): void => {
          const { method, params } = message as { method?: string; params?: { device?: string } };
          if (method === 'open') asked.push(params?.device);
          handle.send(message);
        };
        return { ...handle, send };
      },
    };
    const on = new SeparationEngine({ workers: 1, spawner });
    engines.push(on);
    const auto = request({ planes: stereo(5000), device: 'auto' });
    expect((await on.separate(auto)).provider).toBe('cpu');
    await on.separate({ ...auto, tempDir: freshDir() });
    expect(asked).toEqual(['auto', 'cpu']);
    expect(on.refusals).toContainEqual({
      ...{ model: auto.separator.id, provider: 'webgpu' },
      why: expect.stringMatching(/could not be loaded/) as string,
    });
  });

  it('a GPU that is not there is an error when named; auto takes the CPU', async () => {
    const named = separate({ planes: stereo(5000), device: 'cuda' });
    await expect(named).rejects.toMatchObject({ code: 'device-unavailable' });
    const { song } = await separate({ planes: stereo(5000), device: 'auto' });
    expect(song.provider).toBe('cpu');
  });
});
