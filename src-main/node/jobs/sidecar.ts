import { lstatSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { collisionKey, sanitiseName, sanitiseValue } from '../../common/jobs/naming.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import {
  maxSidecarBytes,
  parseSidecar,
  sidecarEnding,
  sidecarSchema,
  type Sidecar,
} from '../../common/jobs/sidecar.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { hashFile, type ContentHash } from '../files/content-hash.js';
import { readSmallFile } from '../files/file-bytes.js';
import { listSeparators, modelsOf } from '../inference/model-store.js';
import { appVersion } from './app-version.js';
import type { ExportResult } from './export-stems.js';
import type { OutputFolder, StagedFile, TargetRules } from './output-folder.js';
import type { OutputRecord } from './output-records.js';

/** What a sidecar says beyond the files themselves. */
export interface SidecarFacts {
  readonly id: string;
  /** The source as the person named it. */
  readonly source: string;
  readonly content: ContentHash;
  /** What the stems add up to, and where in the song it begins. */
  readonly ref: PcmCacheRef;
  readonly start?: number;
  readonly settings: SeparationSettings;
  readonly model: string;
  /** The null test of the stems before they were written; null without one. */
  readonly engineDb: number | null;
}

/** The folder that holds every file of a set, in parts: there goes the sidecar, so that it moves with them. */
export function commonFolder(targets: readonly (readonly string[])[]): string[] {
  const [first, ...rest] = targets.map((target) => target.slice(0, -1));
  const differs = first.findIndex((part, i) => rest.some((folder) => folder[i] !== part));
  return differs < 0 ? [...first] : first.slice(0, differs);
}

/** Settings that say how the work is done, not what comes out. */
const notOfTheResult = new Set(['workers', 'overwrite']);

/** Makes the text of a sidecar in `folder` (parts below the output folder) for files that are read back already. */
export async function sidecarText(
  exported: ExportResult,
  facts: SidecarFacts,
  targets: readonly (readonly string[])[],
  signal?: AbortSignal,
): Promise<string> {
  const { content, ref, settings } = facts;
  const depth = commonFolder(targets).length;
  const files: Sidecar['files'] = [];
  for (const [i, file] of exported.files.entries()) {
    const { sha256, bytes } = await hashFile(file.staged, signal);
    files.push({
      ...{
        file: targets[i].slice(depth).join('/'),
        format: settings.format,
        sample: file.sample,
        bytes,
        sha256,
      },
      ...{ rate: file.rate, channels: file.channels, frames: file.frames },
      tracks: [...file.tracks],
    });
  }
  const { start = 0 } = facts;
  const sidecar: Sidecar = {
    ...{ unbraid: 'stems', version: 1, id: facts.id, app: appVersion },
    source: {
      ...{ name: basename(facts.source), bytes: content.bytes, sha256: content.sha256 },
      ...{ track: settings.track ?? null, rate: ref.sampleRate, channels: ref.channels },
      ...{ start, frames: ref.frames, pcmSha256: exported.sourcePcm },
    },
    files,
    ...{ whole: exported.whole, gain: exported.gain, gainDb: exported.gainDb },
    null: { engineDb: rounded(facts.engineDb), filesDb: rounded(exported.writtenNullDb) },
    model: { id: facts.model, weights: weightsOf(facts.model) },
    settings: Object.fromEntries(Object.entries(settings).filter(([name]) => !notOfTheResult.has(name))),
  };
  return `${JSON.stringify(sidecarSchema.parse(sidecar), null, 2)}\n`;
}

/** Processes add their shares up in any order: what they differ by must not make other bytes. */
function rounded(decibels: number | null): number | null {
  return decibels === null ? null : Math.round(100 * decibels) / 100;
}

function weightsOf(id: string): Sidecar['model']['weights'] {
  // A project may have stems of a model that is no longer installed.
  const separator = listSeparators().separators.find((one) => one.id === id);
  const models = separator ? modelsOf(separator) : [];
  return models.flatMap(({ manifest }) =>
    manifest.graphs.map(({ sha256 }) => ({ model: manifest.id, sha256 })),
  );
}

/** A sidecar's file name for a song, `n` in brackets from the second on. */
export function sidecarName(song: string, n = 1): string {
  const number = n === 1 ? '' : ` (${n})`;
  // Room for the number and the ending, in bytes of UTF-8.
  let plain = sanitiseValue(song);
  while (Buffer.byteLength(plain) > 200) plain = [...plain].slice(0, -1).join('');
  return sanitiseName(`${plain.trim()}${number}${sidecarEnding}`);
}

/** Reads a sidecar: a regular file of reasonable size, no link. Throws `sidecar-damaged`, or a typed system error. */
export function readSidecar(path: string): Sidecar {
  try {
    if (lstatSync(path).isSymbolicLink())
      throw new UnbraidError('sidecar-damaged', 'This sidecar is a link', { hint: 'Name the file itself.' });
    return parseSidecar(readSmallFile(path, maxSidecarBytes).toString('utf8'));
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/**
 * Where the sidecar of a set goes: beside its files, under the first name that is free or has a sidecar of nothing but
 * files that this set replaces. What is not ours is left alone.
 */
export function placeSidecar(
  root: string,
  song: string,
  targets: readonly (readonly string[])[],
): Pick<StagedFile, 'target' | 'replaces'> {
  const folder = commonFolder(targets);
  const made = new Set(targets.map((target) => collisionKey(target)));
  for (let n = 1; ; n++) {
    const target = [...folder, sidecarName(song, n)];
    const path = join(root, ...target);
    if (!lstatSync(path, { throwIfNoEntry: false })) return { target, replaces: false };
    if (describesOnly(path, folder, made)) return { target, replaces: true };
  }
}

function describesOnly(path: string, folder: readonly string[], made: ReadonlySet<string>): boolean {
  try {
    return readSidecar(path).files.every(({ file }) =>
      made.has(collisionKey([...folder, ...file.split('/')])),
    );
  } catch {
    return false;
  }
}

/** Writes a sidecar's text into the staging folder. Throws typed system errors. */
export function stageSidecar(dir: string, id: string, text: string): string {
  const path = join(dir, `${id}${sidecarEnding}`);
  try {
    writeFileSync(path, text, { flush: true });
    return path;
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/** How often a place is sought anew when another run has taken it meanwhile. */
const mostTries = 5;

/**
 * Publishes a set with its sidecar, all or nothing. `record` is made for the sidecar's final path. Throws as
 * `OutputFolder.commit` does.
 */
export function commitWithSidecar<R extends Omit<OutputRecord, 'version' | 'outputs'>>(
  folder: OutputFolder,
  set: {
    readonly key: string;
    readonly song: string;
    readonly files: readonly StagedFile[];
    readonly sidecar: string;
  },
  record: (sidecar: string) => R,
  rules: TargetRules,
): R {
  const targets = set.files.map(({ target }) => target);
  for (let tries = 1; ; tries++) {
    const place = placeSidecar(folder.root, set.song, targets);
    const path = folder.pathOf(place.target);
    const made = record(path);
    try {
      // The sidecar goes first: when its place is taken, nothing else has moved.
      folder.commit(set.key, [{ staged: set.sidecar, ...place }, ...set.files], made, rules);
      return made;
    } catch (error) {
      const taken = error instanceof UnbraidError && error.code === 'output-exists' && error.file === path;
      if (!taken || tries === mostTries) throw error;
    }
  }
}
