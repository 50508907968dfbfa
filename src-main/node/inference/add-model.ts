import { randomUUID } from 'node:crypto';
import { constants, existsSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { AddedModel } from '../../common/contract/recognition.js';
import { manifestFile } from '../../common/models/catalogue.js';
import { syncFolder, writeAtomically } from '../files/atomic-file.js';
import { hashFile, type ContentHash } from '../files/content-hash.js';
import { onnxFacts, type OnnxFacts } from './onnx-facts.js';
import { recognise, type Recognised } from './recognise.js';
import type { Answers } from './recognise-form.js';
import type { SeparationEngine } from './separation-engine.js';
import { tryModel } from './try-model.js';
import { makeFolder } from '../files/make-folder.js';

/** A file of a model: where it is, and what the person calls it. */
export interface ModelSource {
  readonly path: string;
  readonly name: string;
}

/** A file as it was read, so that a form with several questions reads it once. */
const readFiles = new WeakMap<ModelSource, Promise<OnnxFacts>>();

function factsOf(source: ModelSource, signal?: AbortSignal): Promise<OnnxFacts> {
  const known = readFiles.get(source);
  if (known) return known;
  const facts = onnxFacts(source.path, source.name, signal);
  readFiles.set(source, facts);
  facts.catch(() => readFiles.delete(source));
  return facts;
}

const hashes = new WeakMap<ModelSource, Promise<ContentHash>>();

function hashOf(source: ModelSource, signal?: AbortSignal): Promise<ContentHash> {
  const known = hashes.get(source);
  if (known) return known;
  const hash = hashFile(source.path, signal);
  hashes.set(source, hash);
  hash.catch(() => hashes.delete(source));
  return hash;
}

const isGraph = ({ name }: ModelSource): boolean => /\.onnx$/i.test(name);

/** A name that a manifest may use: no folders, nothing that a system refuses. */
function checkName({ name, path }: ModelSource): void {
  if (/^(?!\.)[^/\\\0:*?"<>|]{1,200}$/.test(name)) return;
  throw new UnbraidError('invalid-argument', `"${name.slice(0, 200)}" cannot be the name of a model's file`, {
    file: path,
    hint: 'Rename it.',
  });
}

export interface RecogniseRequest {
  /** Graphs, and the files with their weights where these are not in the graphs. */
  readonly sources: readonly ModelSource[];
  readonly answers: Answers;
  readonly ids: ReadonlySet<string>;
  /** Whether weights are looked for beside a graph. */
  readonly beside?: boolean;
  readonly signal?: AbortSignal;
}

/** What files are, and every file that belongs to them. Throws as `recognise`, and for files that cannot be read. */
export async function recogniseFiles(
  request: RecogniseRequest,
): Promise<{ readonly recognised: Recognised; readonly sources: readonly ModelSource[] }> {
  const { sources, answers, ids, signal } = request;
  sources.forEach(checkName);
  const graphs = sources.filter(isGraph);
  if (graphs.length === 0) {
    throw new UnbraidError('model-file-invalid', 'There is no ONNX file among these', {
      ...(sources[0] && { file: sources[0].path }),
      hint: 'Choose the .onnx file. Checkpoints of PyTorch or TensorFlow must be exported to ONNX first.',
    });
  }
  const facts: OnnxFacts[] = [];
  for (const graph of graphs) facts.push(await factsOf(graph, signal));
  const weights = new Map(
    sources.filter((source) => !isGraph(source)).map((source) => [source.name, source]),
  );
  for (const { path, external } of request.beside ? facts : []) {
    for (const name of external) {
      const beside = { name, path: join(dirname(path), name) };
      checkName(beside);
      if (!weights.has(name) && existsSync(beside.path)) weights.set(name, beside);
    }
  }
  const wanted = new Set(facts.flatMap(({ external }) => [...external]));
  const needed = [...weights.values()].filter(({ name }) => wanted.has(name));
  const external: Record<string, { bytes: number; sha256: string }> = {};
  for (const source of needed) external[source.name] = await hashOf(source, signal);
  return { recognised: recognise(facts, { answers, ids, external }), sources: [...graphs, ...needed] };
}

export interface AddRequest extends RecogniseRequest {
  /** The folder of a person's models. */
  readonly folder: string;
  readonly engine: SeparationEngine;
}

/**
 * Takes anybody's files into a new folder among the models: recognises them, copies them, runs them on ten
 * seconds, and writes the manifest beside them. Nothing stays behind of a model that does not run. Returns questions where there are some.
 * Throws as `recogniseFiles` and `tryModel`; `output-exists`, `disk-full`.
 */
export async function addModel(request: AddRequest): Promise<AddedModel> {
  const { folder, engine, signal } = request;
  const { recognised, sources } = await recogniseFiles(request);
  if (recognised.state === 'questions') return recognised;
  const { manifest, model } = recognised;
  const staging = join(folder, `.adding-${randomUUID()}`);
  try {
    makeFolder(staging);
    for (const { path, name } of sources) {
      await copyFile(path, join(staging, name), constants.COPYFILE_FICLONE);
      if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    }
    const entry = { id: model.id, name: model.name, description: '', stems: model.stems };
    const installed = { kind: 'model' as const, ...entry, manifest, folder: staging, installed: true };
    const { seconds, took, restDb } = await tryModel(engine, installed, signal);
    place(folder, staging, model.id, recognised.json);
    return { state: 'added', model, tried: { seconds, took }, restDb };
  } catch (error) {
    throw toUnbraidError(error, request.sources[0].path);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** The folder of a model gets its manifest, and is renamed into its place: a model is there whole or not at all. */
function place(folder: string, staging: string, id: string, json: unknown): void {
  const target = join(folder, id);
  if (existsSync(target)) {
    throw new UnbraidError('output-exists', `There is a folder "${id}" among your models already`, {
      file: target,
      hint: 'Give this one another name.',
    });
  }
  writeAtomically(join(staging, manifestFile), `${JSON.stringify(json, null, 2)}\n`);
  renameSync(staging, target);
  syncFolder(folder);
}
