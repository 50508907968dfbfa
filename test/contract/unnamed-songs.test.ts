import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent } from '../../src-main/common/contract/commands.js';
import type { ProjectEntry } from '../../src-main/common/contract/project.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { newTrack } from '../../src-main/common/document/records.js';
import { packRuns } from '../../src-main/common/separation/edits/mask-runs.js';
import { maskGrid, TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';
import { pcmOf } from '../support/pcm.js';

// The real engine, codecs and files; each engine stands for a start of the program.
const root = testFolder();
const engines: EngineApi[] = [];
let homes = 0;
const settings = { model: 'hpss', workers: 1 } as const;
const page = 'a'.repeat(32);

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

function start(home = join(root, `home-${homes++}`)): {
  engine: EngineApi;
  client: EngineClient;
  home: string;
} {
  const host = headlessServices('library');
  const engine = new EngineApi({ cacheDir: join(home, 'cache'), stateDir: join(home, 'state'), host });
  engines.push(engine);
  return { engine, client: engine.client(), home };
}

async function stop(engine: EngineApi): Promise<void> {
  engines.splice(engines.indexOf(engine), 1);
  await engine.dispose();
}

/** Opens a song as a page does: it is a project without a name at once. */
async function open(engine: EngineApi, name = 'song.wav', seconds = 2): Promise<SessionInfo> {
  const client = engine.client();
  const { handle, path } = engine.sessions.newUpload(name);
  writeWav(path, song(2, seconds * 44_100));
  const info = await client.openUpload({ upload: handle });
  await client.claimSession({ session: info.session, page });
  await keep(client, info, { unnamed: true });
  return info;
}

const track = newTrack('harmonic', 0);
const document = { document: 'unbraid', version: documentVersion, records: [track] };
const keep = (
  client: EngineClient,
  { session }: SessionInfo,
  options: { unnamed?: boolean; name?: string },
): Promise<{ project: string; named: boolean }> =>
  client.saveProject({ session, page, document, history: noMarks, view: null, ...options });

/** Mutes the track: one step, which the journal keeps. */
const mute = (client: EngineClient, { session }: SessionInfo): Promise<unknown> =>
  client.appendJournal({
    session,
    page,
    changes: [
      {
        kind: 'step',
        name: { text: 'step.mute', stem: 'harmonic' },
        diff: { added: {}, updated: { [track.id]: [track, { ...track, mute: true }] }, removed: {} },
      },
    ],
  });

const projects = async (client: EngineClient): Promise<readonly ProjectEntry[]> =>
  (await client.projects({})).projects;
const pcm = (engine: EngineApi, { session }: SessionInfo): Float32Array =>
  pcmOf(engine, { session, track: 'harmonic', start: 20_000, count: 30_000 });
const foldersOf = (home: string, kind: 'songs' | 'projects'): string[] => {
  const dir = join(home, 'state', kind);
  return existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.unbraid')) : [];
};

it('a song that nobody saved comes back after another start, stems, steps and all, under the same handle', async () => {
  const first = start();
  const info = await open(first.engine);
  await first.client.separateSession({ job: 's', session: info.session, page, settings });
  await mute(first.client, info);
  const samples = pcm(first.engine, info);
  await expect.poll(async () => (await projects(first.client))[0].picture.length).toBe(96);
  const [before] = await projects(first.client);
  await stop(first.engine);

  const second = start(first.home);
  const [entry] = await projects(second.client);
  expect(entry).toMatchObject({ name: 'song', named: false, stems: ['harmonic', 'percussive'] });
  expect([entry.handle, entry.seconds, Math.max(...entry.picture)]).toEqual([
    before.handle,
    info.frames / info.sampleRate,
    255,
  ]);
  const again = await second.client.openProject({ project: entry.handle, page });
  expect(again.document.records).toEqual([{ ...track, mute: true }]);
  expect(again.history.done.map(({ name }) => name.text)).toEqual(['step.mute']);
  expect(again.named).toBe(false);
  expect(pcm(second.engine, again.info)).toEqual(samples);
});

it('a save gives it a name and a place, and its steps and stems go with it; nothing stays behind', async () => {
  const first = start();
  const info = await open(first.engine);
  await first.client.separateSession({ job: 's', session: info.session, page, settings });
  await mute(first.client, info);
  expect(foldersOf(first.home, 'songs')).toEqual(['song.unbraid']);
  const kept = (await first.client.claimSession({ session: info.session, page })).project!;
  await first.client.saveProject({
    ...{ session: info.session, page, name: 'My mix' },
    ...{ document: kept.document, history: kept.history, view: null },
  });
  expect([foldersOf(first.home, 'songs'), foldersOf(first.home, 'projects')]).toEqual([
    [],
    ['My mix.unbraid'],
  ]);
  // The song itself lay in the folder that is gone: it can still be saved and exported.
  expect((await keep(first.client, info, {})).named).toBe(true);
  const samples = pcm(first.engine, info);
  await stop(first.engine);
  const second = start(first.home);
  const [entry] = await projects(second.client);
  expect(entry).toMatchObject({ name: 'My mix', named: true });
  expect(pcm(second.engine, (await second.client.openProject({ project: entry.handle, page })).info)).toEqual(
    samples,
  );
});

it('a page that opens a song again, or takes it over, gets the one that is open, with its steps', async () => {
  const { engine, client } = start();
  const info = await open(engine);
  await mute(client, info);
  const other = 'b'.repeat(32);
  const taken = await client.claimSession({ session: info.session, page: other, take: true });
  expect(taken.project?.document.records).toEqual([{ ...track, mute: true }]);
  const [{ handle }] = await projects(client);
  await client.pageGone({ page: other });
  const again = await client.openProject({ project: handle, page });
  expect(again.info.session).toBe(info.session);
  expect(again.document.records).toEqual([{ ...track, mute: true }]);
});

it('a separation goes on when its page opens another song; its stems are kept before the song is closed', async () => {
  const { engine, client } = start();
  const info = await open(engine, 'long.wav', 12);
  const begun = new Promise<void>((resolve) => {
    client.subscribe((event) => isSessionEvent(event) && resolve());
  });
  const running = client.separateSession({ job: 's', session: info.session, page, settings });
  await begun;
  await client.closeSession({ session: info.session, page, whenDone: true });
  expect((await projects(client))[0].running).toBe(true);
  await running;
  await expect
    .poll(async () => client.session({ session: info.session }).catch(() => null), { timeout: 20_000 })
    .toBe(null);
  const [entry] = await projects(client);
  expect([entry.running, entry.stems]).toEqual([false, ['harmonic', 'percussive']]);
  const again = await client.openProject({ project: entry.handle, page });
  expect(again.info.tracks.map(({ id }) => id)).toEqual(['source', 'harmonic', 'percussive']);
  expect(again.interrupted).toBe(null);
});

it('a separation that ended with the program is offered at the next start; a cancelled one is not', async () => {
  const first = start();
  const info = await open(first.engine, 'long.wav', 20);
  const separate = async (job: string): Promise<{ running: Promise<unknown> }> => {
    const begun = new Promise<void>((resolve) => {
      first.client.subscribe((event) => isSessionEvent(event) && event.job === job && resolve());
    });
    const range = { start: 0, count: 800_000 };
    const running = first.client
      .separateSession({ job, session: info.session, page, range, settings })
      .catch(() => 'ended');
    await begun;
    return { running };
  };
  const cancelled = await separate('one');
  await first.client.cancel({ job: 'one' });
  expect(await cancelled.running).toBe('ended');
  const dir = join(first.home, 'state', 'songs', 'long.unbraid');
  expect(existsSync(join(dir, 'separating.json'))).toBe(false);
  void separate('two');
  await expect.poll(() => existsSync(join(dir, 'separating.json'))).toBe(true);
  await stop(first.engine);
  const second = start(first.home);
  const [{ handle }] = await projects(second.client);
  const again = await second.client.openProject({ project: handle, page });
  expect(again.interrupted).toMatchObject({
    settings: { model: 'hpss' },
    range: { start: 0, count: 800_000 },
  });
});

it('is renamed and deleted where it is listed; one that a page has open is not deleted', async () => {
  const { engine, client, home } = start();
  const info = await open(engine);
  const [{ handle }] = await projects(client);
  await expect(client.deleteProject({ project: handle })).rejects.toMatchObject({ code: 'project-open' });
  await client.closeSession({ session: info.session, page });
  const { project } = await client.renameProject({ project: handle, name: 'Second try' });
  expect(project).toMatchObject({ name: 'Second try', named: true, seconds: info.frames / info.sampleRate });
  expect([foldersOf(home, 'songs'), foldersOf(home, 'projects')]).toEqual([[], ['Second try.unbraid']]);
  expect((await client.openProject({ project: project.handle, page })).name).toBe('Second try');
  await client.closeSession({ session: (await client.openSongs({})).songs[0].session, page });
  // A file that is not the program's own stays.
  writeFileSync(join(home, 'state', 'projects', 'Second try.unbraid', 'lyrics.txt'), 'la la');
  await client.deleteProject({ project: project.handle });
  expect(readdirSync(join(home, 'state', 'projects', 'Second try.unbraid'))).toEqual(['lyrics.txt']);
  expect(await projects(client)).toEqual([]);
});

it('the oldest untouched songs go first when there are too many, and only after a person has agreed', async () => {
  const { engine, client, home } = start();
  const songs = join(home, 'state', 'songs');
  const infos: SessionInfo[] = [];
  for (const name of ['one.wav', 'two.wav', 'three.wav']) infos.push(await open(engine, name));
  for (const { session } of infos.slice(0, 2)) await client.closeSession({ session, page });
  for (const [i, name] of ['two', 'one', 'three'].entries()) {
    const past = Date.now() / 1000 - 1000 + 100 * i;
    for (const file of readdirSync(join(songs, `${name}.unbraid`)))
      utimesSync(join(songs, `${name}.unbraid`, file), past, past);
  }
  const { bytes, limit, mayDelete, tooMany } = await client.unnamedSpace({});
  const source = statSync(
    join(songs, 'one.unbraid', 'source', readdirSync(join(songs, 'one.unbraid', 'source'))[0]),
  );
  expect(bytes).toBeGreaterThan(3 * source.size);
  expect([limit, mayDelete, tooMany]).toEqual([20 * 2 ** 30, null, []]);
  // A limit of a person is at least 256 MiB; a smaller one stands for much more sound.
  writeFileSync(
    join(songs, 'settings.json'),
    JSON.stringify({ limit: bytes - 1.5 * source.size, mayDelete: null }),
  );
  expect((await client.unnamedSpace({})).tooMany).toEqual(['two', 'one']);
  await open(engine, 'four.wav');
  expect(foldersOf(home, 'songs').length).toBe(4);
  await client.setUnnamedSpace({ mayDelete: true });
  expect(foldersOf(home, 'songs').sort()).toEqual(['four.unbraid', 'three.unbraid']);
  // Open songs stay, whatever they take.
  writeFileSync(join(songs, 'settings.json'), JSON.stringify({ limit: 1, mayDelete: true }));
  await open(engine, 'five.wav');
  expect(foldersOf(home, 'songs').length).toBe(3);
  expect(JSON.parse(readFileSync(join(songs, 'settings.json'), 'utf8'))).toMatchObject({ mayDelete: true });
});

it('the same file is found again as the unnamed song it is, unless another page writes it', async () => {
  const { engine, client } = start();
  const first = await open(engine, 'one.wav');
  const other = await open(engine, 'other.wav', 1);
  const again = async (asks: string): Promise<string | undefined> => {
    const { handle, path } = engine.sessions.newUpload('called otherwise.wav');
    writeWav(path, song(2, 2 * 44_100));
    const { session } = await client.openUpload({ upload: handle });
    const { project } = await client.earlierProject({ session, page: asks });
    await client.closeSession({ session });
    return project?.name;
  };
  expect(await again(page)).toBe('one');
  expect(await again('b'.repeat(32))).toBeUndefined();
  await client.closeSession({ session: first.session, page });
  expect(await again('b'.repeat(32))).toBe('one');
  // One with a name is not taken for it.
  const { projects } = await client.projects({});
  await client.renameProject({ project: projects.find(({ name }) => name === 'one')!.handle, name: 'Named' });
  expect(await again(page)).toBeUndefined();
  await client.closeSession({ session: other.session, page });
});

it('D21 a separation that replaces stems is one step, whether its page is there, gone, or followed by another', async () => {
  const { engine, client } = start();
  const info = await open(engine);
  const { session } = info;
  const separate = (model: string): Promise<SessionInfo> =>
    client.separateSession({ job: model, session, page, settings: { model, workers: 1 } });
  const steps = async (other: string): Promise<readonly unknown[]> => {
    const { project } = await client.claimSession({ session, page: other, take: true });
    return project!.history.done.map(({ name, stems }) => [name.text, stems]);
  };
  const first = await separate('hpss');
  await client.pageGone({ page });
  const second = await separate('centre');
  const gone = ['step.separate', { from: first.stems, to: second.stems }];
  expect(await steps(page)).toEqual([gone]);

  // The page is there, and makes the step itself.
  const third = await separate('repet');
  const there = { from: second.stems!, to: third.stems! };
  const diff = { added: {}, updated: {}, removed: {} };
  const change = { kind: 'step', name: { text: 'step.separate' }, diff, stems: there } as const;
  await client.appendJournal({ session, page, changes: [change] });
  const [other, last] = ['b'.repeat(32), 'c'.repeat(32)];
  expect(await steps(other)).toEqual([gone, ['step.separate', there]]);

  // It has the song, but says nothing any more.
  const fourth = await client.separateSession({ job: 'again', session, page: other, settings });
  const silent = ['step.separate', { from: third.stems, to: fourth.stems }];
  expect(await steps(last)).toEqual([gone, ['step.separate', there], silent]);
  expect(await steps(page)).toHaveLength(3);
});

const painted = new TileMask(maskGrid);
painted.set(1, 20, 0.5);
const maskText = Buffer.from(packRuns(painted.encode())).toString('base64');

/** A selection, what it was painted over with, and the steps that did both. */
const drawn = {
  revision: 3,
  masks: [maskText],
  states: [
    { selection: null, band: null, mask: null },
    { selection: { start: 100, end: 2000 }, band: { low: 50, high: 500 }, mask: null },
    { selection: { start: 100, end: 2000 }, band: { low: 50, high: 500 }, mask: 0 },
  ],
  now: 1,
  done: ['document' as const, { text: 'step.select', from: 0, to: 1 }],
  undone: [{ text: 'step.paint', from: 1, to: 2 }],
};

it('D26: what was drawn is there in another start of the program, under a new name and in a collected zip', async () => {
  const { engine, client, home } = start();
  const info = await open(engine);
  expect((await client.claimSession({ session: info.session, page })).project?.drawn).toBeNull();
  await client.keepDrawn({ session: info.session, page, drawn: { ...drawn, revision: 2, undone: [] } });
  await client.keepDrawn({ session: info.session, page, drawn });
  expect((await client.claimSession({ session: info.session, page })).project?.drawn).toEqual(drawn);
  await keep(client, info, { name: 'Called' });
  const [{ handle }] = await projects(client);
  const { session } = info;
  const zip = await client.collectProject({ job: 'z', session, document, history: noMarks, view: null });
  const upload = engine.sessions.newUpload('Sent.unbraid.zip');
  copyFileSync(engine.sessions.download(zip.files[0].download).path, upload.path);
  const sent = await client.unpackProject({ upload: upload.handle });
  expect((await client.openProject({ project: sent.project.handle })).drawn).toEqual(drawn);
  await stop(engine);
  const again = start(home).client;
  await again.projects({});
  const opened = await again.openProject({ project: handle, page });
  expect([opened.named, opened.drawn]).toEqual([true, drawn]);
});

it('D26: a page keeps what is drawn only in its own song, and only places that are there', async () => {
  const { engine, client, home } = start();
  const info = await open(engine);
  const keepAs = (by: string, what: object): Promise<unknown> =>
    client.keepDrawn({ session: info.session, page: by, drawn: { ...drawn, ...what } });
  await expect(keepAs('b'.repeat(32), {})).rejects.toMatchObject({ code: 'session-elsewhere' });
  for (const wrong of [
    { now: 3 },
    { masks: [] },
    { undone: [{ text: 'x', from: 1, to: 3 }] },
    { revision: 0 },
  ])
    await expect(keepAs(page, wrong)).rejects.toMatchObject({ code: 'invalid-argument' });
  await keepAs(page, {});
  const [{ handle }] = await projects(client);
  await client.closeSession({ session: info.session });
  await client.deleteProject({ project: handle });
  expect(readdirSync(join(home, 'state', 'songs'))).toEqual([]);
});
