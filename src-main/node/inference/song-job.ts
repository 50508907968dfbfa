import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { energyCell } from '../../common/separation/conservation.js';
import type { SegmentPlan } from '../../common/separation/segment-plan.js';
import type { SeparatorInfo, SongStats } from '../../common/separation/separator.js';
import { warning } from '../../common/jobs/warnings.js';
import { CallLimits, type Patience } from './call-limits.js';
import type { FinishResult, SongSpec } from './inference-api.js';
import type { InferenceWorker } from './inference-worker.js';
import { SongSchedule } from './song-schedule.js';

/** Frames of one finished block: about 1.5 s, on the energy grid. */
const blockFrames = 128 * energyCell;

export interface SongJobOptions {
  readonly signal?: AbortSignal;
  /** Fraction of the song's segments done, 0 … 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Frames from the start of the song whose stems are finished and can be read. */
  readonly onFinished?: (frames: number) => void;
}

/** One song being worked on by several processes. */
export class SongJob {
  readonly peaks: number[];
  readonly sums = { errorEnergy: 0, sourceEnergy: 0 };
  private readonly schedule: SongSchedule;
  private readonly limits: CallLimits;
  private readonly hearing: CallLimits;
  private stats: SongStats | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly song: SongSpec,
    plan: SegmentPlan,
    private readonly info: SeparatorInfo,
    private readonly options: SongJobOptions,
    patience?: Patience,
  ) {
    this.limits = new CallLimits(plan.length / info.sampleRate, patience);
    const windows = plan.windows ?? [];
    const longest = Math.max(0, ...windows.map(({ length = 0 }) => length));
    this.hearing = new CallLimits(longest / info.sampleRate, patience);
    this.peaks = song.stems.names.map(() => 0);
    const halo = song.stems.absorber === null ? energyCell : 0;
    this.schedule = new SongSchedule(plan, {
      groups: song.groups.length,
      parts: plan.windows ? (info.sharing?.parts ?? 1) : 0,
      sourceFrames: song.source.frames,
      ratio: info.sampleRate / song.source.sampleRate,
      blockFrames,
      halo,
    });
  }

  /**
   * Works until the song is done (true), or until it has to stop (false): then the same job continues with another
   * `run`, whose processes may be others.
   */
  async run(
    workers: readonly InferenceWorker[],
    warnings: Set<string>,
    mayGoOn: () => boolean,
  ): Promise<boolean> {
    const { signal } = this.options;
    await Promise.all(workers.map((worker) => worker.song(this.song, signal)));
    this.stats ??= this.info.needsStats ? await workers[0].call('stats', null, signal) : { mean: 0, std: 1 };
    let alive = workers.length;
    const drive = (worker: InferenceWorker): Promise<void> =>
      this.drive(worker, mayGoOn).catch((error: unknown) => {
        const typed = toUnbraidError(error);
        const resources = typed.code === 'out-of-memory' || typed.code === 'process-died';
        if (!resources || --alive === 0 || signal?.aborted) {
          this.schedule.stop();
          this.wake();
          throw typed;
        }
        worker.kill();
        warnings.add(warning('process-ended', { message: typed.message, count: `${alive}` }));
        this.wake();
      });
    // All of them end before anyone else gets the processes.
    const ends = await Promise.allSettled(workers.map(drive));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return this.schedule.done;
  }

  /** One process works until nothing is left: finished blocks first, because they free scratch space. */
  private async drive(worker: InferenceWorker, mayGoOn: () => boolean): Promise<void> {
    const { signal, onProgress } = this.options;
    while (mayGoOn()) {
      if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      const task = this.schedule.take();
      if (task === 'done') return;
      if (task === 'wait') {
        await new Promise<void>((resolve) => this.waiting.push(resolve));
        continue;
      }
      try {
        if (task.kind === 'hear') {
          const { window, part, group } = task;
          const began = performance.now();
          await worker.call('hear', { window, part, group }, signal, this.hearing.segmentMs);
          this.hearing.note(performance.now() - began);
        } else if (task.kind === 'segment') {
          const { index, group, slot, alone } = task;
          const began = performance.now();
          const params = { index, group, slot, stats: this.stats!, alone };
          this.count(await worker.call('segment', params, signal, this.limits.segmentMs));
          this.limits.note(performance.now() - began);
        } else {
          const { start, count, slots } = task;
          this.count([await worker.call('finish', { start, count, slots }, signal)]);
        }
      } catch (error) {
        this.schedule.giveBack(task);
        throw error;
      }
      this.schedule.complete(task);
      onProgress?.(this.schedule.fraction);
      if (task.kind === 'finish' || (task.kind === 'segment' && task.alone))
        this.options.onFinished?.(this.schedule.finishedFrames);
      this.wake();
    }
    // Another process may wait for what this one would have done.
    this.wake();
  }

  private count(finished: readonly FinishResult[]): void {
    for (const { errorEnergy, sourceEnergy, peaks } of finished) {
      this.sums.errorEnergy += errorEnergy;
      this.sums.sourceEnergy += sourceEnergy;
      peaks.forEach((peak, s) => (this.peaks[s] = Math.max(this.peaks[s], peak)));
    }
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
