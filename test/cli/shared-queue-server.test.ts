import { join } from 'node:path';
import { Queue } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { queueName } from '../../src-main/node/shared-queue/song-jobs.js';
import { RedisServer, hasRedis } from './support/redis.js';
import { runBin, startBin, testFolder, type Outcome } from './support/run.js';
import { song, writeWav } from './support/songs.js';

const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const cache = at('cache');
writeWav(at('songs', 'a.wav'), song(1, 4410));

/** What the batch and a worker say of a server that they cannot use. */
function both(url: string): Promise<readonly Outcome[]> {
  const batch = ['batch', at('songs'), '-o', at('stems'), '-m', 'hpss', '--queue', url];
  const told = Promise.all([runBin(batch, { cache }), runBin(['worker', '--queue', url], { cache })]);
  return told.then((outcomes) => {
    // It ends with what it says, and not with the trace of an error that nobody heard.
    for (const { err } of outcomes) expect(err).not.toMatch(/^\s+at /m);
    return outcomes;
  });
}

describe.runIf(hasRedis)('a server of the queue', () => {
  it('that refuses the login, or wants one, is said to', async () => {
    const server = await RedisServer.start(at('locked'), ['--requirepass', 'right']);
    const address = (login: string): string => `redis://${login}127.0.0.1:${server.port}`;
    for (const [login, said] of [
      [':wrong@', 'The queue refuses the login'],
      ['nobody:wrong@', 'The queue refuses the login'],
      ['', 'The queue wants a login'],
    ])
      for (const { code, err } of await both(address(login)))
        expect([login, code, err]).toEqual([login, 1, expect.stringContaining(said)]);
    const right = startBin(['worker', '--queue', address(':right@'), '--json'], { cache });
    await new Promise((resolve) => right.child.stdout!.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    right.child.kill('SIGTERM');
    expect((await right.done).code).toBe(0);
  });

  it('that has no such database is refused, and no other is touched', async () => {
    const server = await RedisServer.start(at('databases'));
    const connection = { host: '127.0.0.1', port: server.port, maxRetriesPerRequest: null };
    const first = new Queue(queueName, { connection });
    try {
      const waiting = await first.add('song', { version: 1, path: 'x' }, { jobId: 'mine' });
      for (const { code, err } of await both(`${server.url}/99`))
        expect([code, err]).toEqual([2, expect.stringContaining('has no database 99')]);
      expect(await waiting.getState()).toBe('waiting');
      expect(await first.getJobCountByTypes('waiting', 'active', 'delayed', 'failed', 'completed')).toBe(1);
    } finally {
      await first.close();
    }
    for (const { code, err } of await both(`${server.url}/songs`))
      expect([code, err]).toEqual([2, expect.stringContaining('is not a number')]);
  });

  it('may have several databases, which are separate queues', async () => {
    const server = await RedisServer.start(at('several'));
    const run = startBin(['worker', '--queue', `${server.url}/3`], { cache });
    const batch = ['batch', at('songs'), '-o', at('three'), '-m', 'hpss', '--queue', `${server.url}?db=3`];
    expect((await runBin(batch, { cache: at('cache-2') })).code).toBe(0);
    run.child.kill('SIGTERM');
    expect((await run.done).code).toBe(0);
  });
});

it('a server that is not there is reported with the reason', async () => {
  for (const { code, err } of await both('redis://127.0.0.1:1'))
    expect([code, err]).toEqual([1, expect.stringMatching(/does not answer \(.*ECONNREFUSED/)]);
});
