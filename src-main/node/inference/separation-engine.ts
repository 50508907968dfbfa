import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError, type ErrorCode } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { channelGroups } from '../../common/separation/channel-map.js';
import { energyCell, nullDb, planStems, type ResidualPolicy } from '../../common/separation/conservation.js';
import { ensembleInfo } from '../../common/separation/ensemble.js';
import type { SegmentPlan } from '../../common/separation/segment-plan.js';
import type { SeparatorInfo, SongStats } from '../../common/separation/separator.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { nodeSpawner, type ProcessSpawner } from '../process/spawner.js';
import type {
  Device,
  FinishResult,
  QualitySettings,
  SeparatorSpec,
  SingleSpec,
  SongSpec,
} from './inference-api.js';
import { InferenceWorker } from './inference-worker.js';
import { modelsOf, singleInfo, type AvailableSeparator, type SingleSeparator } from './model-store.js';
import { SongSchedule } from './song-schedule.js';
import { planFor } from './song.js';

export interface EngineOptions {
  readonly spawner?: ProcessSpawner;
  /** Inference processes; default one a core, at most four, fewer for models that need much memory. */
  readonly workers?: number;
  /** Songs after which a process is replaced. */
  readonly recycleAfter?: number;
}

export interface SeparateRequest {
  readonly source: PcmCacheRef;
  /** FFmpeg's name of the source's channel layout. */
  readonly channelLayout: string;
  readonly separator: AvailableSeparator;
  readonly device: Device;
  readonly quality: QualitySettings;
  readonly residual: ResidualPolicy;
  /** The only stems wanted beside one of everything else; all when left out. */
  readonly keep?: readonly string[] | undefined;
  /** An existing folder for the stems' caches and scratch files; the caller deletes it. */
  readonly tempDir: string;
}

export interface SeparateOptions {
  readonly signal?: AbortSignal;
  /** Asked before each piece of work; what it answers is waited for. After it, the signal is looked at again. */
  readonly pass?: () => Promise<void> | undefined;
  /** Fraction of the song's segments done, 0 … 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Called once, before the work: where the stems are going to be. */
  readonly onStems?: (stems: readonly Omit<SeparatedStem, 'peak'>[]) => void;
  /** Frames from the start of the song whose stems are finished and can be read. */
  readonly onFinished?: (frames: number) => void;
}

export interface SeparatedStem {
  readonly name: string;
  readonly ref: PcmCacheRef;
  /** Largest absolute sample. */
  readonly peak: number;
}

/** Stems as caches at the source's rate, length and channels, with the null-test figure of their sum. */
export interface SeparatedSong {
  readonly stems: readonly SeparatedStem[];
  readonly nullDb: number;
  readonly provider: string;
  readonly warnings: readonly string[];
}

const gpuFailures: ReadonlySet<ErrorCode> = new Set([
  'inference-failed',
  'out-of-memory',
  'process-died',
  'timeout',
]);

/** Frames of one finished block: about 1.5 s, on the energy grid. */
const blockFrames = 128 * energyCell;

/** Two processes with one thread each beat one with two (measured 1.1 to 1.7 times); see test/bench. */
function workerCount(separator: AvailableSeparator, wanted: number | undefined): number {
  if (wanted !== undefined) return Math.max(1, wanted);
  const byCores = Math.min(4, availableParallelism());
  const models = modelsOf(separator).map((model) => model.manifest.runtime.approxRssMB ?? 0);
  const need = models.reduce((sum, megabytes) => sum + megabytes, 0) || undefined;
  if (need === undefined) return byCores;
  return Math.max(1, Math.min(byCores, Math.floor((0.7 * freemem()) / (need * 2 ** 20))));
}

/** Separates songs with a pool of inference processes; knows nothing of files and formats. */
export class SeparationEngine implements Disposable {
  private readonly workers: InferenceWorker[] = [];
  private readonly spawner: ProcessSpawner;

  constructor(private readonly options: EngineOptions = {}) {
    this.spawner = options.spawner ?? nodeSpawner;
  }

  /** Processes running now; for tests and diagnostics. */
  get pids(): readonly number[] {
    return this.workers.flatMap((worker) => worker.pid ?? []);
  }

  /** Throws `cancelled`, `inference-failed`, `model-*`, `process-died`, `disk-full`, `invalid-argument`. */
  async separate(request: SeparateRequest, options: SeparateOptions = {}): Promise<SeparatedSong> {
    const { source, separator, tempDir } = request;
    if (source.frames < 1) throw new UnbraidError('empty-audio', 'The file holds no samples');
    const info = infoOf(separator, request.quality);
    const stems = planStems(info.stems, info.residualStem, request.residual, request.keep);
    const song: SongSpec = {
      source,
      groups: channelGroups(source.channels, request.channelLayout, info.channels),
      stems,
      scratch: join(tempDir, 'segments'),
      stemDirs: stems.names.map((_, s) => join(tempDir, `stem-${s}`)),
    };
    mkdirSync(song.scratch, { recursive: true });
    const plan = planFor(info, source);
    const planned = song.stemDirs.map((dir, s) => ({ name: stems.names[s], ref: { ...source, dir } }));
    options.onStems?.(planned);
    try {
      const start = (): SongJob => new SongJob(song, plan, info, options);
      const { job, provider, warnings } = await this.run(request, start, options.signal);
      const refs = planned.map((stem, s) => ({ ...stem, peak: job.peaks[s] }));
      return { stems: refs, nullDb: nullDb(job.sums), provider, warnings };
    } catch (error) {
      // A process in the middle of a segment would hold the caller up, and its files.
      if (options.signal?.aborted) for (const worker of this.workers) worker.kill();
      throw options.signal?.aborted ? new UnbraidError('cancelled', 'Cancelled') : toUnbraidError(error);
    } finally {
      rmSync(song.scratch, { recursive: true, force: true });
    }
  }

  /**
   * Runs a song on the device asked for. A GPU that fails on the way (out of memory, a lost device, results
   * that are not numbers) is given up for the CPU, from the song's beginning, and the warnings say so.
   */
  private async run(
    request: SeparateRequest,
    start: () => SongJob,
    signal?: AbortSignal,
  ): Promise<{ job: SongJob; provider: string; warnings: string[] }> {
    const opened = await this.open(request, signal);
    const job = start();
    try {
      await job.run(opened.workers, opened.warnings);
      await Promise.all(opened.workers.map((worker) => worker.endSong()));
      for (const worker of opened.workers) worker.recycleAfter(this.options.recycleAfter ?? 50);
      return { job, provider: opened.provider, warnings: opened.warnings };
    } catch (error) {
      const { code, message } = toUnbraidError(error);
      const gpuMayBeToBlame = gpuFailures.has(code) && opened.provider !== 'cpu' && !signal?.aborted;
      if (!gpuMayBeToBlame) throw error;
      for (const worker of opened.workers) worker.kill();
      const onCpu = await this.run({ ...request, device: 'cpu' }, start, signal);
      const warning = `${opened.provider} failed (${message}); the song was separated on the CPU instead`;
      return { ...onCpu, warnings: [warning, ...onCpu.warnings] };
    }
  }

  dispose(): void {
    for (const worker of this.workers.splice(0)) worker.dispose();
  }

  /** Brings as many processes as wanted to the same separator; a GPU is driven by one process alone. */
  private async open(
    request: SeparateRequest,
    signal?: AbortSignal,
  ): Promise<{ workers: InferenceWorker[]; provider: string; warnings: string[] }> {
    const { separator, quality, device } = request;
    const count = workerCount(separator, this.options.workers);
    const threads = Math.max(1, Math.floor(availableParallelism() / count));
    const spec = specOf(separator, { device, threads, quality });
    while (this.workers.length < count) this.workers.push(new InferenceWorker(this.spawner));
    const [first, ...others] = this.workers.slice(0, count);
    const { provider, warnings } = await first.open(spec, signal);
    if (provider !== 'cpu') return { workers: [first], provider, warnings: [...warnings] };
    const onCpu = specOf(separator, { device: 'cpu', threads, quality });
    await Promise.all(others.map((worker) => worker.open(onCpu, signal)));
    return { workers: [first, ...others], provider, warnings: [...warnings] };
  }
}

interface OpenSettings {
  readonly device: Device;
  readonly threads: number;
  readonly quality: QualitySettings;
}

function singleSpec(separator: SingleSeparator, settings: OpenSettings): SingleSpec {
  if (separator.kind === 'classic') return { kind: 'classic', id: separator.id, quality: settings.quality };
  const { manifest, folder } = separator;
  return { kind: 'model', manifest, folder, ...settings };
}

/** What a process is told. The members of an ensemble keep their own segments; the user's are the ensemble's. */
function specOf(separator: AvailableSeparator, settings: OpenSettings): SeparatorSpec {
  if (separator.kind !== 'ensemble') return singleSpec(separator, settings);
  const { ensemble } = separator;
  const members = separator.members.map((member) => singleSpec(member, { ...settings, quality: {} }));
  return { kind: 'ensemble', ensemble, members, quality: settings.quality };
}

/** A separator's facts with the user's quality settings, without loading it. */
export function infoOf(separator: AvailableSeparator, quality: QualitySettings): SeparatorInfo {
  if (separator.kind !== 'ensemble') return singleInfo(separator, quality);
  const infos = separator.members.map((member) => singleInfo(member));
  return ensembleInfo(separator.ensemble, infos, quality);
}

/** One song being worked on by several processes. */
class SongJob {
  readonly peaks: number[];
  readonly sums = { errorEnergy: 0, sourceEnergy: 0 };
  private readonly schedule: SongSchedule;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly song: SongSpec,
    plan: SegmentPlan,
    private readonly info: SeparatorInfo,
    private readonly options: SeparateOptions,
  ) {
    this.peaks = song.stems.names.map(() => 0);
    const halo = song.stems.absorber === null ? energyCell : 0;
    this.schedule = new SongSchedule(plan, {
      groups: song.groups.length,
      sourceFrames: song.source.frames,
      ratio: info.sampleRate / song.source.sampleRate,
      blockFrames,
      halo,
    });
  }

  async run(workers: readonly InferenceWorker[], warnings: string[]): Promise<void> {
    const { signal } = this.options;
    await Promise.all(workers.map((worker) => worker.song(this.song, signal)));
    const stats = this.info.needsStats ? await workers[0].call('stats', null, signal) : { mean: 0, std: 1 };
    let alive = workers.length;
    await Promise.all(
      workers.map((worker) =>
        this.drive(worker, stats).catch((error: unknown) => {
          const typed = toUnbraidError(error);
          const resources = typed.code === 'out-of-memory' || typed.code === 'process-died';
          if (!resources || --alive === 0 || signal?.aborted) {
            this.schedule.stop();
            this.wake();
            throw typed;
          }
          worker.kill();
          warnings.push(`An inference process ended (${typed.message}); went on with ${alive}`);
          this.wake();
        }),
      ),
    );
  }

  /** One process works until nothing is left: finished blocks first, because they free scratch space. */
  private async drive(worker: InferenceWorker, stats: SongStats): Promise<void> {
    const { signal, onProgress, pass } = this.options;
    for (;;) {
      await pass?.();
      if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      const task = this.schedule.take();
      if (task === 'done') return;
      if (task === 'wait') {
        await new Promise<void>((resolve) => this.waiting.push(resolve));
        continue;
      }
      try {
        if (task.kind === 'segment') {
          const { index, group, slot, alone } = task;
          this.count(await worker.call('segment', { index, group, slot, stats, alone }, signal));
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
      if (task.kind === 'finish' || task.alone) this.options.onFinished?.(this.schedule.finishedFrames);
      this.wake();
    }
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
