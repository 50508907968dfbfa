import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { batchEntries } from '../../src-main/node/jobs/batch.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';
import { KillingSpawner } from './support/killing-spawner.js';
import { scaled } from './support/scale.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const engines: EngineApi[] = [];
afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

it('P16 a folder of 200,000 songs, and 20,000 of one name, get their names without minutes of silence', () => {
  const file = (i: number): string => join('/music', `${i}.wav`);
  const many = Array.from({ length: 200_000 }, (_, i) => ({
    ...{ path: file(i), fileName: `${i}.wav`, subfolders: [] },
  }));
  const entries = batchEntries(many);
  expect(entries.map(({ path }) => path)).toEqual(many.map(({ path }) => path));
  expect(entries[199_999].name).toBe('199999');
  const alike = batchEntries(many.slice(0, 20_000).map((one) => ({ ...one, fileName: 'song.wav' })));
  expect(new Set(alike.map(({ name }) => name)).size).toBe(20_000);
  expect(alike[1].name).toBe('song (wav) (2)');
});

it('P4, P16 a subscriber that throws harms no song', async () => {
  for (const name of ['a', 'b']) writeWav(join(dir, 'two', `${name}.wav`), song(2, 500));
  const engine = new EngineApi({ cacheDir: join(dir, 'cache-two') });
  engines.push(engine);
  const client = engine.client();
  let told = 0;
  client.subscribe((event) => {
    if ('item' in event && told++ < 3) throw new Error('the fault of a listener');
  });
  const settings = { model: 'hpss', workers: 1 };
  const report = await client.batch({
    ...{ job: 'two', folder: join(dir, 'two'), output: join(dir, 'two-out') },
    settings,
  });
  expect(told).toBeGreaterThan(3);
  expect(report.summary.done).toBe(2);
});

describe.runIf(existsSync('/proc/self/fd'))('P16 hundreds of songs', () => {
  it('use no more files, processes and memory than two hundred', async () => {
    const count = scaled(300, 500);
    for (let i = 1; i <= count; i++) writeWav(join(dir, 'many', `${i}.wav`), song(2, 500, 44100, i));
    const spawner = new KillingSpawner();
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
    const pids = spawner.handles.map((handle) => handle.pid!).filter(isOpen);
    const open = [process.pid, ...pids].reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
    const songs = readdirSync(cache).reduce((sum, name) => sum + readdirSync(join(cache, name)).length, 0);
    const memory = pids.reduce(
      (sum, pid) => sum + 4096 * Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]),
      0,
    );
    return { open, songs, memory, processes: pids.length };
  }
});

/** Whether a process is there to be looked into; one that is just ending refuses it. */
function isOpen(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).length > 0;
  } catch {
    return false;
  }
}
