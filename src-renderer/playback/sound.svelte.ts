import { UnbraidError } from '../../src-main/common/base/errors.js';
import { Scope } from '../base/scope.js';

/** How long a browser may take to start its sound, ms. */
const patience = 3000;

/** Whether the browser's sound starts when it is asked to. */
export class Sound {
  /** It was asked to, and did not start. */
  silent = $state(false);

  /**
   * Starts the sound of a context; false when it does not start. Firefox keeps the promise of `resume` open for as long
   * as the machine has no output for sound.
   */
  async start(context: AudioContext): Promise<boolean> {
    this.silent = false;
    const scope = new Scope();
    const started = await new Promise<boolean>((resolve) => {
      scope.timer(() => resolve(false), patience);
      context.resume().then(
        () => resolve(true),
        () => resolve(false),
      );
    });
    scope.dispose();
    this.silent = !started && context.state !== 'closed';
    return started;
  }
}

/** Throws `device-unavailable` in a browser that cannot play any song: WebKitGTK has no shared memory. */
export function requireSharedMemory(
  t: (key: 'app.noSharedMemory' | 'app.noSharedMemory.hint') => string,
): void {
  if (typeof SharedArrayBuffer === 'function') return;
  const hint = t('app.noSharedMemory.hint');
  throw new UnbraidError('device-unavailable', t('app.noSharedMemory'), { hint });
}
