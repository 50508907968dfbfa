import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { ExportReport, SessionInfo } from '../../src-main/common/contract/session.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { unpackZip } from '../fixtures/unpack.js';
import { planesOf } from '../fixtures/audio/caches.js';
import { dawProjectFaults } from '../fixtures/hand-over/dawproject-schema.js';
import { hasXmllint, officialFaults } from '../fixtures/hand-over/official-schema.js';
import { readRpp, type RppNode } from '../fixtures/hand-over/rpp.js';
import { allOf, readXml } from '../fixtures/hand-over/xml.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';
import { pcmOf } from '../support/pcm.js';

const root = testFolder();
const codec = new CodecClient();
let engine: EngineApi;
let info: SessionInfo;
let unpacked = 0;

beforeAll(async () => {
  engine = new EngineApi({
    cacheDir: join(root, 'cache'),
    stateDir: join(root, 'state'),
    host: headlessServices('library'),
  });
  const path = join(root, 'song.wav');
  writeWav(path, song(2, 44100));
  const { session } = await engine.sessions.openPath(path, 'So "ng".wav');
  const settings = { model: 'hpss', workers: 1 };
  info = await engine.client().separateSession({ job: 'separate', session, settings });
});
afterAll(async () => {
  await engine.dispose();
  codec.dispose();
});

const stems = ['harmonic', 'percussive'] as const;
const names = ['Vo<ca>l & "one"\n🎤', 'vo<CA>l & "one"\n🎤'];
const tracks = stems.map((stem, n) => ({ stem, name: names[n], colour: `#0000f${n}` }));
const mixer = {
  harmonic: { gainDb: -6, pan: 0.5, mute: true },
  percussive: { automation: [{ kind: 'fade-in' as const, start: 0, end: 22_050, points: [] }] },
};

type Order = Omit<CommandInput<'handOver'>, 'job' | 'session' | 'tracks' | 'mixer' | 'settings'>;
const handOver = (order: Order, depth: '16' | '32f' = '32f'): Promise<ExportReport> =>
  engine.client().handOver({
    ...{ job: 'hand-over', session: info.session, tracks, mixer },
    ...{ settings: { model: 'hpss', depth }, ...order },
  });

/** Unpacks the one file of a report; also with the system's own program, where there is one. */
async function unpack({ files }: ExportReport): Promise<{ dir: string; names: string[] }> {
  expect(files).toHaveLength(1);
  const { path } = engine.sessions.download(files[0].download);
  const dir = join(root, `unpacked-${unpacked++}`);
  mkdirSync(dir);
  await unpackZip(path, dir);
  if (spawnSync('unzip', ['-v']).error) console.log('unzip is not here: the zip is read by the library only');
  else expect(execFileSync('unzip', ['-t', path], { encoding: 'utf8' })).toContain('No errors');
  // What it was made from is gone.
  expect(readdirSync(dirname(path))).toEqual([basename(path)]);
  const all = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return { dir, names: all.map((entry) => join(entry.parentPath, entry.name)) };
}

async function expectSamples(file: string, stem: string, start: number, count: number): Promise<void> {
  const decoded = await codec.decode({ path: file, dir: `${file}.pcm` });
  expect(decoded.ref).toMatchObject({ channels: info.channels, sampleRate: info.sampleRate, frames: count });
  const planes = planesOf(decoded.ref);
  const wanted = pcmOf(engine, { session: info.session, track: stem, start, count });
  for (let c = 0; c < info.channels; c++) {
    const plane = wanted.subarray(c * count, (c + 1) * count);
    const worst = planes[c].reduce((most, x, i) => Math.max(most, Math.abs(x - plane[i])), 0);
    expect(worst).toBeLessThan(1e-6);
    expect(Math.max(...plane)).toBeGreaterThan(0.01);
  }
}

describe('a hand-over', () => {
  it('as a DAWproject has a project by the schema, and the stems as they are', async () => {
    const report = await handOver({ to: 'dawproject' });
    expect(report.files[0].name).toBe('So _ng_.dawproject');
    expect(report.writtenNullDb).toBeLessThan(-130);
    const { dir } = await unpack(report);
    const project = readXml(readFileSync(join(dir, 'project.xml'), 'utf8'));
    expect(dawProjectFaults(project)).toEqual([]);
    expect(readXml(readFileSync(join(dir, 'metadata.xml'), 'utf8')).tag).toBe('MetaData');
    if (hasXmllint)
      for (const [schema, file] of [
        ['Project', 'project.xml'],
        ['MetaData', 'metadata.xml'],
      ] as const)
        expect(officialFaults(schema, readFileSync(join(dir, file), 'utf8'))).toEqual([]);
    else console.log('xmllint is not here: the official schemas were not asked');
    const nodes = allOf(project);
    const titles = nodes.filter(({ tag }) => tag === 'Track').map(({ attributes }) => attributes['name']);
    expect(titles).toEqual([...names, 'Master']);
    const files = nodes.filter(({ tag }) => tag === 'File').map(({ attributes }) => attributes['path']);
    expect(files).toHaveLength(2);
    for (const [n, file] of files.entries()) {
      await expectSamples(join(dir, ...file.split('/')), stems[n], 0, info.frames);
    }
    expect(nodes.filter(({ tag }) => tag === 'RealPoint').length).toBeGreaterThan(2);
  });

  it('as a Reaper project is a folder of the project and its audio, here of a selection', async () => {
    const range = { start: 11_025, count: 30_000 };
    const report = await handOver({ to: 'reaper', range });
    expect(report.files[0].name).toBe('So _ng_ (Reaper).zip');
    const { dir } = await unpack(report);
    const folder = join(dir, 'So _ng_');
    const project = readRpp(readFileSync(join(folder, 'So _ng_.rpp'), 'utf8'));
    const found: RppNode[] = [];
    const walk = (node: RppNode): unknown => (found.push(node), node.children.forEach(walk));
    walk(project);
    const files = found.filter(({ tag }) => tag === 'FILE').map(({ values }) => values[0]);
    for (const [n, file] of files.entries()) {
      await expectSamples(join(folder, ...file.split('/')), stems[n], range.start, range.count);
    }
    const length = found.find(({ tag }) => tag === 'LENGTH')!.values[0];
    expect(Number(length)).toBeCloseTo(range.count / info.sampleRate, 8);
    // The fade is half over where the selection begins.
    expect(found.find(({ tag }) => tag === 'PT')!.values.map(Number)).toEqual([0, 0.5, 0]);
  });

  it('of integers adds up to the source bit by bit', async () => {
    const report = await handOver({ to: 'dawproject' }, '16');
    expect(report.writtenNullDb).toBe(-999);
  });

  it('refuses stems that are not there, and leaves nothing behind when it is cancelled', async () => {
    const order = { job: 'x', session: info.session, to: 'reaper', settings: { model: 'hpss' } } as const;
    const nobody = [{ stem: 'nobody', name: 'n', colour: '#000000' }];
    await expect(engine.client().handOver({ ...order, tracks: nobody })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    const session = engine.sessions.store.get(info.session);
    session.replace({ running: 0 });
    const early = engine.client().handOver({ ...order, tracks });
    await expect(early).rejects.toMatchObject({ message: 'This song is being separated' });
    session.replace({ running: null });
    const folders = (): string[] =>
      readdirSync(session.song.dir).filter(
        (name) => name.startsWith('export-') && readdirSync(join(session.song.dir, name)).length > 0,
      );
    const before = folders();
    const stop = engine.client().subscribe((event) => {
      if ('progress' in event) void engine.client().cancel({ job: 'cut' });
    });
    await expect(engine.client().handOver({ ...order, job: 'cut', tracks })).rejects.toMatchObject({
      code: 'cancelled',
    });
    stop();
    expect(folders()).toEqual(before);
    expect(existsSync(session.song.dir)).toBe(true);
  });
});
