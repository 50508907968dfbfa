import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { parseManifest } from '../../src-main/common/separation/manifest.js';
import { fromManifest, infoOf, type SingleSeparator } from '../../src-main/node/inference/model-store.js';
import { SeparationEngine } from '../../src-main/node/inference/separation-engine.js';
import { planFor } from '../../src-main/node/inference/song.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { writeOnnx } from '../fixtures/onnx.js';
import { familyNets, type FamilyNet } from './family-nets.js';
import { median, publish, type Row } from './report.js';
import { benchSong } from './song.js';

// `npm run bench -- families`: a whole separation against its graphs alone, for the form of each family.
// `UNBRAID_BENCH_FAMILIES='scnet;htdemucs'` measures some of them, `UNBRAID_BENCH_PROCESSES=1` with one process (for a
// machine with one free core).
const folder = mkdtempSync(join(tmpdir(), 'unbraid-bench-families-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const repeats = 3;
const processes = Number(process.env.UNBRAID_BENCH_PROCESSES ?? 2);

/** Times realtime, and what the whole may take for each second of the graphs alone. */
const limits = [
  [6, 1.05],
  [20, 1.1],
  [Infinity, 1.25],
] as const;

interface Made {
  readonly separator: SingleSeparator;
  readonly paths: readonly string[];
  readonly net: FamilyNet;
}

function model(name: string): Made {
  const net = familyNets[name]();
  const { preset, graphs, stems, manifest = {} } = net;
  const written = graphs.map((graph, g) => writeOnnx(folder, `${name}-${g}.onnx`, graph));
  const full = parseManifest({
    ...{ schema: 'unbraid-model/2', preset, id: name, name },
    license: { weights: 'none', redistributable: false },
    graphs: written.map((file, g) => ({ ...file, stems: stems[g] })),
    ...manifest,
  });
  return { separator: fromManifest(full, folder), paths: written.map(({ file }) => join(folder, file)), net };
}

function started(): ChildProcess {
  return fork(new URL('./bare-session-process.mjs', import.meta.url), [], { execArgv: [] });
}

function answer(child: ChildProcess, message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the bare session ended with ${code}`)));
    child.send(message);
  });
}

/** The sizes of inputs that a graph leaves open: the whole song. */
function openSizes(name: string, frames: number): object {
  if (name.startsWith('open-unmix')) return { inputs: { input: [1, 2, 2049, frames] } };
  return name === 'spleeter' ? { inputs: { x: [2, 1, 512, 1024] } } : {};
}

it('separation against the graphs alone, for each family', async () => {
  const rows: Row[] = [];
  const chosen = process.env.UNBRAID_BENCH_FAMILIES?.split(';') ?? Object.keys(familyNets);
  for (const name of chosen) {
    const { separator, paths, net } = model(name);
    const { seconds = 45, excerpt } = net;
    const source = cacheOf(folder, benchSong(seconds), 44_100);
    const plan = planFor(infoOf(separator, {}), source);
    const graphs = separator.kind === 'model' ? separator.manifest.graphs : [];
    const frames = Math.ceil(source.frames / 1024) + 1;
    const inputs = Object.fromEntries(net.graphs[0].inputs.map((one) => [one.name, one.dims]));
    const turns = Array.from({ length: processes }, (_, p) => p);
    const share = (count: number, p: number): number => Math.floor((count + processes - 1 - p) / processes);
    // As many graphs at a time as there are processes.
    const bare = await Promise.all(
      turns.map(async (p) => {
        const own = paths.filter((_, g) => paths.length === 1 || g % processes === p);
        const children = own.map(started);
        for (const [c, child] of children.entries())
          await answer(child, {
            load: own[c],
            threads: 1,
            inputs,
            memPattern: false,
            ...openSizes(name, frames),
          });
        return children;
      }),
    );
    const filters = excerpt === undefined ? [] : turns.map(started);
    for (const child of filters) await answer(child, { filter: { frames: excerpt, stems: paths.length } });
    const timeBare = async (): Promise<number> => {
      const start = performance.now();
      await Promise.all(
        bare.map(async (children, p) => {
          const runs = paths.length === 1 ? share(plan.segments.length, p) : plan.segments.length;
          for (const child of children) await answer(child, { runs });
          if (excerpt && filters[p])
            await answer(filters[p], { runs: share(Math.ceil(frames / excerpt), p) });
        }),
      );
      return (performance.now() - start) / 1000;
    };
    const engine = new SeparationEngine({ workers: processes });
    const [ours, theirs]: number[][] = [[], []];
    for (let i = 0; i <= repeats; i++) {
      const tempDir = join(folder, 'run');
      rmSync(tempDir, { recursive: true, force: true });
      mkdirSync(tempDir);
      const start = performance.now();
      await engine.separate({
        ...{
          source,
          channelLayout: 'stereo',
          separator,
          device: 'cpu',
          quality: {},
          residual: 'fold',
          tempDir,
        },
      });
      ours.push((performance.now() - start) / 1000);
      theirs.push(await timeBare());
    }
    engine.dispose();
    for (const child of [...bare.flat(), ...filters]) child.kill();
    const [value, referenceValue] = [ours, theirs].map((list) => median(list.slice(1)));
    const realtime = seconds / referenceValue;
    const most = limits.find(([fastest]) => realtime < fastest)![1];
    rows.push({
      ...{ name: `${name}, ${seconds} s, ${plan.segments.length} windows of ${graphs.length} graphs`, value },
      ...{
        unit: 's',
        reference: `graphs${excerpt ? ' and filter' : ''} alone, ${realtime.toFixed(1)} × realtime`,
        referenceValue,
      },
      ...{ ratioOf: `ours / graphs, at most ${most}`, ratio: value / referenceValue },
    });
  }
  publish('families', rows);
});
