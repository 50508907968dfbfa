import { spawnSync } from 'node:child_process';
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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnbraidError } from '../../../../src-main/common/base/errors.js';
import type { CatalogueEntry } from '../../../../src-main/common/models/catalogue.js';
import {
  isActive,
  type DownloadInfo,
  type DownloadState,
} from '../../../../src-main/common/models/download-state.js';
import { findSeparator, listSeparators } from '../../../../src-main/node/inference/model-store.js';
import { SeparationEngine } from '../../../../src-main/node/inference/separation-engine.js';
import { Downloads, type DownloadsOptions } from '../../../../src-main/node/models/downloads.js';
import { HttpClient } from '../../../../src-main/node/models/http.js';
import { importModels } from '../../../../src-main/node/models/import-models.js';
import {
  installedModels,
  removeModel,
  separatorOf,
  verifyModels,
} from '../../../../src-main/node/models/installed.js';
import { proveModel } from '../../../../src-main/node/models/prove.js';
import { fromCatalogue } from '../../../../src-main/node/models/recognise.js';
import { readRecord } from '../../../../src-main/node/models/record.js';
import { writeZip } from '../../../../src-main/node/files/zip-file.js';
import { entryFor, smallModel, writeCatalogue } from '../../../fixtures/models/catalogues.js';
import { FileServer } from '../../../fixtures/models/file-server.js';
import { manifest } from '../../../fixtures/manifests.js';
import { gainGraph, onnxModel, sha256 } from '../../../fixtures/onnx.js';

const root = mkdtempSync(join(tmpdir(), 'unbraid-downloads-test-'));
const engine = new SeparationEngine({ workers: 1 });
const http = new HttpClient({ connectMs: 2000, silentMs: 2000 }, {});
const tools = {
  recognise: fromCatalogue,
  prove: (model: Parameters<typeof proveModel>[1], signal?: AbortSignal) => proveModel(engine, model, signal),
};
let server: FileServer;
beforeAll(async () => {
  server = await FileServer.start();
});
afterAll(async () => {
  engine.dispose();
  await http.dispose();
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

const freshFolder = (): string => mkdtempSync(join(root, 'models-'));

function manager(options: Partial<DownloadsOptions> = {}) {
  const told: DownloadInfo[] = [];
  const downloads = new Downloads({
    ...{ http, tools, retryMs: 1, publish: (info: DownloadInfo) => void told.push(info) },
    ...options,
  });
  /** The state in which it stops. */
  const end = async (id: string): Promise<DownloadState> => {
    const of = (): DownloadState => downloads.list.find((one) => one.id === id)!.state;
    await expect.poll(() => isActive(of()), { timeout: 60_000, interval: 20 }).toBe(false);
    return of();
  };
  return { downloads, told, end };
}

/** An entry of the catalogue for a small model that the server has. */
function served(id: string, parts: Partial<CatalogueEntry> = {}, behaviour: object = {}) {
  const { bytes, manifest: json } = smallModel(id);
  const url = server.set(`/${id}`, { bytes, ...behaviour });
  return { bytes, entry: entryFor(id, { bytes, url }, { manifest: json, ...parts }) };
}

describe('a model of the catalogue', () => {
  it('is fetched, tried, and there to be chosen; its record says where it came from', async () => {
    const folder = freshFolder();
    const { entry, bytes } = served('good');
    const { downloads, told, end } = manager();
    downloads.start(entry, folder);
    expect(await end('good')).toEqual({ state: 'done', problem: null, recorded: false });
    expect(findSeparator('good', listSeparators(folder))).toMatchObject({ kind: 'model', installed: true });
    expect(readFileSync(join(folder, 'good', 'good.onnx'))).toEqual(bytes);
    expect(readRecord(join(folder, 'good'))).toMatchObject({
      licence: expect.stringContaining('its author') as string,
      files: [{ name: 'good.onnx', sha256: sha256(bytes), hash: 'published', url: server.at('/good') }],
      problem: null,
    });
    const states = told.map(({ state }) => state.state);
    expect(states.filter((state, i) => state !== states[i - 1])).toEqual([
      ...['queued', 'checking', 'asking', 'receiving', 'installing', 'done'],
    ]);
    expect(separatorOf(entry, installedModels(folder))).toBe('good');
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });

  it('without a published hash gets one from what came, and says so', async () => {
    const folder = freshFolder();
    const { entry, bytes } = served('unhashed');
    const files = entry.files.map((file) => ({ ...file, sha256: null, bytes: null }));
    const { downloads, end } = manager();
    downloads.start({ ...entry, files }, folder);
    expect(await end('unhashed')).toEqual({ state: 'done', problem: null, recorded: true });
    const signal = new AbortController().signal;
    expect(await verifyModels(folder, ['unhashed'], signal)).toEqual([
      { id: 'unhashed', files: [{ name: 'unhashed.onnx', state: 'right', recorded: true }] },
    ]);
    writeFileSync(
      join(folder, 'unhashed', 'unhashed.onnx'),
      Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]),
    );
    expect(
      (await verifyModels(folder, undefined, signal)).find(({ id }) => id === 'unhashed')!.files,
    ).toEqual([{ name: 'unhashed.onnx', state: 'changed', recorded: true }]);
  });

  it('of several files is there when all are, and not before', async () => {
    const folder = freshFolder();
    const parts = ['one', 'two'].map((name) => ({ ...smallModel(name), name }));
    const files = parts.map(({ name, bytes }) => ({
      ...{ name: `${name}.onnx`, bytes: bytes.length, sha256: sha256(bytes), derived: false },
      urls: [server.set(`/${name}`, { bytes, ...(name === 'two' && { status: 500, times: 4 }) })],
    }));
    const json = {
      ...parts[0].manifest,
      id: 'pair',
      combine: 'mean',
      graphs: parts.flatMap((one) => one.manifest.graphs),
    };
    const entry = { ...entryFor('pair', parts[0]), files, manifest: json };
    const { downloads, end } = manager();
    downloads.start(entry, folder);
    expect(await end('pair')).toMatchObject({ state: 'failed', error: { code: 'download-failed' } });
    expect(existsSync(join(folder, 'pair'))).toBe(false);
    expect(downloads.list).toHaveLength(1);
    downloads.start(entry, folder);
    expect(await end('pair')).toMatchObject({ state: 'done', problem: null });
    // The first file did not come twice.
    expect(server.asked.filter(({ path }) => path === '/one')).toHaveLength(1);
  });

  const broken: [string, object, Uint8Array, RegExp, string][] = [
    [
      'an operator that does not exist',
      {},
      Buffer.from(
        onnxModel({
          ...gainGraph([1, 2, 2048], [1, 1]),
          nodes: [{ op: 'NoSuchOp', inputs: ['input'], outputs: ['output'] }],
        }),
      ),
      /NoSuchOp/,
      'operator',
    ],
    ['another shape', {}, Buffer.from(onnxModel(gainGraph([1, 2, 1000], [1, 1]))), /./, 'shape'],
    [
      'results that are not numbers',
      {},
      Buffer.from(onnxModel(gainGraph([1, 2, 2048], [NaN, 1]))),
      /not numbers/,
      'nan',
    ],
    ['an absurd level', {}, Buffer.from(onnxModel(gainGraph([1, 2, 2048], [1e4, 1]))), /dB louder/, 'loud'],
    ['bytes that are not a model', {}, Buffer.alloc(1000, 7), /./, 'bytes'],
  ];
  it.each(broken)(
    'with %s is kept with one clear message, and cannot be chosen',
    async (_, parts, bytes, message, name) => {
      const folder = freshFolder();
      const id = `broken-${name}`;
      const graphs = manifest({}).graphs.map((graph) => ({
        ...graph,
        file: `${id}.onnx`,
        sha256: sha256(bytes),
      }));
      const json = { ...manifest({ id }), graphs, ...parts };
      const entry = entryFor(id, { bytes, url: server.set(`/${id}`, { bytes }) }, { manifest: json });
      const { downloads, end } = manager();
      downloads.start(entry, folder);
      const state = (await end(id)) as DownloadState & { state: 'done' };
      expect(state.problem?.message).toMatch(message);
      expect(state.problem?.message).not.toContain('\n');
      expect(readRecord(join(folder, id))?.problem?.code).toBe(state.problem?.code);
      expect(listSeparators(folder).separators.some((one) => one.id === id)).toBe(false);
      removeModel(folder, id);
      expect(existsSync(join(folder, id))).toBe(false);
    },
  );

  it('whose kind nobody knows how to run says so, and keeps its files', async () => {
    const folder = freshFolder();
    const { entry } = served('strange', { manifest: undefined });
    const { downloads, end } = manager();
    downloads.start(entry, folder);
    expect(await end('strange')).toMatchObject({ state: 'done', problem: { code: 'model-incompatible' } });
    expect(existsSync(join(folder, 'strange', 'strange.onnx'))).toBe(true);
  });
});

describe('the line of downloads', () => {
  it('two at a time, the others wait; a paused one keeps what came and goes on from there', async () => {
    const folder = freshFolder();
    const slow = { slow: { piece: 20, pieceMs: 100 } };
    const entries = ['a', 'b', 'c'].map((name) => served(`line-${name}`, {}, slow).entry);
    const { downloads, end } = manager();
    for (const entry of entries) downloads.start(entry, folder);
    expect(downloads.list.map(({ state }) => state.state === 'queued')).toEqual([false, false, true]);
    const of = (): DownloadState => downloads.list.find(({ id }) => id === 'line-a')!.state;
    const come = (): number => {
      const state = of();
      return 'bytes' in state ? state.bytes : 0;
    };
    await expect.poll(come, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
    await downloads.pause('line-a');
    const paused = of() as DownloadState & { state: 'paused' };
    expect(paused.state).toBe('paused');
    expect(paused.bytes).toBeGreaterThan(0);
    // Another run of the program finds it.
    expect(manager().downloads.unfinished(folder)).toContainEqual({ id: 'line-a', bytes: paused.bytes });
    downloads.start(entries[0], folder);
    for (const { id } of entries) expect(await end(id)).toMatchObject({ state: 'done', problem: null });
    expect(server.ranges('/line-a').at(-1)).toBe(`bytes=${paused.bytes}-`);
  });

  it('a discarded one leaves nothing', async () => {
    const folder = freshFolder();
    const { entry } = served('unwanted', {}, { slow: { piece: 20, pieceMs: 100 } });
    const { downloads } = manager();
    downloads.start(entry, folder);
    await expect.poll(() => server.asked.some((one) => one.path === '/unwanted' && one.sent > 30)).toBe(true);
    await downloads.discard('unwanted', folder);
    expect(downloads.list).toEqual([]);
    expect(downloads.unfinished(folder)).toEqual([]);
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });

  it('what does not fit on the disk with all that waits has failed in its place before anything is asked', async () => {
    const folder = freshFolder();
    const { entry, bytes } = served('large');
    const other = served('larger').entry;
    const margin = 256 * 2 ** 20;
    const { downloads, told } = manager({ free: () => margin + bytes.length });
    downloads.start(entry, folder);
    const refused = { id: 'larger', state: { state: 'failed', error: { code: 'disk-full' } } };
    expect(downloads.start(other, folder)).toMatchObject(refused);
    expect(told.find(({ id }) => id === 'larger')).toMatchObject(refused);
    expect(server.asked.some(({ path }) => path === '/larger')).toBe(false);
    await downloads.discard('larger', folder);
    expect(downloads.list.map(({ id }) => id)).toEqual(['large']);
    return downloads.dispose();
  });

  it('another program that fetches the same model is left alone', async () => {
    const folder = freshFolder();
    const { entry } = served('shared', {}, { slow: { piece: 20, pieceMs: 100 } });
    const [one, two] = [manager(), manager()];
    one.downloads.start(entry, folder);
    await expect.poll(() => existsSync(join(folder, '.downloads', '.shared', 'lock'))).toBe(true);
    two.downloads.start(entry, folder);
    expect(await two.end('shared')).toMatchObject({ state: 'failed', error: { code: 'project-locked' } });
    expect(await one.end('shared')).toMatchObject({ state: 'done', problem: null });
  });

  it('a folder of the same name that is not ours is not replaced', () => {
    const folder = freshFolder();
    const { entry } = served('taken');
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'mine.txt'), 'mine');
    expect(manager().downloads.start(entry, folder)).toMatchObject({
      state: { state: 'failed', error: { code: 'output-exists' } },
    });
    expect(readdirSync(join(folder, 'taken'))).toEqual(['mine.txt']);
  });

  it('what has no address cannot be fetched, and says how it can be had', () => {
    const { bytes } = smallModel('nowhere');
    const entry = entryFor('nowhere', { bytes }, { page: 'https://example.test/page' });
    expect(() => manager().downloads.start(entry, freshFolder())).toThrowError(
      expect.objectContaining({
        hint: expect.stringContaining('https://example.test/page') as string,
      }) as UnbraidError,
    );
  });
});

describe('an import', () => {
  const signal = new AbortController().signal;

  it('knows files by their hashes, whatever they are called, in folders and zips', async () => {
    const folder = freshFolder();
    const from = freshFolder();
    const made = ['plain', 'zipped'].map((id) => ({
      id,
      ...smallModel(id, id === 'plain' ? [0.25, 0.5] : [0.3, 0.4]),
    }));
    writeCatalogue(
      folder,
      made.map(({ id, bytes, manifest: json }) => entryFor(id, { bytes }, { manifest: json })),
    );
    mkdirSync(join(from, 'deep', 'er'), { recursive: true });
    writeFileSync(join(from, 'deep', 'er', 'renamed.onnx'), made[0].bytes);
    writeFileSync(join(from, 'deep', 'foreign.onnx'), Buffer.alloc(made[0].bytes.length, 1));
    await writeZip(join(from, 'models.zip'), [
      { name: 'in/x.onnx', file: await fileWith(from, made[1].bytes) },
    ]);
    const sources = [
      { path: join(from, 'deep'), name: 'deep' },
      { path: join(from, 'models.zip'), name: 'models.zip' },
      { path: join(from, 'gone.onnx'), name: 'gone.onnx' },
    ];
    const items = await importModels(folder, sources, tools, signal);
    expect(items.map(({ source, state, id }) => [source, state, id])).toEqual([
      ['gone.onnx', 'failed', null],
      ['deep', 'model', 'plain'],
      ['models.zip', 'model', 'zipped'],
      ['deep', 'unknown', null],
    ]);
    expect(readFileSync(join(folder, 'plain', 'plain.onnx'))).toEqual(made[0].bytes);
    expect(findSeparator('zipped', listSeparators(folder))).toMatchObject({ installed: true });
    // What was imported is still where it was.
    expect(existsSync(join(from, 'deep', 'er', 'renamed.onnx'))).toBe(true);
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });

  it('leaves a download of the same model alone, and removes what a killed import has left', async () => {
    const folder = freshFolder();
    const { bytes, entry } = served('both', {}, { stallAfter: 100 });
    writeCatalogue(folder, [entry]);
    const { downloads, end } = manager();
    downloads.start(entry, folder);
    const part = join(folder, '.downloads', 'both', 'both.onnx.part');
    await expect.poll(() => existsSync(part) && readFileSync(part).length, { timeout: 20_000 }).toBe(100);
    const left = join(folder, '.downloads', `.import-${spawnSync(process.execPath, ['-e', '']).pid}-1`);
    const living = join(folder, '.downloads', `.import-${process.ppid}-1`);
    for (const dir of [left, living]) mkdirSync(dir);
    const file = await fileWith(freshFolder(), bytes);
    const items = await importModels(folder, [{ path: file, name: 'both.onnx' }], tools, signal);
    expect(items).toMatchObject([{ state: 'model', id: 'both' }]);
    expect(findSeparator('both', listSeparators(folder))).toMatchObject({ installed: true });
    // What has come of the download is still there, and it goes on.
    expect(readFileSync(part)).toEqual(bytes.subarray(0, 100));
    expect([existsSync(left), existsSync(living)]).toEqual([false, true]);
    server.set('/both', { bytes });
    expect(await end('both')).toMatchObject({ state: 'done', problem: null });
    expect(readFileSync(join(folder, 'both', 'both.onnx'))).toEqual(bytes);
  });

  it('takes a model with its manifest, and a catalogue', async () => {
    const folder = freshFolder();
    const from = freshFolder();
    const { bytes, manifest: json } = smallModel('own');
    writeFileSync(join(from, 'own.json'), JSON.stringify(json));
    writeFileSync(join(from, 'own.onnx'), bytes);
    writeCatalogue(from, [entryFor('later', { bytes: Buffer.alloc(10) })], 'more');
    const items = await importModels(folder, [{ path: from, name: 'folder' }], tools, signal);
    expect(items.map(({ state, id, name }) => [state, id ?? name])).toEqual([
      ['catalogue', 'more.catalogue.json'],
      ['model', 'own'],
    ]);
    expect(findSeparator('own', listSeparators(folder))).toMatchObject({ installed: true });
    removeModel(folder, 'own');
    expect(existsSync(join(folder, 'own'))).toBe(false);
    rmSync(join(from, 'own.onnx'));
    const without = await importModels(folder, [{ path: from, name: 'folder' }], tools, signal);
    expect(without.find(({ state }) => state === 'failed')?.error?.message).toContain('needs "own.onnx"');
  });
});

describe('deleting', () => {
  it('a model of one’s own takes its manifest and its files, not those of others', () => {
    const folder = freshFolder();
    for (const id of ['x', 'y']) {
      const { bytes, manifest: json } = smallModel(id);
      writeFileSync(join(folder, `${id}.onnx`), bytes);
      writeFileSync(join(folder, `named-${id}.json`), JSON.stringify(json));
    }
    removeModel(folder, 'x');
    expect(readdirSync(folder).sort()).toEqual(['named-y.json', 'y.onnx']);
    expect(() => removeModel(folder, 'unbraid-fast')).toThrowError(/came with Unbraid/);
    expect(() => removeModel(folder, '..')).toThrowError(/no model/);
    expect(existsSync(folder)).toBe(true);
  });
});

async function fileWith(dir: string, bytes: Uint8Array): Promise<string> {
  const path = join(dir, 'for-the-zip.bin');
  writeFileSync(path, bytes);
  return Promise.resolve(path);
}
