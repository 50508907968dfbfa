import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { classicMethods, createClassic, findClassic } from '../../common/separation/classic/registry.js';
import { chainInfo, chainParents, chainStems, stepsKeeping } from '../../common/separation/chain.js';
import { parseChain, type ChainManifest } from '../../common/separation/chain-manifest.js';
import { ensembleInfo } from '../../common/separation/ensemble.js';
import { parseEnsemble, type EnsembleManifest } from '../../common/separation/ensemble-manifest.js';
import { availability, entryBytes, recordFile } from '../../common/models/catalogue.js';
import type { StemParents } from '../../common/jobs/stem-pieces.js';
import { parseManifest, type ModelManifest } from '../../common/separation/manifest.js';
import { separatorInfo } from '../../common/separation/model-info.js';
import { withQuality, type SegmentQuality } from '../../common/separation/quality.js';
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

/** One that is made of others, by a recipe. */
interface Recipe extends Described {
  /** Its manifest; absent where none was read. */
  readonly file?: string;
}

/** A model with its manifest and folder. */
export interface ModelSeparatorEntry extends Described {
  readonly kind: 'model';
  readonly manifest: ModelManifest;
  readonly folder: string;
  /** All the files are there; their hashes are checked when they are loaded. */
  readonly installed: boolean;
}

/** A method without weights. */
export type ClassicSeparatorEntry = Described & { readonly kind: 'classic' };

/** A separator that stands alone. */
export type SingleSeparator = ClassicSeparatorEntry | ModelSeparatorEntry;

/** Several separators averaged. */
export type EnsembleSeparatorEntry = Recipe & {
  readonly kind: 'ensemble';
  readonly ensemble: EnsembleManifest;
  /** In the order of the ensemble's members. */
  readonly members: readonly SingleSeparator[];
};

/** A separator that makes its stems in one go. */
export type OneSeparator = SingleSeparator | EnsembleSeparatorEntry;

/** Several separators one after the other. */
export type ChainSeparatorEntry = Recipe & {
  readonly kind: 'chain';
  readonly chain: ChainManifest;
  /** In the order of the chain's steps. */
  readonly steps: readonly OneSeparator[];
};

/** A separator as the user chooses it: a classic method, a model, or several of them. */
export type AvailableSeparator = OneSeparator | ChainSeparatorEntry;

/**
 * A separator as it is used where these stems are wanted: a chain does not separate a wanted stem further. Stems that a
 * chain gives by itself change nothing.
 */
export function keepingWhole<S extends AvailableSeparator>(separator: S, stems: readonly string[]): S {
  if (separator.kind !== 'chain') return separator;
  const left = stepsKeeping(separator.chain, stems);
  if (left.length === separator.steps.length) return separator;
  const chain = { ...separator.chain, steps: left.map((index) => separator.chain.steps[index]) };
  const steps = left.map((index) => separator.steps[index]);
  return { ...separator, chain, steps, stems: chainStems(chain) };
}

/** The stem that each of a separator's stems is separated from, where a recipe says so. */
export function parentsOf(separator: AvailableSeparator): StemParents {
  return separator.kind === 'chain' ? chainParents(separator.chain) : {};
}

/** What a separator says about cutting a song, without loading it. */
export function singleInfo(separator: SingleSeparator, quality: SegmentQuality = {}): SeparatorInfo {
  if (separator.kind !== 'classic') return separatorInfo(withQuality(separator.manifest, quality));
  if (quality.segment !== undefined) throw ownSegments(separator);
  return createClassic(separator.id, quality).info;
}

function ownSegments({ name }: Described): UnbraidError {
  return new UnbraidError(
    'invalid-argument',
    `The segments of "${name}" have a size that cannot be changed`,
    {
      hint: 'Leave the segment size out.',
    },
  );
}

/** A separator's facts with the user's quality settings, without loading it. */
export function infoOf(separator: AvailableSeparator, quality: SegmentQuality): SeparatorInfo {
  if (separator.kind === 'chain') {
    const infos = separator.steps.map((step) => infoOf(step, quality));
    return chainInfo(separator.chain, infos);
  }
  if (separator.kind !== 'ensemble') return singleInfo(separator, quality);
  if (quality.segment !== undefined) throw ownSegments(separator);
  const infos = separator.members.map((member) => singleInfo(member));
  return ensembleInfo(separator.ensemble, infos, quality);
}

/** The models a separator runs: itself, those of an ensemble or a chain, or none. */
export function modelsOf(separator: AvailableSeparator): readonly ModelSeparatorEntry[] {
  if (separator.kind === 'chain') {
    const models = separator.steps.flatMap(modelsOf);
    return models.filter((model, i) => models.indexOf(model) === i);
  }
  const singles = separator.kind === 'ensemble' ? separator.members : [separator];
  return singles.filter((single) => single.kind === 'model');
}

/** A manifest that could not be read; the others still work. */
export interface BrokenManifest {
  readonly file: string;
  /** Of an ensemble or a chain that lacks a part. */
  readonly id?: string;
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
  const chains: { file: string; chain: ChainManifest }[] = [];
  const broken: BrokenManifest[] = [];
  for (const [manifests, weights] of manifestFolders(userFolder)) {
    for (const name of existsSync(manifests) ? readdirSync(manifests).sort() : []) {
      if (!name.endsWith('.json') || isOther(name)) continue;
      const file = join(manifests, name);
      try {
        const json = readJson(file);
        // A folder below may hold JSON of other programs.
        if (dirname(manifests) === userFolder && !schemaOf(json).startsWith('unbraid-')) continue;
        const schema = schemaOf(json);
        if (schema.startsWith('unbraid-ensemble/'))
          ensembles.push({ file, ensemble: parseEnsemble(json, file) });
        else if (schema.startsWith('unbraid-chain/')) chains.push({ file, chain: parseChain(json, file) });
        else singles.push(fromManifest(parseManifest(json, file), weights));
      } catch (error) {
        broken.push({ file, error: toUnbraidError(error, file) });
      }
    }
  }
  const ones: OneSeparator[] = [...singles];
  for (const { file, ensemble } of ensembles) {
    try {
      ones.push(fromEnsemble(ensemble, singles, file));
    } catch (error) {
      broken.push({ file, id: ensemble.id, error: toUnbraidError(error, file) });
    }
  }
  const separators: AvailableSeparator[] = [...ones];
  for (const { file, chain } of chains) {
    try {
      separators.push(fromChain(chain, ones, file));
    } catch (error) {
      broken.push({ file, id: chain.id, error: toUnbraidError(error, file) });
    }
  }
  return { separators, broken };
}

function schemaOf(json: unknown): string {
  const schema =
    typeof json === 'object' && json !== null ? (json as { schema?: unknown }).schema : undefined;
  return typeof schema === 'string' ? schema : '';
}

/** A classic method with options behind its name. Throws `invalid-argument` for options that it does not have. */
function withOptions(id: string): ClassicSeparatorEntry | undefined {
  const classic = id.includes(':') ? findClassic(id) : undefined;
  return classic && { kind: 'classic', ...classic };
}

/** The separator that an ensemble or a chain names. Throws `model-not-found` that says how it can be had. */
function partOf<T extends OneSeparator>(
  id: string,
  of: string,
  among: readonly T[],
  file: string,
): T | ClassicSeparatorEntry {
  const found = among.findLast((one) => one.id === id) ?? withOptions(id);
  if (found) return found;
  throw new UnbraidError('model-not-found', `${of} needs "${id}", which is not here`, {
    file,
    hint: fetchHint(id, false) ?? 'Install that model, or correct the manifest.',
  });
}

/** Throws `model-not-found` when a member is not there; an ensemble of ensembles is not allowed. */
function fromEnsemble(
  ensemble: EnsembleManifest,
  singles: readonly SingleSeparator[],
  file: string,
): EnsembleSeparatorEntry {
  const of = `The ensemble "${ensemble.id}"`;
  const members = ensemble.members.map(({ separator }) => partOf(separator, of, singles, file));
  // Members that do not fit together are reported here, not when a song is waiting.
  ensembleInfo(
    ensemble,
    members.map((member) => singleInfo(member)),
  );
  const { id, name, description, stems } = ensemble;
  const names = stems.order.includes(stems.residual) ? stems.order : [...stems.order, stems.residual];
  return { kind: 'ensemble', id, name, description, stems: names, ensemble, members, file };
}

/** Throws `model-not-found` when a step's separator is not there; a chain of chains is not allowed. */
function fromChain(chain: ChainManifest, ones: readonly OneSeparator[], file: string): ChainSeparatorEntry {
  const of = `The chain "${chain.id}"`;
  const steps = chain.steps.map(({ separator }) => partOf(separator, of, ones, file));
  const { id, name, description } = chain;
  // Steps that do not fit together are reported here, not when a song is waiting.
  const infos = steps.map((step) => infoOf(step, {}));
  return { kind: 'chain', id, name, description, stems: chainInfo(chain, infos).stems, chain, steps, file };
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
function fetchHint(id: string, choose = true): string | null {
  const entry = meantEntry(id);
  if (!entry || availability(entry) === 'none') return null;
  const bytes = entryBytes(entry);
  const size = bytes === null ? '' : `, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const licence = `licence: ${entry.licence.name}`;
  const then = choose ? `, then use -m ${entry.id}` : '';
  if (availability(entry) === 'download')
    return `Fetch it with \`unbraid models get ${entry.id}\` (${entry.name}${size}, ${licence})${then}.`;
  const from = entry.page === null ? '' : ` from ${entry.page}`;
  return `"${entry.name}" must be fetched by hand${from}; then \`unbraid models import FILE\`.`;
}

/** A file's name is not quite its model's id. */
function alikeHint(id: string, { separators }: ModelList): string | null {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const alike = separators.findLast((one) => plain(one.id) === plain(id) || plain(one.name) === plain(id));
  return alike ? `Its id is ${alike.id}: use -m ${alike.id}.` : null;
}

/** Finds a separator by id. Throws `model-not-found` that lists what there is. */
export function findSeparator(id: string, list: ModelList = listSeparators()): AvailableSeparator {
  // A user's model comes later in the list and wins over a bundled one of the same id.
  const found = list.separators.findLast((separator) => separator.id === id);
  const ids = list.separators.map((separator) => separator.id).join(', ');
  if (!found) {
    const classic = withOptions(id);
    if (classic) return classic;
    const bad = list.broken.find((entry) => entry.id === id || entry.file.endsWith(`${id}.json`));
    if (bad) throw bad.error;
    throw new UnbraidError('model-not-found', `There is no model or method "${id}"`, {
      hint: fetchHint(id) ?? alikeHint(id, list) ?? `Choose one of ${ids}.`,
    });
  }
  const missing = modelsOf(found).find((model) => !model.installed);
  if (missing) {
    throw new UnbraidError('model-not-found', `The files of the model "${missing.id}" are not installed`, {
      file: missing.folder,
      hint:
        fetchHint(missing.id, false) ??
        `Put ${missing.manifest.graphs.map((graph) => graph.file).join(', ')} there.`,
    });
  }
  return found;
}
