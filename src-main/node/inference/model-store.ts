import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { classicMethods, createClassic } from '../../common/separation/classic/registry.js';
import { ensembleInfo } from '../../common/separation/ensemble.js';
import { parseEnsemble, type EnsembleManifest } from '../../common/separation/ensemble-manifest.js';
import { parseManifest, type ModelManifest } from '../../common/separation/manifest.js';
import { separatorInfo } from '../../common/separation/model-separator.js';
import type { SeparatorInfo } from '../../common/separation/separator.js';
import { readSmallFile } from '../files/file-bytes.js';
import { resourcePath } from '../process/resources.js';

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

/** The folder of a user's own models: `$UNBRAID_MODELS`, or the platform's data folder. */
export function userModelFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['UNBRAID_MODELS']) return env['UNBRAID_MODELS'];
  if (process.platform === 'win32') return join(env['APPDATA'] ?? homedir(), 'Unbraid', 'models');
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'Unbraid', 'models');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'unbraid', 'models');
}

/** The models that ship: manifests in `models/manifests`, graphs in `models/weights`. */
function bundled(): { manifests: string; weights: string } {
  return { manifests: resourcePath('models/manifests'), weights: resourcePath('models/weights') };
}

/** Reads every manifest: the bundled ones, and the user's (manifest and graph side by side). */
export function listSeparators(userFolder: string = userModelFolder()): ModelList {
  const singles: SingleSeparator[] = classicMethods.map((method) => ({ kind: 'classic', ...method }));
  const ensembles: { file: string; ensemble: EnsembleManifest }[] = [];
  const broken: BrokenManifest[] = [];
  const shipped = bundled();
  for (const [manifests, weights] of [
    [shipped.manifests, shipped.weights],
    [userFolder, userFolder],
  ]) {
    for (const name of existsSync(manifests) ? readdirSync(manifests).sort() : []) {
      if (!name.endsWith('.json')) continue;
      const file = join(manifests, name);
      try {
        const json = readJson(file);
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

function isEnsemble(json: unknown): boolean {
  const schema =
    typeof json === 'object' && json !== null ? (json as { schema?: unknown }).schema : undefined;
  return typeof schema === 'string' && schema.startsWith('unbraid-ensemble/');
}

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

function fromManifest(manifest: ModelManifest, folder: string): ModelSeparatorEntry {
  const { id, name, description, stems } = manifest;
  const files = manifest.graphs.flatMap((graph) => [
    graph.file,
    ...graph.externalData.map((data) => data.name),
  ]);
  const names = stems.order.includes(stems.residual) ? stems.order : [...stems.order, stems.residual];
  const installed = files.every((file) => existsSync(join(folder, file)));
  return { kind: 'model', id, name, description, stems: names, manifest, folder, installed };
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
      hint: `Choose one of ${ids}.`,
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
