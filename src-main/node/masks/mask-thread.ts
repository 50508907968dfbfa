import { Worker } from 'node:worker_threads';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { Slots } from '../../common/base/slots.js';
import { builtEntry } from '../process/spawner.js';
import type { MaskAnswer, MaskTasks } from './mask-worker.js';

/** Threads of all songs: a page may ask for more at once than a machine has room for (P23). */
const threads = new Slots(4);

/**
 * Runs one task in a separate thread, which ends with it; aborting ends the thread at once. At most four run at a time.
 * Throws typed errors, `cancelled` when aborted. `onShare` is called with how much is done, 0 … 1, by tasks that deal with files.
 */
export function runMaskTask<K extends keyof MaskTasks>(
  kind: K,
  args: MaskTasks[K]['args'],
  signal?: AbortSignal,
  onShare?: (share: number) => void,
): Promise<MaskTasks[K]['result']> {
  return threads.run(() => runThread(kind, args, signal, onShare), signal);
}

function runThread<K extends keyof MaskTasks>(
  kind: K,
  args: MaskTasks[K]['args'],
  signal?: AbortSignal,
  onShare?: (share: number) => void,
): Promise<MaskTasks[K]['result']> {
  if (signal?.aborted) return Promise.reject(new UnbraidError('cancelled', 'Cancelled'));
  const worker = new Worker(builtEntry(new URL('./mask-worker.js', import.meta.url)), {
    workerData: { kind, args },
  });
  return new Promise<MaskTasks[K]['result']>((resolve, reject) => {
    const abort = (): void => reject(new UnbraidError('cancelled', 'Cancelled'));
    signal?.addEventListener('abort', abort, { once: true });
    worker.on('message', (answer: MaskAnswer) => {
      if ('share' in answer) onShare?.(answer.share);
      else if ('error' in answer) reject(UnbraidError.fromWire(answer.error));
      else resolve(answer.result);
    });
    worker.once('error', (error) => reject(toUnbraidError(error)));
    worker.once('exit', () => {
      signal?.removeEventListener('abort', abort);
      reject(new UnbraidError('process-died', 'The selection thread ended'));
    });
  }).finally(() => worker.terminate());
}
