import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExportReport, SessionInfo } from '../../src-main/common/contract/session.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { unpackZip } from '../fixtures/unpack.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';

const root = testFolder();
const source = writeWav(join(root, 'song.wav'), song(2, 44100));
let engine: EngineApi;
let info: SessionInfo;

beforeAll(async () => {
  engine = new EngineApi({
    cacheDir: join(root, 'cache'),
    stateDir: join(root, 'state'),
    host: headlessServices('library'),
  });
  const { session } = await engine.sessions.openPath(source, 'song.wav');
  info = await engine.client().separateSession({
    ...{ job: 'separate', session, settings: { model: 'hpss', workers: 1 } },
  });
});
afterAll(() => engine.dispose());

/** Saves the files of an export under their names, as a page does. */
function save(report: ExportReport, name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const { name: file, download } of report.files)
    copyFileSync(engine.sessions.download(download).path, join(folder, file));
  return folder;
}

const verify = (folder: string) => engine.client().verify({ job: 'verify', folder, source });

it('an exported selection of an open song is proved against that part of it', async () => {
  const range = { start: 10_000, count: 20_000 };
  const report = await engine.client().exportSession({
    ...{ job: 'export', session: info.session, what: 'stems', range, settings: { model: 'hpss' } },
  });
  expect(report.files.map(({ name }) => name)).toEqual([
    'song [harmonic].wav',
    'song [percussive].wav',
    'song.unbraid.json',
  ]);
  const { sets, extra } = await verify(save(report, 'range'));
  expect(sets).toHaveLength(1);
  expect(sets[0]).toMatchObject({ verdict: 'proved', sourceVerdict: 'same', measuredDb: -999 });
  expect(extra).toEqual([]);
});

it('a mix has no sidecar', async () => {
  const report = await engine.client().exportSession({
    ...{ job: 'export', session: info.session, what: 'mix', settings: { model: 'hpss' } },
  });
  expect(report.files).toHaveLength(1);
});

it('the folder of a Reaper project is proved once it is unpacked', async () => {
  const tracks = ['harmonic', 'percussive'].map((stem) => ({ stem, name: stem, colour: '#0000ff' }));
  const report = await engine.client().handOver({
    ...{ job: 'hand-over', session: info.session, to: 'reaper', tracks, settings: { model: 'hpss' } },
  });
  const folder = join(root, 'reaper');
  mkdirSync(folder);
  await unpackZip(engine.sessions.download(report.files[0].download).path, folder);
  const { sets } = await verify(folder);
  expect(sets.map(({ verdict, measuredDb }) => [verdict, measuredDb])).toEqual([['proved', -999]]);
});

it('the queue keeps the sidecar with results for download, and deletes it with them', async () => {
  const client = engine.client();
  const { handle, path } = engine.sessions.newUpload('queued.wav');
  copyFileSync(source, path);
  const done = new Promise<void>((resolve) => {
    const stop = client.subscribe((event) => {
      if (!('queue' in event) || event.queue !== 'entry' || event.entry.state.state !== 'done') return;
      stop();
      resolve();
    });
  });
  await client.queueAdd({
    ...{ sources: [{ upload: handle, folders: [] }], output: null, product: 'stems' },
    settings: { model: 'hpss', workers: 1, format: 'mp3' },
  });
  await done;
  const [{ id, state }] = (await client.queueState({})).entries;
  if (state.state !== 'done') throw new Error(state.state);
  expect(state.result.writtenNullDb).toBeGreaterThan(-100);
  expect(state.result.nullDb).toBeLessThan(-130);
  const files = state.result.files.map((file) => engine.sessions.download(file.handle).path);
  expect(files.at(-1)).toMatch(/queued\.unbraid\.json$/);
  expect(files.map((file) => existsSync(file))).toEqual([true, true, true]);
  await client.queueRemove({ entries: [id] });
  expect(files.map((file) => existsSync(file))).toEqual([false, false, false]);
});
