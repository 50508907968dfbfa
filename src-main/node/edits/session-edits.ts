import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { removedTrack } from '../../common/separation/edits/edit.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { builtEntry } from '../process/spawner.js';
import type { ActiveEdit, LayerStem } from './edit-layer.js';
import { takeMask } from './mask-take.js';
import type {
  BareRequest,
  EditAnswer,
  EditResult,
  EditTask,
  EditsTask,
  EditWorkerData,
  ShapingTask,
  WrittenPiece,
} from './edit-worker.js';
import { makeFolder } from '../files/make-folder.js';

export interface ApplyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
}

export interface ShapeOptions {
  readonly signal?: AbortSignal;
  readonly onWritten?: (piece: WrittenPiece) => void;
}

interface Pending {
  readonly resolve: (result: EditResult) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((fraction: number) => void) | undefined;
  readonly onWritten: ((piece: WrittenPiece) => void) | undefined;
  readonly stop: Int32Array;
}

interface Reading {
  readonly resolve: (samples: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The edits of one open song: its masks by the hash of their bytes, and a thread that renders the stems. Edits outlive a separation: `rebase` gives them other stems.
 */
export class SessionEdits implements Disposable {
  private readonly masks = new Map<string, string>();
  private readonly pending = new Map<number, Pending>();
  private readonly reading = new Map<number, Reading>();
  private worker: Worker | undefined;
  private stems: readonly LayerStem[] = [];
  private nextId = 1;
  private layers = 0;

  /** `dir` is made when it is needed and deleted with the session; `drop` deletes a folder when nobody reads it. */
  constructor(
    private readonly dir: string,
    private readonly drop: (dir: string) => void,
  ) {}

  /** Takes a mask in; its hash. Throws `invalid-argument` for bytes that are not a mask. */
  addMask(bytes: Uint8Array): string {
    return this.keepMask(takeMask(bytes, this.maskDir));
  }

  /** Where masks lie, by their hashes. */
  get maskDir(): string {
    return join(this.dir, 'masks');
  }

  /** Takes in a mask that is in `maskDir` already. */
  keepMask(hash: string): string {
    this.masks.set(hash, join(this.maskDir, hash));
    return hash;
  }

  has(hash: string): boolean {
    return this.masks.has(hash);
  }

  /** The file of a mask. Throws `invalid-argument` when it never came. */
  maskFile(hash: string): string {
    const file = this.masks.get(hash);
    if (file !== undefined) return file;
    throw new UnbraidError('invalid-argument', 'The mask of an edit is missing', {
      hint: 'Send the mask first.',
    });
  }

  /** A stem as it was separated, before its edits. */
  unedited(stem: string): PcmCacheRef | undefined {
    return this.stems.find(({ name }) => name === stem)?.ref;
  }

  /** Gives the edits the stems of a new separation; `apply` renders on them. */
  rebase(stems: readonly LayerStem[]): void {
    this.end('The stems were replaced');
    if (this.layers > 0) this.drop(this.layerDir(this.layers - 1));
    this.stems = stems.filter(({ name }) => name !== removedTrack);
    // The first stroke then waits neither for the thread nor for the peaks of the stems.
    if (this.stems.length > 0) this.start();
  }

  /**
   * Makes the stems those of these edits. Edits that name a stem the song does not have any more are left out; their
   * ids come back as `skipped`. Throws `cancelled`, `disk-full` and other system errors; the sum of the stems holds all
   * the same.
   */
  async apply(
    edits: readonly ActiveEdit[],
    options: ApplyOptions = {},
  ): Promise<EditResult & { readonly skipped: readonly string[] }> {
    if (this.stems.length === 0) {
      throw new UnbraidError('invalid-argument', 'There are no stems to edit', {
        hint: 'Separate the song first.',
      });
    }
    const known = new Set(this.stems.map(({ name }) => name));
    const fits = (edit: ActiveEdit): boolean =>
      edit.sources.every((name) => known.has(name)) && (edit.target === null || known.has(edit.target));
    const masks = new Map(edits.map(({ mask }) => [mask, this.maskFile(mask)]));
    const result = await this.ask({ edits: edits.filter(fits), masks }, options);
    return { ...result, skipped: edits.filter((edit) => !fits(edit)).map(({ id }) => id) };
  }

  /**
   * Makes the stems as clean or full as these values say, on top of their edits; those that are not named stay as
   * separated. Pieces are written from frame `at` on, and told as they come. Throws `cancelled` (what was written
   * stays, and the next call goes on), `disk-full` and other system errors.
   */
  async shape(task: ShapingTask, options: ShapeOptions = {}): Promise<EditResult> {
    if (this.stems.length === 0) {
      throw new UnbraidError('invalid-argument', 'There are no stems to make clean or full', {
        hint: 'Separate the song first.',
      });
    }
    return this.ask(task, options);
  }

  /**
   * Samples of a stem with its edits, neither cleaner nor fuller: `[channels][count]`, zeros outside of the song. They
   * do not wait for stems that are being shaped. Throws `invalid-argument`, `cancelled` and system errors.
   */
  async bare(stem: string, start: number, count: number): Promise<Float32Array> {
    if (!this.stems.some(({ name }) => name === stem)) {
      throw new UnbraidError('invalid-argument', `There is no stem "${stem}"`);
    }
    const worker = this.start();
    const id = this.nextId++;
    return new Promise<Float32Array>((resolve, reject) => {
      this.reading.set(id, { resolve, reject });
      worker.postMessage({ id, bare: { stem, start, count } } satisfies BareRequest);
    }).finally(() => this.reading.delete(id));
  }

  /** Ends the work at hand. */
  stop(): void {
    for (const { stop } of this.pending.values()) Atomics.store(stop, 0, 1);
  }

  dispose(): void {
    this.end('The song was closed');
    rmSync(this.dir, { recursive: true, force: true });
  }

  private start(): Worker {
    if (this.worker) return this.worker;
    const dir = this.layerDir(this.layers++);
    makeFolder(dir);
    const workerData: EditWorkerData = { stems: this.stems, dir };
    const worker = new Worker(builtEntry(new URL('./edit-worker.js', import.meta.url)), { workerData });
    worker.on('message', (answer: EditAnswer) => this.receive(answer));
    worker.once('error', (error) => this.failAll(worker, toUnbraidError(error)));
    worker.once('exit', () =>
      this.failAll(worker, new UnbraidError('process-died', 'The editing thread ended')),
    );
    return (this.worker = worker);
  }

  private layerDir(number: number): string {
    return join(this.dir, `layer-${number}`);
  }

  private ask(task: EditsTask | ShapingTask, options: ApplyOptions & ShapeOptions): Promise<EditResult> {
    const worker = this.start();
    const id = this.nextId++;
    // Each task has a flag: cancelling one that waits must not stop the one that runs.
    const stop = new Int32Array(new SharedArrayBuffer(4));
    return new Promise<EditResult>((resolve, reject) => {
      const abort = (): void => void Atomics.store(stop, 0, 1);
      const settle = (): void => {
        options.signal?.removeEventListener('abort', abort);
        this.pending.delete(id);
      };
      if (options.signal?.aborted) return reject(new UnbraidError('cancelled', 'Cancelled'));
      options.signal?.addEventListener('abort', abort, { once: true });
      this.pending.set(id, {
        resolve: (result) => (settle(), resolve(result)),
        reject: (error) => (settle(), reject(error)),
        onProgress: options.onProgress,
        onWritten: options.onWritten,
        stop,
      });
      const message: EditTask = { ...task, id, stop };
      worker.postMessage(message);
    });
  }

  private receive(answer: EditAnswer): void {
    const [pending, reading] = [this.pending.get(answer.id), this.reading.get(answer.id)];
    if ('fraction' in answer) pending?.onProgress?.(answer.fraction);
    else if ('written' in answer) pending?.onWritten?.(answer.written);
    else if ('result' in answer) pending?.resolve(answer.result);
    else if ('samples' in answer) reading?.resolve(answer.samples);
    else (pending ?? reading)?.reject(UnbraidError.fromWire(answer.error));
  }

  private failAll(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const { reject } of [...this.pending.values(), ...this.reading.values()]) reject(error);
  }

  private end(why: string): void {
    const { worker } = this;
    if (!worker) return;
    this.failAll(worker, new UnbraidError('cancelled', why));
    void worker.terminate();
  }
}
