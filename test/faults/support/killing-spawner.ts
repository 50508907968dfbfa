import {
  nodeSpawner,
  type ProcessHandle,
  type ProcessSpawner,
} from '../../../src-main/node/process/spawner.js';

/** A request to a helper process, as far as tests look at it. */
export interface Call {
  readonly method: string;
  readonly params: { readonly path?: string; readonly index?: number };
}

/** Starts real processes, and kills one right after it was asked to do a certain thing. */
export class KillingSpawner implements ProcessSpawner {
  readonly handles: ProcessHandle[] = [];
  killed = 0;

  constructor(private readonly shouldKill: (call: Call) => boolean = () => false) {}

  spawn(...args: Parameters<ProcessSpawner['spawn']>): ProcessHandle {
    const handle = nodeSpawner.spawn(...args);
    this.handles.push(handle);
    const send = (message: unknown): void => {
      const kill = this.shouldKill(message as Call);
      // Held first: on a busy machine it could answer before it is killed.
      if (kill && process.platform !== 'win32') process.kill(handle.pid!, 'SIGSTOP');
      handle.send(message);
      if (!kill) return;
      this.killed++;
      process.kill(handle.pid!, 'SIGKILL');
    };
    return { ...handle, send };
  }
}
