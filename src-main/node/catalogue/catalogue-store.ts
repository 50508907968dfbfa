import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import {
  availability,
  mergeCatalogues,
  parseCatalogue,
  type Catalogue,
  type CatalogueEntry,
} from '../../common/models/catalogue.js';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';
import { resourcePath } from '../process/resources.js';
import { modelSettings, userModelFolder } from '../state/model-settings.js';
import { stateFolder } from '../state/recent-files.js';
import { makeFolder } from '../files/make-folder.js';

/** Longest catalogue that is read, bytes. */
export const longestCatalogue = 4 << 20;

/** Everything that can be fetched, as far as this program knows. */
export interface KnownModels {
  readonly entries: readonly CatalogueEntry[];
  /** The day of the newest list, and the address it came from; null for the one of this program. */
  readonly updated: string;
  readonly from: string | null;
  readonly note: string;
  /** Lists in the folder of models that could not be read. */
  readonly broken: readonly { readonly file: string; readonly error: WireError }[];
}

/** The address of newer catalogues: `$UNBRAID_CATALOGUE`, or what was set. */
export function catalogueAddress(env: NodeJS.ProcessEnv = process.env): string | null {
  return env['UNBRAID_CATALOGUE'] || modelSettings(env).catalogue;
}

const fetchedFile = (): string => join(stateFolder(), 'catalogue.json');

/**
 * The list of this program, a newer one that was fetched, and the lists (`*.catalogue.json`) in the person's folder:
 * later ones replace entries of earlier ones.
 */
export function knownModels(folder: string = userModelFolder()): KnownModels {
  const broken: { file: string; error: WireError }[] = [];
  const read = (file: string): Catalogue | null => {
    try {
      return readCatalogue(file);
    } catch (error) {
      broken.push({ file, error: toUnbraidError(error, file).toWire() });
      return null;
    }
  };
  const bundled = readCatalogue(resourcePath('models/catalogue.json'));
  const fetched = existsSync(fetchedFile()) ? read(fetchedFile()) : null;
  // A program that was updated may know more than what was fetched before.
  const newer = fetched !== null && fetched.updated >= bundled.updated;
  const own = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith('.catalogue.json'))
    : [];
  const lists = [bundled, newer ? fetched : null, ...own.sort().map((name) => read(join(folder, name)))];
  const { updated, note } = newer ? fetched : bundled;
  const entries = mergeCatalogues(lists.filter((list) => list !== null));
  return { entries, updated, note, from: newer ? catalogueAddress() : null, broken };
}

/** Throws `model-not-found` that names what is there. */
export function findEntry(id: string, known: KnownModels = knownModels()): CatalogueEntry {
  const entry = known.entries.find((one) => one.id === id);
  if (entry) return entry;
  throw new UnbraidError('model-not-found', `The catalogue has no model "${id}"`, {
    hint: '`unbraid models catalogue` lists what it has.',
  });
}

function readCatalogue(file: string): Catalogue {
  const text = readSmallFile(file, longestCatalogue).toString('utf8');
  return parseCatalogue(fromJson(text, file), file);
}

function fromJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnbraidError('model-manifest-invalid', `The catalogue is not JSON: ${why}`, { file });
  }
}

/** Keeps a catalogue that was fetched, for the next runs; it must be valid. Throws `model-manifest-invalid`. */
export function keepCatalogue(text: string, address: string): Catalogue {
  const catalogue = parseCatalogue(fromJson(text, address), address);
  makeFolder(dirname(fetchedFile()));
  writeAtomically(fetchedFile(), text);
  return catalogue;
}

/** Goes back to the list of this program. */
export function forgetCatalogue(): void {
  rmSync(fetchedFile(), { force: true });
}

/** The entry that a person may mean by a name that is not a model here; the one that is best to have first. */
export function meantEntry(name: string, known: KnownModels = knownModels()): CatalogueEntry | null {
  const wanted = name.toLowerCase();
  const meant = known.entries.filter(
    ({ id, family, name: title }) =>
      id.startsWith(wanted) || family === wanted || title.toLowerCase() === wanted,
  );
  return (
    meant.find((entry) => entry.id === wanted) ??
    meant.find((entry) => availability(entry) === 'download') ??
    meant.at(0) ??
    null
  );
}
