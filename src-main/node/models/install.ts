import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { licenceText, manifestFile, type CatalogueEntry } from '../../common/models/catalogue.js';
import { parseManifest } from '../../common/separation/manifest.js';
import { syncFolder, writeAtomically } from '../files/atomic-file.js';
import { checkRoom, freeBytes, type FreeSpace } from '../files/room.js';
import { fromManifest, type ModelSeparatorEntry } from '../inference/model-store.js';
import type { GotFile } from './file-download.js';
import type { Recogniser } from './recognise.js';
import { readRecord, writeRecord, type ModelRecord } from './record.js';
import { makeFolder } from '../files/make-folder.js';

/** Where a model's files come together before they are whole: below the folder, so that renaming is enough. */
export const stagingFolder = (folder: string, id: string): string => join(folder, '.downloads', id);

/** What a model needs to come into its place. */
export interface InstallTools {
  readonly recognise: Recogniser;
  /** Runs a model once; throws what is wrong with it. */
  readonly prove: (model: ModelSeparatorEntry, signal?: AbortSignal) => Promise<void>;
  readonly now?: () => Date;
  readonly free?: FreeSpace;
}

/**
 * Takes whole files in a staging folder for a model of the catalogue: finds out how they are run, runs them once, and
 * renames the folder into its place. A model that cannot be used is put there too, without a manifest and with what is
 * wrong in its record: nothing has to be fetched twice, and nothing broken can be chosen.
 */
export async function installModel(
  folder: string,
  entry: CatalogueEntry,
  files: readonly GotFile[],
  tools: InstallTools,
  signal?: AbortSignal,
  staging = stagingFolder(folder, entry.id),
): Promise<ModelRecord> {
  const place = join(folder, entry.id);
  let problem: ModelRecord['problem'] = null;
  rmSync(join(staging, manifestFile), { force: true });
  try {
    const json = { ...(await tools.recognise({ dir: staging, files, entry })), id: entry.id };
    await tools.prove(fromManifest(parseManifest(json, place), staging), signal);
    writeAtomically(join(staging, manifestFile), `${JSON.stringify(json, null, 2)}\n`);
  } catch (error) {
    const typed = toUnbraidError(error);
    if (typed.code === 'cancelled') throw typed;
    // Libraries break their messages into lines.
    problem = { ...typed.toWire(), message: typed.message.replace(/\s+/g, ' '), file: place };
  }
  const record: ModelRecord = {
    schema: 'unbraid-record/1',
    id: entry.id,
    at: (tools.now?.() ?? new Date()).toISOString(),
    files: files.map((file) => ({ ...file, hash: hashKind(entry, file) })),
    licence: licenceText(entry.licence),
    problem,
  };
  writeRecord(staging, record);
  promote(staging, place);
  return record;
}

function hashKind(entry: CatalogueEntry, { name }: GotFile): 'published' | 'recorded' {
  const published = entry.files.find((file) => file.name === name)?.sha256 ?? null;
  return published === null ? 'recorded' : 'published';
}

/** Renames a folder into its place; what was there goes away after that. */
function promote(staging: string, place: string): void {
  const old = `${staging}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) {
    if (readRecord(place) === null) {
      throw new UnbraidError('output-exists', 'The folder exists already, and is not a fetched model', {
        file: place,
        hint: 'Move it elsewhere.',
      });
    }
    renameSync(place, old);
  }
  try {
    renameSync(staging, place);
  } catch (error) {
    if (existsSync(old)) renameSync(old, place);
    throw toUnbraidError(error, place);
  }
  syncFolder(dirname(place));
  rmSync(old, { recursive: true, force: true });
}

/** Throws `disk-full` when so many bytes of models do not fit. */
export function checkModelRoom(folder: string, bytes: number, free: FreeSpace = freeBytes): void {
  checkRoom(folder, bytes, free(folder), 'Free some space, or choose another folder for models.');
}

/** An empty or unfinished staging folder. Throws typed system errors. */
export function openStaging(folder: string, id: string): string {
  const dir = stagingFolder(folder, id);
  try {
    makeFolder(dir);
  } catch (error) {
    throw toUnbraidError(error, dir);
  }
  return dir;
}
