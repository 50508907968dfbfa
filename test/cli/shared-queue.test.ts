import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { afterAll, describe, expect, it } from 'vitest';
import { isPageCommand, type BatchReport } from '../../src-main/common/contract/commands.js';
import { queueName } from '../../src-main/node/shared-queue/song-jobs.js';
import { RedisServer, hasRedis } from './support/redis.js';
import { jsonLines, runBin, startBin, testFolder, type Outcome } from './support/run.js';
import { hashes, song, writeWav } from './support/songs.js';

const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const fast = ['-m', 'hpss', '--workers', '1'];
/** With one that is broken, sixty files. */
const songs = 59;

type Started = ReturnType<typeof startBin>;
const started: Started[] = [];
afterAll(() => started.forEach(({ child }) => child.kill('SIGKILL')));

function worker(url: string, name: string): Started & { readonly until: (pattern: RegExp) => Promise<void> } {
  const options = ['--patience', '2', '--concurrency', '1', '--json'];
  const run = startBin(['worker', '--queue', url, ...options], { cache: at(name) });
  started.push(run);
  let text = '';
  run.child.stdout!.on('data', (data: string) => (text += data));
  const until = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) {
      if (run.child.exitCode !== null) throw new Error(`The worker ended: ${text}`);
      await new Promise((resolve) => run.child.stdout!.once('data', resolve));
    }
  };
  return { ...run, until };
}

function reportIn(folder: string): BatchReport {
  return JSON.parse(readFileSync(join(folder, 'unbraid-report.json'), 'utf8')) as BatchReport;
}

/** The stems below a folder; times and paths in the reports differ. */
function stems(folder: string): Record<string, string> {
  return Object.fromEntries(Object.entries(hashes(folder)).filter(([name]) => name.endsWith('.wav')));
}

/** What workers say they finished, by song. */
function finished(outcomes: readonly Outcome[]): string[] {
  const events = outcomes.flatMap(({ out }) => jsonLines(out.slice(0, out.lastIndexOf('\n') + 1)));
  return events
    .filter(({ event, state }) => event === 'item' && state === 'done')
    .map(({ source }) => String(source));
}

describe.runIf(hasRedis)('a batch over a queue', () => {
  it('gives what one machine gives, though a worker is killed and the server goes away', async () => {
    for (let i = 0; i < songs; i++) writeWav(at('in', `song ${i}.wav`), song(2, 8820, 44100, i + 1));
    writeFileSync(at('in', 'broken.wav'), 'no sound');
    expect((await runBin(['batch', at('in'), '-o', at('alone'), ...fast], { cache: at('c0') })).code).toBe(1);

    const server = await RedisServer.start(at('redis'));
    const workers = [worker(server.url, 'c1'), worker(server.url, 'c2'), worker(server.url, 'c3')];
    const batch = startBin(
      ['batch', at('in'), '-o', at('shared'), ...fast, '--queue', server.url, '--json'],
      {
        cache: at('c4'),
      },
    );
    started.push(batch);
    await workers[0].until(/"state":"separating"/);
    workers[0].child.kill('SIGKILL');
    await workers[1].until(/"state":"done"/);
    await server.stop();
    await server.start();

    const told = await batch.done;
    expect(told.code).toBe(1);
    const report = reportIn(at('shared'));
    expect(report.summary).toEqual({ done: songs, skipped: 0, failed: 1, cancelled: 0 });
    expect(stems(at('shared'))).toEqual(stems(at('alone')));
    expect(Object.keys(stems(at('shared')))).toHaveLength(2 * songs);

    const alone = reportIn(at('alone'));
    expect(report.items.map(({ source }) => source)).toEqual(alone.items.map(({ source }) => source));
    const broken = (items: BatchReport['items']): unknown =>
      items.find(({ source }) => /broken/.test(source));
    expect(broken(report.items)).toEqual(broken(alone.items));
    expect(jsonLines(told.out).at(-1)).toMatchObject({ event: 'report', summary: report.summary });

    workers[1].child.kill('SIGTERM');
    workers[2].child.kill('SIGTERM');
    const outcomes = await Promise.all(workers.map(({ done }) => done));
    expect(outcomes.map(({ code }) => code)).toEqual([null, 0, 0]);
    const done = finished(outcomes);
    expect([...new Set(done)]).toHaveLength(done.length);
    expect(done.length).toBeLessThanOrEqual(songs);

    const again = worker(server.url, 'c5');
    const second = await runBin(['batch', at('in'), '-o', at('shared'), ...fast, '--queue', server.url], {
      cache: at('c6'),
    });
    expect(second.code).toBe(1);
    expect(reportIn(at('shared')).summary).toEqual({ done: 0, skipped: songs, failed: 1, cancelled: 0 });
    again.child.kill('SIGTERM');
    expect(finished([await again.done])).toEqual([]);
  });

  it('a song whose files do not arrive is failed, whatever its worker says', async () => {
    writeWav(at('one', 'song.wav'), song(2, 500));
    await runBin(['batch', at('one'), '-o', at('one-out'), ...fast], { cache: at('c0') });
    const [{ state }] = reportIn(at('one-out')).items;
    rmSync(at('one-out'), { recursive: true });
    const server = await RedisServer.start(at('redis-elsewhere'));
    const connection = { host: '127.0.0.1', port: server.port, maxRetriesPerRequest: null };
    const elsewhere = new Worker(queueName, () => Promise.resolve(JSON.stringify(state)), { connection });
    elsewhere.on('error', () => undefined);
    try {
      const told = await runBin(
        ['batch', at('one'), '-o', at('one-out'), ...fast, '--queue', server.url, '--json'],
        { cache: at('c0') },
      );
      expect(told.code).toBe(1);
      expect(reportIn(at('one-out')).items[0].state).toMatchObject({
        ...{ state: 'failed' },
        error: { code: 'file-not-found', file: at('one-out', 'song', 'song [harmonic].wav') },
      });
    } finally {
      await elsewhere.close(true);
    }
  });

  it('a cancelled batch takes back what no worker has begun', async () => {
    writeWav(at('few', 'a.wav'), song(1, 4410));
    writeWav(at('few', 'b.wav'), song(1, 4410));
    const server = await RedisServer.start(at('redis-2'));
    const batch = startBin(
      ['batch', at('few'), '-o', at('few-out'), ...fast, '--queue', server.url, '--json'],
      {
        cache: at('c7'),
      },
    );
    started.push(batch);
    let text = '';
    await new Promise<void>((resolve) =>
      batch.child.stdout!.on('data', (data: string) => {
        text += data;
        // By then its songs are in the queue, too.
        if (/"event":"workers","workers":0/.test(text)) resolve();
      }),
    );
    batch.child.kill('SIGINT');
    expect((await batch.done).code).toBe(130);
    expect(reportIn(at('few-out')).summary).toEqual({ done: 0, skipped: 0, failed: 0, cancelled: 2 });
    const late = worker(server.url, 'c8');
    await late.until(/"event":"workers"/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    late.child.kill('SIGTERM');
    expect(finished([await late.done])).toEqual([]);
  });

  it('what a worker gives back after its batch was cancelled is done by nobody, until it is wanted again', async () => {
    writeWav(at('slow', 'a.wav'), song(2, 20 * 44_100));
    const server = await RedisServer.start(at('redis-3'));
    const args = ['batch', at('slow'), '-o', at('slow-out'), '--workers', '1', '--queue', server.url];
    const has = worker(server.url, 'c11');
    const batch = startBin([...args, '-m', 'unbraid-fast', '--shifts', '20'], { cache: at('c10') });
    started.push(batch);
    await has.until(/"state":"separating"/);
    batch.child.kill('SIGINT');
    expect((await batch.done).code).toBe(130);
    has.child.kill('SIGTERM');
    await has.done;
    const queue = new Queue(queueName, { connection: { host: '127.0.0.1', port: server.port } });
    try {
      expect(await queue.getJobCountByTypes('waiting', 'delayed', 'active', 'prioritized')).toBe(0);
      // The same song, with the same settings.
      const again = startBin([...args, '-m', 'unbraid-fast', '--shifts', '20'], { cache: at('c10') });
      started.push(again);
      await expect.poll(() => queue.getWaitingCount(), { timeout: 20_000 }).toBe(1);
      again.child.kill('SIGINT');
      expect((await again.done).code).toBe(130);
      expect(await queue.getWaitingCount()).toBe(0);
    } finally {
      await queue.close();
    }
  });
});

it('says that a server does not answer, and what an address looks like', async () => {
  writeWav(at('one', 'a.wav'), song(1, 4410));
  const args = ['batch', at('one'), '-o', at('one-out'), ...fast, '--queue'];
  const wrong = await runBin([...args, 'http://127.0.0.1'], { cache: at('c9') });
  expect(wrong.err).toContain('redis://host:6379');
  expect(wrong.code).toBe(2);
  const silent = await runBin([...args, 'redis://127.0.0.1:1'], { cache: at('c9') });
  expect(silent.err).toContain('The queue does not answer');
  expect(silent.code).toBe(1);
  const idle = await runBin(['worker', '--queue', 'redis://127.0.0.1:1'], { cache: at('c9') });
  expect(idle.err).toContain('The queue does not answer');
  expect(idle.err).not.toContain('Waiting for songs');
  expect(idle.code).toBe(1);
});

it('parts of a folder are the folder, each song once', async () => {
  for (let i = 0; i < 6; i++) writeWav(at('parts', `${i}.wav`), song(1, 4410, 44100, i + 1));
  const run = (part: string): Promise<Outcome> =>
    runBin(['batch', at('parts'), '-o', at('parts-out'), ...fast, '--shard', part, '--json'], {
      cache: at('c10'),
    });
  const sources: string[] = [];
  for (const part of ['1/2', '2/2']) {
    const { code, out } = await run(part);
    expect(code).toBe(0);
    const report = jsonLines(out).at(-1) as unknown as BatchReport;
    sources.push(...report.items.map(({ source }) => source));
    expect(report.items.length).toBeGreaterThan(0);
  }
  expect(sources.sort()).toEqual(Array.from({ length: 6 }, (_, i) => at('parts', `${i}.wav`)));
  expect((await run('3/2')).code).toBe(2);
  expect((await run('0/2')).code).toBe(2);
});

it('no page may start a worker, or fill a queue', () => {
  expect([isPageCommand('work'), isPageCommand('batch'), isPageCommand('queueAdd')]).toEqual([
    false,
    false,
    true,
  ]);
});
