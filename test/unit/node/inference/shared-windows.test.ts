import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseManifest, type ModelManifest } from '../../../../src-main/common/separation/manifest.js';
import { separatorInfo } from '../../../../src-main/common/separation/model-info.js';
import { ModelSeparator } from '../../../../src-main/common/separation/model-separator.js';
import {
  fetchSegment,
  planSegments,
  roomsOf,
  type SegmentPlan,
} from '../../../../src-main/common/separation/segment-plan.js';
import { MergeBuffers, mergeSegments } from '../../../../src-main/common/separation/merge.js';
import { fromManifest } from '../../../../src-main/node/inference/model-store.js';
import { OnnxSession } from '../../../../src-main/node/inference/onnx-session.js';
import { SeparationEngine } from '../../../../src-main/node/inference/separation-engine.js';
import type { QualitySettings } from '../../../../src-main/node/inference/inference-api.js';
import { SongSchedule, type SongTask } from '../../../../src-main/node/inference/song-schedule.js';
import { nodeSpawner, type ProcessSpawner } from '../../../../src-main/node/process/spawner.js';
import { cacheOf, planesOf } from '../../../fixtures/audio/caches.js';
import { writeOnnx, type Graph } from '../../../fixtures/onnx.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

// Graphs that hear a whole window: each process runs some of them, and excerpts are made from what all have heard.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-shared-windows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [nFft, hop] = [256, 64];
const samplesOf = (frames: number): number => (frames - 1) * hop + nFft;

/** What it gives for a frame depends on all frames of the window. */
function listener(own: number, all: number): Graph {
  const dims = [1, 2, nFft / 2 + 1, 'T'];
  return {
    inputs: [{ name: 'input', dims }],
    outputs: [{ name: 'output', dims }],
    constants: [
      { name: 'own', dims: [1], floats: [own] },
      { name: 'all', dims: [1], floats: [all] },
    ],
    nodes: [
      { op: 'ReduceMean', inputs: ['input'], outputs: ['mean'], attributes: { axes: [3] } },
      { op: 'Mul', inputs: ['input', 'own'], outputs: ['a'] },
      { op: 'Mul', inputs: ['mean', 'all'], outputs: ['b'] },
      { op: 'Add', inputs: ['a', 'b'], outputs: ['output'] },
    ],
  };
}

const stems = ['vocals', 'drums', 'bass'];
let counter = 0;

function model(windowFrames: number, change: object = {}): ModelManifest {
  const id = `listens-${counter++}`;
  const graphs = [
    [0.6, 0.1],
    [0.2, 0.4],
    [0.1, 0.2],
  ].map(([own, all], g) => ({
    ...writeOnnx(folder, `${id}-${g}.onnx`, listener(own, all)),
    stems: [stems[g]],
  }));
  return parseManifest({
    ...{ schema: 'unbraid-model/2', preset: 'open-unmix', id, name: id, graphs },
    license: { weights: 'none', redistributable: false },
    stems: { order: stems, residual: 'other' },
    stft: { nFft, hop },
    segment: { length: samplesOf(windowFrames) },
    ...change,
  });
}

/** The separator in this process. */
async function separatorOf(manifest: ModelManifest): Promise<ModelSeparator> {
  const settings = { provider: 'cpu', threads: 1, runtime: manifest.runtime };
  const sessions = await Promise.all(
    manifest.graphs.map((graph) => OnnxSession.load(folder, graph, settings)),
  );
  return new ModelSeparator(manifest, sessions);
}

/** The song through the separator, window after window in one process: what the engine's processes must agree with. */
async function alone(
  manifest: ModelManifest,
  planes: readonly Float32Array[],
  rule = {},
): Promise<Float32Array[][]> {
  const separator = await separatorOf(manifest);
  const plan = planSegments({ ...separator.info.segment, ...rule }, planes[0].length, 44100);
  const results: Float32Array[][][] = [];
  for (const segment of plan.segments) {
    const input = planes.map((plane) => {
      const into = new Float32Array(segment.length!);
      fetchSegment(plane, plan, segment, into);
      return into;
    });
    const made = await separator.separate(input, { mean: 0, std: 1 });
    results.push(made.map((stem) => stem.map((plane) => plane.slice())));
  }
  return stems.map((_, s) =>
    planes.map((plane, ch) => {
      const merged = new Float32Array(plane.length);
      const read = (index: number, offset: number, into: Float32Array): void =>
        into.set(results[index][s][ch].subarray(offset, offset + into.length));
      mergeSegments(plan, read, 0, plane.length, merged, new MergeBuffers());
      return merged;
    }),
  );
}

async function together(
  manifest: ModelManifest,
  planes: readonly Float32Array[],
  quality: QualitySettings = {},
  options: {
    readonly workers?: number;
    readonly spawner?: ProcessSpawner;
    readonly keep?: readonly string[];
  } = {},
): Promise<{
  readonly stems: Record<string, Float32Array[]>;
  readonly nullDb: number;
  readonly heard: number[];
}> {
  const { workers = 2, spawner, keep } = options;
  const tempDir = join(folder, `run-${counter++}`);
  mkdirSync(tempDir);
  const engine = new SeparationEngine({ workers, ...(spawner && { spawner }) });
  const heard: number[] = [];
  try {
    const song = await engine.separate(
      {
        ...{
          source: cacheOf(tempDir, planes, 44100),
          channelLayout: planes.length === 1 ? 'mono' : 'stereo',
        },
        ...{ separator: fromManifest(manifest, folder), device: 'cpu', quality, residual: 'stem', tempDir },
        ...(keep && { keep }),
      },
      { onProgress: (fraction) => void heard.push(fraction) },
    );
    return {
      stems: Object.fromEntries(song.stems.map(({ name, ref }) => [name, planesOf(ref)])),
      nullDb: song.nullDb,
      heard,
    };
  } finally {
    engine.dispose();
  }
}

/** Loud at first, silent for longer than an excerpt, then another sound. */
function song(length: number): Float32Array[] {
  return [1, 2].map((seed) => {
    const rough = noise(length, seed);
    const tone = sine(length, 700 * seed, 44100);
    return rough.map((x, i) =>
      i > 22_000 && i < 45_000 ? 0 : i < 40_000 ? 0.3 * x : 0.4 * tone[i] + 0.02 * x,
    );
  });
}

function expectSame(got: Record<string, Float32Array[]>, wanted: Float32Array[][]): void {
  stems.forEach((name, s) => {
    got[name].forEach((plane, ch) => expect(errorDb(plane, wanted[s][ch])).toBeLessThan(-120));
  });
}

describe('windows that processes share', () => {
  it.each([
    ['one window', 4000, 70_001],
    ['several, of whole excerpts and a short one', 600, 100_003],
    ['one of one excerpt', 300, 9_000],
    ['one sample', 600, 1],
  ])('give what one process gives of %s', async (_, frames, length) => {
    const manifest = model(frames);
    const planes = song(length);
    const plan = planSegments({ ...separatorInfo(manifest).segment, excerpt: 300 }, length, 44100);
    expect(plan.windows!.length).toBe(Math.ceil((1 + Math.floor(length / hop)) / frames));
    const { stems: got, nullDb, heard } = await together(manifest, planes);
    expectSame(got, await alone(manifest, planes));
    expect(nullDb).toBeLessThan(-120);
    expect(heard.every((fraction, i) => i === 0 || fraction >= heard[i - 1])).toBe(true);
    expect(heard.at(-1)).toBe(1);
    // The first parts are heard before anything is separated.
    expect(heard[0]).toBeLessThan(0.7);
  });

  it('in every pass of shifted ones', async () => {
    const manifest = model(600);
    const planes = song(80_000);
    const got = await together(manifest, planes, { shifts: 2 });
    expectSame(got.stems, await alone(manifest, planes, { shifts: 2 }));
  });

  it('of a mono song, of one wanted stem, and of silence', async () => {
    const manifest = model(600, { post: {} });
    const [plane] = song(50_000);
    const both = await alone(manifest, [plane, plane]);
    const mono = await together(manifest, [plane]);
    stems.forEach((name, s) => expect(errorDb(mono.stems[name][0], both[s][0])).toBeLessThan(-120));
    const one = await together(manifest, [plane, plane], {}, { keep: ['drums'] });
    expect(errorDb(one.stems.drums[0], both[1][0])).toBeLessThan(-120);
    const silent = new Float32Array(50_000);
    const nothing = await together(manifest, [silent, silent]);
    for (const stem of Object.values(nothing.stems)) for (const x of stem[0]) expect(x).toBe(0);
  });

  it('and a process that dies while it hears is replaced', async () => {
    const manifest = model(600);
    const planes = song(90_000);
    let killed = 0;
    const spawner: ProcessSpawner = {
      spawn(entry, options) {
        const child = nodeSpawner.spawn(entry, options);
        return {
          ...child,
          send: (message) => {
            child.send(message);
            const { method } = message as { method?: string };
            if (method === 'hear' && killed++ === 1) child.kill();
          },
        };
      },
    };
    const got = await together(manifest, planes, {}, { spawner });
    expect(killed).toBeGreaterThan(6);
    expectSame(got.stems, await alone(manifest, planes));
  });

  it('are not shared where something around the separator changes what it hears', async () => {
    const manifest = model(600);
    const planes = song(40_000);
    // Turned polarity gives the same magnitudes, so the same stems.
    const turned = await together(manifest, planes, { averaging: ['polarity'] });
    expectSame(turned.stems, await alone(manifest, planes));
    expect(turned.heard[0]).toBeGreaterThan(0.2);
  });
});

it('what parts hear of a window is the same when something else is separated in between', async () => {
  const manifest = model(600);
  const separator = await separatorOf(manifest);
  const planes = song(samplesOf(400));
  let asked = 0;
  const parts = async (meanwhile: () => Promise<unknown>): Promise<Float32Array[]> => {
    const window = {};
    const kept = stems.map(() => new Float32Array(2 * 400 * (nFft / 2 + 1)));
    for (const part of kept.keys()) {
      const read = (): Float32Array[] => (asked++, planes);
      const mix = { mix: read, samples: planes[0].length };
      await separator.listening!.hear(part, mix, window, (values, at) => kept[part].set(values, at));
      await meanwhile();
    }
    return kept;
  };
  const wanted = await parts(() => Promise.resolve());
  // Samples as long as the song are read once for all parts.
  expect(asked).toBe(1);
  const other = planes.map((plane) => plane.map((x) => 0.5 - x));
  expect(await parts(() => separator.separate(other, { mean: 0, std: 1 }))).toEqual(wanted);
});

describe('the schedule of windows', () => {
  it.each([
    [1, 1],
    [2, 1],
    [1, 3],
  ])(
    'an excerpt waits for all parts, and files are free before a window takes them (%i groups, %i passes)',
    (groups, passes) => {
      const { segment } = separatorInfo(model(600));
      const frames = 400_000;
      const rule = { ...segment, excerpt: 300, shifts: passes - 1, shiftMaxSeconds: 0.5 };
      const plan: SegmentPlan = planSegments(rule, frames, 44100);
      const windows = plan.windows!;
      expect(plan.passes).toBe(passes);
      const options = { groups, parts: 3, sourceFrames: frames, ratio: 1, blockFrames: 4096, halo: 0 };
      const schedule = new SongSchedule(plan, options);
      const heard = new Map<number, number>();
      const separated = new Map<number, number>();
      const excerpts = (window: number): number =>
        groups * plan.segments.filter((one) => one.heard!.window === window).length;
      const running: SongTask[] = [];
      for (;;) {
        const task = schedule.take();
        if (typeof task === 'object') {
          running.push(task);
          if (task.kind === 'hear') {
            const before = task.window - roomsOf(plan);
            for (let w = 0; w <= before; w++) expect(separated.get(w)).toBe(excerpts(w));
          } else if (task.kind === 'segment') {
            expect(heard.get(plan.segments[task.index].heard!.window)).toBe(3 * groups);
          }
          if (running.length < 3) continue;
        }
        // The last one ends first; one in five is given back.
        const ended = running.pop();
        if (!ended) break;
        if (ended.kind === 'hear' && (heard.get(-1) ?? 0) % 5 === 4) {
          heard.set(-1, 0);
          schedule.giveBack(ended);
          continue;
        }
        schedule.complete(ended);
        const count = (map: Map<number, number>, key: number): unknown =>
          map.set(key, (map.get(key) ?? 0) + 1);
        if (ended.kind === 'hear') {
          count(heard, ended.window);
          count(heard, -1);
        } else if (ended.kind === 'segment') count(separated, plan.segments[ended.index].heard!.window);
      }
      expect(schedule.done).toBe(true);
      expect(windows.length).toBeGreaterThan(8);
      for (const { index } of windows) expect(separated.get(index)).toBe(excerpts(index));
    },
  );
});
