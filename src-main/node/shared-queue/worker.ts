import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DelayedError, Job, UnrecoverableError, Worker } from 'bullmq';
import type { Disposable } from '../../common/base/disposal.js';
import { UnbraidError, toUnbraidError, type WireError } from '../../common/base/errors.js';
import { endsBatch } from '../../common/jobs/batch.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { BatchRun, type BatchFileItem } from '../jobs/batch.js';
import { OutputFolder } from '../jobs/output-folder.js';
import { SongRunner, type RunnerOptions } from '../jobs/song-runner.js';
import {
  connectionOf,
  databaseOf,
  mayPass,
  queueName,
  settleWithin,
  songOf,
  type SongJob,
} from './song-jobs.js';
import { Reach, checkDatabase } from './reach.js';
import { blindness, isBlind, mostRounds, seenBy, type Blindness } from './sight.js';

export interface WorkerOptions {
  readonly url: string;
  /** Songs at a time: while one is separated, the next is read. */
  readonly concurrency: number;
  /** Seconds without a sign of life after which a worker's song goes to another. */
  readonly patience: number;
  /** What this machine has, in place of what the batch asked for. */
  readonly device?: SeparationSettings['device'] | undefined;
  readonly workers?: number | undefined;
  readonly runner: RunnerOptions;
  readonly signal: AbortSignal;
  /** Called whenever a song's state changes; `index` counts the songs this worker took. */
  readonly onItem?: (index: number, item: BatchFileItem) => void;
  /** Called once the server lets it wait for songs. */
  readonly onReady?: () => void;
}

/** How often a song may be taken from a silent worker before it is given up: three deaths in all. */
const deaths = 2;
const leaveTimeout = 10_000;
const goodbye = 2000;
const progressEvery = 1000;

/** One of the songs that a worker does at a time: its processes, and the output folder it wrote to last. */
class Slot implements Disposable {
  readonly runner: SongRunner;
  private folder: { readonly of: string; readonly at: OutputFolder } | undefined;

  constructor(options: RunnerOptions) {
    this.runner = new SongRunner(options);
  }

  /** A run's output folder stays open: reading what it holds takes a while when it holds 100,000 songs. */
  folderOf({ run, output }: SongJob): OutputFolder {
    const of = `${run}\n${output}`;
    if (this.folder?.of === of) return this.folder.at;
    this.folder?.at.close();
    const at = new OutputFolder(output);
    at.open();
    this.folder = { of, at };
    return at;
  }

  dispose(): Promise<void> {
    this.folder?.at.close();
    return this.runner.dispose();
  }
}

/**
 * Takes songs from a queue until the signal. Resolves with what became of them. A song in work at the signal goes back
 * into the queue.
 *
 * @throws UnbraidError what `SharedBatch.run` throws of the server; what would fail with every song on this machine,
 *   like a model or a folder that is not here: the song goes back to the others.
 */
export class QueueWorker {
  private readonly idle: Slot[] = [];
  private readonly items: BatchFileItem[] = [];
  private readonly working = new Set<Promise<unknown>>();
  private fatal: UnbraidError | undefined;
  /** As the server lists it, and as it is noted on songs that cannot be reached here. */
  private readonly name = `${hostname().replace(/[^\w.-]/g, '-')}-${randomUUID().slice(0, 8)}`;
  private wanted = true;
  private readonly stopping = new AbortController();
  private worker: Worker<SongJob> | undefined;

  constructor(private readonly options: WorkerOptions) {}

  async run(): Promise<readonly BatchFileItem[]> {
    const { url, concurrency, patience, signal } = this.options;
    const lockDuration = patience * 1000;
    const worker = new Worker<SongJob>(queueName, (job, token) => this.tracked(this.song(job, token)), {
      connection: connectionOf(url, () => this.wanted),
      name: this.name,
      concurrency,
      lockDuration,
      stalledInterval: lockDuration,
      maxStalledCount: deaths,
      autorun: false,
    });
    this.worker = worker;
    const reach = new Reach([worker]);
    const slots = Array.from({ length: concurrency }, () => new Slot(this.options.runner));
    this.idle.push(...slots);
    const stop = (): void => this.stopping.abort();
    signal.addEventListener('abort', stop);
    try {
      await reach.within(worker.waitUntilReady());
      // Not before: the songs of another database are not ours.
      await checkDatabase(worker, databaseOf(url));
      worker.run().catch(() => undefined);
      this.options.onReady?.();
      if (signal.aborted) stop();
      await new Promise<void>((resolve) => {
        if (this.stopping.signal.aborted) resolve();
        this.stopping.signal.addEventListener('abort', () => resolve());
      });
      if (this.fatal) throw this.fatal;
      return this.items;
    } finally {
      signal.removeEventListener('abort', stop);
      this.stopping.abort();
      // Songs in work go back first; that needs the server.
      const closing = worker.close();
      await settleWithin(leaveTimeout, [...this.working]);
      this.wanted = false;
      await settleWithin(goodbye, [closing]);
      await Promise.all(slots.map((slot) => slot.dispose()));
    }
  }

  private tracked<T>(song: Promise<T>): Promise<T> {
    this.working.add(song);
    const over = (): void => void this.working.delete(song);
    song.then(over, over);
    return song;
  }

  private async song(job: Job<SongJob>, token: string | undefined): Promise<BatchFileItem['state']> {
    const slot = this.idle.pop()!;
    try {
      const song = await this.reachable(job, token);
      const { state } = await this.separate(slot, job, song);
      if (state.state === 'done') return state;
      // A song that was begun before in this run was made by it: the worker died, or the server, before it was noted.
      if (state.state === 'skipped')
        return job.attemptsStarted - (song.sight?.rounds ?? 0) > 1
          ? { state: 'done', result: { ...state.result, status: 'done' } }
          : state;
      if (state.state !== 'failed') return await this.giveBack(job, token);
      const error = UnbraidError.fromWire(state.error);
      if (isBlind(state.error, song.path))
        return await this.giveBackUnseen(job, token, song, { error, every: false });
      if (endsBatch(error.code)) this.end(error);
      // A disk may be full for this song alone; what else ends a batch has nothing to do with the song.
      if (endsBatch(error.code) && error.code !== 'disk-full')
        return await this.giveBackUnseen(job, token, song, { error, every: true });
      throw failure(state.error);
    } finally {
      this.idle.push(slot);
    }
  }

  /** Ends this worker: no song can be done here. */
  private end(error: UnbraidError): void {
    this.fatal ??= error;
    this.stopping.abort();
  }

  /** The song of a job; one that this machine cannot read, or lay down, goes back to the others. */
  private async reachable(job: Job<SongJob>, token: string | undefined): Promise<SongJob> {
    let song: SongJob;
    try {
      song = songOf(job.data);
      if (song.dropped) throw new UnbraidError('cancelled', 'Cancelled');
    } catch (thrown) {
      const error = toUnbraidError(thrown);
      if (error.code !== 'invalid-argument') throw failure(error.toWire());
      this.end(error);
      return this.giveBack(job, token);
    }
    const blind = await blindness(song, this.stopping.signal);
    if (!blind) return song;
    if (blind.every) this.end(blind.error);
    return this.giveBackUnseen(job, token, song, blind);
  }

  /** Throws when the batch that wanted the song was cancelled since this worker took it. */
  private async unlessDropped({ id }: Job<SongJob>): Promise<void> {
    const now = this.worker && (await Job.fromId<SongJob>(this.worker, id!));
    if (now?.data.dropped) throw dropped();
  }

  /** To the others, without counting as a failure. */
  private async giveBack(job: Job<SongJob>, token: string | undefined, delay = 0): Promise<never> {
    await this.unlessDropped(job);
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  }

  /** The same with a note of who could not do it and why, for the command that fills the queue. */
  private async giveBackUnseen(
    job: Job<SongJob>,
    token: string | undefined,
    song: SongJob,
    blind: Blindness,
  ): Promise<never> {
    const { sight, delay } = seenBy(song.sight, this.name, blind);
    await this.unlessDropped(job);
    if (sight.rounds > mostRounds) throw failure(blind.error.toWire(), true);
    await job.updateData({ ...song, sight });
    return this.giveBack(job, token, delay);
  }

  private async separate(slot: Slot, job: Job<SongJob>, song: SongJob): Promise<BatchFileItem> {
    const { path, name, subfolders, mix } = song;
    const { device = song.settings.device, workers = song.settings.workers } = this.options;
    const index = this.items.push({ source: path, state: { state: 'waiting' } }) - 1;
    let told = 0;
    const onItem = (_: number, item: BatchFileItem): void => {
      // Not failed: another machine may reach it.
      if (item.state.state === 'failed' && isBlind(item.state.error, path))
        item = { ...item, state: { state: 'cancelled' } };
      this.items[index] = item;
      this.options.onItem?.(index, item);
      if (item.state.state !== 'separating' || Date.now() - told < progressEvery) return;
      told = Date.now();
      job.updateProgress({ ...item.state.progress }).catch(() => undefined);
    };
    const settings = { ...song.settings, device, ...(workers !== undefined && { workers }) };
    const folder = slot.folderOf(song);
    const entry = { path, name, subfolders };
    const options = { signal: this.stopping.signal, onItem, replaceOwn: true, mix };
    const [item] = await new BatchRun(slot.runner, [entry], settings, folder, options).run();
    return item;
  }
}

/** Nobody wants the song any more. */
const dropped = (): Error => failure(new UnbraidError('cancelled', 'Cancelled').toWire(), true);

/** As the queue keeps it; for good, or tried again where another machine may do better. */
function failure(error: WireError, forGood = !mayPass(error)): Error {
  const reason = JSON.stringify(error);
  return forGood ? new UnrecoverableError(reason) : new Error(reason);
}
