import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { classicMethods, createClassic } from '../../common/separation/classic/registry.js';
import { ensembleInfo } from '../../common/separation/ensemble.js';
import { parseEnsemble, type EnsembleManifest } from '../../common/separation/ensemble-manifest.js';
import { availability, entryBytes, recordFile } from '../../common/models/catalogue.js';
import { parseManifest, type ModelManifest } from '../../common/separation/manifest.js';
import { separatorInfo } from '../../common/separation/model-separator.js';
import type { SeparatorInfo } from '../../common/separation/separator.js';
import { meantEntry } from '../catalogue/catalogue-store.js';
import { readSmallFile } from '../files/file-bytes.js';
import { resourcePath } from '../process/resources.js';
import { userModelFolder } from '../state/model-settings.js';

interface Described {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly stems: readonly string[];
}

/** A model with its manifest and folder. */
export interface ModelSeparatorEntry extends Described {
  readonly kind: 'model';
  readonly manifest: ModelManifest;
  readonly folder: string;
  /** All the files are there; their hashes are checked when they are loaded. */
  readonly installed: boolean;
}

/** A separator that stands alone. */
export type SingleSeparator = (Described & { readonly kind: 'classic' }) | ModelSeparatorEntry;

/** A separator as the user chooses it: a classic method, a model, or several of them averaged. */
export type AvailableSeparator =
  | SingleSeparator
  | (Described & {
      readonly kind: 'ensemble';
      readonly ensemble: EnsembleManifest;
      /** In the order of the ensemble's members. */
      readonly members: readonly SingleSeparator[];
    });

/** What a separator says about cutting a song, without loading it. */
export function singleInfo(
  separator: SingleSeparator,
  quality: { readonly overlap?: number; readonly shifts?: number } = {},
): SeparatorInfo {
  if (separator.kind === 'classic') return createClassic(separator.id, quality).info;
  const info = separatorInfo(separator.manifest);
  return { ...info, segment: { ...info.segment, ...quality } };
}

/** The models a separator runs: itself, those of an ensemble, or none. */
export function modelsOf(separator: AvailableSeparator): readonly ModelSeparatorEntry[] {
  const singles = separator.kind === 'ensemble' ? separator.members : [separator];
  return singles.filter((single) => single.kind === 'model');
}

/** A manifest that could not be read; the others still work. */
export interface BrokenManifest {
  readonly file: string;
  readonly error: UnbraidError;
}

export interface ModelList {
  readonly separators: readonly AvailableSeparator[];
  readonly broken: readonly BrokenManifest[];
}

/** The models that ship: manifests in `models/manifests`, graphs in `models/weights`. */
function bundled(): { manifests: string; weights: string } {
  return { manifests: resourcePath('models/manifests'), weights: resourcePath('models/weights') };
}

/** The folders that may hold manifests, with the folder of their graphs: each model that was fetched has its own. */
function manifestFolders(userFolder: string): [manifests: string, weights: string][] {
  const shipped = bundled();
  const own = subfolders(userFolder).map((name) => join(userFolder, name));
  return [
    [shipped.manifests, shipped.weights],
    ...[userFolder, ...own].map((dir): [string, string] => [dir, dir]),
  ];
}

function subfolders(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { withFileTypes: true });
  // What begins with a point is unfinished.
  return entries
    .flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : []))
    .sort();
}

/** Files beside manifests that are about something else: lists of models, and what is known of a download. */
function isOther(name: string): boolean {
  return name.endsWith('.catalogue.json') || name === recordFile;
}

/**
 * Reads every manifest: the bundled ones, and the user's (manifest and graph side by side, in the folder itself or in
 * one below it).
 */
export function listSeparators(userFolder: string = userModelFolder()): ModelList {
  const singles: SingleSeparator[] = classicMethods.map((method) => ({ kind: 'classic', ...method }));
  const ensembles: { file: string; ensemble: EnsembleManifest }[] = [];
  const broken: BrokenManifest[] = [];
  for (const [manifests, weights] of manifestFolders(userFolder)) {
    for (const name of existsSync(manifests) ? readdirSync(manifests).sort() : []) {
      if (!name.endsWith('.json') || isOther(name)) continue;
      const file = join(manifests, name);
      try {
        const json = readJson(file);
        // A folder below may hold JSON of other programs.
        if (dirname(manifests) === userFolder && !schemaOf(json).startsWith('unbraid-')) continue;
        if (isEnsemble(json)) ensembles.push({ file, ensemble: parseEnsemble(json, file) });
        else singles.push(fromManifest(parseManifest(json, file), weights));
      } catch (error) {
        broken.push({ file, error: toUnbraidError(error, file) });
      }
    }
  }
  const separators: AvailableSeparator[] = [...singles];
  for (const { file, ensemble } of ensembles) {
    try {
      separators.push(fromEnsemble(ensemble, singles, file));
    } catch (error) {
      broken.push({ file, error: toUnbraidError(error, file) });
    }
  }
  return { separators, broken };
}

function schemaOf(json: unknown): string {
  const schema =
    typeof json === 'object' && json !== null ? (json as { schema?: unknown }).schema : undefined;
  return typeof schema === 'string' ? schema : '';
}

const isEnsemble = (json: unknown): boolean => schemaOf(json).startsWith('unbraid-ensemble/');

/** Throws `model-not-found` when a member is not there; an ensemble of ensembles is not allowed. */
function fromEnsemble(
  ensemble: EnsembleManifest,
  singles: readonly SingleSeparator[],
  file: string,
): AvailableSeparator {
  const members = ensemble.members.map(({ separator: id }) => {
    const found = singles.findLast((single) => single.id === id);
    if (found) return found;
    throw new UnbraidError(
      'model-not-found',
      `The ensemble "${ensemble.id}" needs "${id}", which is not here`,
      {
        file,
        hint: 'Install that model, or correct the ensemble.',
      },
    );
  });
  // Members that do not fit together are reported here, not when a song is waiting.
  ensembleInfo(
    ensemble,
    members.map((member) => singleInfo(member)),
  );
  const { id, name, description, stems } = ensemble;
  const names = stems.order.includes(stems.residual) ? stems.order : [...stems.order, stems.residual];
  return { kind: 'ensemble', id, name, description, stems: names, ensemble, members };
}

/** Longest manifest that is read. */
const maxManifestBytes = 1 << 20;

function readJson(file: string): unknown {
  try {
    return JSON.parse(readSmallFile(file, maxManifestBytes).toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnbraidError('model-manifest-invalid', `The model manifest is not JSON: ${error.message}`, {
      file,
    });
  }
}

/** A model by its manifest and the folder of its files. */
export function fromManifest(manifest: ModelManifest, folder: string): ModelSeparatorEntry {
  const { id, name, description, stems } = manifest;
  const files = manifest.graphs.flatMap((graph) => [
    graph.file,
    ...graph.externalData.map((data) => data.name),
  ]);
  const names = stems.order.includes(stems.residual) ? stems.order : [...stems.order, stems.residual];
  const installed = files.every((file) => existsSync(join(folder, file)));
  return { kind: 'model', id, name, description, stems: names, manifest, folder, installed };
}

/** The one command that brings a model which the catalogue knows; null for others. */
function fetchHint(id: string): string | null {
  const entry = meantEntry(id);
  if (!entry || availability(entry) === 'none') return null;
  const bytes = entryBytes(entry);
  const size = bytes === null ? '' : `, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const licence = `licence: ${entry.licence.name}`;
  if (availability(entry) === 'download')
    return `Fetch it with \`unbraid models get ${entry.id}\` (${entry.name}${size}, ${licence}), then use -m ${entry.id}.`;
  const from = entry.page === null ? '' : ` from ${entry.page}`;
  return `"${entry.name}" must be fetched by hand${from}; then \`unbraid models import FILE\`.`;
}

/** Finds a separator by id. Throws `model-not-found` that lists what there is. */
export function findSeparator(id: string, list: ModelList = listSeparators()): AvailableSeparator {
  // A user's model comes later in the list and wins over a bundled one of the same id.
  const found = list.separators.findLast((separator) => separator.id === id);
  const ids = list.separators.map((separator) => separator.id).join(', ');
  if (!found) {
    const bad = list.broken.find((entry) => entry.file.endsWith(`${id}.json`));
    if (bad) throw bad.error;
    throw new UnbraidError('model-not-found', `There is no model or method "${id}"`, {
      hint: fetchHint(id) ?? `Choose one of ${ids}.`,
    });
  }
  const missing = modelsOf(found).find((model) => !model.installed);
  if (missing) {
    throw new UnbraidError('model-not-found', `The files of the model "${missing.id}" are not installed`, {
      file: missing.folder,
      hint: `Put ${missing.manifest.graphs.map((graph) => graph.file).join(', ')} there.`,
    });
  }
  return found;
}
