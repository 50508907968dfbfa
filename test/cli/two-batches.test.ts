import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { SongClaims } from '../../src-main/node/jobs/song-claims.js';
import { jsonLines, startBin, testFolder, type Outcome } from './support/run.js';
import { hashes, song, writeWav } from './support/songs.js';

const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const fast = ['-m', 'hpss', '--workers', '1', '--json'];
const started: ReturnType<typeof startBin>[] = [];
afterAll(() => started.forEach(({ child }) => child.kill('SIGKILL')));

function start(input: string, output: string, cache: string): ReturnType<typeof startBin> {
  const run = startBin(['batch', at(input), '-o', at(output), ...fast], { cache: at(cache) });
  started.push(run);
  return run;
}

function reportOf({ out }: Outcome): BatchReport {
  return jsonLines(out).at(-1) as unknown as BatchReport;
}

function until({ child }: ReturnType<typeof startBin>, pattern: RegExp): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (data: string) => {
      text += data;
      if (pattern.test(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`It ended: ${text}`)));
  });
}

it('two batches of one folder at once make each song once', async () => {
  for (let i = 0; i < 5; i++) writeWav(at('in', `${i}.wav`), song(2, 30_000, 44100, i + 1));
  const runs = [start('in', 'out', 'c1'), start('in', 'out', 'c2')];
  const outcomes = await Promise.all(runs.map(({ done }) => done));
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
  const reports = outcomes.map(reportOf);
  const made = reports.flatMap(({ items }) => items.filter(({ state }) => state.state === 'done'));
  expect(made.map(({ source }) => source).sort()).toEqual([0, 1, 2, 3, 4].map((i) => at('in', `${i}.wav`)));
  for (const { summary } of reports) expect(summary.done + summary.skipped).toBe(5);
  expect(Object.keys(hashes(at('out'))).filter((name) => name.endsWith('.wav'))).toHaveLength(10);
  expect(readdirSync(at('out/.unbraid')).filter((name) => name.includes('.claim'))).toEqual([]);
});

it('what a killed batch had in work is made by the other', async () => {
  for (let i = 0; i < 3; i++) writeWav(at('in-2', `${i}.wav`), song(2, 60_000, 44100, i + 1));
  const first = start('in-2', 'out-2', 'c3');
  await until(first, /"state":"separating"/);
  const second = start('in-2', 'out-2', 'c4');
  await until(second, /"event":"start"/);
  first.child.kill('SIGKILL');
  const outcome = await second.done;
  expect(outcome.code).toBe(0);
  const { done, skipped } = reportOf(outcome).summary;
  expect(done + skipped).toBe(3);
  expect(Object.keys(hashes(at('out-2'))).filter((name) => name.endsWith('.wav'))).toHaveLength(6);
});

it('a claim of another machine holds while its file changes, and is free when it goes', async () => {
  const state = at('state');
  const claims = new SongClaims(state);
  const mine = claims.take('a')!;
  expect(claims.take('a')).toBeUndefined();
  const other = claims.take('b')!;
  await other.dispose();
  await mine.dispose();
  expect(readdirSync(state)).toEqual([]);

  writeFileSync(join(state, 'a.claim'), JSON.stringify({ host: 'elsewhere', pid: 1, token: 'x' }));
  expect(claims.take('a')).toBeUndefined();
  const given = new AbortController();
  const waiting = claims.free('a', given.signal);
  given.abort();
  expect(await waiting).toBe(false);
  expect(readdirSync(state)).toEqual(['a.claim']);
  const taken = claims.take('a', true)!;
  expect(claims.take('a')).toBeUndefined();
  await taken.dispose();
  expect(readdirSync(state)).toEqual([]);
});
