import { UnbraidError } from '../../src-main/common/base/errors.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { Scope } from '../base/scope.js';
import type { MaskChange, MaskChangeTask } from './mask-change.js';
import type { MaskChangeAnswer } from './mask-worker.js';

/**
 * Changes a mask in a separate worker, which ends with it. The mask is copied before this returns, so it may go on
 * being painted. Rejects with what the worker throws, and with `process-died` when it cannot be started.
 */
export function changeInWorker(from: TileMask, change: MaskChange): Promise<TileMask> {
  const mask = from.encode() as Uint8Array<ArrayBuffer>;
  const scope = new Scope();
  const worker = scope.worker(() => {
    // The bundler looks for these words.
    // eslint-disable-next-line no-restricted-globals
    return new Worker(new URL('./mask-worker.ts', import.meta.url), { type: 'module' });
  });
  return new Promise<TileMask>((resolve, reject) => {
    scope.listen(worker, 'message', ({ data }: MessageEvent<MaskChangeAnswer>) => {
      if ('mask' in data) resolve(TileMask.decode(data.mask));
      else reject(UnbraidError.fromWire(data.error));
    });
    scope.listen(worker, 'error', (event) => {
      event.preventDefault();
      reject(new UnbraidError('process-died', 'The selection worker ended'));
    });
    worker.postMessage({ ...change, mask } satisfies MaskChangeTask, [mask.buffer]);
  }).finally(() => scope.dispose());
}
