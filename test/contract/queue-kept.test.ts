import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { QueueInfo } from '../../src-main/common/contract/queue.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { planesOf } from '../fixtures/audio/caches.js';
import { song, writeWav } from '../cli/support/songs.js';

// Engines that come after each other, or live beside each other, with one folder of what is remembered.
const settings = { model: 'hpss', workers: 1 } as const;
let folder: string;
let engines: EngineApi[];
let client: EngineClient;
let engine: EngineApi;
let chosen = '';

function start(): void {
  engine = new EngineApi({
    cacheDir: join(folder, 'cache'),
    stateDir: join(folder, 'state'),
    host: { ...headlessServices('library'), chooseFolder: () => Promise.resolve(chosen) },
  });
  engines.push(engine);
  client = engine.client();
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unbraid-queue-kept-'));
  engines = [];
  start();
});
afterEach(async () => {
  for (const one of engines) await one.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function upload(name: string, seconds = 1): string {
  const { handle, path } = engine.sessions.newUpload(name);
  writeWav(path, song(seconds, 44100));
  return handle;
}

const add = (...uploads: string[]): Promise<QueueInfo> =>
  client.queueAdd({ sources: uploads.map((one) => ({ upload: one })), output: null, settings });

async function settled(): Promise<QueueInfo> {
  for (;;) {
    const info = await client.queueState({});
    if (info.entries.every(({ state }) => !['waiting', 'running'].includes(state.state))) return info;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const states = ({ entries }: QueueInfo): string[] =>
  entries.map(({ name, state }) => `${name} ${state.state}`);
const queueFolder = (): string => join(folder, 'state', 'queue');

describe('a queue that outlives its engine', () => {
  it('has its songs again: finished ones with their files, others to go on with when it is resumed', async () => {
    await add(upload('one.wav'));
    await settled();
    await client.queuePause({});
    await add(upload('two.wav'));
    await engine.dispose();

    start();
    const again = await client.queueState({});
    expect([states(again), again.paused, again.keeping]).toEqual([
      ['one.wav done', 'two.wav waiting'],
      true,
      'kept',
    ]);
    const { state } = again.entries[0];
    if (state.state !== 'done') throw new Error(state.state);
    for (const { handle, bytes } of state.result.files) {
      expect(readFileSync(engine.sessions.download(handle).path).length).toBe(bytes);
    }
    await client.queueResume({});
    expect(states(await settled())).toEqual(['one.wav done', 'two.wav done']);
    // Nothing of it stays on the disk once the list is empty.
    await client.queueRemove({ entries: (await client.queueState({})).entries.map(({ id }) => id) });
    expect(readdirSync(queueFolder()).sort()).toEqual(['lock', 'queue.json']);
  });

  it('begins a song again that ran when the engine ended', async () => {
    await add(upload('long.wav', 40));
    while (states(await client.queueState({}))[0] !== 'long.wav running') await Promise.resolve();
    await engine.dispose();
    start();
    expect(states(await client.queueState({}))).toEqual(['long.wav paused']);
    await client.queueResume({});
    expect(states(await client.queueState({}))).toEqual(['long.wav running']);
  });

  it('costs one entry where a song has gone', async () => {
    const music = join(folder, 'Music');
    for (const name of ['a', 'b']) writeWav(join(music, `${name}.wav`), song(1, 44100));
    chosen = music;
    const { handle } = (await client.chooseFolder({})).folder!;
    await client.queuePause({});
    await client.queueAdd({ sources: [{ handle }], output: null, settings });
    await engine.dispose();
    rmSync(join(music, 'a.wav'));
    start();
    await client.queueResume({});
    const info = await settled();
    expect(states(info)).toEqual(['a.wav failed', 'b.wav done']);
    expect(info.entries[0].state).toMatchObject({ error: { code: 'file-not-found', file: 'Music/a.wav' } });
  });

  it('reports a list that it cannot read, and keeps it aside', async () => {
    mkdirSync(queueFolder(), { recursive: true });
    writeFileSync(join(queueFolder(), 'queue.json'), '{"version":1,"entries":[{}');
    expect(await client.queueState({})).toEqual({ entries: [], paused: false, keeping: 'damaged' });
    expect(readFileSync(join(queueFolder(), 'queue.json.damaged'), 'utf8')).toContain('"entries":[{}');
    await add(upload('one.wav'));
    expect(states(await settled())).toEqual(['one.wav done']);
  });

  it('belongs to one engine at a time; another works without it', async () => {
    await client.queueState({});
    // As another program would hold it: this process's own locks are known by their tokens.
    const lock = join(queueFolder(), 'lock');
    await engine.dispose();
    writeFileSync(lock, JSON.stringify({ host: 'elsewhere', pid: 1, token: 'x' }));
    start();
    expect((await client.queueState({})).keeping).toBe('elsewhere');
    await add(upload('one.wav'));
    expect(states(await settled())).toEqual(['one.wav done']);
    expect(readdirSync(queueFolder())).toEqual(['lock']);
  });
});

describe('the source of a song of the queue', () => {
  /** The samples of an open song. */
  const samples = (session: string): Float32Array[] =>
    planesOf(engine.sessions.store.get(session).song.decoded.ref);

  const expectSong = async (entry: string, name: string): Promise<string> => {
    const info = await client.queueOpen({ entry });
    const sent = await client.openUpload({ upload: upload(`${name}.wav`) });
    expect([info.name, info.separation, samples(info.session)]).toEqual([name, null, samples(sent.session)]);
    return info.session;
  };

  it('opens again after a restart, and stays when its row goes', async () => {
    await add(upload('one.wav'));
    await settled();
    await engine.dispose();
    start();
    const { entries } = await client.queueState({});
    const session = await expectSong(entries[0].id, 'one');
    const before = samples(session);
    await client.queueRemove({ entries: [entries[0].id] });
    expect(readdirSync(queueFolder()).sort()).toEqual(['lock', 'queue.json']);
    // The session separates from what it has of its own.
    await client.separateSession({ job: 'later', session, settings });
    expect(samples(session)).toEqual(before);
    const { path } = engine.sessions.store.get(session).song;
    expect(existsSync(path)).toBe(true);
    await client.closeSession({ session });
    expect(existsSync(path)).toBe(false);
    await expect(client.queueOpen({ entry: entries[0].id })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('opens where it lies in a folder; one that has gone says so', async () => {
    const music = join(folder, 'Music');
    writeWav(join(music, 'a.wav'), song(1, 44100));
    chosen = music;
    const { handle } = (await client.chooseFolder({})).folder!;
    await client.queueAdd({ sources: [{ handle }], output: null, settings });
    const [{ id }] = (await settled()).entries;
    const session = await expectSong(id, 'a');
    expect(engine.sessions.store.get(session).song.path).toBe(join(music, 'a.wav'));
    await client.closeSession({ session });
    expect(existsSync(join(music, 'a.wav'))).toBe(true);
    rmSync(join(music, 'a.wav'));
    await expect(client.queueOpen({ entry: id })).rejects.toMatchObject({ code: 'file-not-found' });
  });

  it('opens where the list is not kept, and outlives its row there too', async () => {
    await client.queueState({});
    const lock = join(queueFolder(), 'lock');
    await engine.dispose();
    writeFileSync(lock, JSON.stringify({ host: 'elsewhere', pid: 1, token: 'x' }));
    start();
    await add(upload('one.wav'));
    const [{ id }] = (await settled()).entries;
    const session = await expectSong(id, 'one');
    await client.queueRemove({ entries: [id] });
    expect(existsSync(engine.sessions.store.get(session).song.path)).toBe(true);
  });
});
