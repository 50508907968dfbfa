import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenedProject, ProjectEntry } from '../../src-main/common/contract/project.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { StepMarks } from '../../src-main/common/document/history-schema.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { newTrack, recordSchema, type TrackRecord } from '../../src-main/common/document/records.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { writeZip } from '../../src-main/node/files/zip-file.js';
import { unpackZip } from '../fixtures/unpack.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';
import { pcmOf } from '../support/pcm.js';

// Two machines: what one has collected, the other one opens, and the song of the first is gone by then.
const root = testFolder();
const engines: EngineApi[] = [];
const zip = join(root, 'carried.zip');
const document = {
  ...{ document: 'unbraid' as const, version: documentVersion },
  records: [recordSchema.parse({ ...newTrack('harmonic', 0), mute: true, name: 'Chords' }) as TrackRecord],
};
const [chords] = document.records;
/** The name can be taken back; another one can be given again. */
const history = {
  done: [nameStep({ ...chords, name: null }, chords)],
  undone: [nameStep(chords, { ...chords, name: 'Keys' })],
};
let samples: Float32Array;
let chosen = '';

function nameStep(from: typeof chords, to: typeof chords): StepMarks['done'][number] {
  const diff = { added: {}, updated: { [from.id]: [from, to] as const }, removed: {} };
  return { name: { text: 'step.rename', stem: 'harmonic' }, diff };
}

function machine(name: string): EngineApi {
  const host = { ...headlessServices('library'), chooseFolder: () => Promise.resolve(chosen) };
  const dir = join(root, name);
  const engine = new EngineApi({ cacheDir: join(dir, 'cache'), stateDir: join(dir, 'state'), host });
  engines.push(engine);
  return engine;
}

const pcm = (engine: EngineApi, { session }: SessionInfo): Float32Array =>
  pcmOf(engine, { session, track: 'harmonic', start: 20_000, count: 30_000 });

function upload(engine: EngineApi, file: string, name: string): string {
  const { handle, path } = engine.sessions.newUpload(name);
  copyFileSync(file, path);
  return handle;
}

const unpack = (
  engine: EngineApi,
  file: string,
  name = 'My song.unbraid.zip',
): Promise<{ project: ProjectEntry }> =>
  engine.client().unpackProject({ upload: upload(engine, file, name) });

const open = (engine: EngineApi, { handle }: ProjectEntry): Promise<OpenedProject> =>
  engine.client().openProject({ project: handle });

beforeAll(async () => {
  const engine = machine('first');
  const client = engine.client();
  mkdirSync(join(root, 'music'));
  const path = join(root, 'music', 'song.wav');
  writeWav(path, song(2, 44100));
  const { session } = await engine.sessions.openPath(path, 'My song.wav');
  const info = await client.separateSession({ job: 's', session, settings: { model: 'hpss', workers: 1 } });
  samples = pcm(engine, info);
  const report = await client.collectProject({ job: 'c', session, document, history, view: null });
  expect(report.files.map(({ name }) => name)).toEqual(['My song.unbraid.zip']);
  const made = engine.sessions.download(report.files[0].download).path;
  expect(readdirSync(join(made, '..'))).toEqual(['My song.unbraid.zip']);
  copyFileSync(made, zip);
  // The song was saved nowhere: it is not a project here.
  expect((await client.projects({})).projects).toEqual([]);
  await engine.dispose();
  engines.pop();
  rmSync(join(root, 'music'), { recursive: true });
});
afterAll(async () => {
  for (const engine of engines) await engine.dispose();
});

function expectWhole(engine: EngineApi, opened: OpenedProject): void {
  expect(opened.recovery).toEqual({ applied: 0, lost: 0, previous: false, missing: [] });
  expect(opened.document).toEqual(document);
  expect(opened.history).toEqual(history);
  expect(opened.info.name).toBe('My song');
  expect(pcm(engine, opened.info)).toEqual(samples);
  expect(Math.max(...samples)).toBeGreaterThan(0.01);
}

it('another machine takes the zip in, opens it with song, stems and settings, and keeps changes there', async () => {
  const engine = machine('second');
  const { project } = await unpack(engine, zip);
  expect(project.name).toBe('My song');
  const opened = await open(engine, project);
  expectWhole(engine, opened);
  const { session } = opened.info;
  await engine.client().appendJournal({ session, changes: [{ kind: 'redo' }, { kind: 'undo' }] });
  await engine.client().appendJournal({ session, changes: [{ kind: 'undo' }] });
  await expect(engine.client().appendJournal({ session, changes: [{ kind: 'undo' }] })).rejects.toMatchObject(
    { code: 'invalid-argument' },
  );
  // The second time it becomes another project.
  await unpack(engine, zip);
  expect((await engine.client().projects({})).projects).toHaveLength(2);
  const library = readdirSync(join(root, 'second', 'state', 'projects')).sort();
  expect(library).toEqual(['My song (2).unbraid', 'My song.unbraid']);
});

it('unpacked by hand it is a project folder that finds the song inside, and says nothing about the first machine', async () => {
  const dir = join(root, 'by hand');
  mkdirSync(dir);
  await unpackZip(zip, dir);
  chosen = join(dir, 'My song.unbraid');
  expect(readFileSync(join(chosen, 'project.json'), 'utf8')).not.toContain(root);
  expect(readdirSync(chosen)).not.toContain('lock');
  renameSync(chosen, (chosen = join(dir, 'elsewhere')));
  const engine = machine('third');
  const { project } = await engine.client().chooseProject({});
  expectWhole(engine, await open(engine, project!));
});

it('what is not a project is refused, and nothing of it stays', async () => {
  const engine = machine('fourth');
  const text = join(root, 'text');
  writeFileSync(text, 'no zip');
  await expect(unpack(engine, text)).rejects.toMatchObject({ code: 'unsupported-format' });
  const other = join(root, 'other.zip');
  await writeZip(other, [{ name: 'song/song.wav', text: 'x' }]);
  await expect(unpack(engine, other)).rejects.toMatchObject({ code: 'unsupported-format' });
  const damaged = join(root, 'damaged.zip');
  const bytes = readFileSync(zip);
  bytes[bytes.length >> 1] ^= 255;
  writeFileSync(damaged, bytes);
  await expect(unpack(engine, damaged)).rejects.toMatchObject({
    code: 'project-damaged',
    file: 'My song.unbraid.zip',
  });
  expect(readdirSync(join(root, 'fourth', 'state', 'projects'))).toEqual([]);
});
