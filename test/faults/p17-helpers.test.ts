import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { nodeSpawner, type ProcessSpawner } from '../../src-main/node/process/spawner.js';
import { testFolder } from '../cli/support/run.js';
import { hashes, song, writeWav } from '../cli/support/songs.js';
import { KillingSpawner, type Call } from './support/killing-spawner.js';

const dir = testFolder();
const cache = join(dir, 'cache');

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

describe('P17 an inference process killed in the middle of a song', () => {
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

describe('P17 a codec process killed', () => {
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
    '%s: once, nothing is lost; twice, one error names the song, and no file is left over',
    async (when, hit, index) => {
      const out = `three ${when}`;
      const once: KillingSpawner = new KillingSpawner((call) => hit(call) && once.killed === 0);
      expect(states(await batch('three', `${out} once`, once))).toEqual(['done', 'done', 'done']);
      expect(once.killed).toBe(1);
      expect(hashes(join(dir, `${out} once`))).toEqual(hashes(join(dir, 'three-clean')));
      // The second process of the song dies as well: it is the song.
      const spawner: KillingSpawner = new KillingSpawner((call) => hit(call) && spawner.killed < 2);
      const report = await batch('three', out, spawner);
      expect(spawner.killed).toBe(2);
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
