import { Worker } from 'node:worker_threads';
import { UnbraidError } from '../../common/base/errors.js';
import { channelGroups } from '../../common/separation/channel-map.js';
import { hasFactors } from '../../common/separation/classic/component-options.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { builtEntry } from '../process/spawner.js';
import type { FactorsAnswer, FactorsPiece, FactorsTask } from './factors-worker.js';
import { findSeparator } from './model-store.js';

export interface FactorsRequest extends Pick<FactorsTask, 'at' | 'overlap'> {
  /** Id of a factorization, with its options. */
  readonly model: string;
  readonly source: PcmCacheRef;
  readonly channelLayout: string;
}

/** Throws `invalid-argument` for separators without W and H, and what finding the separator throws. */
export function checkFactors(model: string): void {
  findSeparator(model);
  if (hasFactors(model)) return;
  throw new UnbraidError(
    'invalid-argument',
    `The separator "${model}" does not factorize, so it has no W and H`,
    {
      hint: 'Those that do are nmf and nmf-components.',
    },
  );
}

/**
 * Finds W and H again as the separation with these settings found them, in a thread: the same numbers, because the same
 * code hears the same samples. Pieces come one by one, in the order of the song. Throws `invalid-argument`, `cancelled`.
 */
export async function findFactors(
  { model, source, channelLayout, at, overlap }: FactorsRequest,
  onPiece: (piece: FactorsPiece) => void,
  signal?: AbortSignal,
): Promise<void> {
  checkFactors(model);
  const groups = channelGroups(source.channels, channelLayout, 2);
  const workerData: FactorsTask = { id: model, overlap, source, groups, at };
  const worker = new Worker(builtEntry(new URL('./factors-worker.js', import.meta.url)), { workerData });
  let stop: () => void = () => undefined;
  await new Promise<void>((resolve, reject) => {
    stop = () => reject(new UnbraidError('cancelled', 'Cancelled'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: FactorsAnswer) => {
      if ('piece' in message) onPiece(message.piece);
      else if ('done' in message) resolve();
      else reject(UnbraidError.fromWire(message.error));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new UnbraidError('process-died', 'The thread that factorizes ended')));
  }).finally(() => {
    signal?.removeEventListener('abort', stop);
    return worker.terminate();
  });
}
