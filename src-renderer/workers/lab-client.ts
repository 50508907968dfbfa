import type { Disposable } from '../../src-main/common/base/disposal.js';
import { UnbraidError } from '../../src-main/common/base/errors.js';
import { Scope } from '../base/scope.js';
import type { LabAnswer, LabTask, LabTasks } from './lab-tasks.js';
import type { LabReply, LabRequest } from './lab-worker.js';

interface Pending {
  resolve(answer: LabAnswer): void;
  reject(error: Error): void;
}

/** The Lab's worker; it ends with this. What is asked then is rejected with `process-died`. */
export class LabClient implements Disposable {
  private readonly scope = new Scope();
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private last = 0;

  constructor() {
    this.worker = this.scope.worker(() => {
      // The bundler looks for these words.
      // eslint-disable-next-line no-restricted-globals
      return new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module' });
    });
    this.scope.listen(this.worker, 'message', ({ data }: MessageEvent<LabReply>) => {
      const waiting = this.pending.get(data.id);
      this.pending.delete(data.id);
      if ('answer' in data) waiting?.resolve(data.answer);
      else waiting?.reject(UnbraidError.fromWire(data.error));
    });
    this.scope.listen(this.worker, 'error', (event) => {
      event.preventDefault();
      this.rejectAll();
    });
  }

  /** Rejects with what the task throws. */
  async ask<K extends keyof LabTasks>(kind: K, ask: LabTasks[K]['ask']): Promise<LabTasks[K]['answer']> {
    const id = ++this.last;
    const answered = new Promise<LabAnswer>((resolve, reject) => this.pending.set(id, { resolve, reject }));
    const task = { kind, ask } as unknown as LabTask;
    this.worker.postMessage({ id, task } satisfies LabRequest);
    return await answered;
  }

  private rejectAll(): void {
    for (const { reject } of this.pending.values())
      reject(new UnbraidError('process-died', 'The worker of the Lab ended'));
    this.pending.clear();
  }

  dispose(): void {
    this.scope.dispose();
    this.rejectAll();
  }
}
