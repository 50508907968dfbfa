import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { CatalogueEntry } from '../../common/models/catalogue.js';
import type { ModelVerification } from '../../common/contract/models.js';
import { hashFile } from '../files/content-hash.js';
import { readSmallFile } from '../files/file-bytes.js';
import {
  listSeparators,
  type AvailableSeparator,
  type BrokenManifest,
  type ModelSeparatorEntry,
} from '../inference/model-store.js';
import { readRecord } from './record.js';
import { makeFolder } from '../files/make-folder.js';

/** The models that have files, bundled ones too; of several with one id the one that is used. */
export function installedModels(folder: string): readonly ModelSeparatorEntry[] {
  const models = listSeparators(folder).separators.flatMap((one) => (one.kind === 'model' ? [one] : []));
  return models.filter((model) => models.findLast(({ id }) => id === model.id) === model);
}

interface Claim {
  readonly name: string;
  readonly sha256: string;
}

/** The files of a model, as its manifest names them. */
function filesOf({ manifest }: ModelSeparatorEntry): Claim[] {
  return manifest.graphs.flatMap(({ file, sha256, externalData }) => [
    { name: file, sha256 },
    ...externalData.map((data) => ({ name: data.name, sha256: data.sha256 })),
  ]);
}

/** The model that has the files of a catalogue's entry: fetched under its id, or imported with the same hashes. */
export function separatorOf(entry: CatalogueEntry, models: readonly ModelSeparatorEntry[]): string | null {
  const named = models.find(
    ({ id, folder, installed }) => id === entry.id && installed && readRecord(folder),
  );
  if (named) return named.id;
  const hashes = entry.files.flatMap(({ sha256 }) => sha256 ?? []);
  if (hashes.length === 0 || hashes.length < entry.files.length) return null;
  const same = models.find((model) => {
    const own = new Set(filesOf(model).map(({ sha256 }) => sha256));
    return model.installed && hashes.every((hash) => own.has(hash));
  });
  return same?.id ?? null;
}

/** Reads the files of models again, one after the other, and compares their hashes with what is known of them. */
export async function verifyModels(
  folder: string,
  ids: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<ModelVerification[]> {
  const models = installedModels(folder).filter(({ id }) => !ids || ids.includes(id));
  const found = models.map((model) => ({ id: model.id, dir: model.folder, files: filesOf(model) }));
  for (const id of unusable(folder)) {
    if (ids && !ids.includes(id)) continue;
    found.push({ id, dir: join(folder, id), files: readRecord(join(folder, id))!.files });
  }
  const missing = ids?.find((id) => !found.some((one) => one.id === id));
  if (missing !== undefined) throw noModel(missing);
  const verified: ModelVerification[] = [];
  for (const { id, dir, files } of found) {
    const record = readRecord(dir);
    const states = [];
    for (const { name, sha256 } of files) {
      const recorded = record?.files.find((file) => file.name === name)?.hash === 'recorded';
      states.push({ name, state: await stateOf(join(dir, name), sha256, signal), recorded });
    }
    verified.push({ id, files: states });
  }
  return verified;
}

async function stateOf(
  path: string,
  sha256: string,
  signal: AbortSignal,
): Promise<ModelVerification['files'][number]['state']> {
  if (!existsSync(path)) return 'missing';
  return (await hashFile(path, signal)).sha256 === sha256 ? 'right' : 'changed';
}

/** Ids of models that came, but cannot be used. */
export function unusable(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(
    (name) => !name.startsWith('.') && readRecord(join(folder, name))?.problem,
  );
}

function noModel(id: string): UnbraidError {
  return new UnbraidError('model-not-found', `There is no model "${id}" here`, {
    hint: '`unbraid models list` lists what is here.',
  });
}

/**
 * Deletes a model of the person's folder, or the recipe of an ensemble or a chain: its own folder, or its manifest and the files that no other manifest names.
 * Throws `model-not-found`, `invalid-argument` for one that came with the program, or a typed system error.
 */
export function removeModel(folder: string, id: string): void {
  const own = join(folder, id);
  // An id is a name, not a way to another place.
  if (dirname(own) === folder && readRecord(own) !== null) return removeFolder(folder, own);
  const { separators, broken } = listSeparators(folder);
  const models = separators.flatMap((one) => (one.kind === 'model' ? [one] : []));
  const model = models.findLast((one) => one.id === id);
  const recipe = recipeOf(id, separators, broken);
  if (!model && recipe !== undefined) return removeRecipe(folder, id, recipe);
  if (!model) throw broken.find(({ file }) => file === join(folder, `${id}.json`))?.error ?? noModel(id);
  if (model.folder !== folder) {
    if (dirname(model.folder) === folder) return removeFolder(folder, model.folder);
    throw new UnbraidError('invalid-argument', `"${id}" came with Unbraid, and stays`);
  }
  const kept = new Set(
    models.filter((one) => one !== model).flatMap((one) => filesOf(one).map(({ name }) => name)),
  );
  const golden = model.manifest.golden.flatMap(({ input, output }) => [input, output]);
  try {
    rmSync(manifestOf(folder, id), { force: true });
    for (const name of [...filesOf(model).map((file) => file.name), ...golden]) {
      if (!kept.has(name)) rmSync(join(folder, name), { force: true });
    }
  } catch (error) {
    throw toUnbraidError(error, folder);
  }
}

/** The manifest of an ensemble or a chain; one that lacks a part has one too. */
function recipeOf(
  id: string,
  separators: readonly AvailableSeparator[],
  broken: readonly BrokenManifest[],
): string | undefined {
  const found = separators.findLast((one) => one.id === id);
  if (found?.kind === 'ensemble' || found?.kind === 'chain') return found.file;
  return broken.find((one) => one.id === id)?.file;
}

function removeRecipe(folder: string, id: string, file: string): void {
  const dir = dirname(file);
  if (dir !== folder && dirname(dir) !== folder)
    throw new UnbraidError('invalid-argument', `"${id}" came with Unbraid, and stays`);
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw toUnbraidError(error, file);
  }
}

/** The file in the folder whose manifest has this id. */
function manifestOf(folder: string, id: string): string {
  const { separators } = listSeparators(folder);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (names.includes(`${id}.json`)) return join(folder, `${id}.json`);
  const found = separators.some((one) => one.id === id)
    ? names.find((name) => idIn(join(folder, name)) === id)
    : undefined;
  if (found === undefined) throw noModel(id);
  return join(folder, found);
}

function idIn(file: string): unknown {
  try {
    return (JSON.parse(readSmallFile(file, 1 << 20).toString('utf8')) as { id?: unknown }).id;
  } catch {
    return undefined;
  }
}

/** Out of sight at once, then deleted: a program that is killed in between leaves no half of a model. */
function removeFolder(folder: string, dir: string): void {
  const gone = join(folder, '.downloads', `.gone-${process.pid}-${Date.now()}`);
  try {
    makeFolder(dirname(gone));
    renameSync(dir, gone);
    rmSync(gone, { recursive: true, force: true });
  } catch (error) {
    throw toUnbraidError(error, dir);
  }
}
