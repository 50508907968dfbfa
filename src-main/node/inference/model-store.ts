import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { classicMethods } from '../../common/separation/classic/registry.js';
import { parseManifest, type ModelManifest } from '../../common/separation/manifest.js';
import { resourcePath } from '../process/resources.js';

/** A separator as the user chooses it: a classic method, or a model with its manifest and folder. */
export type AvailableSeparator =
  | {
      readonly kind: 'classic';
      readonly id: string;
      readonly name: string;
      readonly description: string;
      readonly stems: readonly string[];
    }
  | {
      readonly kind: 'model';
      readonly id: string;
      readonly name: string;
      readonly description: string;
      readonly stems: readonly string[];
      readonly manifest: ModelManifest;
      readonly folder: string;
      /** All the files are there; their hashes are checked when they are loaded. */
      readonly installed: boolean;
    };

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
  const separators: AvailableSeparator[] = classicMethods.map((method) => ({ kind: 'classic', ...method }));
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
        separators.push(fromManifest(parseManifest(readJson(file), file), weights));
      } catch (error) {
        broken.push({ file, error: toUnbraidError(error, file) });
      }
    }
  }
  return { separators, broken };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnbraidError('model-manifest-invalid', `The model manifest is not JSON: ${error.message}`, {
      file,
    });
  }
}

function fromManifest(manifest: ModelManifest, folder: string): AvailableSeparator {
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
  if (found.kind === 'model' && !found.installed) {
    throw new UnbraidError('model-not-found', `The files of the model "${id}" are not installed`, {
      file: found.folder,
      hint: `Put ${found.manifest.graphs.map((graph) => graph.file).join(', ')} there.`,
    });
  }
  return found;
}
