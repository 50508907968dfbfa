import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchReport } from '../../../src-main/common/contract/commands.js';
import { EngineApi } from '../../../src-main/node/api/engine-api.js';
import {
  nodeSpawner,
  type ProcessHandle,
  type ProcessSpawner,
} from '../../../src-main/node/process/spawner.js';
import { testFolder } from '../../cli/support/run.js';
import { hashes, song, writeWav } from '../../cli/support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');

interface Call {
  readonly method: string;
  readonly params: { readonly path?: string; readonly index?: number };
}

/** Starts real processes, and kills one right after it was asked to do a certain thing. */
class KillingSpawner implements ProcessSpawner {
  readonly handles: ProcessHandle[] = [];
  killed = 0;

  constructor(private readonly shouldKill: (call: Call) => boolean) {}

  spawn(...args: Parameters<ProcessSpawner['spawn']>): ProcessHandle {
    const handle = nodeSpawner.spawn(...args);
    this.handles.push(handle);
    const send = (message: unknown): void => {
      handle.send(message);
      if (!this.shouldKill(message as Call)) return;
      this.killed++;
      process.kill(handle.pid!, 'SIGKILL');
    };
    return { ...handle, send };
  }
}

const engines: EngineApi[] = [];
afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

async function batch(folder: string, output: string, spawner: ProcessSpawner, workers = 1, model = 'hpss') {
  const engine = new EngineApi({ cacheDir: cache, spawner });
  engines.push(engine);
  const settings = { model, workers };
  return engine
    .client()
    .batch({ job: output, folder: join(dir, folder), output: join(dir, output), settings });
}

const states = (report: BatchReport): string[] => report.items.map((item) => item.state.state);

describe('an inference process killed in the middle of a song', () => {
  beforeAll(async () => {
    writeWav(join(dir, 'long', 'song.wav'), song(2, 30 * 44100));
    await batch('long', 'long-clean', nodeSpawner, 2);
  });

  it.each([1, 2])('the job finishes with the same bytes, %i at work', async (workers) => {
    let hits = 0;
    const spawner = new KillingSpawner(
      ({ method, params }) => method === 'segment' && params.index === 1 && hits++ === 0,
    );
    const report = await batch('long', `long-${workers}`, spawner, workers);
    expect(spawner.killed).toBe(1);
    expect(states(report)).toEqual(['done']);
    expect(hashes(join(dir, `long-${workers}`))).toEqual(hashes(join(dir, 'long-clean')));
  });

  it('again and again: the song fails with one error, and the batch goes on', async () => {
    for (let i = 1; i <= 2; i++) writeWav(join(dir, 'pair', `${i}.wav`), song(2, 4410, 44100, i));
    let segments = 0;
    const spawner = new KillingSpawner(({ method }) => method === 'segment' && segments++ < 2);
    const report = await batch('pair', 'pair-out', spawner);
    expect(states(report)).toEqual(['failed', 'done']);
    expect(report.items[0].state).toMatchObject({
      error: { code: 'process-died', file: join(dir, 'pair', '1.wav') },
    });
    expect(Object.keys(hashes(join(dir, 'pair-out')))).toHaveLength(3);
  });
});

describe('a codec process killed', () => {
  beforeAll(async () => {
    for (let i = 1; i <= 3; i++) writeWav(join(dir, 'three', `${i}.wav`), song(2, 4 * 44100, 44100, i));
    await batch('three', 'three-clean', nodeSpawner);
  });

  it.each([
    [
      'while it reads',
      ({ method, params }: Call) => method === 'decode' && params.path!.endsWith('2.wav'),
      1,
    ],
    ['while it writes', ({ method }: Call) => method === 'encodeSet', 0],
    ['while it reads back', ({ method }: Call) => method === 'verify', 0],
  ] as const)(
    '%s: one error names the song, the others are right, no file is left over',
    async (when, hit, index) => {
      let hits = 0;
      const spawner = new KillingSpawner((call) => hit(call) && hits++ === 0);
      const out = `three ${when}`;
      const report = await batch('three', out, spawner);
      expect(spawner.killed).toBe(1);
      expect(states(report)).toEqual(['done', 'done', 'done'].with(index, 'failed'));
      expect(report.items[index].state).toMatchObject({
        error: { code: 'process-died', file: join(dir, 'three', `${index + 1}.wav`) },
      });
      const clean = Object.entries(hashes(join(dir, 'three-clean')));
      const others = clean.filter(([path]) => !path.startsWith(`${index + 1}/`));
      expect(hashes(join(dir, out))).toEqual(Object.fromEntries(others));
      expect(readdirSync(join(dir, out, '.unbraid')).every((name) => /^[0-9a-f]{64}\.json$/.test(name))).toBe(
        true,
      );
      expect(readdirSync(cache)).toEqual([]);
    },
  );
});

describe.runIf(existsSync('/proc/self/fd'))('five hundred songs', () => {
  it('P16: use no more files, processes and memory than two hundred', async () => {
    const count = 500;
    for (let i = 1; i <= count; i++) writeWav(join(dir, 'many', `${i}.wav`), song(2, 500, 44100, i));
    const spawner = new KillingSpawner(() => false);
    const engine = new EngineApi({ cacheDir: cache, spawner });
    engines.push(engine);
    const client = engine.client();
    const looks: { open: number; songs: number; memory: number; processes: number }[] = [];
    client.subscribe((event) => {
      if ('item' in event && event.item.state.state === 'done') looks.push(look(spawner));
    });
    const settings = { model: 'hpss', workers: 1 };
    const report = await client.batch({
      job: 'many',
      folder: join(dir, 'many'),
      output: join(dir, 'many-out'),
      settings,
    });
    expect(report.summary.done).toBe(count);
    // Heaps grow until their first full collections; after that nothing may.
    const [early, late] = [looks.slice(100, 200), looks.slice(-100)];
    const most = (some: typeof looks, key: keyof (typeof looks)[0]): number =>
      Math.max(...some.map((one) => one[key]));
    // Files that are open for a moment come and go; a leak raises the fewest of a hundred looks too.
    const fewest = (some: typeof looks): number => Math.min(...some.map(({ open }) => open));
    expect(fewest(late)).toBeLessThanOrEqual(fewest(early) + 3);
    expect(most(looks, 'songs')).toBeLessThanOrEqual(2);
    expect(most(late, 'processes')).toBe(3);
    expect(most(late, 'memory') - most(early, 'memory')).toBeLessThan(32 * 2 ** 20);
    expect(readdirSync(cache)).toEqual([]);
    expect(readdirSync(join(dir, 'many-out', '.unbraid'))).toHaveLength(count);
  });

  /** Open files of this process and its helpers, songs on disk, and the helpers' resident bytes. */
  function look(spawner: KillingSpawner) {
    const pids = spawner.handles.map((handle) => handle.pid!).filter((pid) => existsSync(`/proc/${pid}/fd`));
    const open = [process.pid, ...pids].reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
    const songs = readdirSync(cache).reduce((sum, name) => sum + readdirSync(join(cache, name)).length, 0);
    const memory = pids.reduce(
      (sum, pid) => sum + 4096 * Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]),
      0,
    );
    return { open, songs, memory, processes: pids.length };
  }
});
