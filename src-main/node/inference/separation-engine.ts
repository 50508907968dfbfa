import type { Device } from '../../common/jobs/settings.js';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError, type ErrorCode } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { channelGroups } from '../../common/separation/channel-map.js';
import { nullDb, planStems, type ResidualPolicy } from '../../common/separation/conservation.js';
import { ensembleInfo } from '../../common/separation/ensemble.js';
import type { SeparatorInfo } from '../../common/separation/separator.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { nodeSpawner, type ProcessSpawner } from '../process/spawner.js';
import type { Patience } from './call-limits.js';
import type { QualitySettings, Refusal, SeparatorSpec, SingleSpec, SongSpec } from './inference-api.js';
import { InferenceWorker } from './inference-worker.js';
import { modelsOf, singleInfo, type AvailableSeparator, type SingleSeparator } from './model-store.js';
import { SongJob, type SongJobOptions } from './song-job.js';
import { planFor } from './song.js';
import { Turns, type Turn, type Urgency } from './turns.js';

export interface EngineOptions {
  readonly spawner?: ProcessSpawner;
  /** Inference processes; default one a core, at most four, fewer for models that need much memory. */
  readonly workers?: number;
  /** Songs after which a process is replaced. */
  readonly recycleAfter?: number;
  /** Processes without work end after this time, ms; until then a song starts at once. */
  readonly idleMs?: number;
  /** How long segments may take; tests are less patient. */
  readonly patience?: Patience;
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
  /** Inference processes for this song, in place of the engine's own number. */
  readonly workers?: number | undefined;
}

export interface SeparateOptions extends SongJobOptions {
  /** Asked before each piece of work; while its promise is pending, others may use the engine. */
  readonly pass?: () => Promise<void> | undefined;
  /** Batches give way to interactive work between two pieces of theirs; interactive when left out. */
  readonly urgency?: Urgency;
  /** The song waits for its turn, at this place in the line. */
  readonly onWaiting?: (place: number) => void;
  /** Called once, before the work: where the stems are going to be. */
  readonly onStems?: (stems: readonly Omit<SeparatedStem, 'peak'>[]) => void;
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
  /** Seconds of work, without the wait for a turn. */
  readonly workSeconds: number;
}

const gpuFailures: ReadonlySet<ErrorCode> = new Set([
  'inference-failed',
  'out-of-memory',
  'process-died',
  'timeout',
]);

/** Two processes with one thread each beat one with two (measured 1.1 to 1.7 times); see test/bench. */
function workerCount(separator: AvailableSeparator, wanted: number | undefined): number {
  if (wanted !== undefined) return Math.max(1, wanted);
  const byCores = Math.min(4, availableParallelism());
  const models = modelsOf(separator).map((model) => model.manifest.runtime.approxRssMB ?? 0);
  const need = models.reduce((sum, megabytes) => sum + megabytes, 0) || undefined;
  if (need === undefined) return byCores;
  return Math.max(1, Math.min(byCores, Math.floor((0.7 * freemem()) / (need * 2 ** 20))));
}

/** Where a song stands between two turns. */
interface SongRun {
  device: Device;
  job: SongJob | undefined;
  seconds: number;
  /** A set: a song that comes back opens its separator again, with the same warnings. */
  readonly warnings: Set<string>;
}

/** A separator by the hashes of its files: another file under the same name is tried anew. */
function filesOf(separator: AvailableSeparator): string {
  const graphs = modelsOf(separator).flatMap(({ manifest }) => manifest.graphs);
  return [separator.id, ...graphs.map(({ sha256 }) => sha256)].join(' ');
}

/** Why a model does not run on a device. */
export interface ModelRefusal extends Refusal {
  readonly model: string;
}

const defaultIdleMs = 300_000;

/**
 * Separates songs with a pool of inference processes; it knows nothing about files and formats. One song works at a
 * time; the others wait in a line (see `Turns`), whichever caller they belong to.
 */
export class SeparationEngine implements Disposable {
  private readonly workers: InferenceWorker[] = [];
  private readonly spawner: ProcessSpawner;
  private readonly turns = new Turns();
  private idle: NodeJS.Timeout | undefined;
  /** What was tried for each model, so that no device is tried twice in a run of the program. */
  private readonly verdicts = new Map<string, readonly ModelRefusal[]>();

  constructor(private readonly options: EngineOptions = {}) {
    this.spawner = options.spawner ?? nodeSpawner;
  }

  /** Processes running now; for tests and diagnostics. */
  get pids(): readonly number[] {
    return this.workers.flatMap((worker) => worker.pid ?? []);
  }

  /** Devices that are not used, by model. */
  get refusals(): readonly ModelRefusal[] {
    return [...this.verdicts.values()].flat();
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
    const plan = planFor(info, source);
    const planned = song.stemDirs.map((dir, s) => ({ name: stems.names[s], ref: { ...source, dir } }));
    const start = (): SongJob => new SongJob(song, plan, info, options, this.options.patience);
    const run: SongRun = { device: request.device, job: undefined, seconds: 0, warnings: new Set() };
    if (info.segment.plan === 'frames' && !info.segment.fixed && plan.segments.length > (plan.passes ?? 1)) {
      run.warnings.add(
        `The song is too long for ${separator.id} to see as a whole: it was separated in ${plan.segments.length} pieces`,
      );
    }
    let told = false;
    try {
      mkdirSync(song.scratch, { recursive: true });
      for (;;) {
        await options.pass?.();
        const turn = await this.turns.take(options.urgency ?? 'interactive', {
          signal: options.signal,
          onPlace: options.onWaiting,
        });
        clearTimeout(this.idle);
        const began = performance.now();
        let provider: string | null;
        try {
          if (!told) options.onStems?.(planned);
          told = true;
          provider = await this.work(request, run, start, turn, options);
        } finally {
          run.seconds += (performance.now() - began) / 1000;
          turn.dispose();
          this.rest();
        }
        if (provider === null) continue;
        const { peaks, sums } = run.job!;
        const refs = planned.map((stem, s) => ({ ...stem, peak: peaks[s] }));
        const warnings = [...run.warnings];
        return { stems: refs, nullDb: nullDb(sums), provider, warnings, workSeconds: run.seconds };
      }
    } catch (error) {
      throw options.signal?.aborted ? new UnbraidError('cancelled', 'Cancelled') : toUnbraidError(error);
    } finally {
      rmSync(song.scratch, { recursive: true, force: true });
    }
  }

  /**
   * Works on a song until it is done, and returns what it ran on; null when the song needs another turn, because
   * something more urgent waits or it is held. A GPU that fails on the way (out of memory, a lost device, results that
   * are not numbers) is given up for the CPU, from the song's beginning, and the warnings say so.
   */
  private async work(
    request: SeparateRequest,
    run: SongRun,
    start: () => SongJob,
    turn: Turn,
    { signal, pass }: SeparateOptions,
  ): Promise<string | null> {
    let provider = 'cpu';
    try {
      const opened = await this.open({ ...request, device: run.device }, signal);
      provider = opened.provider;
      for (const warning of opened.warnings) run.warnings.add(warning);
      run.job ??= start();
      const mayGoOn = (): boolean => !turn.wanted && pass?.() === undefined;
      const done = await run.job.run(opened.workers, run.warnings, mayGoOn);
      await Promise.all(opened.workers.map((worker) => worker.endSong()));
      if (!done) return null;
      for (const worker of opened.workers) worker.recycleAfter(this.options.recycleAfter ?? 50);
      return provider;
    } catch (error) {
      const { code, message } = toUnbraidError(error);
      const gpuMayBeToBlame = gpuFailures.has(code) && provider !== 'cpu' && !signal?.aborted;
      // A process in the middle of a segment would hold up the next song, or this one's files.
      for (const worker of this.workers) if (signal?.aborted || gpuMayBeToBlame) worker.kill();
      if (!gpuMayBeToBlame) {
        // Its files must not stay open: on Windows they could not be deleted.
        await Promise.all(this.workers.map((worker) => worker.endSong()));
        throw error;
      }
      run.device = 'cpu';
      run.job = undefined;
      this.refuse(request.separator, [{ provider, why: `it failed on a song: ${message}` }]);
      run.warnings.add(`${provider} failed (${message}); the song was separated on the CPU instead`);
      return null;
    }
  }

  private refuse(separator: AvailableSeparator, refused: readonly Refusal[]): void {
    const model = separator.id;
    this.verdicts.set(
      filesOf(separator),
      // The members of an ensemble are often refused for the same reason.
      refused
        .filter(
          ({ provider, why }, i) => i === refused.findIndex((r) => r.provider === provider && r.why === why),
        )
        .map((refusal) => ({ model, ...refusal })),
    );
  }

  /** Lets the processes end when no song comes for a while: they hold a model's memory each. */
  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      for (const worker of this.workers) worker.kill();
    }, this.options.idleMs ?? defaultIdleMs).unref();
  }

  dispose(): void {
    clearTimeout(this.idle);
    for (const worker of this.workers.splice(0)) worker.dispose();
  }

  /** Brings as many processes as wanted to the same separator; a GPU is driven by one process alone. */
  private async open(
    request: SeparateRequest,
    signal?: AbortSignal,
  ): Promise<{ workers: InferenceWorker[]; provider: string; warnings: string[] }> {
    const { separator, quality } = request;
    const known = request.device === 'auto' && this.verdicts.has(filesOf(separator));
    const device = known ? 'cpu' : request.device;
    const count = workerCount(separator, request.workers ?? this.options.workers);
    const threads = Math.max(1, Math.floor(availableParallelism() / count));
    const spec = specOf(separator, { device, threads, quality });
    while (this.workers.length < count) this.workers.push(new InferenceWorker(this.spawner));
    const [first, ...others] = this.workers.slice(0, count);
    const { provider, warnings, refused } = await first.open(spec, signal);
    if (device === 'auto' && provider === 'cpu' && refused.length > 0) this.refuse(separator, refused);
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

/**
 * What a process is asked to load. The members of an ensemble keep their own segments; the user's are the ensemble's.
 */
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
