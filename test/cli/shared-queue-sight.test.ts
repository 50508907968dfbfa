import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { nobodySees, seenBy } from '../../src-main/node/shared-queue/sight.js';
import { queueName } from '../../src-main/node/shared-queue/song-jobs.js';
import { UnbraidError } from '../../src-main/common/base/errors.js';
import { RedisServer, hasRedis } from './support/redis.js';
import { startBin, testFolder } from './support/run.js';
import { song, writeWav } from './support/songs.js';

const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);

type Started = ReturnType<typeof startBin> & { readonly until: (pattern: RegExp) => Promise<void> };
const started: Started[] = [];
afterAll(() => started.forEach(({ child }) => child.kill('SIGKILL')));

/** A command that is ended after the tests; `until` waits for what it prints. */
function start(name: string, args: readonly string[]): Started {
  const run = startBin(args, { cache: at('cache', name) });
  let text = '';
  run.child.stdout!.on('data', (data: string) => (text += data));
  const until = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) {
      if (run.child.exitCode !== null) throw new Error(`It ended: ${text}`);
      await new Promise((resolve) => run.child.stdout!.once('data', resolve));
    }
  };
  started.push({ ...run, until });
  return { ...run, until };
}

const worker = (name: string, { url }: RedisServer): Started =>
  start(name, ['worker', '--queue', url, '--concurrency', '1', '--json']);
const batch = (name: string, { url }: RedisServer, model = 'hpss'): Started =>
  start(name, [
    ...['batch', at(name, 'songs'), '-o', at(name, 'stems'), '-m', model, '--workers', '1'],
    ...['--queue', url, '--json'],
  ]);

function songs(name: string, count: number): void {
  for (let i = 0; i < count; i++) writeWav(at(name, 'songs', `${i}.wav`), song(1, 4410, 44100, i + 1));
}

function reportOf(name: string): BatchReport {
  return JSON.parse(readFileSync(at(name, 'stems', 'unbraid-report.json'), 'utf8')) as BatchReport;
}

describe.runIf(hasRedis)('a worker that lacks a folder', () => {
  it('names it, ends, and leaves every song to others', async () => {
    songs('mount', 4);
    const server = await RedisServer.start(at('redis-mount'));
    const told = batch('mount', server);
    await told.until(/"index":3,.*"state":"waiting"/);

    // Not there at all, then the empty folder of a mount that is missing.
    renameSync(at('mount', 'songs'), at('mount', 'away'));
    for (const made of [false, true]) {
      if (made) mkdirSync(at('mount', 'songs'));
      const blind = await worker(`blind-${String(made)}`, server).done;
      expect(blind.code).toBe(1);
      expect(blind.err).toContain(`unbraid: ${at('mount', 'songs')}: `);
      expect(blind.out).not.toContain('"state":"failed"');
    }
    rmSync(at('mount', 'songs'), { recursive: true });
    renameSync(at('mount', 'away'), at('mount', 'songs'));

    const sees = worker('sees', server);
    expect((await told.done).code).toBe(0);
    expect(reportOf('mount').summary).toEqual({ done: 4, skipped: 0, failed: 0, cancelled: 0 });
    sees.child.kill('SIGTERM');
    expect((await sees.done).code).toBe(0);
  });

  it('writes nothing where another folder has the path of the output', async () => {
    songs('target', 2);
    const server = await RedisServer.start(at('redis-target'));
    const told = batch('target', server);
    await told.until(/"index":1,.*"state":"waiting"/);
    renameSync(at('target', 'stems'), at('target', 'away'));
    mkdirSync(at('target', 'stems'));
    const blind = await worker('blind-target', server).done;
    expect(blind.code).toBe(1);
    expect(blind.err).toContain(`unbraid: ${at('target', 'stems')}: `);
    expect(readdirSync(at('target', 'stems'))).toEqual([]);
    rmSync(at('target', 'stems'), { recursive: true });
    renameSync(at('target', 'away'), at('target', 'stems'));

    const sees = worker('sees-target', server);
    expect((await told.done).code).toBe(0);
    expect(reportOf('target').summary).toMatchObject({ done: 2, failed: 0 });
    sees.child.kill('SIGTERM');
    await sees.done;
  });

  it('lands in the report when the workers that could not see it are gone', async () => {
    songs('nobody', 3);
    const server = await RedisServer.start(at('redis-nobody'));
    const told = batch('nobody', server);
    await told.until(/"index":2,.*"state":"waiting"/);
    renameSync(at('nobody', 'songs'), at('nobody', 'away'));
    expect((await worker('blind-nobody', server).done).code).toBe(1);
    expect((await told.done).code).toBe(1);
    const { summary, items } = reportOf('nobody');
    expect(summary).toEqual({ done: 0, skipped: 0, failed: 3, cancelled: 0 });
    const error = { code: 'file-not-found', file: at('nobody', 'songs') };
    for (const { state } of items) expect(state).toMatchObject({ state: 'failed', error });
  });
});

it.runIf(hasRedis)('songs wait for the next worker when one that saw them has ended', async () => {
  writeWav(at('later', 'songs', '0.wav'), song(1, 4410));
  writeWav(at('later', 'songs', '1.wav'), song(2, 40 * 44_100));
  const server = await RedisServer.start(at('redis-later'));
  const told = batch('later', server);
  const sees = worker('sees-first', server);
  await told.until(/"index":0,.*"state":"done"/);
  sees.child.kill('SIGTERM');
  await sees.done;
  renameSync(at('later', 'songs'), at('later', 'away'));
  expect((await worker('blind-later', server).done).code).toBe(1);
  // Longer than a batch waits whose workers all were blind.
  await new Promise((resolve) => setTimeout(resolve, 22_000));
  expect(told.child.exitCode).toBeNull();
  renameSync(at('later', 'away'), at('later', 'songs'));
  const next = worker('sees-next', server);
  expect((await told.done).code).toBe(0);
  next.child.kill('SIGTERM');
  await next.done;
});

it.runIf(hasRedis)('workers that lack the model use up no try of a song, however many come', async () => {
  songs('model', 1);
  mkdirSync(at('models'));
  const manifest = readFileSync('models/manifests/unbraid-fast.json', 'utf8');
  writeFileSync(at('models', 'mine.json'), manifest.replaceAll('"id": "unbraid-fast"', '"id": "mine"'));
  for (const file of readdirSync('models/weights').filter((name) => name.startsWith('unbraid-fast')))
    cpSync(join('models/weights', file), at('models', file));
  const server = await RedisServer.start(at('redis-model'));
  vi.stubEnv('UNBRAID_MODELS', at('models'));
  const told = batch('model', server, 'mine');
  await told.until(/"state":"waiting"/);
  vi.stubEnv('UNBRAID_MODELS', at('none'));
  for (const name of ['lacks-1', 'lacks-2', 'lacks-3', 'lacks-4']) {
    const lacks = await worker(name, server).done;
    expect([lacks.code, lacks.err]).toEqual([expect.any(Number), expect.stringContaining('mine')]);
  }
  vi.stubEnv('UNBRAID_MODELS', at('models'));
  const has = worker('has', server);
  expect((await told.done).code).toBe(0);
  has.child.kill('SIGTERM');
  await has.done;
});

describe.runIf(hasRedis)('a song that a worker cannot reach', () => {
  it('is failed when it is gone for everyone, and the others are done', async () => {
    songs('gone', 3);
    const server = await RedisServer.start(at('redis-gone'));
    const told = batch('gone', server);
    await told.until(/"index":2,.*"state":"waiting"/);
    rmSync(at('gone', 'songs', '1.wav'));
    const sees = worker('sees-gone', server);
    expect((await told.done).code).toBe(1);
    const { summary, items } = reportOf('gone');
    expect(summary).toEqual({ done: 2, skipped: 0, failed: 1, cancelled: 0 });
    expect(items[1].state).toMatchObject({
      state: 'failed',
      error: { code: 'file-not-found', file: at('gone', 'songs', '1.wav') },
    });
    sees.child.kill('SIGTERM');
    await sees.done;
  });

  it('of another version goes back to the queue, and the worker says so', async () => {
    const server = await RedisServer.start(at('redis-version'));
    const connection = { host: '127.0.0.1', port: server.port, maxRetriesPerRequest: null };
    const queue = new Queue(queueName, { connection });
    try {
      await queue.add('song', { version: 3, path: '/songs/new.wav' }, { jobId: 'new', attempts: 3 });
      const old = await worker('old', server).done;
      expect([old.code, old.err]).toEqual([2, expect.stringContaining('the same version')]);
      const job = (await queue.getJob('new'))!;
      expect([await job.isFailed(), job.attemptsMade]).toEqual([false, 0]);
    } finally {
      await queue.close();
    }
  });
});

it('a song comes back later each time, and is given up when every worker has said no', () => {
  const error = new UnbraidError('file-not-found', 'Not here', { file: '/songs/a.wav' });
  const blind = { error, every: false };
  const first = seenBy(undefined, 'a', blind);
  const second = seenBy(first.sight, 'a', blind);
  const third = seenBy(second.sight, 'b', blind);
  expect([first.delay, second.delay, third.delay]).toEqual([2000, 4000, 8000]);
  expect(seenBy({ ...third.sight, rounds: 9 }, 'b', blind).delay).toBe(30_000);
  expect(seenBy(undefined, 'a', { error, every: true }).delay).toBe(0);
  expect(third.sight).toMatchObject({ rounds: 3, workers: ['a', 'b'], error: { code: 'file-not-found' } });
  expect(nobodySees(third.sight, ['a', 'b'])).toBe(true);
  expect(nobodySees(third.sight, ['a', 'b', 'c'])).toBe(false);
  expect(nobodySees(third.sight, [])).toBe(false);
  expect(nobodySees(second.sight, ['a'])).toBe(false);
});
