import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { s3Object, s3Place } from '../../src-main/node/remote/s3-address.js';
import { S3Server } from '../fixtures/s3/server.js';
import { runBin, testFolder } from './support/run.js';
import { Listener, song, sumOf, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const ears = new Listener(dir);
const storage = new S3Server('music');
const planes = song(2, 40_000);
const wav = readFileSync(writeWav(join(dir, 'song.wav'), planes, 44_100, '32f'));
const other = readFileSync(writeWav(join(dir, 'other.wav'), song(2, 30_000, 44_100, 2), 44_100, '32f'));

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: await storage.start(),
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});
afterAll(() => storage.stop());
beforeEach(() => {
  storage.objects.clear();
  storage.log.length = 0;
  storage.troubles.clear();
  storage.objects.set('songs/a/song.wav', wav);
  storage.objects.set('songs/b — ü.wav', other);
  storage.objects.set('songs/notes.txt', Buffer.from('no song'));
  storage.objects.set('songs/.hidden/c.wav', other);
  storage.objects.set('elsewhere/d.wav', other);
});

interface Report {
  readonly items: readonly {
    readonly source: string;
    readonly state: {
      readonly state: string;
      readonly error?: { readonly code: string; readonly file?: string };
      readonly result?: { readonly outputs: readonly { readonly stem: string; readonly path: string }[] };
    };
  }[];
  readonly summary: Readonly<Record<string, number>>;
}

async function batch(...args: string[]): Promise<{ code: number | null; report: Report; err: string }> {
  const { code, out, err } = await runBin(['batch', ...args, '-m', 'hpss', '--workers', '1', '--json'], {
    cache,
  });
  const last = out.trim().split('\n').at(-1)!;
  return { code, report: (last.startsWith('{') ? JSON.parse(last) : {}) as Report, err };
}
const states = ({ items }: Report): string[] => items.map(({ state }) => state.state);
const made = (): string[] => [...storage.objects.keys()].filter((key) => key.startsWith('stems/')).sort();
const fetched = (): string[] => storage.log.filter((line) => /^GET songs\/.*wav$/.test(line));

async function hear(key: string): Promise<Float32Array[]> {
  const file = join(dir, 'heard', key);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, storage.objects.get(key)!);
  return (await ears.read(file)).planes;
}

describe('a batch in S3 storage', () => {
  it('puts stems that add up beside each other, and skips what is done without fetching it', async () => {
    const { code, report } = await batch('s3://music/songs', '-o', 's3://music/stems/');
    expect(code).toBe(0);
    expect(report.summary).toEqual({ done: 2, skipped: 0, failed: 0, cancelled: 0 });
    expect(report.items.map(({ source }) => source)).toEqual([
      's3://music/songs/a/song.wav',
      's3://music/songs/b — ü.wav',
    ]);
    const names = ['song [harmonic].wav', 'song [percussive].wav', 'song.unbraid.json'];
    expect(made().filter((key) => key.startsWith('stems/a/'))).toEqual(
      names.map((name) => `stems/a/song/${name}`),
    );
    const paths = report.items[0].state.result!.outputs.map(({ path }) => path);
    expect(paths).toEqual(names.slice(0, 2).map((name) => `s3://music/stems/a/song/${name}`));
    const stems = await Promise.all(paths.map((path) => hear(path.slice('s3://music/'.length))));
    expect(worst(sumOf(stems), planes)).toBeLessThan(1e-6);
    expect(JSON.stringify(report)).not.toContain(cache);
    expect(readdirSync(cache)).toEqual([]);

    storage.log.length = 0;
    const again = await batch('s3://music/songs', '-o', 's3://music/stems');
    expect([again.code, states(again.report)]).toEqual([0, ['skipped', 'skipped']]);
    expect(fetched()).toEqual([]);

    // Another content, a lost output: these alone are done again.
    storage.objects.set('songs/b — ü.wav', wav);
    expect(states((await batch('s3://music/songs', '-o', 's3://music/stems')).report)).toEqual([
      'skipped',
      'done',
    ]);
    storage.objects.delete('stems/a/song/song [harmonic].wav');
    expect(states((await batch('s3://music/songs', '-o', 's3://music/stems')).report)).toEqual([
      'done',
      'skipped',
    ]);
  });

  it('never replaces what no earlier run made, unless it may', async () => {
    const taken = 'stems/a/song/song [harmonic].wav';
    storage.objects.set(taken, Buffer.from('mine'));
    const { code, report } = await batch('s3://music/songs', '-o', 's3://music/stems');
    expect([code, states(report)]).toEqual([1, ['failed', 'done']]);
    expect(report.items[0].state.error).toMatchObject({
      code: 'output-exists',
      file: `s3://music/${taken}`,
    });
    expect(storage.objects.get(taken)!.toString()).toBe('mine');
    const allowed = await batch('s3://music/songs', '-o', 's3://music/stems', '--overwrite');
    expect([allowed.code, states(allowed.report)]).toEqual([0, ['done', 'done']]);
    expect(storage.objects.get(taken)!.length).toBeGreaterThan(1000);
  });

  it('goes from storage into a folder, and from a folder into storage', async () => {
    const down = join(dir, 'down');
    expect((await batch('s3://music/songs', '-o', down, '--include', 'song.*')).code).toBe(0);
    const local = join(down, 'a/song/song [harmonic].wav');
    expect((await ears.read(local)).planes[0].length).toBe(40_000);
    expect(states((await batch('s3://music/songs', '-o', down, '--include', 'song.*')).report)).toEqual([
      'skipped',
    ]);
    const up = join(dir, 'up');
    mkdirSync(up);
    writeFileSync(join(up, 'one.wav'), wav);
    const first = await batch(up, '-o', 's3://music/stems');
    expect([first.code, first.report.items[0].source]).toEqual([0, join(up, 'one.wav')]);
    expect(made()).toContain('stems/one/one [harmonic].wav');
    expect(states((await batch(up, '-o', 's3://music/stems')).report)).toEqual(['skipped']);
  });

  it('an object that cannot be read costs its song; what is only busy is asked again', async () => {
    storage.troubles.set('songs/a/song.wav', ['denied']);
    storage.troubles.set('songs/b — ü.wav', ['busy']);
    const { code, report } = await batch('s3://music/songs', '-o', 's3://music/stems');
    expect([code, states(report)]).toEqual([1, ['failed', 'done']]);
    expect(report.items[0].state.error).toMatchObject({
      code: 'permission-denied',
      file: 's3://music/songs/a/song.wav',
    });
    storage.troubles.set('songs/a/song.wav', ['cut', 'cut', 'cut', 'cut']);
    const cut = await batch('s3://music/songs', '-o', 's3://music/stems');
    expect([cut.code, states(cut.report)]).toEqual([1, ['failed', 'skipped']]);
    expect(cut.report.items[0].state.error).toMatchObject({ code: 'io-error' });
    expect(made().some((key) => key.startsWith('stems/a/'))).toBe(false);
  });

  it('uploads large files in parts', async () => {
    storage.objects.clear();
    const long = readFileSync(writeWav(join(dir, 'long.wav'), song(2, 800_000), 44_100, '32f'));
    storage.objects.set('songs/long.wav', long);
    expect((await batch('s3://music/songs', '-o', 's3://music/stems')).code).toBe(0);
    const parts = storage.log.filter((line) => /^PUT .*harmonic.* part$/.test(line));
    expect(parts.length).toBe(2);
    expect(storage.objects.get('stems/long/long [harmonic].wav')!.length).toBeGreaterThan(6e6);
  });

  it('shards are the whole list; queues, watching and one place for both are refused', async () => {
    const shard = async (part: string): Promise<string[]> =>
      (await batch('s3://music/songs', '-o', 's3://music/stems', '--shard', part)).report.items.map(
        ({ source }) => source,
      );
    expect([...(await shard('1/2')), ...(await shard('2/2'))].sort()).toEqual([
      's3://music/songs/a/song.wav',
      's3://music/songs/b — ü.wav',
    ]);
    for (const [extra, code] of [
      [['-o', 's3://music/stems', '--watch'], /cannot be watched/],
      [
        ['-o', 's3://music/stems', '--queue', 'redis://127.0.0.1:1'],
        /goes neither with a watched folder nor with a queue/,
      ],
      [['-o', 's3://music/songs/'], /cannot have the same place/],
    ] as const) {
      const refused = await batch('s3://music/songs', ...extra);
      expect(refused.code).not.toBe(0);
      expect(refused.err).toMatch(code);
    }
    const nowhere = await batch('s3://nothing/songs', '-o', join(dir, 'nowhere'));
    expect([nowhere.code, nowhere.err]).toEqual([
      1,
      'unbraid: s3://nothing/songs/: There is no such bucket. Check the name, and AWS_ENDPOINT_URL_S3.\n',
    ]);
  });
});

describe('keys with slashes in unusual places', () => {
  it('are songs like others', async () => {
    storage.objects.clear();
    storage.objects.set('/first.wav', wav);
    storage.objects.set('set//second.wav', other);
    storage.objects.set('set/_/second.wav', wav);
    const { code, report } = await batch('s3://music', '-o', join(dir, 'slashes'));
    expect([code, states(report)]).toEqual([0, ['done', 'done', 'done']]);
    expect(report.items.map(({ source }) => source)).toEqual([
      's3://music//first.wav',
      's3://music/set//second.wav',
      's3://music/set/_/second.wav',
    ]);
    const paths = report.items.flatMap(({ state }) => state.result!.outputs.map(({ path }) => path));
    expect(new Set(paths).size).toBe(6);
    expect((await ears.read(join(dir, 'slashes/_/first/first [harmonic].wav'))).planes[0].length).toBe(
      40_000,
    );
  });

  it('are searched and written as they are', async () => {
    storage.objects.clear();
    storage.objects.set('/in/a.wav', wav);
    storage.objects.set('in/b.wav', other);
    const { report } = await batch('s3://music//in', '-o', 's3://music//out');
    expect(report.items.map(({ source }) => source)).toEqual(['s3://music//in/a.wav']);
    expect(storage.objects.has('/out/a/a [harmonic].wav')).toBe(true);
    expect(states((await batch('s3://music//in', '-o', 's3://music//out')).report)).toEqual(['skipped']);
  });
});

describe('a report in storage', () => {
  const report = 's3://music/reports/today.json';
  const run = (...more: string[]) =>
    batch('s3://music/songs', '-o', 's3://music/stems', '--report', report, ...more);

  it('is that of the run, and replaces an earlier one', async () => {
    const first = await run();
    expect([first.code, first.err]).toEqual([0, '']);
    const kept = JSON.parse(storage.objects.get('reports/today.json')!.toString()) as Report;
    expect(kept.summary).toEqual(first.report.summary);
    expect((await run()).code).toBe(0);
    expect(storage.objects.get('reports/today.json')!.toString()).toContain('"skipped": 2');
  });

  it('replaces nothing else, before any song is fetched', async () => {
    storage.objects.set('reports/today.json', Buffer.from('{"mine": 1}'));
    const refused = await run();
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('not a report of Unbraid')]);
    expect(fetched()).toEqual([]);
    expect((await run('--overwrite')).code).toBe(0);
    for (const wrong of ['s3://music/reports/', 's3://music/song.wav', 's3:/x', 'https://example.org/r.json'])
      expect((await run('--report', wrong)).code).toBe(2);
  });
});

it('commands that do not reach storage refuse its addresses, and make no folder of that name', async () => {
  const here = join(dir, 'here');
  mkdirSync(here);
  const file = join(dir, 'song.wav');
  for (const args of [
    ['separate', file, '-o', 's3://music/stems'],
    ['separate', 's3://music/songs/a/song.wav', '-o', 'stems'],
    ['separate', file, '-o', 'https://example.org/stems'],
    ['remix', file, '-o', 's3://music/mix.wav', '--mute', 'vocals'],
    ['compare', file, '-o', 's3://music/report'],
    ['info', 's3://music/songs/a/song.wav'],
    ['check', 's3://music/songs'],
    ['verify', 's3://music/stems'],
    ['evaluate', 's3://music/a', '--baseline', 'mixture'],
    ['batch', 'file:///songs', '-o', 'stems'],
  ]) {
    const { code, err } = await runBin(args, { cache, cwd: here });
    expect([args[0], code, err]).toEqual([args[0], 2, expect.stringMatching(/an address/)]);
  }
  expect(readdirSync(here)).toEqual([]);
});

it('addresses', () => {
  expect(s3Place('s3://bucket')).toEqual({ bucket: 'bucket', prefix: '' });
  expect(s3Place('s3://bucket/')).toEqual({ bucket: 'bucket', prefix: '' });
  expect(s3Place('s3://bucket/a/b')).toEqual({ bucket: 'bucket', prefix: 'a/b/' });
  expect(s3Place('s3://bucket//a//')).toEqual({ bucket: 'bucket', prefix: '/a//' });
  expect(s3Object('s3://bucket/a//b.json')).toEqual({
    place: { bucket: 'bucket', prefix: 'a//' },
    name: 'b.json',
  });
  expect(s3Place('/music/s3:/x')).toBeUndefined();
  for (const wrong of ['s3:', 's3://', 's3:///a', 's3://b', 's3://a_b/c'])
    expect(() => s3Place(wrong)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
