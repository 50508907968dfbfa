import { Worker } from 'node:worker_threads';
import { UnbraidError } from '../../common/base/errors.js';
import type { StemScores } from '../../common/base/scores.js';
import { builtEntry } from '../process/spawner.js';
import type { EvaluateAnswer, EvaluateTask } from './evaluate-worker.js';

/** Scores in a separate thread, which ends when the signal aborts; the answer is `[group][stem]`. */
export function scoreInThread(
  task: EvaluateTask,
  signal: AbortSignal | undefined,
  onFraction: (fraction: number) => void,
): Promise<StemScores[][]> {
  const worker = new Worker(builtEntry(new URL('./evaluate-worker.js', import.meta.url)), {
    workerData: task,
  });
  let stop: () => void = () => undefined;
  return new Promise<StemScores[][]>((resolve, reject) => {
    stop = () => reject(new UnbraidError('cancelled', 'Cancelled'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: EvaluateAnswer) => {
      if ('fraction' in message) onFraction(message.fraction);
      else if ('scores' in message) resolve(message.scores);
      else reject(UnbraidError.fromWire(message.error));
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new UnbraidError('process-died', 'The evaluation thread ended')));
  }).finally(() => {
    // One signal for many tasks must not collect their listeners.
    signal?.removeEventListener('abort', stop);
    return worker.terminate();
  });
}
