import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { OpenedProject } from '../../src-main/common/contract/project.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion, type DocumentSnapshot } from '../../src-main/common/document/migrations.js';
import {
  newTrack,
  recordSchema,
  type DocumentRecord,
  type EditRecord,
} from '../../src-main/common/document/records.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';
import { pcmOf } from '../support/pcm.js';

// The real engine, codecs and files; each engine stands for a start of the program.
const root = testFolder();
const engines: EngineApi[] = [];
let chosen = '';
let homes = 0;

interface Home {
  readonly dir: string;
  readonly song: string;
  start(): EngineApi;
}

/** A home with a song and what the program remembers. */
function home(): Home {
  const dir = join(root, `home-${homes++}`);
  mkdirSync(join(dir, 'music'), { recursive: true });
  const path = join(dir, 'music', 'song.wav');
  writeWav(path, song(2, 44100));
  const start = (): EngineApi => {
    const host = { ...headlessServices('library'), chooseFolder: () => Promise.resolve(chosen) };
    const options = { cacheDir: join(dir, 'cache'), stateDir: join(dir, 'state'), host };
    const engine = new EngineApi(options);
    engines.push(engine);
    return engine;
  };
  return { dir, song: path, start };
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function stop(engine: EngineApi): Promise<void> {
  engines.splice(engines.indexOf(engine), 1);
  await engine.dispose();
}

const documentOf = (...records: readonly DocumentRecord[]): DocumentSnapshot => ({
  ...{ document: 'unbraid', version: documentVersion },
  records: [...records],
});
const track = recordSchema.parse(newTrack('harmonic', 0));
const muted = { ...track, mute: true };
const change = { added: {}, updated: { [track.id]: [track, muted] }, removed: {} } as const;
const name = { text: 'step.mute', stem: 'harmonic' };
const asSent = (): Parameters<ReturnType<EngineApi['client']>['appendJournal']>[0]['changes'] =>
  structuredClone([{ kind: 'step', name, diff: change } as const]);

const pcm = (engine: EngineApi, { session }: SessionInfo, name: string): Float32Array =>
  pcmOf(engine, { session, track: name, start: 20_000, count: 30_000 });

const editsOf = ({ id, kind, sources, target, strength, mask }: EditRecord): never =>
  ({ id, kind, sources, target, strength, mask }) as never;

/** Opens the home's song, separates it and adds one edit. */
async function edited(engine: EngineApi, path: string): Promise<{ info: SessionInfo; edit: EditRecord }> {
  const client = engine.client();
  const opened = await engine.sessions.openPath(path, 'song.wav');
  const { session } = opened;
  await client.separateSession({ job: 'separate', session, settings: { model: 'hpss', workers: 1 } });
  const mask = new TileMask({ nFft: 4096, hop: 1024 });
  fillRectangle(mask, { start: 10, end: 60, low: 0, high: 2049 });
  const hash = engine.sessions.store.get(session).edits.addMask(mask.encode());
  const edit: EditRecord = {
    ...{ type: 'edit', id: 'edit:1', order: 0, enabled: true, kind: 'move', sources: ['harmonic'] },
    ...{ target: 'percussive', strength: 1, mask: hash, start: 0, end: 1, low: 0, high: 22_050 },
  };
  const { info } = await client.editSession({ job: 'edit', session, edits: [editsOf(edit)] });
  return { info, edit };
}

const save = (engine: EngineApi, { session }: SessionInfo, ...records: DocumentRecord[]): Promise<unknown> =>
  engine.client().saveProject({ session, document: documentOf(...records), history: noMarks, view: null });

async function open(
  engine: EngineApi,
  source: { source?: string; upload?: string } = {},
): Promise<OpenedProject> {
  const { projects } = await engine.client().projects({});
  expect(projects.map(({ name }) => name)).toEqual(['song']);
  return engine.client().openProject({ project: projects[0].handle, ...source });
}

const folderOf = ({ dir }: Home): string => join(dir, 'state', 'projects', 'song.unbraid');

it('a project gives the stems, the masks and the document back, to the sample', async () => {
  const place = home();
  const first = place.start();
  const { info, edit } = await edited(first, place.song);
  await save(first, info, track, edit);
  await first.client().appendJournal({ session: info.session, changes: asSent() });
  const samples = ['harmonic', 'percussive'].map((name) => pcm(first, info, name));
  const second = place.start();
  await expect(open(second)).rejects.toMatchObject({ code: 'project-locked' });
  await stop(first);

  const again = await open(second);
  expect(again.recovery).toEqual({ applied: 0, lost: 0, previous: false, missing: [] });
  expect(again.document.records).toEqual([muted, edit]);
  expect(again.history).toEqual({ done: [{ name, diff: change }], undone: [] });
  expect(again.info.separation).toEqual(info.separation);
  const { session } = again.info;
  await second.client().editSession({ job: 'edit', session, edits: [editsOf(edit)] });
  expect(['harmonic', 'percussive'].map((name) => pcm(second, again.info, name))).toEqual(samples);
  // Another separation leaves the project's own stems alone.
  await second.client().separateSession({ job: 's', session, settings: { model: 'hpss', workers: 1 } });
  await second.client().closeSession({ session });
  expect((await open(second)).recovery.missing).toEqual([]);
});

it('a project that a living page has is not taken from it unasked; when it is taken over, the other page hears of it', async () => {
  const place = home();
  const engine = place.start();
  const info = await engine.sessions.openPath(place.song, 'song.wav');
  await save(engine, info, track);
  const client = engine.client();
  const { handle: project } = (await client.projects({})).projects[0];
  const [mine, other] = ['a'.repeat(32), 'b'.repeat(32)];
  await client.claimSession({ session: info.session, page: mine });
  await expect(client.openProject({ project, page: other })).rejects.toMatchObject({
    code: 'project-open',
    hint: expect.stringContaining('take it over') as string,
  });
  const append = (page: string): Promise<unknown> =>
    client.appendJournal({ session: info.session, page, changes: asSent() });
  await append(mine);
  const taken = await client.openProject({ project, page: other, take: true });
  // The song is open once: whoever has it works on what the other one left.
  expect(taken.info.session).toBe(info.session);
  expect(taken.document.records).toEqual([muted]);
  await expect(append(mine)).rejects.toMatchObject({ code: 'session-elsewhere' });
  // A page's own song, and that of a page that was left, do not count as another window.
  await client.claimSession({ session: taken.info.session, page: other });
  const again = await client.openProject({ project, page: other });
  await client.claimSession({ session: again.info.session, page: other });
  await client.pageGone({ page: other });
  expect((await client.openProject({ project, page: mine })).document.records).toEqual([muted]);
});

it('a song that is gone is asked for, another one refused, and the right one taken', async () => {
  const place = home();
  const engine = place.start();
  const info = await engine.sessions.openPath(place.song, 'song.wav');
  await save(engine, info, track);
  await engine.client().closeSession({ session: info.session });
  renameSync(place.song, join(place.dir, 'moved.wav'));
  await expect(open(engine)).rejects.toMatchObject({ code: 'source-moved' });
  const wrong = engine.sessions.newUpload('wrong.wav');
  writeFileSync(wrong.path, 'no song');
  await expect(open(engine, { upload: wrong.handle })).rejects.toMatchObject({ code: 'source-changed' });
  const [{ handle }] = engine.files.adopt([join(place.dir, 'moved.wav')]);
  const again = await open(engine, { source: handle });
  expect(again.document.records).toEqual([track]);
  // Where it is now is kept by the next save.
  await save(engine, again.info, track);
  await engine.client().closeSession({ session: again.info.session });
  expect((await open(engine)).info.frames).toBe(info.frames);
});

it('a song that was uploaded is kept in the project', async () => {
  const place = home();
  const first = place.start();
  const { handle, path } = first.sessions.newUpload('song.wav');
  writeWav(path, song(2, 44100));
  const info = await first.client().openUpload({ upload: handle });
  await save(first, info, track);
  await stop(first);
  expect(existsSync(path)).toBe(false);
  expect((await open(place.start())).info.name).toBe('song');
});

it('says what is missing: lost stems, and lost masks, whose edits are switched off', async () => {
  const place = home();
  const engine = place.start();
  const { info, edit } = await edited(engine, place.song);
  await save(engine, info, track, edit);
  await engine.client().closeSession({ session: info.session });
  rmSync(join(folderOf(place), 'stems'), { recursive: true });
  rmSync(join(folderOf(place), 'blobs'), { recursive: true });
  const again = await open(engine);
  expect(again.recovery.missing).toEqual(['stems', 'masks']);
  expect(again.info.tracks.map(({ id }) => id)).toEqual(['source']);
  expect(again.document.records).toEqual([track, { ...edit, enabled: false }]);
  // It can be saved all the same.
  await save(engine, again.info, ...again.document.records);
});

it('goes into a chosen folder, under a name that is free; a failed save leaves nothing', async () => {
  const place = home();
  const engine = place.start();
  const client = engine.client();
  const { session } = await engine.sessions.openPath(place.song, 'song.wav');
  chosen = join(place.dir, 'music');
  const folder = (await client.chooseFolder({})).folder!.handle;
  const request = { session, document: documentOf(track), history: noMarks, view: null, folder };
  await client.saveProject(request);
  await client.saveProject({ ...request, copy: true });
  const names = ['song (2).unbraid', 'song.unbraid', 'song.wav'];
  expect(readdirSync(chosen).sort()).toEqual(names);
  const bad = { ...request, copy: true, document: { document: 'unbraid', version: 99, records: [] } };
  await expect(client.saveProject(bad)).rejects.toMatchObject({ code: 'unsupported-format' });
  expect(readdirSync(chosen).sort()).toEqual(names);
  await expect(client.chooseProject({})).rejects.toMatchObject({ code: 'file-not-found' });
  chosen = join(chosen, 'song.unbraid');
  expect((await client.chooseProject({})).project).toMatchObject({ name: 'song' });
});

it('a song that is not a project keeps no changes', async () => {
  const place = home();
  const engine = place.start();
  const { session } = await engine.sessions.openPath(place.song, 'song.wav');
  await expect(engine.client().appendJournal({ session, changes: asSent() })).rejects.toMatchObject({
    code: 'invalid-argument',
    hint: 'Save it first.',
  });
});
