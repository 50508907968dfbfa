import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent, type EngineEvent } from '../../src-main/common/contract/commands.js';
import type { QueueInfo, QueueResult } from '../../src-main/common/contract/queue.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { planesOf } from '../fixtures/audio/caches.js';
import { errorDb } from '../fixtures/signals.js';
import { Listener, song, writeWav } from '../cli/support/songs.js';

// The real engine and codecs; uploads are made as the hosts make them.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-queue-test-'));
const planes = song(2, 44100);
const settings = { model: 'hpss', workers: 1, depth: '32f' } as const;
const listener = new Listener(folder);
let chosen = '';
let engine: EngineApi;
let client: EngineClient;

beforeAll(() => {
  engine = new EngineApi({
    cacheDir: join(folder, 'cache'),
    stateDir: join(folder, 'state'),
    host: { ...headlessServices('library'), chooseFolder: () => Promise.resolve(chosen) },
  });
  client = engine.client();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function upload(name: string, bytes?: string): string {
  const { handle, path } = engine.sessions.newUpload(name);
  if (bytes === undefined) writeWav(path, planes);
  else writeFileSync(path, bytes);
  return handle;
}

async function folderHandle(path: string): Promise<string> {
  chosen = path;
  return (await client.chooseFolder({})).folder!.handle;
}

/** Waits until nothing of the queue is left to do. */
async function settled(): Promise<QueueInfo> {
  for (;;) {
    const info = await client.queueState({});
    if (info.entries.every(({ state }) => !['waiting', 'running'].includes(state.state))) return info;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const resultOf = (info: QueueInfo, name: string): QueueResult => {
  const { state } = info.entries.find((entry) => entry.name === name)!;
  if (state.state !== 'done' && state.state !== 'skipped') throw new Error(`${name} is ${state.state}`);
  return state.result;
};

describe('the queue', () => {
  it('makes stems of uploads that add up; a broken one costs one entry; no path is shown', async () => {
    const events: EngineEvent[] = [];
    const unsubscribe = client.subscribe((event) => events.push(event));
    const sources = [
      { upload: upload('one.wav'), folders: ['Album', '..'] },
      { upload: upload('broken.mp3', 'no audio'), folders: ['Album'] },
      { upload: upload('two.wav') },
    ];
    await client.queueAdd({ sources, output: null, settings });
    const info = await settled();
    unsubscribe();
    expect(info.entries.map(({ name, state }) => [name, state.state])).toEqual([
      ['one.wav', 'done'],
      ['broken.mp3', 'failed'],
      ['two.wav', 'done'],
    ]);
    expect(info.entries[1].state).toMatchObject({ error: { file: 'Album/broken.mp3' } });
    expect(JSON.stringify([info, events])).not.toContain(folder);
    expect(events.filter((event) => 'state' in event).map((event) => event.state)).toEqual([
      'started',
      'done',
    ]);
    const { files } = resultOf(info, 'one.wav');
    // A folder that would climb is a name like any other.
    expect(files.map(({ name }) => name)).toEqual(
      ['one [harmonic].wav', 'one [percussive].wav', 'one.unbraid.json'].map((name) =>
        join('Album', '_', 'one', name),
      ),
    );
    const sum = planes.map((plane) => new Float32Array(plane.length));
    for (const { handle } of files.slice(0, 2)) {
      const { planes: stem } = await listener.read(engine.sessions.download(handle).path);
      stem.forEach((plane, ch) => plane.forEach((x, i) => (sum[ch][i] += x)));
    }
    const { planes: source } = await listener.read(writeWav(join(folder, 'again.wav'), planes));
    sum.forEach((plane, ch) => expect(errorDb(plane, source[ch])).toBeLessThan(-120));
  });

  it('forgets what is removed: the entry, its upload and the files kept for it', async () => {
    const before = await client.queueState({});
    const { handle } = resultOf(before, 'one.wav').files[0];
    const info = await client.queueRemove({ entries: before.entries.map(({ id }) => id) });
    expect(info.entries).toEqual([]);
    expect(() => engine.sessions.download(handle)).toThrow(/not here any more/);
  });

  it('reads a folder and writes into one, keeps its tree, and skips what is done already', async () => {
    const [music, out] = [join(folder, 'Music'), join(folder, 'Stems')];
    writeWav(join(music, 'A', 'song.wav'), planes);
    mkdirSync(out);
    const order = {
      sources: [{ handle: await folderHandle(music) }],
      output: await folderHandle(out),
      settings: { ...settings, stems: ['percussive'] },
    };
    const made = ['song [percussive].wav', 'song.unbraid.json'];
    await client.queueAdd(order);
    expect((await settled()).entries.map(({ folders, state }) => [folders, state.state])).toEqual([
      [['Music', 'A'], 'done'],
    ]);
    expect(readdirSync(join(out, 'Music', 'A', 'song'))).toEqual(made);
    await client.queueAdd(order);
    expect((await settled()).entries.map(({ state }) => state.state)).toEqual(['done', 'skipped']);
    // Results in a person's folder are theirs: removing the entries leaves them.
    await client.queueRemove({ entries: (await client.queueState({})).entries.map(({ id }) => id) });
    expect(readdirSync(join(out, 'Music', 'A', 'song'))).toEqual(made);
  });

  it('refuses at once what no song could be made with', async () => {
    const sources = [{ upload: upload('x.wav') }];
    const invalid = { code: 'invalid-argument' };
    const add = (change: object): Promise<unknown> =>
      client.queueAdd({ sources, output: null, settings, ...change });
    await expect(add({ product: 'karaoke' })).rejects.toMatchObject(invalid);
    await expect(add({ settings: { ...settings, template: 'all.wav' } })).rejects.toMatchObject(invalid);
    await expect(add({ settings: { ...settings, stems: ['flute'] } })).rejects.toMatchObject(invalid);
    await expect(add({ settings: { model: 'nobody' } })).rejects.toMatchObject({ code: 'model-not-found' });
    await expect(add({ output: '0'.repeat(32) })).rejects.toMatchObject(invalid);
    await expect(add({ sources: [{ upload: '0'.repeat(32) }] })).rejects.toMatchObject(invalid);
    await expect(add({ sources: [{ path: '/etc/passwd' }] })).rejects.toMatchObject(invalid);
    expect((await client.queueState({})).entries).toEqual([]);
  });

  it('is paused and resumed, and songs of one name get different names', async () => {
    await client.queuePause({});
    for (let i = 0; i < 2; i++) {
      await client.queueAdd({ sources: [{ upload: upload('same.wav') }], output: null, settings });
    }
    const waiting = await client.queueState({});
    expect([waiting.paused, waiting.entries.map(({ state }) => state.state)]).toEqual([
      true,
      ['waiting', 'waiting'],
    ]);
    await client.queueResume({});
    const info = await settled();
    const names = info.entries.flatMap(({ state }) => ('result' in state ? state.result.files : []));
    // Two songs: two stems and a sidecar each.
    expect(new Set(names.map(({ name }) => name)).size).toBe(6);
    expect((await client.speeds({}))['nothing']).toBeUndefined();
    const { log, usedProvider } = await client.diagnostics({});
    expect(usedProvider).toBe('cpu');
    expect(log.some((line) => line.includes('hpss on cpu'))).toBe(true);
    expect(log.some((line) => line.includes('not-audio'))).toBe(true);
    expect(log.join('\n')).not.toContain(folder);
  });
});

describe('an export', () => {
  it('reports its progress, for stems and for the mix', async () => {
    const { session } = await client.openUpload({ upload: upload('export.wav') });
    await client.separateSession({ job: 's', session, settings });
    for (const what of ['stems', 'mix'] as const) {
      const told: EngineEvent[] = [];
      const unsubscribe = client.subscribe((event) => told.push(event));
      await client.exportSession({ job: what, session, what, settings });
      unsubscribe();
      const phases = told.flatMap((event) => (isSessionEvent(event) ? [event.progress.phase] : []));
      expect([what, [...new Set(phases)]]).toEqual([what, ['write', 'verify']]);
    }
    await client.closeSession({ session });
  });
});

describe('a part of an open song', () => {
  it('is separated alone: earlier stems stay outside of it, sample by sample, and all add up', async () => {
    const session = await client.openUpload({ upload: upload('part.wav') });
    const id = session.session;
    const tracks = (): { name: string; planes: Float32Array[] }[] =>
      engine.sessions.store.get(id).state.tracks.map(({ name, ref }) => ({ name, planes: planesOf(ref) }));
    const range = { start: 10_000, count: 20_000 };
    const separate = (job: string, model: string): Promise<unknown> =>
      client.separateSession({ job, session: id, range, settings: { model, workers: 1 } });
    const check = (): void => {
      const [source, ...stems] = tracks();
      source.planes.forEach((plane, ch) => {
        const sum = plane.map((_, i) => stems.reduce((total, stem) => total + stem.planes[ch][i], 0));
        expect(errorDb(sum, plane)).toBeLessThan(-140);
      });
    };

    await separate('first', 'hpss');
    const first = tracks();
    expect(first.map(({ name }) => name)).toEqual(['source', 'harmonic', 'percussive']);
    // Before there were stems, one of them is the whole song.
    const rest = first.slice(1).find(({ planes: [left] }) => left[0] === first[0].planes[0][0])!;
    expect(rest.planes[1].subarray(0, range.start)).toEqual(first[0].planes[1].subarray(0, range.start));
    check();

    await separate('second', 'repet-sim');
    const second = tracks();
    expect(second.map(({ name }) => name)).toEqual([
      'source',
      'vocals',
      'accompaniment',
      'harmonic',
      'percussive',
    ]);
    for (const name of ['harmonic', 'percussive']) {
      const [before, after] = [first, second].map(
        (set) => set.find((track) => track.name === name)!.planes[0],
      );
      expect(after.subarray(0, range.start)).toEqual(before.subarray(0, range.start));
      expect(after.subarray(30_000)).toEqual(before.subarray(30_000));
      expect(Math.max(...after.subarray(12_000, 28_000).map(Math.abs))).toBeLessThan(1e-6);
    }
    check();
    expect((await client.session({ session: id })).separation).toMatchObject({ model: 'repet-sim', range });
    await expect(
      client.separateSession({ job: 'x', session: id, range: { start: 90_000, count: 1 }, settings }),
    ).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(tracks().map(({ name }) => name)).toEqual(second.map(({ name }) => name));
  });
});
