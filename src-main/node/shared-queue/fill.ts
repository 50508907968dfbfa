import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Queue, QueueEvents, type Job } from 'bullmq';
import { UnbraidError, type WireError } from '../../common/base/errors.js';
import type { ItemState } from '../../common/jobs/batch.js';
import type { FileResult } from '../../common/jobs/results.js';
import type { BatchEntry, BatchFileItem, BatchOptions } from '../jobs/batch.js';
import {
  connectionOf,
  databaseOf,
  failureOf,
  isOver,
  jobId,
  queueName,
  settleWithin,
  songJob,
  type SharedRequest,
  type Sight,
  type SongJob,
} from './song-jobs.js';
import { Reach, checkDatabase } from './reach.js';
import { nobodySees, sees } from './sight.js';

/** Songs in the server at a time: enough for a thousand workers, and a few MB however long the list is. */
const window = 2000;
/** Seconds that finished and failed songs stay in the server, for others that asked for the same. */
const keptSeconds = 3600;
const attempts = 3;
/** Milliseconds between looks at songs of which no event has come, and how many are looked at. */
const lookEvery = 3000;
const looksAtOnce = 200;
const goodbye = 2000;
/** Milliseconds without any worker after which songs that none could reach are given up. */
const desertion = 15_000;
/** Milliseconds until files that a worker has written must be seen here: shared folders are late at times. */
const arrival = 10_000;

export interface SharedOptions extends Pick<BatchOptions, 'signal' | 'onItem'> {
  /** Called with the number of workers at the first look, and when it has changed. */
  readonly onWorkers?: (workers: number) => void;
}

/**
 * Gives songs to workers and gathers what becomes of them. Events say it at once; a slow look at the jobs themselves
 * finds what was missed or lost while the server was away. The items are those of a batch without a queue.
 */
export class SharedBatch {
  private readonly queue: Queue<SongJob>;
  private readonly events: QueueEvents;
  private readonly reach: Reach;
  private readonly items: BatchFileItem[];
  /** Songs in the server, by the job's id, in the order they came. */
  private readonly out = new Map<string, number>();
  /** Songs whose files have not been seen yet. */
  private readonly arriving = new Set<string>();
  /** Since when no worker is there for songs that one could not reach. */
  private deserted: number | undefined;
  /** What the last worker said that could do none of the songs. */
  private lacking: Sight | undefined;
  private someoneCan = false;
  private alive: number | undefined;
  /** Why nothing that is left can be done. */
  private unreachable: WireError | undefined;
  private wanted = true;
  private wake: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly entries: readonly BatchEntry[],
    private readonly request: SharedRequest,
    private readonly options: SharedOptions = {},
  ) {
    const connection = connectionOf(url, () => this.wanted);
    this.queue = new Queue(queueName, { connection });
    this.events = new QueueEvents(queueName, { connection });
    this.reach = new Reach([this.queue, this.events]);
    this.items = entries.map(({ path }) => ({ source: path, state: { state: 'waiting' } }));
  }

  /**
   * A song's failure is its item.
   *
   * @throws UnbraidError `io-error` when the server does not answer, `permission-denied` when it refuses the login,
   *   `invalid-argument` when it has no such database
   */
  async run(): Promise<readonly BatchFileItem[]> {
    const { signal } = this.options;
    const stop = (): void => this.wake();
    signal?.addEventListener('abort', stop);
    const ended = new AbortController();
    try {
      await this.reach.within(Promise.all([this.queue.waitUntilReady(), this.events.waitUntilReady()]));
      await checkDatabase(this.queue, databaseOf(this.url));
      this.listen();
      const looking = this.lookAround(ended.signal);
      for (const index of this.entries.keys()) {
        while (this.out.size >= window && !signal?.aborted) await this.change();
        if (signal?.aborted) break;
        await this.give(index);
      }
      while (this.out.size > 0 && !signal?.aborted) await this.change();
      ended.abort();
      await looking;
      if (signal?.aborted) await this.takeBack();
      return this.items;
    } finally {
      ended.abort();
      signal?.removeEventListener('abort', stop);
      this.wanted = false;
      await settleWithin(goodbye, [this.events.close(), this.queue.close()]);
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  private set(index: number, state: ItemState<FileResult>): void {
    if (isOver(this.items[index])) return;
    this.items[index] = { source: this.items[index].source, state };
    this.options.onItem?.(index, this.items[index]);
  }

  private async give(index: number): Promise<void> {
    const entry = this.entries[index];
    const error = entry.problem?.toWire() ?? this.unreachable;
    if (error) return this.set(index, { state: 'failed', error });
    const data = songJob(entry, this.request);
    const id = jobId(data);
    this.out.set(id, index);
    await this.add(id, data);
    this.set(index, this.items[index].state);
  }

  private async add(id: string, data: SongJob): Promise<void> {
    // What ended before this run is asked for again: a worker finds finished songs by their content.
    const old = await this.queue.getJob(id);
    if (old && ((await old.isCompleted()) || (await old.isFailed()))) await old.remove();
    // Somebody wanted it no more, and now it is wanted again.
    else if (old?.data.dropped) await old.updateData(data);
    await this.queue.add('song', data, {
      jobId: id,
      attempts,
      backoff: { type: 'fixed', delay: 1000 },
      removeOnComplete: { age: keptSeconds },
      removeOnFail: { age: keptSeconds },
    });
  }

  /** A song is done when its files are here, not when a worker says so: it may see another folder of the same name. */
  private async arrived(id: string, state: ItemState<FileResult>): Promise<void> {
    if (this.arriving.has(id)) return;
    this.arriving.add(id);
    const until = performance.now() + arrival;
    while (missingOf(state) !== undefined && performance.now() < until && this.wanted) await pause(250);
    this.arriving.delete(id);
    const file = missingOf(state);
    if (file === undefined) return this.settle(id, state);
    const error = new UnbraidError('file-not-found', 'A worker has written this file, but it is not here', {
      file,
      hint: 'Let every worker see the output folder under the same path.',
    });
    this.settle(id, { state: 'failed', error: error.toWire() });
  }

  private settle(id: string, state: ItemState<FileResult>): void {
    if (missingOf(state) !== undefined) return void this.arrived(id, state);
    const index = this.out.get(id);
    if (index === undefined) return;
    this.out.delete(id);
    this.set(index, state);
    this.wake();
  }

  private listen(): void {
    const at = (id: string, state: ItemState<FileResult>): void => {
      const index = this.out.get(id);
      if (index !== undefined) this.set(index, state);
    };
    this.events.on('active', ({ jobId: id }) => at(id, { state: 'reading' }));
    this.events.on('waiting', ({ jobId: id }) => at(id, { state: 'waiting' }));
    this.events.on('delayed', ({ jobId: id }) => at(id, { state: 'waiting' }));
    this.events.on('progress', ({ jobId: id, data }) => {
      // Those of other batches say nothing about these folders.
      this.someoneCan ||= this.out.has(id);
      if (typeof data === 'object') at(id, { state: 'separating', progress: data as never });
    });
    this.events.on('completed', ({ jobId: id, returnvalue }) => {
      this.someoneCan ||= this.out.has(id);
      this.settle(id, stateOf(returnvalue));
    });
    this.events.on('failed', ({ jobId: id, failedReason }) => {
      const index = this.out.get(id);
      if (index !== undefined) void this.failed(id, index, failedReason).catch(() => undefined);
    });
  }

  private async failed(id: string, index: number, reason: string): Promise<void> {
    const error = failureOf(reason, this.entries[index].path);
    // Another batch wanted the same song, and was cancelled.
    if (error.code === 'cancelled') return this.add(id, songJob(this.entries[index], this.request));
    this.settle(id, { state: 'failed', error });
  }

  /** Events may be missed, and a server without a disk forgets its jobs: what is lost is given again. */
  private async lookAround(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(lookEvery, undefined, { signal }).catch(() => undefined);
      const alive = await this.workers().catch(() => undefined);
      if (alive && !signal.aborted) this.tell(alive.length);
      for (const [id, index] of [...this.out].slice(0, looksAtOnce)) {
        if (signal.aborted) return;
        const sight = await this.look(id, index, alive).catch(() => undefined);
        if (sight?.every) this.lacking = sight;
      }
      if (alive && !signal.aborted) await this.mayBeDeserted(alive.length);
    }
  }

  private tell(alive: number): void {
    if (alive === this.alive) return;
    this.alive = alive;
    this.options.onWorkers?.(alive);
  }

  /** The names of the workers of this queue; the server lists those of all its databases. */
  private async workers(): Promise<readonly string[]> {
    const found = await this.queue.getWorkers();
    return found
      .filter(({ db }) => db === undefined || Number(db) === databaseOf(this.url))
      .map(({ rawname = '' }) => rawname.split(':w:').at(-1)!);
  }

  /**
   * When all workers that ever came lack a folder or the model and have ended, nobody will do the songs: every one fails of
   * what they said, so that the command ends. When another worker did some, the rest waits for the next one, as always.
   */
  private async mayBeDeserted(alive: number): Promise<void> {
    if (!this.lacking || this.someoneCan || alive > 0) return void (this.deserted = undefined);
    this.deserted ??= performance.now();
    if (performance.now() - this.deserted < desertion) return;
    this.unreachable = this.lacking.error as WireError;
    for (const id of [...this.out.keys()]) await this.condemn(id, this.unreachable);
  }

  private async condemn(id: string, error: WireError): Promise<void> {
    const job = await this.queue.getJob(id);
    // A worker that has it by now will say what becomes of it.
    if (
      await job?.remove().then(
        () => true,
        () => false,
      )
    )
      this.settle(id, { state: 'failed', error });
  }

  /** What a song that is still out was found to be, when no worker could reach it so far. */
  private async look(
    id: string,
    index: number,
    alive: readonly string[] | undefined,
  ): Promise<Sight | undefined> {
    const job: Job<SongJob> | undefined = await this.queue.getJob(id);
    if (!this.out.has(id)) return undefined;
    if (!job) return void (await this.add(id, songJob(this.entries[index], this.request)));
    if (await job.isCompleted()) return void this.settle(id, stateOf(job.returnvalue));
    if (await job.isFailed()) return void (await this.failed(id, index, job.failedReason));
    if (job.data.dropped) await job.updateData(songJob(this.entries[index], this.request));
    // To the end, so that the next look is at others.
    this.out.delete(id);
    this.out.set(id, index);
    const { sight } = job.data;
    if (!sight) return undefined;
    if (nobodySees(sight, alive ?? []) || this.isGone(this.entries[index].path)) {
      await this.condemn(id, sight.error as WireError);
      return undefined;
    }
    return sight;
  }

  /** A song that was deleted since the list was made: not here either, though its folder is. */
  private isGone(path: string): boolean {
    return !existsSync(path) && sees(this.request.root);
  }

  /**
   * Songs that no worker has begun leave the queue; those that are worked on are finished, and reported by nobody. When
   * their worker gives them back, nobody takes them.
   */
  private async takeBack(): Promise<void> {
    for (const [id] of [...this.out]) {
      const job: Job<SongJob> | undefined = await this.queue.getJob(id);
      await job?.remove().catch(() => job.updateData({ ...job.data, dropped: true }).catch(() => undefined));
    }
    this.items.forEach((item, index) => {
      if (!isOver(item)) this.set(index, { state: 'cancelled' });
    });
  }
}

/** A file of a result that is not here. */
function missingOf(state: ItemState<FileResult>): string | undefined {
  if (state.state !== 'done' && state.state !== 'skipped') return undefined;
  return state.result.outputs.find(({ path }) => !existsSync(path))?.path;
}

/** A worker's answer. Workers are trusted like this machine's own processes: whoever reaches the server can be one. */
function stateOf(value: unknown): ItemState<FileResult> {
  const state: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  return state as ItemState<FileResult>;
}
