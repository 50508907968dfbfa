import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UnbraidError } from '../../common/base/errors.js';
import { checkShape, isShaped, shapeOfPieces, type CleanValues } from '../../common/jobs/shapes.js';
import type { StemParents } from '../../common/jobs/stem-pieces.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { newHandle } from '../files/handle.js';
import { builtEntry } from '../process/spawner.js';
import type { ShapeAnswer, ShapeResult, ShapeTask } from './shape-worker.js';
import type { RunOptions } from './song-runner.js';

interface Stem {
  readonly name: string;
  readonly ref: PcmCacheRef;
  readonly peak: number;
}

export interface ShapeRequest<S extends Stem> {
  /** What the stems add up to; null where they are all there is. */
  readonly source: PcmCacheRef | null;
  readonly stems: readonly S[];
  readonly clean: CleanValues | undefined;
  /** What the stems were separated from: values of a stem are those of its pieces. */
  readonly parents?: StemParents | undefined;
  /** A folder of the song, for the new caches. */
  readonly dir: string;
}

/**
 * Makes stems cleaner or fuller, in a thread: new caches in a folder of `dir`, the old ones are deleted. Stems that
 * stay as separated come back as they are, and `nullDb` is null then. Throws `invalid-argument`, `cancelled`, system errors.
 */
export async function shapeStems<S extends Stem>(
  { source, stems, clean: wanted, parents, dir }: ShapeRequest<S>,
  { signal }: RunOptions = {},
): Promise<{ readonly stems: readonly S[]; readonly nullDb: number | null }> {
  const names = stems.map(({ name }) => name);
  checkShape(wanted, names, parents);
  const clean = shapeOfPieces(wanted ?? {}, names, parents);
  if (!isShaped(clean)) return { stems, nullDb: null };
  const into = join(dir, `shaped-${newHandle().slice(0, 8)}`);
  const values = stems.map(({ name }) => (Object.hasOwn(clean, name) ? clean[name] : 0));
  const result = await inThread({ source, stems: stems.map(({ ref }) => ref), values, dir: into }, signal);
  for (const { ref } of stems) rmSync(ref.dir, { recursive: true, force: true });
  const made = stems.map((stem, s) => ({ ...stem, ...result.stems[s] }));
  return { stems: made, nullDb: source ? result.nullDb : null };
}

function inThread(workerData: ShapeTask, signal: AbortSignal | undefined): Promise<ShapeResult> {
  const worker = new Worker(builtEntry(new URL('./shape-worker.js', import.meta.url)), { workerData });
  return new Promise<ShapeResult>((resolve, reject) => {
    const stop = (): void => reject(new UnbraidError('cancelled', 'Cancelled'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: ShapeAnswer) => {
      if ('result' in message) resolve(message.result);
      else if ('error' in message) reject(UnbraidError.fromWire(message.error));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new UnbraidError('process-died', 'The thread that shapes stems ended')));
  }).finally(() => worker.terminate());
}
