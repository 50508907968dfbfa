import type { Device } from '../../common/jobs/settings.js';
import { rmSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError, type ErrorCode } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { channelGroups } from '../../common/separation/channel-map.js';
import { leastMemory } from '../../common/separation/model-cost.js';
import { nullDb, planStems, type BlockCheck } from '../../common/separation/conservation.js';
import type { SeparatorInfo } from '../../common/separation/separator.js';
import { warning } from '../../common/jobs/warnings.js';
import { nodeSpawner, type ProcessSpawner } from '../process/spawner.js';
import type { Patience } from './call-limits.js';
import { separateChain, type ChainPort } from './chain-run.js';
import { DeviceVerdicts, type ModelRefusal } from './device-verdicts.js';
import type {
  OpenResult,
  QualitySettings,
  Refusal,
  SeparatorSpec,
  SingleSpec,
  SongSpec,
} from './inference-api.js';
import { InferenceWorker } from './inference-worker.js';
import { infoOf, modelsOf, type OneSeparator, type SingleSeparator } from './model-store.js';
import type { SeparateOptions, SeparateRequest, SeparatedSong } from './separation.js';
import { SongJob } from './song-job.js';
import { planFor } from './song.js';
import type { SumTask } from './sum-up.js';
import { Turns, type Turn } from './turns.js';
import { makeFolder } from '../files/make-folder.js';

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
  /** Which devices do not work; known for this run of the program alone when left out. */
  readonly verdicts?: DeviceVerdicts;
}

const gpuFailures: ReadonlySet<ErrorCode> = new Set([
  'inference-failed',
  'out-of-memory',
  'process-died',
  'timeout',
]);

/** Two processes with one thread each beat one with two (measured 1.1 to 1.7 times); see test/bench. */
function workerCount(separator: OneSeparator, wanted: number | undefined): number {
  if (wanted !== undefined) return Math.max(1, wanted);
  const byCores = Math.min(4, availableParallelism());
  const need = modelsOf(separator).reduce((sum, { manifest }) => {
    const files = manifest.graphs.reduce((bytes, graph) => bytes + (graph.bytes ?? 0), 0);
    return sum + leastMemory(manifest, files);
  }, 0);
  return Math.max(1, Math.min(byCores, Math.floor((0.7 * freemem()) / Math.max(1, need))));
}

/** Where a song stands between two turns. */
interface SongRun {
  device: Device;
  quality: QualitySettings;
  /** How often its segments were halved. */
  halved: number;
  job: SongJob | undefined;
  seconds: number;
  /** A set: a song that comes back opens its separator again, with the same warnings. */
  readonly warnings: Set<string>;
}

/** A separator by the hashes of its files: another file under the same name is tried anew. */
function filesOf(separator: OneSeparator): string {
  const graphs = modelsOf(separator).flatMap(({ manifest }) => manifest.graphs);
  return [separator.id, ...graphs.map(({ sha256 }) => sha256)].join(' ');
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
  /** What was tried for each model, so that no device is tried twice. */
  private readonly verdicts: DeviceVerdicts;

  constructor(private readonly options: EngineOptions = {}) {
    this.spawner = options.spawner ?? nodeSpawner;
    this.verdicts = options.verdicts ?? new DeviceVerdicts();
  }

  /** Processes running now; for tests and diagnostics. */
  get pids(): readonly number[] {
    return this.workers.flatMap((worker) => worker.pid ?? []);
  }

  /** The most memory that the processes of now have used, added up; null without any, or when one does not answer. */
  async peakMemory(): Promise<number | null> {
    const live = this.workers.filter(({ pid }) => pid !== undefined);
    const used = await Promise.all(live.map((worker) => worker.call('usage', null))).catch(() => []);
    return used.length > 0 ? used.reduce((sum, { peakBytes }) => sum + peakBytes, 0) : null;
  }

  /** Devices that are not used, by model. */
  get refusals(): readonly ModelRefusal[] {
    return this.verdicts.all;
  }

  /** Throws `cancelled`, `inference-failed`, `model-*`, `process-died`, `disk-full`, `invalid-argument`. */
  separate(request: SeparateRequest, options: SeparateOptions = {}): Promise<SeparatedSong> {
    const { separator } = request;
    if (separator.kind !== 'chain') return this.separateOne({ ...request, separator }, options);
    const port: ChainPort = {
      separate: (step, stepOptions) => this.separateOne(step, stepOptions),
      sumUp: (task, sumOptions) => this.sumUp(task, sumOptions),
    };
    return separateChain(port, { ...request, separator }, options);
  }

  private async separateOne(
    request: SeparateRequest<OneSeparator>,
    options: SeparateOptions,
  ): Promise<SeparatedSong> {
    const { source, separator, tempDir } = request;
    if (source.frames < 1) throw new UnbraidError('empty-audio', 'The file holds no samples');
    const info = infoOf(separator, request.quality);
    const stems = planStems(info.stems, info.residualStem, request.residual, request.keep);
    const song: SongSpec = {
      source,
      groups: channelGroups(source.channels, request.channelLayout, info.channels),
      stems,
      shared: sharesWindows(separator, info, request.quality),
      scratch: join(tempDir, 'segments'),
      stemDirs: stems.names.map((_, s) => join(tempDir, `stem-${s}`)),
    };
    const plan = planFor(info, source);
    const planned = song.stemDirs.map((dir, s) => ({ name: stems.names[s], ref: { ...source, dir } }));
    const { device, quality } = request;
    const run: SongRun = { device, quality, halved: 0, job: undefined, seconds: 0, warnings: new Set() };
    const start = (): SongJob => {
      const own = infoOf(separator, run.quality);
      return new SongJob(song, planFor(own, source, song.shared), own, options, this.options.patience);
    };
    if (info.segment.plan === 'frames' && !info.segment.fixed && plan.segments.length > (plan.passes ?? 1)) {
      run.warnings.add(warning('in-pieces', { model: separator.id, count: `${plan.segments.length}` }));
    }
    let told = false;
    try {
      makeFolder(song.scratch);
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
   * something more urgent waits, it is held, or it begins again: with shorter segments where memory was short, or on the
   * CPU when a GPU failed on the way (out of memory, a lost device, results that are not numbers). Warnings say so.
   */
  private async work(
    request: SeparateRequest<OneSeparator>,
    run: SongRun,
    start: () => SongJob,
    turn: Turn,
    { signal, pass }: SeparateOptions,
  ): Promise<string | null> {
    let opened: Opened | undefined;
    try {
      opened = await this.open({ ...request, device: run.device, quality: run.quality }, signal);
      for (const warning of opened.warnings) run.warnings.add(warning);
      run.job ??= start();
      const mayGoOn = (): boolean => !turn.wanted && pass?.() === undefined;
      const done = await run.job.run(opened.workers, run.warnings, mayGoOn);
      await Promise.all(opened.workers.map((worker) => worker.endSong()));
      if (!done) return null;
      for (const worker of opened.workers) worker.recycleAfter(this.options.recycleAfter ?? 50);
      return opened.provider;
    } catch (error) {
      const again =
        !signal?.aborted && this.mayTryAgain(request.separator, run, opened, toUnbraidError(error));
      // A process in the middle of a segment would hold up the next song, or this one's files.
      for (const worker of this.workers) if (signal?.aborted || again) worker.kill();
      if (again) {
        run.job = undefined;
        return null;
      }
      // Its files must not stay open: on Windows they could not be deleted.
      await Promise.all(this.workers.map((worker) => worker.endSong()));
      throw error;
    }
  }

  /** Whether a song that failed begins again, with what is changed in `run`. */
  private mayTryAgain(
    separator: OneSeparator,
    run: SongRun,
    opened: Opened | undefined,
    { code, message }: UnbraidError,
  ): boolean {
    if (!opened) return false;
    const { provider, dynamic } = opened;
    const shorter = code === 'out-of-memory' && dynamic ? shorterSegments(separator, run) : null;
    if (shorter !== null) {
      run.quality = { ...run.quality, segment: shorter };
      run.halved++;
      run.warnings.add(warning('shorter-segments', { provider, message, seconds: shorter.toFixed(1) }));
      return true;
    }
    if (!gpuFailures.has(code) || provider === 'cpu') return false;
    run.device = 'cpu';
    this.refuse(separator, [{ provider, why: warning('failed-song', { message }) }], code === 'process-died');
    run.warnings.add(warning('on-cpu', { provider, message }));
    return true;
  }

  /** Adds stems up in a process, when it is the song's turn. */
  private async sumUp(task: SumTask, options: SeparateOptions): Promise<BlockCheck> {
    const { signal, urgency = 'interactive', onWaiting } = options;
    const turn = await this.turns.take(urgency, { signal, onPlace: onWaiting });
    clearTimeout(this.idle);
    try {
      return await this.workers[0].call('sumUp', task, signal);
    } catch (error) {
      if (!signal?.aborted) throw error;
      this.workers[0].kill();
      throw new UnbraidError('cancelled', 'Cancelled');
    } finally {
      turn.dispose();
      this.rest();
    }
  }

  private refuse(separator: OneSeparator, refused: readonly Refusal[], lasting: boolean): void {
    this.verdicts.refuse(filesOf(separator), refusalsOf(separator, refused), lasting);
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
  private async open(request: SeparateRequest<OneSeparator>, signal?: AbortSignal): Promise<Opened> {
    const { separator, quality } = request;
    const files = filesOf(separator);
    const chosen = this.verdicts.chosen(files);
    const device = request.device === 'auto' && chosen === 'cpu' ? 'cpu' : request.device;
    const gpu = device === 'auto' ? chosen : this.verdicts.isGood(files, device) ? device : null;
    const trusted = gpu ?? undefined;
    const count = workerCount(separator, request.workers ?? this.options.workers);
    const threads = Math.max(1, Math.floor(availableParallelism() / count));
    const spec = (on: Device): SeparatorSpec => specOf(separator, { device: on, trusted, threads, quality });
    while (this.workers.length < count) this.workers.push(new InferenceWorker(this.spawner));
    const [first, ...others] = this.workers.slice(0, count);
    const { provider, alike, warnings, refused, dynamic } = await first
      .open(spec(device), signal)
      .catch((error: unknown) => {
        const { code, message } = toUnbraidError(error);
        const { trying } = first;
        const died = code === 'process-died' || code === 'timeout';
        if (device !== 'auto' || !died || trying === null || signal?.aborted) throw error;
        // A driver took the process with it: what it was trying is not tried again.
        const refusal: Refusal = { provider: trying, why: warning('ended-probe', { message }) };
        return first.open(spec('cpu'), signal).then((onCpu) => ({
          ...onCpu,
          refused: [refusal],
          warnings: [...onCpu.warnings, warning('not-used', refusal)],
        }));
      });
    const lasting = !refused.some(({ passing }) => passing);
    if (device === 'auto' && provider === 'cpu' && refused.length > 0)
      this.refuse(separator, refused, lasting);
    if (provider !== 'cpu' && provider !== trusted && alike)
      this.verdicts.accept(files, provider, device === 'auto', refusalsOf(separator, refused), lasting);
    if (provider !== 'cpu') return { workers: [first], provider, warnings, dynamic };
    await Promise.all(others.map((worker) => worker.open(spec('cpu'), signal)));
    return { workers: [first, ...others], provider, warnings, dynamic };
  }
}

/** Processes that hold a separator. */
interface Opened extends Pick<OpenResult, 'provider' | 'warnings' | 'dynamic'> {
  readonly workers: readonly InferenceWorker[];
}

/** The members of an ensemble are often refused for the same reason. */
function refusalsOf({ id }: OneSeparator, refused: readonly Refusal[]): ModelRefusal[] {
  return refused
    .filter(
      ({ provider, why }, i) => i === refused.findIndex((r) => r.provider === provider && r.why === why),
    )
    .map((refusal) => ({ model: id, ...refusal }));
}

const mostHalvings = 3;
/** Seconds below which segments are not made shorter. */
const shortestSegment = 1;

/** Whether processes share each window: not where something around the separator changes what it hears or gives. */
function sharesWindows(
  separator: OneSeparator,
  { sharing }: SeparatorInfo,
  { averaging = [], wiener = 0, phase }: QualitySettings,
): boolean {
  if (!sharing || separator.kind !== 'model') return false;
  if (averaging.length > 0 || phase !== undefined) return false;
  return wiener === 0 || separator.manifest.post.wiener !== undefined;
}

/** Half of a model's segments, in seconds; null where they are as short as can be. */
function shorterSegments(separator: OneSeparator, { quality, halved }: SongRun): number | null {
  if (separator.kind !== 'model' || halved === mostHalvings) return null;
  const { segment, sampleRate } = infoOf(separator, quality);
  const half = segment.length / sampleRate / 2;
  if (half < shortestSegment) return null;
  const shorter = infoOf(separator, { ...quality, segment: half }).segment.length;
  return shorter < segment.length ? shorter / sampleRate : null;
}

interface OpenSettings {
  readonly device: Device;
  readonly trusted: string | undefined;
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
function specOf(separator: OneSeparator, settings: OpenSettings): SeparatorSpec {
  if (separator.kind !== 'ensemble') return singleSpec(separator, settings);
  const { ensemble } = separator;
  const members = separator.members.map((member) => singleSpec(member, { ...settings, quality: {} }));
  return { kind: 'ensemble', ensemble, members, quality: settings.quality };
}
