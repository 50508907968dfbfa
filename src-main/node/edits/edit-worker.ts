import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import { TileMask } from '../../common/separation/edits/tile-mask.js';
import type { CleanValues } from '../../common/jobs/shapes.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { BlockPeaks } from '../audio/block-peaks.js';
import { EditLayer, type ActiveEdit, type LayerStem, type SampleRange } from './edit-layer.js';

/** What a thread works on: the stems of a separation, and a folder for its files. */
export interface EditWorkerData {
  readonly stems: readonly LayerStem[];
  readonly dir: string;
}

/** Makes the stems those of these edits. */
export interface EditsTask {
  readonly edits: readonly ActiveEdit[];
  /** Files of masks by hash. */
  readonly masks: ReadonlyMap<string, string>;
}

/** Makes the stems as clean or full as these values say, first around frame `at`. */
export interface ShapingTask {
  readonly clean: CleanValues;
  readonly at: number;
}

export type EditTask = {
  readonly id: number;
  /** Set to 1 to stop this task, begun or not. */
  readonly stop: Int32Array;
} & (EditsTask | ShapingTask);

/** Asks for samples of a stem before it is made clean or full; answered between the blocks of a task. */
export interface BareRequest {
  readonly id: number;
  readonly bare: { readonly stem: string; readonly start: number; readonly count: number };
}

export interface EditedTrack {
  readonly name: string;
  readonly ref: PcmCacheRef;
  readonly peak: number;
}

export interface EditResult {
  readonly tracks: readonly EditedTrack[];
  readonly changed: ReadonlyMap<string, readonly SampleRange[]>;
}

/** A piece of all stems that has its new values, and where they lie. */
export interface WrittenPiece {
  readonly range: SampleRange;
  readonly tracks: readonly LayerStem[];
}

export type EditAnswer = { readonly id: number } & (
  | { readonly fraction: number }
  | { readonly written: WrittenPiece }
  | { readonly result: EditResult }
  | { readonly samples: Float32Array<ArrayBuffer> }
  | { readonly error: WireError }
);

const { stems, dir } = workerData as EditWorkerData;
const files = new Map<string, string>();
const decoded = new Map<string, TileMask>();

/** Masks are read when they are first needed; a few hundred KB each at most. */
function maskOf(hash: string): TileMask {
  const known = decoded.get(hash);
  if (known) return known;
  const file = files.get(hash);
  if (file === undefined) throw new UnbraidError('invalid-argument', 'The mask of an edit is missing');
  const mask = TileMask.decode(readFileSync(file));
  decoded.set(hash, mask);
  return mask;
}

const layer = new EditLayer(stems, dir, maskOf);
const peaks = new Map(stems.map(({ name, ref }) => [name, new BlockPeaks(ref)]));

/** The edits of the last task that came to its end. */
let current: readonly ActiveEdit[] = [];

async function run(task: EditTask): Promise<EditResult> {
  const askToGoOn = (): void => {
    if (Atomics.load(task.stop, 0) === 1) throw new UnbraidError('cancelled', 'Cancelled');
  };
  askToGoOn();
  return 'edits' in task ? edit(task, askToGoOn) : await shape(task, askToGoOn);
}

/** What was written before a stop stays; the next task writes the rest. */
async function shape({ id, clean, at }: EditTask & ShapingTask, askToGoOn: () => void): Promise<EditResult> {
  const changed = await layer.shapeTo(clean, at, async (range) => {
    answer({ id, written: { range, tracks: layer.tracks() } });
    // Whoever wants bare samples is answered here.
    await setImmediate();
    askToGoOn();
  });
  return finished(changed);
}

function edit({ id, edits, masks }: EditTask & EditsTask, askToGoOn: () => void): EditResult {
  for (const [hash, file] of masks) files.set(hash, file);
  let changed: ReadonlyMap<string, readonly SampleRange[]>;
  let told = 0;
  try {
    changed = layer.set(edits, (fraction) => {
      askToGoOn();
      // One message per percent is enough, however many edits there are.
      if (fraction < 1 && fraction - told < 0.01) return;
      told = fraction;
      answer({ id, fraction });
    });
  } catch (error) {
    // All or nothing: the page still shows the edits of before.
    layer.set(current);
    throw error;
  }
  current = edits;
  return finished(changed);
}

function finished(changed: ReadonlyMap<string, readonly SampleRange[]>): EditResult {
  const tracks = layer.tracks().map(({ name, ref }) => {
    let of = peaks.get(name);
    if (!of) peaks.set(name, (of = new BlockPeaks(ref)));
    else for (const range of changed.get(name) ?? []) of.refresh(ref, range.start, range.count);
    return { name, ref, peak: of.peak };
  });
  return { tracks, changed };
}

function answer(message: EditAnswer, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}

function answerBare({ id, bare: { stem, start, count } }: BareRequest): void {
  try {
    const samples = layer.bare(stem, start, count);
    answer({ id, samples }, [samples.buffer]);
  } catch (error) {
    answer({ id, error: toUnbraidError(error).toWire() });
  }
}

async function answerTask(task: EditTask): Promise<void> {
  try {
    answer({ id: task.id, result: await run(task) });
  } catch (error) {
    answer({ id: task.id, error: toUnbraidError(error).toWire() });
  }
}

/** The end of the last task that came; the next one begins then. */
let last = Promise.resolve();

parentPort?.on('message', (message: EditTask | BareRequest) => {
  if ('bare' in message) answerBare(message);
  else last = last.then(() => answerTask(message));
});
