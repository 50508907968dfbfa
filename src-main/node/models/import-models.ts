import { randomUUID } from 'node:crypto';
import {
  constants,
  cpSync,
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { largestFile, parseCatalogue, type CatalogueEntry } from '../../common/models/catalogue.js';
import { parseChain } from '../../common/separation/chain-manifest.js';
import { parseEnsemble } from '../../common/separation/ensemble-manifest.js';
import { parseManifest, type ModelManifest } from '../../common/separation/manifest.js';
import type { ImportedItem } from '../../common/contract/models.js';
import { knownModels } from '../catalogue/catalogue-store.js';
import { hashFile } from '../files/content-hash.js';
import { readSmallFile } from '../files/file-bytes.js';
import { isAlive } from '../files/workspace.js';
import { isZip, unzip } from '../files/zip-file.js';
import { listSeparators } from '../inference/model-store.js';
import type { GotFile } from './file-download.js';
import { checkModelRoom, installModel, type InstallTools } from './install.js';
import { makeFolder } from '../files/make-folder.js';

/** A file or folder to import, and what the person calls it. */
export interface ImportSource {
  readonly path: string;
  readonly name: string;
}

/** The folder of models, and one of this import alone: a download of the same model goes on beside it. */
interface Place {
  readonly folder: string;
  readonly work: string;
}

/** A file that was found, with its hash once it was asked for. */
interface Found {
  readonly path: string;
  readonly name: string;
  readonly source: string;
  used: boolean;
}

/** Files looked at below one folder, and how deep. */
const mostFiles = 5000;
const deepest = 8;
/** Archives unpack to so many bytes at most. */
const largestArchive = 64 * 2 ** 30;

/**
 * Takes models from files, folders and zip archives: those that the catalogue knows by their hashes, those that have a
 * manifest beside them, recipes of ensembles and chains, and catalogues. Everything is copied; one that fails does not stop the others.
 */
export async function importModels(
  folder: string,
  sources: readonly ImportSource[],
  tools: InstallTools,
  signal: AbortSignal,
): Promise<ImportedItem[]> {
  forgetKilled(folder);
  const work = join(folder, '.downloads', `.import-${process.pid}-${randomUUID()}`);
  const place: Place = { folder, work };
  const items: ImportedItem[] = [];
  const found: Found[] = [];
  try {
    for (const [i, source] of sources.entries()) {
      try {
        found.push(...(await filesOf(source, join(work, String(i)), folder, tools, signal)));
      } catch (error) {
        items.push(failure(source.name, error));
      }
    }
    items.push(...catalogues(folder, found));
    items.push(...(await withManifests(place, found, tools, signal)));
    items.push(...(await byHash(place, found, tools, signal)));
    // Last, because their parts may be among the others.
    items.push(...recipes(folder, found));
    const rest = found.filter(({ used, name }) => !used && /\.onnx$/i.test(name));
    items.push(...rest.map(unknown));
    const silent = sources.filter(({ name }) => !items.some((item) => item.source === name));
    items.push(...silent.map(({ name }) => failure(name, nothing())));
    return items;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Removes what imports have left that were killed. */
function forgetKilled(folder: string): void {
  const dir = join(folder, '.downloads');
  for (const name of existsSync(dir) ? readdirSync(dir) : []) {
    const pid = Number(/^\.import-(\d+)-/.exec(name)?.[1] ?? NaN);
    if (pid > 0 && pid !== process.pid && !isAlive(pid))
      rmSync(join(dir, name), { recursive: true, force: true });
  }
}

const nothing = (): UnbraidError =>
  new UnbraidError('model-not-found', 'Nothing in it is a model', {
    hint: 'Import .onnx files, a manifest with its files, a folder of them, or a zip.',
  });

function unknown({ source, name }: Found): ImportedItem {
  const error = new UnbraidError(
    'model-incompatible',
    `Neither a catalogue nor a manifest says what "${name}" is`,
    {
      file: name,
      hint: 'Add it by its form with `unbraid models add`, or import it with a manifest beside it.',
    },
  );
  return { source, state: 'unknown', id: null, name, licence: null, error: error.toWire() };
}

function failure(source: string, error: unknown): ImportedItem {
  const typed = toUnbraidError(error);
  if (typed.code === 'cancelled') throw typed;
  return { source, state: 'failed', id: null, name: null, licence: null, error: typed.toWire() };
}

/** All files of a source; those of an archive are unpacked into `dir` first. */
async function filesOf(
  { path, name }: ImportSource,
  dir: string,
  folder: string,
  { free }: InstallTools,
  signal: AbortSignal,
): Promise<Found[]> {
  signal.throwIfAborted();
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) throw new UnbraidError('file-not-found', 'The file or folder does not exist', { file: name });
  if (info.isDirectory()) return walk(path, name, 0);
  if (!(await isZip(path))) return [{ path, name: basename(name), source: name, used: false }];
  makeFolder(dir);
  const limits = {
    bytes: largestArchive,
    files: mostFiles,
    room: (bytes: number) => checkModelRoom(folder, bytes, free),
  };
  await unzip(path, dir, limits, signal).catch((error: unknown) => {
    // What came of it does not help, and would lie there until all else is imported.
    rmSync(dir, { recursive: true, force: true });
    const { code, message, hint } = toUnbraidError(error);
    const kind = code === 'project-damaged' ? 'model-file-invalid' : code;
    throw new UnbraidError(kind, message, { file: name, hint, cause: error });
  });
  return walk(dir, name, 0);
}

function walk(dir: string, source: string, depth: number): Found[] {
  const found: Found[] = [];
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(dir, entry.name);
    if (entry.isDirectory() && depth < deepest) found.push(...walk(path, source, depth + 1));
    // Links are not followed: they may lead anywhere.
    if (entry.isFile()) found.push({ path, name: entry.name, source, used: false });
    if (found.length > mostFiles)
      throw new UnbraidError('too-large', `There are more than ${mostFiles} files in it`);
  }
  return found;
}

type Json = Readonly<Record<string, unknown>>;

const jsonOf = ({ path }: Found): Json | null => {
  try {
    return JSON.parse(readSmallFile(path, 4 << 20).toString('utf8')) as Json | null;
  } catch {
    return null;
  }
};

const hasSchema = (file: Found, prefix: string): boolean => {
  if (!file.name.endsWith('.json')) return false;
  const schema = jsonOf(file)?.['schema'];
  return typeof schema === 'string' && schema.startsWith(prefix);
};

/** Catalogues go into the folder as they are, and count from then on. */
function catalogues(folder: string, found: readonly Found[]): ImportedItem[] {
  return found
    .filter((file) => hasSchema(file, 'unbraid-catalogue/'))
    .map((file) => {
      file.used = true;
      try {
        parseCatalogue(jsonOf(file), file.name);
        const name = `${file.name.replace(/(\.catalogue)?\.json$/, '')}.catalogue.json`;
        makeFolder(folder);
        cpSync(file.path, join(folder, name));
        return { source: file.source, state: 'catalogue', id: null, name, licence: null, error: null };
      } catch (error) {
        return failure(file.source, error);
      }
    });
}

/** Ensembles and chains go into the folder as they are; one that lacks a part stays there, and says so. */
function recipes(folder: string, found: readonly Found[]): ImportedItem[] {
  const parsers = [
    ['unbraid-ensemble/', parseEnsemble],
    ['unbraid-chain/', parseChain],
  ] as const;
  return parsers.flatMap(([schema, parse]) =>
    found
      .filter((file) => hasSchema(file, schema))
      .map((file): ImportedItem => {
        file.used = true;
        try {
          const { id, name } = parse(jsonOf(file), file.name);
          makeFolder(folder);
          cpSync(file.path, join(folder, `${id}.json`));
          const lacking = listSeparators(folder).broken.find((one) => one.id === id);
          const state = lacking ? 'unusable' : 'model';
          return {
            source: file.source,
            state,
            id,
            name,
            licence: null,
            error: lacking?.error.toWire() ?? null,
          };
        } catch (error) {
          return failure(file.source, error);
        }
      }),
  );
}

/** Models with a manifest beside them. */
async function withManifests(
  place: Place,
  found: readonly Found[],
  tools: InstallTools,
  signal: AbortSignal,
): Promise<ImportedItem[]> {
  const items: ImportedItem[] = [];
  for (const file of found.filter((one) => hasSchema(one, 'unbraid-model/'))) {
    file.used = true;
    try {
      const json = jsonOf(file);
      const manifest = parseManifest(json, file.name);
      const names = namesIn(manifest);
      const beside = found.filter((one) => dirname(one.path) === dirname(file.path) && names.has(one.name));
      for (const one of beside) one.used = true;
      const missing = [...names].find((name) => !beside.some((one) => one.name === name));
      if (missing !== undefined) {
        throw new UnbraidError(
          'file-not-found',
          `The manifest "${file.name}" needs "${missing}", which is not beside it`,
        );
      }
      const recognise = (): Promise<Json> => Promise.resolve(json ?? {});
      items.push(
        await install(place, file.source, entryOf(manifest), beside, { ...tools, recognise }, signal),
      );
    } catch (error) {
      items.push(failure(file.source, error));
    }
  }
  return items;
}

function namesIn({ graphs, golden }: ModelManifest): ReadonlySet<string> {
  return new Set([
    ...graphs.flatMap(({ file, externalData }) => [file, ...externalData.map(({ name }) => name)]),
    ...golden.flatMap(({ input, output }) => [input, output]),
  ]);
}

/** What a manifest says of itself, as the catalogue would. */
function entryOf(manifest: ModelManifest): CatalogueEntry {
  const { id, name, description, stems, license, graphs } = manifest;
  const files = graphs.flatMap(({ file, bytes, sha256, externalData }) => [
    { name: file, bytes, sha256 },
    ...externalData,
  ]);
  return {
    ...{
      id,
      name,
      description,
      family: manifest.kind,
      preset: null,
      stems: stems.order,
      page: null,
      scores: [],
    },
    files: files.map((file) => ({
      name: file.name,
      bytes: file.bytes ?? null,
      sha256: file.sha256,
      urls: [],
      derived: false,
    })),
    licence: { name: license.weights, use: 'unknown', who: 'the manifest', where: null },
    ...{ trainedOn: null, obstacle: null, note: '', recommended: false },
  };
}

/** Models that the catalogue knows by the hashes of their files. */
async function byHash(
  place: Place,
  found: readonly Found[],
  tools: InstallTools,
  signal: AbortSignal,
): Promise<ImportedItem[]> {
  const { entries } = knownModels(place.folder);
  const sizes = new Set(entries.flatMap(({ files }) => files.map(({ bytes }) => bytes)));
  const anySize = entries.some(({ files }) =>
    files.some(({ bytes, sha256 }) => bytes === null && sha256 !== null),
  );
  const hashes = new Map<string, Found>();
  for (const file of found) {
    if (file.used || file.name.endsWith('.json')) continue;
    const { size } = statSync(file.path);
    // Only what can be a file of the catalogue is read.
    if (size > largestFile || !(sizes.has(size) || (anySize && /\.(onnx|data|bin)$/i.test(file.name))))
      continue;
    hashes.set((await hashFile(file.path, signal)).sha256, file);
  }
  const items: ImportedItem[] = [];
  for (const entry of entries) {
    const own = entry.files.map(({ sha256 }) => (sha256 === null ? undefined : hashes.get(sha256)));
    if (own.length === 0 || own.some((file) => file === undefined)) continue;
    const files = own as Found[];
    for (const file of files) file.used = true;
    try {
      // Mirrors rename files; here they have the names of the catalogue.
      const named = files.map((file, i) => ({ ...file, name: entry.files[i].name }));
      items.push(await install(place, files[0].source, entry, named, tools, signal));
    } catch (error) {
      items.push(failure(files[0].source, error));
    }
  }
  return items;
}

async function install(
  { folder, work }: Place,
  source: string,
  entry: CatalogueEntry,
  files: readonly Found[],
  tools: InstallTools,
  signal: AbortSignal,
): Promise<ImportedItem> {
  const bytes = files.reduce((sum, { path }) => sum + statSync(path).size, 0);
  checkModelRoom(folder, bytes, tools.free);
  const staging = join(work, 'models', entry.id);
  makeFolder(staging);
  const got: GotFile[] = [];
  try {
    for (const file of files) {
      const target = join(staging, file.name);
      await copy(file.path, target, signal);
      got.push({ name: file.name, ...(await hashFile(target, signal)), url: null, from: null });
    }
    const record = await installModel(folder, entry, got, tools, signal, staging);
    const state = record.problem ? 'unusable' : 'model';
    const { id, name, licence } = entry;
    return { source, state, id, name, licence: licence.name, error: record.problem };
  } finally {
    if (existsSync(staging)) rmSync(staging, { recursive: true, force: true });
  }
}

/** Shares the bytes where the disk can; else copies them, which can be cancelled. */
async function copy(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
  } catch {
    await pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), createWriteStream(to), { signal });
  }
}
