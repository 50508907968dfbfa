import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { OpenedProject } from '../../src-main/common/contract/project.js';
import { History } from '../../src-main/common/document/history.js';
import type { StepChange, StepName } from '../../src-main/common/document/history-schema.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { snapshot } from '../../src-main/common/document/migrations.js';
import { newTrack, type EditRecord } from '../../src-main/common/document/records.js';
import { DocumentStore } from '../../src-main/common/document/store.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';
import { pcmOf } from '../support/pcm.js';

// The page's own document beside the real engine: an edit that was deleted, a project that was closed, and undo.
const root = testFolder();
const stems = ['harmonic', 'percussive'];
let engine: EngineApi;
let homes = 0;

afterEach(() => engine.dispose());

/** An engine with a song that is separated, and the song's document. */
async function begin(): Promise<{ dir: string; session: string; page: Page }> {
  const dir = join(root, `home-${homes++}`);
  mkdirSync(dir);
  writeWav(join(dir, 'song.wav'), song(2, 44100));
  engine = start(dir);
  const { session } = await engine.sessions.openPath(join(dir, 'song.wav'), 'song.wav');
  await engine.client().separateSession({ job: 's', session, settings: { model: 'hpss', workers: 1 } });
  const page = new Page(noMarks);
  page.history.addQuietly(stems.map((stem, i) => newTrack(stem, i)));
  return { dir, session, page };
}

const start = (dir: string): EngineApi =>
  new EngineApi({
    ...{ cacheDir: join(dir, 'cache'), stateDir: join(dir, 'state') },
    host: headlessServices('library'),
  });
const folderOf = (dir: string): string => join(dir, 'state', 'projects', 'song.unbraid');

/** What the page has of a document, and the changes it would send. */
class Page {
  readonly store = new DocumentStore();
  readonly history = new History<StepName>(this.store);
  sent: StepChange[] = [];

  constructor(marks: OpenedProject['history'], records: OpenedProject['document']['records'] = []) {
    this.store.apply({
      added: Object.fromEntries(records.map((record) => [record.id, record])),
      ...{ updated: {}, removed: {} },
    });
    this.history.load(marks);
    this.history.listen((change) => this.sent.push(change));
  }

  /** Adds an edit that moves a band from the first stem to the second. */
  addEdit(id: string, low: number, session: string): EditRecord {
    const mask = new TileMask({ nFft: 4096, hop: 1024 });
    fillRectangle(mask, { start: 10, end: 60, low, high: 2049 });
    const edit: EditRecord = {
      ...{ type: 'edit', id, order: low, enabled: true, kind: 'move', sources: ['harmonic'] },
      ...{ target: 'percussive', strength: 1, start: 0, end: 1, low: 0, high: 22_050 },
      mask: engine.sessions.store.get(session).edits.addMask(mask.encode()),
    };
    this.history.step({ text: 'step.edit.move', stem: 'percussive' }, (tx) => tx.put(edit));
    return edit;
  }

  /** Sends what has happened since the last time. */
  async send(session: string): Promise<void> {
    const changes = this.sent;
    this.sent = [];
    await engine.client().appendJournal({ session, changes });
  }

  /** Renders the edits of the document; the stems' samples. */
  async render(session: string): Promise<Float32Array[]> {
    const edits = this.store.ofType('edit').filter(({ enabled }) => enabled);
    const asked = edits.map(({ id, kind, sources, target, strength, mask }) => ({
      ...{ id, kind, sources, target, strength, mask },
    }));
    await engine.client().editSession({ job: 'e', session, edits: asked });
    return stems.map((track) => pcmOf(engine, { session, track, start: 20_000, count: 30_000 }));
  }

  async save(session: string): Promise<void> {
    this.sent = [];
    const { marks } = this.history;
    const document = snapshot(this.store);
    await engine.client().saveProject({ session, document, history: marks, view: null });
  }
}

async function open(): Promise<{ session: string; page: Page; opened: OpenedProject }> {
  const { projects } = await engine.client().projects({});
  const opened = await engine.client().openProject({ project: projects[0].handle });
  const page = new Page(opened.history, opened.document.records);
  return { session: opened.info.session, page, opened };
}

it.each([
  ['kept by the journal', false],
  ['saved', true],
])(
  'D21, D23: an edit that was deleted comes back by undo after closing, with its mask: %s',
  async (_, saved) => {
    const { dir, session, page } = await begin();
    const before = await page.render(session);
    // The first edit is deleted before the project exists at all.
    page.addEdit('edit:0', 1500, session);
    page.history.step({ text: 'step.edit.remove', stem: 'harmonic' }, (tx) => tx.remove('edit:0'));
    await page.save(session);
    page.addEdit('edit:1', 0, session);
    await page.send(session);
    const edited = await page.render(session);
    expect(edited).not.toEqual(before);
    page.history.step({ text: 'step.edit.remove', stem: 'harmonic' }, (tx) => tx.remove('edit:1'));
    await page.send(session);
    // Twice: the sweep looks at the state before as well.
    if (saved) for (let i = 0; i < 2; i++) await page.save(session);
    await engine.dispose();

    engine = start(dir);
    const later = await open();
    expect(later.opened.recovery).toEqual({ applied: 0, lost: 0, previous: false, missing: [] });
    expect(later.page.store.ofType('edit')).toEqual([]);
    expect(await later.page.render(later.session)).toEqual(before);
    expect(later.page.history.undo()).toEqual({ text: 'step.edit.remove', stem: 'harmonic' });
    await later.page.send(later.session);
    expect(await later.page.render(later.session)).toEqual(edited);
    for (let i = 0; i < 2; i++) later.page.history.undo();
    expect(later.page.store.ofType('edit').map(({ id }) => id)).toEqual(['edit:0']);
    await later.page.send(later.session);
    const first = await later.page.render(later.session);
    expect(first).not.toEqual(before);
    expect(first).not.toEqual(edited);
    later.page.history.undo();
    await later.page.send(later.session);
    expect(await later.page.render(later.session)).toEqual(before);
    expect(later.page.history.undo()).toBeNull();

    // What can be done again outlives closing too.
    await engine.client().closeSession({ session: later.session });
    const last = await open();
    expect(last.opened.history).toEqual(later.page.history.marks);
    expect(last.opened.history.undone).toHaveLength(4);
    last.page.history.redo();
    expect(await last.page.render(last.session)).toEqual(first);
  },
);

it('D23: the zip of a collected project carries the masks of undo and redo', async () => {
  const { dir, session, page } = await begin();
  const edits = ['edit:1', 'edit:2'].map((id, i) => page.addEdit(id, 1000 * i, session));
  page.history.undo();
  page.history.step({ text: 'step.edit.remove' }, (tx) => tx.remove('edit:1'));
  page.addEdit('edit:3', 500, session);
  const kept = [edits[0].mask, page.store.ofType('edit')[0].mask];
  page.history.undo();
  const report = await engine.client().collectProject({
    ...{ job: 'c', session, view: null },
    ...{ document: snapshot(page.store), history: page.history.marks },
  });
  const upload = engine.sessions.newUpload('song.unbraid.zip');
  copyFileSync(engine.sessions.download(report.files[0].download).path, upload.path);
  await engine.client().unpackProject({ upload: upload.handle });
  expect(readdirSync(join(folderOf(dir), 'blobs')).sort()).toEqual([...kept].sort());
  const later = await open();
  expect(later.opened.history).toEqual(page.history.marks);
  later.page.history.redo();
  await later.page.render(later.session);
  expect(later.page.store.ofType('edit').map(({ mask }) => mask)).toEqual([kept[1]]);
});

it('D23: steps whose mask is gone are forgotten, and those after them stay', async () => {
  const { dir, session, page } = await begin();
  page.history.step({ text: 'step.mute' }, (tx) => tx.update('track', 'track:harmonic', { mute: true }));
  page.addEdit('edit:1', 0, session);
  page.history.step({ text: 'step.edit.remove' }, (tx) => tx.remove('edit:1'));
  page.history.step({ text: 'step.gain' }, (tx) => tx.update('track', 'track:harmonic', { gainDb: -3 }));
  page.addEdit('edit:2', 700, session);
  page.history.undo();
  await page.save(session);
  await engine.client().closeSession({ session });
  rmSync(join(folderOf(dir), 'blobs'), { recursive: true });
  const later = await open();
  expect(later.opened.recovery.missing).toEqual([]);
  expect(later.opened.history.done.map(({ name }) => name.text)).toEqual(['step.gain']);
  expect(later.opened.history.undone).toEqual([]);
  // What the page has and what is kept go on together.
  later.page.history.undo();
  await later.page.send(later.session);
  await engine.client().closeSession({ session: later.session });
  const last = await open();
  expect(last.page.store.ofType('track')[0]).toMatchObject({ mute: true, gainDb: 0 });
  expect(last.opened.history.undone.map(({ name }) => name.text)).toEqual(['step.gain']);
});

it('an edit whose mask never came is refused, unless it is off or taken back in the same breath', async () => {
  const { session, page } = await begin();
  await page.save(session);
  const edit = { ...page.addEdit('edit:1', 0, session), id: 'edit:2', mask: 'a'.repeat(64) };
  page.history.step({ text: 'step.edit.move' }, (tx) => tx.put(edit));
  await expect(page.send(session)).rejects.toMatchObject({
    code: 'invalid-argument',
    hint: 'Send the mask first.',
  });
  await expect(page.save(session)).rejects.toMatchObject({ code: 'invalid-argument' });
  page.history.step({ text: 'step.edit.off' }, (tx) => tx.update('edit', 'edit:2', { enabled: false }));
  await page.save(session);
  for (const enabled of [true, false])
    page.history.step({ text: 'step.edit.on' }, (tx) => tx.update('edit', 'edit:2', { enabled }));
  await page.send(session);
  page.history.undo();
  page.history.undo();
  await page.send(session);
  await engine.client().closeSession({ session });
  const { opened } = await open();
  expect(opened.document.records).toEqual([...page.store.all().values()]);
  // Steps that name the mask that is not there lead nowhere.
  expect(opened.recovery.missing).toEqual(['masks']);
  expect(opened.history).toEqual({ done: [], undone: [] });
});

it('D22: a history that does not fit its document is not kept, and the document is', async () => {
  const { dir, session, page } = await begin();
  page.history.step({ text: 'step.gain' }, (tx) => tx.update('track', 'track:harmonic', { gainDb: -3 }));
  const { marks } = page.history;
  page.store.change((tx) => tx.update('track', 'track:harmonic', { gainDb: -9 }));
  const document = snapshot(page.store);
  await engine.client().saveProject({ session, document, history: marks, view: null });
  const stored = JSON.parse(readFileSync(join(folderOf(dir), 'project.json'), 'utf8')) as OpenedProject;
  expect(stored.history).toEqual({ done: [], undone: [] });
  await engine.client().closeSession({ session });
  const { opened } = await open();
  expect(opened.document).toEqual(document);
  expect(opened.history).toEqual({ done: [], undone: [] });
});
