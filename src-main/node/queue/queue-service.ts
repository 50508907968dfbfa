import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { endsBatch } from '../../common/jobs/batch.js';
import { canQueue, queueStep, type QueueAction, type QueueState } from '../../common/jobs/queue.js';
import type { FileResult } from '../../common/jobs/results.js';
import { Gate } from './gate.js';
import type { QueuedSong } from './queue-song.js';
import type { RunOptions } from '../jobs/song-runner.js';

export type SongState = QueueState<FileResult>;

/** A song of the queue with its state; `song` stays the same, `state` is replaced. */
export interface QueueItem<Song extends QueuedSong = QueuedSong> {
  readonly id: string;
  readonly song: Song;
  readonly state: SongState;
}

export interface QueueHooks<Song extends QueuedSong> {
  /** Makes what is wanted of a song; throws typed errors, `cancelled` when the signal says so. */
  readonly work: (song: Song, options: RunOptions) => Promise<FileResult>;
  readonly onEntry: (item: QueueItem<Song>) => void;
  /** Songs came or went, or the queue was paused or resumed. */
  readonly onList: () => void;
  /** The queue begins to work, or has nothing left to do. */
  readonly onBusy: (busy: boolean) => void;
}

/** Why a running song is stopped. */
type Stop = 'pause' | 'cancel' | 'remove';
const weight: Readonly<Record<Stop, number>> = { pause: 0, cancel: 1, remove: 2 };

/**
 * A list of songs, separated one at a time in the order in which they were added. A song that fails
 * costs one entry; an error that every song would meet pauses the queue as well.
 */
export class QueueService<Song extends QueuedSong = QueuedSong> implements Disposable {
  private list: QueueItem<Song>[] = [];
  private held = false;
  private running:
    | {
        readonly id: string;
        readonly abort: AbortController;
        readonly gate: Gate;
        stop: Stop | null;
        ended: Promise<void>;
      }
    | undefined;
  private numbers = 0;
  private disposed = false;

  constructor(private readonly hooks: QueueHooks<Song>) {}

  get items(): readonly QueueItem<Song>[] {
    return this.list;
  }

  get paused(): boolean {
    return this.held;
  }

  add(songs: readonly Song[]): void {
    const added = songs.map((song): QueueItem<Song> => ({
      id: `${++this.numbers}`,
      song,
      state: { state: 'waiting' },
    }));
    this.list = [...this.list, ...added];
    this.hooks.onList();
    this.next();
  }

  /** Restores the songs of an earlier run, without an event. Where one is unfinished, the queue waits for `resume`. */
  restore(songs: readonly { readonly song: Song; readonly state: SongState }[]): void {
    this.list = songs.map((entry) => ({ id: `${++this.numbers}`, ...entry }));
    this.held = songs.some(({ state }) => state.state === 'waiting' || state.state === 'paused');
  }

  /** Starts no other song, and holds the running one between two segments until `resume`. */
  hold(): void {
    this.held = true;
    this.running?.gate.close();
    if (this.running) this.act(this.running.id, { act: 'pause' });
    this.hooks.onList();
  }

  /** Stops the running song, which begins again on `resume`; ends when it has. */
  async pause(): Promise<void> {
    this.held = true;
    await this.stop('pause');
    this.hooks.onList();
  }

  resume(): void {
    this.held = false;
    const { running } = this;
    for (const { id, state } of this.list) {
      if (canQueue('resume', state.state)) this.act(id, { act: id === running?.id ? 'goOn' : 'resume' });
    }
    running?.gate.open();
    this.hooks.onList();
    this.next();
  }

  /** Stops one running song. Throws `invalid-argument` when it does not run. */
  async cancel(id: string): Promise<void> {
    this.find(id);
    if (this.running?.id !== id) throw new UnbraidError('invalid-argument', 'This song is not running');
    await this.stop('cancel');
  }

  /** Puts failed and cancelled songs back: those named, or all of them. */
  retry(ids?: readonly string[]): void {
    const named = ids?.map((id) => this.find(id)) ?? this.list;
    for (const { id, state } of named) if (canQueue('retry', state.state)) this.act(id, { act: 'retry' });
    this.next();
  }

  /** Takes songs off the list and returns them. Throws `invalid-argument` for one that is not there. */
  async remove(ids: readonly string[]): Promise<readonly QueueItem<Song>[]> {
    const gone = new Set(ids);
    for (const id of gone) this.find(id);
    // Those that wait go first: none of them may start when the running one ends (Q7).
    const { running } = this;
    const removed = this.take((id) => gone.has(id) && id !== running?.id);
    if (running && gone.has(running.id)) {
      await this.stop('remove');
      removed.push(...this.take((id) => id === running.id));
    }
    this.hooks.onList();
    this.next();
    return removed;
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.stop('remove');
  }

  /** Takes entries off the list and returns them. */
  private take(which: (id: string) => boolean): QueueItem<Song>[] {
    const taken = this.list.filter(({ id }) => which(id));
    this.list = this.list.filter(({ id }) => !which(id));
    return taken;
  }

  /** The entry with this id. Throws `invalid-argument`. */
  find(id: string): QueueItem<Song> {
    const item = this.list.find((entry) => entry.id === id);
    if (item) return item;
    throw new UnbraidError('invalid-argument', 'This song is not in the queue any more');
  }

  private act(id: string, action: QueueAction<FileResult>): void {
    const at = this.list.findIndex((entry) => entry.id === id);
    if (at < 0) return;
    const item = { ...this.list[at], state: queueStep(this.list[at].state, action) };
    this.list = this.list.with(at, item);
    this.hooks.onEntry(item);
  }

  private async stop(why: Stop): Promise<void> {
    const { running } = this;
    if (!running) return;
    // The stronger request counts: what is paused can still be cancelled or removed before it has ended (Q6).
    if (running.stop === null || weight[why] > weight[running.stop]) running.stop = why;
    running.abort.abort();
    running.gate.open();
    await running.ended;
  }

  /** Starts the first song that waits, unless one runs. */
  private next(): void {
    if (this.running || this.held || this.disposed) return;
    const item = this.list.find(({ state }) => state.state === 'waiting');
    if (!item) return;
    this.hooks.onBusy(true);
    const running = {
      ...{ id: item.id, abort: new AbortController(), gate: new Gate() },
      ...{ stop: null, ended: Promise.resolve() },
    };
    this.running = running;
    running.ended = this.run(item, running).finally(() => {
      this.running = undefined;
      this.next();
      if (!this.running) this.hooks.onBusy(false);
    });
  }

  private async run(
    { id, song }: QueueItem<Song>,
    running: { readonly abort: AbortController; readonly gate: Gate; readonly stop: Stop | null },
  ): Promise<void> {
    this.act(id, { act: 'start' });
    const { signal } = running.abort;
    try {
      const result = await this.hooks.work(song, {
        signal,
        pass: running.gate.pass,
        urgency: 'batch',
        onProgress: (progress) => {
          // What was begun before a pause still ends.
          if (!signal.aborted && this.list.find((entry) => entry.id === id)?.state.state === 'running')
            this.act(id, { act: 'advance', progress });
        },
      });
      this.act(id, { act: 'finish', result, skipped: result.status === 'skipped' });
    } catch (thrown) {
      const error = toUnbraidError(thrown, song.path);
      if (signal.aborted) {
        this.act(id, { act: running.stop === 'pause' ? 'pause' : 'cancel' });
        // It was resumed while it was being stopped (Q10).
        if (running.stop === 'pause' && !this.held) this.act(id, { act: 'resume' });
        return;
      }
      this.act(id, { act: 'fail', error: error.toWire() });
      if (!endsBatch(error.code)) return;
      this.held = true;
      this.hooks.onList();
    }
  }
}
