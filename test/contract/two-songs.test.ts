import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent } from '../../src-main/common/contract/commands.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { planesOf } from '../fixtures/audio/caches.js';
import { errorDb } from '../fixtures/signals.js';
import { Listener, song, writeWav } from '../cli/support/songs.js';

// Two of everything in one host: the real engine, codecs and files.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-two-songs-'));
const settings = { model: 'hpss', workers: 1 } as const;
const listener = new Listener(folder);
let engine: EngineApi;
let client: EngineClient;

beforeAll(() => {
  engine = new EngineApi({
    cacheDir: join(folder, 'cache'),
    stateDir: join(folder, 'state'),
    host: headlessServices('library'),
  });
  client = engine.client();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function open(name: string, seconds = 2): Promise<SessionInfo> {
  const { handle, path } = engine.sessions.newUpload(name);
  writeWav(path, song(seconds, 44_100));
  return client.openUpload({ upload: handle });
}

/** How far the stems' sum is from the source, dB. */
function sumError(id: string): number {
  const [source, ...stems] = engine.sessions.store.get(id).state.tracks.map(({ ref }) => planesOf(ref));
  return Math.max(
    ...source.map((plane, ch) =>
      errorDb(
        plane.map((_, i) => stems.reduce((sum, stem) => sum + stem[ch][i], 0)),
        plane,
      ),
    ),
  );
}

/** Resolves when a separation has begun. */
function running(job: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.subscribe((event) => {
      if (!isSessionEvent(event) || event.job !== job || event.progress.phase !== 'separate') return;
      stop();
      resolve();
    });
  });
}

function move(id: string, end = 40): { edit: Parameters<EngineClient['editSession']>[0]['edits'][number] } {
  const mask = new TileMask({ nFft: 4096, hop: 1024 });
  fillRectangle(mask, { start: 10, end, low: 20, high: 200 });
  const hash = engine.sessions.store.get(id).edits.addMask(mask.encode());
  const [from, to] = ['harmonic', 'percussive'];
  return { edit: { id: 'e', kind: 'move', sources: [from], target: to, strength: 1, mask: hash } };
}

describe('uploads', () => {
  /** Whether the file of an upload is there. */
  const there = (path: string): boolean => existsSync(path);
  const send = (name: string): { readonly upload: string; readonly path: string } => {
    const { handle: upload, path } = engine.sessions.newUpload(name);
    writeWav(path, song(1, 44_100));
    return { upload, path };
  };

  it('S14 opened twice stay until the last session closes, which can be saved after the first has closed', async () => {
    const { upload, path } = send('twice.wav');
    const [first, second] = await Promise.all([client.openUpload({ upload }), client.openUpload({ upload })]);
    await client.closeSession({ session: first.session });
    expect(there(path)).toBe(true);
    const document = { document: 'unbraid' as const, version: documentVersion, records: [] };
    const saved = await client.saveProject({
      session: second.session,
      document,
      history: noMarks,
      view: null,
    });
    expect(saved.savedAt).toBeGreaterThan(0);
    await client.closeSession({ session: second.session });
    expect(there(path)).toBe(false);
    await expect(client.openUpload({ upload })).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('S14 in the queue and open at once stay for the song that is open', async () => {
    const { upload, path } = send('both.wav');
    const { session } = await client.openUpload({ upload });
    await client.queuePause({});
    const { entries } = await client.queueAdd({ sources: [{ upload }], output: null, settings });
    expect(there(path)).toBe(true);
    await client.queueRemove({ entries: entries.map(({ id }) => id) });
    expect(there(path)).toBe(true);
    await client.closeSession({ session });
    expect(there(path)).toBe(false);
    await client.queueResume({});
  });

  it('S14 that nobody opens are deleted after the time of grace', async () => {
    const impatient = new EngineApi({
      ...{ cacheDir: join(folder, 'cache-2'), stateDir: join(folder, 'state-2') },
      ...{ host: headlessServices('library'), pageGraceMs: 80 },
    });
    try {
      const { path } = impatient.sessions.newUpload('alone.wav');
      writeWav(path, song(1, 44_100));
      const kept = impatient.sessions.newUpload('kept.wav');
      writeWav(kept.path, song(1, 44_100));
      impatient.sessions.uploads.hold(kept.handle);
      while (there(path)) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(there(kept.path)).toBe(true);
    } finally {
      await impatient.dispose();
    }
  });

  it('S14 that break off leave nothing', async () => {
    const { handle, path } = engine.sessions.newUpload('broken.wav');
    const broken = engine.sessions.uploads.receive(handle, () => {
      writeWav(path, song(1, 44_100));
      return Promise.reject(new Error('the page is gone'));
    });
    await expect(broken).rejects.toThrow('the page is gone');
    expect([there(path), there(join(path, '..'))]).toEqual([false, false]);
  });
});

describe('two songs of one host', () => {
  it('S1 Q1 are separated at the same time, one after the other, and both add up', async () => {
    const songs = await Promise.all([open('one.wav', 3), open('two.wav', 2), open('three.wav', 2)]);
    const places = new Map<string, number[]>();
    const stop = client.subscribe((event) => {
      if (isSessionEvent(event) && event.progress.place !== undefined)
        places.set(event.job, [...(places.get(event.job) ?? []), event.progress.place]);
    });
    const runs = songs.map(({ session }, i) =>
      client.separateSession({ job: `two-${i}`, session, settings }),
    );
    for (const { tracks } of await Promise.all(runs)) expect(tracks.length).toBe(3);
    stop();
    for (const { session } of songs) expect(sumError(session)).toBeLessThan(-120);
    expect([places.get('two-0') ?? [], places.get('two-1')?.at(-1), places.get('two-2')]).toEqual([
      [],
      1,
      [2, 1],
    ]);
  });

  it('Q4 cancelling one that runs or waits ends only that one', async () => {
    const [a, b, c] = await Promise.all([open('a.wav', 20), open('b.wav'), open('c.wav')]);
    const runs = [a, b, c].map(({ session }, i) =>
      client.separateSession({ job: `stop-${i}`, session, settings }),
    );
    const ends = Promise.allSettled(runs);
    await client.cancel({ job: 'stop-1' });
    await client.cancel({ job: 'stop-0' });
    const [first, second, third] = await ends;
    expect([first, second]).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'cancelled' }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'cancelled' }) },
    ]);
    expect(third.status).toBe('fulfilled');
    expect(sumError(c.session)).toBeLessThan(-120);
    expect((await client.session({ session: a.session })).tracks.length).toBe(1);
  });

  it('Q2 a song of the page goes ahead of a batch that runs, which then gives the same samples', async () => {
    const { handle: upload, path } = engine.sessions.newUpload('long.wav');
    writeWav(path, song(40, 44_100));
    const { handle: other, path: same } = engine.sessions.newUpload('alone.wav');
    writeWav(same, song(40, 44_100));
    const info = await open('urgent.wav', 2);
    const exact = { ...settings, depth: '32f' } as const;
    const order: string[] = [];
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    const stop = client.subscribe((event) => {
      if (!('queue' in event) || event.queue !== 'entry') return;
      const { state, name } = event.entry;
      if (state.state === 'running' && state.progress?.phase === 'separate' && state.progress.done > 0)
        begun();
      if (state.state === 'done') order.push(name);
    });
    await client.queueAdd({ sources: [{ upload }], output: null, settings: exact });
    await running;
    await client.separateSession({ job: 'urgent', session: info.session, settings });
    order.push('urgent');
    await client.queueAdd({ sources: [{ upload: other }], output: null, settings: exact });
    while (order.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    expect(order).toEqual(['urgent', 'long.wav', 'alone.wav']);
    expect(sumError(info.session)).toBeLessThan(-120);
    const { entries } = await client.queueState({});
    const [paused, alone] = entries.map(({ state }) => (state.state === 'done' ? state.result.files : []));
    expect(paused.length).toBe(3);
    for (const [i, { handle }] of paused.slice(0, 2).entries()) {
      const [held, free] = [handle, alone[i].handle].map((file) => engine.sessions.download(file).path);
      const [was, now] = [await listener.read(free), await listener.read(held)];
      now.planes.forEach((plane, ch) => expect(errorDb(plane, was.planes[ch])).toBe(-Infinity));
    }
    await client.queueRemove({ entries: entries.map(({ id }) => id) });
  });

  it('Q5 a second song starts on the processes of the first', async () => {
    const [a, b] = [await open('warm.wav'), await open('warm too.wav')];
    await client.separateSession({ job: 'warm-1', session: a.session, settings });
    const before = engine.inferencePids;
    await client.separateSession({ job: 'warm-2', session: b.session, settings });
    expect(before.length).toBeGreaterThan(0);
    expect(engine.inferencePids).toEqual(before);
  });
});

describe('one song and two callers', () => {
  it('S3 an edit that was reported done outlives a separation that was started meanwhile and cancelled', async () => {
    const { session } = await open('edited.wav', 30);
    await client.separateSession({ job: 's3', session, settings });
    const vocals = (): Float32Array[] => planesOf(engine.sessions.store.get(session).state.tracks[1].ref);
    const before = vocals();
    const begun = running('s3-again');
    const editing = client.editSession({ job: 's3-edit', session, edits: [move(session).edit] });
    const separating = client.separateSession({ job: 's3-again', session, settings });
    const end = expect(separating).rejects.toMatchObject({ code: 'cancelled' });
    expect(Object.keys((await editing).changed).sort()).toEqual(['harmonic', 'percussive']);
    await begun;
    await client.cancel({ job: 's3-again' });
    await end;
    expect(errorDb(vocals()[0], before[0])).toBeGreaterThan(-60);
    expect(sumError(session)).toBeLessThan(-120);
  });

  it('S3 an edit waits for an export, which has the samples of when it was asked for', async () => {
    const { session } = await open('exported.wav', 10);
    await client.separateSession({ job: 'x', session, settings });
    const order: string[] = [];
    const exporting = client
      .exportSession({ job: 'x-out', session, what: 'stems', settings: { ...settings, depth: '32f' } })
      .then((report) => (order.push('export'), report));
    const editing = client
      .editSession({ job: 'x-edit', session, edits: [move(session).edit] })
      .then(() => order.push('edit'));
    const report = await exporting;
    await editing;
    expect(order).toEqual(['export', 'edit']);
    expect(report.writtenNullDb).toBeLessThan(-120);
  });

  it('cancelling an edit that waits ends that one, and the one that runs completes', async () => {
    const { session } = await open('waiting.wav', 30);
    await client.separateSession({ job: 'w', session, settings });
    const [first, second] = [move(session, 1000), move(session, 900)].map(({ edit }, i) =>
      client.editSession({ job: `w-${i}`, session, edits: [edit] }),
    );
    const ends = Promise.allSettled([first, second]);
    await client.cancel({ job: 'w-1' });
    const [a, b] = await ends;
    expect([a.status, b]).toEqual([
      'fulfilled',
      { status: 'rejected', reason: expect.objectContaining({ code: 'cancelled' }) },
    ]);
    expect(sumError(session)).toBeLessThan(-120);
  });

  it('S6 closing a song ends what works for it, and takes its uploads, exports and stems off the disk', async () => {
    const before = readdirSync(join(folder, 'cache')).flatMap((dir) =>
      readdirSync(join(folder, 'cache', dir)),
    );
    const infos = await Promise.all(['1', '2', '3', '4', '5'].map((n) => open(`${n}.wav`, 3)));
    const [{ session }] = infos;
    await client.separateSession({ job: 'close', session, settings });
    await client.separateSession({ job: 'close-2', session, settings });
    for (let n = 0; n < 6; n++)
      await client.exportSession({ job: `close-x${n}`, session, what: 'stems', settings });
    const { dir } = engine.sessions.store.get(session).song;
    expect(readdirSync(dir).filter((name) => name.startsWith('export-')).length).toBe(4);
    const running = client.separateSession({ job: 'close-3', session: infos[1].session, settings });
    const cancelled = expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await Promise.all(infos.map((info) => client.closeSession({ session: info.session })));
    await cancelled;
    expect(existsSync(dir)).toBe(false);
    const after = readdirSync(join(folder, 'cache')).flatMap((name) =>
      readdirSync(join(folder, 'cache', name)),
    );
    expect(after.sort()).toEqual(before.sort());
    await expect(client.session({ session })).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('a cancelled export leaves nothing', async () => {
    const { session } = await open('cancelled.wav', 60);
    await client.separateSession({ job: 'cx', session, settings });
    const { dir } = engine.sessions.store.get(session).song;
    const exporting = client.exportSession({ job: 'cx-out', session, what: 'stems', settings });
    const end = expect(exporting).rejects.toMatchObject({ code: 'cancelled' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await client.cancel({ job: 'cx-out' });
    await end;
    expect(readdirSync(dir).filter((name) => name.startsWith('export-'))).toEqual([]);
  });

  it('ten off/on switches of an edit take no more room than one', async () => {
    const { session } = await open('toggled.wav', 4);
    await client.separateSession({ job: 't', session, settings });
    const { edit } = move(session, 170);
    const size = (): number => {
      const edits = join(engine.sessions.store.get(session).song.dir, 'edits');
      return readdirSync(edits, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('parts.f32'))
        .reduce((sum, name) => sum + statSync(join(edits, name)).size, 0);
    };
    await client.editSession({ job: 't-on', session, edits: [edit] });
    const once = size();
    expect(once).toBeGreaterThan(0);
    for (let n = 0; n < 10; n++) {
      await client.editSession({ job: `t-off${n}`, session, edits: [] });
      expect(size()).toBe(0);
      await client.editSession({ job: `t-on${n}`, session, edits: [edit] });
    }
    expect(size()).toBe(once);
  });
});

describe('one song and two pages', () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];

  it('S7 the second page may look, hears of it, and takes the song over only when it says so', async () => {
    const { session } = await open('shared.wav');
    const told: unknown[] = [];
    const stop = client.subscribe((event) => 'claim' in event && told.push(event));
    expect(await client.claimSession({ session, page: a })).toMatchObject({ writer: true, running: null });
    expect(await client.claimSession({ session, page: b })).toMatchObject({ writer: false, project: null });
    expect((await client.openSongs({ page: b })).songs).toContainEqual(
      expect.objectContaining({ session, name: 'shared', elsewhere: true, separated: false }),
    );
    const separate = (page: string): Promise<SessionInfo> =>
      client.separateSession({ job: `s7-${page}`, session, page, settings });
    await expect(separate(b)).rejects.toMatchObject({ code: 'session-elsewhere' });
    await expect(client.closeSession({ session, page: b })).rejects.toMatchObject({
      code: 'session-elsewhere',
    });
    const begun = running(`s7-${a}`);
    const run = separate(a);
    await begun;
    expect(await client.claimSession({ session, page: b, take: true })).toMatchObject({
      writer: true,
      running: { job: `s7-${a}` },
    });
    await run;
    await expect(separate(a)).rejects.toMatchObject({ code: 'session-elsewhere' });
    stop();
    expect(told).toEqual([
      { claim: session, page: a },
      { claim: session, page: b },
    ]);
    await client.closeSession({ session, page: b });
  });

  it('S8 a page that was loaded anew takes its song up where it was', async () => {
    const { session } = await open('again.wav');
    await client.claimSession({ session, page: a });
    const begun = running('s8');
    const run = client.separateSession({ job: 's8', session, page: a, settings });
    await begun;
    await client.pageGone({ page: a });
    const taken = await client.claimSession({ session, page: b });
    expect(taken).toMatchObject({ writer: true, running: { job: 's8' } });
    expect((await run).tracks.length).toBe(3);
    expect((await client.session({ session })).separation).toMatchObject({ model: 'hpss' });
    await client.closeSession({ session, page: b });
  });
});
