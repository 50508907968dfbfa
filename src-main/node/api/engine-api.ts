import { join, resolve } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type {
  CommandArgs,
  Endpoints,
  EngineEvent,
  JobStateEvent,
  SourceInfo,
} from '../../common/contract/commands.js';
import { createClient, type EngineClient } from '../../common/contract/client.js';
import { dispatch } from '../../common/contract/dispatch.js';
import { summariseChecks, type CheckItem, type CheckReport } from '../../common/jobs/check.js';
import type { EvaluationReport } from '../../common/jobs/evaluation.js';
import type { Progress } from '../../common/jobs/progress.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { SpeedSettings } from '../../common/jobs/speed.js';
import { appVersion } from '../jobs/app-version.js';
import { checkFiles, checkedFiles } from '../jobs/check-files.js';
import { evaluate } from '../jobs/evaluate.js';
import { remix } from '../jobs/remix.js';
import { StemStreams } from '../jobs/stem-streams.js';
import { SongRunner, type RunOptions, type RunnerOptions } from '../jobs/song-runner.js';
import { DeviceVerdicts } from '../inference/device-verdicts.js';
import { SeparationEngine } from '../inference/separation-engine.js';
import { loggedSpawner, nodeSpawner } from '../process/spawner.js';
import { RecentFiles, stateFolder } from '../state/recent-files.js';
import { derivedKey, hostSecret, type HostSecret } from '../state/host-secret.js';
import { SpeedFile } from '../state/speed-file.js';
import { BatchApi } from './batch-api.js';
import { compareEndpoints } from './compare-api.js';
import { factorsEndpoints } from './factors-api.js';
import { HandleTable } from './handles.js';
import { HostApi } from './host-api.js';
import { headlessServices, type HostServices } from './host-services.js';
import { EngineLog } from './engine-log.js';
import { keepSlash } from './keep-slash.js';
import { ManagerApi } from './manager-api.js';
import { ModelsApi } from './models-api.js';
import { ProjectsApi } from './projects-api.js';
import { QueueApi } from './queue-api.js';
import { RecognitionApi } from './recognition-api.js';
import { SessionsApi } from './sessions-api.js';
import { verifyEndpoints } from './verify-api.js';

export interface EngineOptions extends Omit<RunnerOptions, 'engine'> {
  /** What the host can do; only the engine's own work when left out. */
  readonly host?: HostServices;
  /** Folder for what is remembered between runs. */
  readonly stateDir?: string;
  /** How long a page may be silent before its songs are closed, ms. */
  readonly pageGraceMs?: number;
}

/** The engine behind the contract: every host serves this one table. */
export class EngineApi implements Disposable {
  private readonly jobs = new Map<string, AbortController>();
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private readonly runners = new Set<SongRunner>();
  private readonly speeds: SpeedFile;
  /** The one engine of this host: open songs, the queue and the command line wait for it in one line. */
  private readonly separation: SeparationEngine;
  private readonly runnerOptions: RunnerOptions;
  private usedProvider: string | null = null;

  /** The open songs of the pages this host serves. */
  readonly sessions: SessionsApi;
  /** Files the page knows by handles, and the songs opened last. */
  readonly files: HostApi;
  readonly recent: RecentFiles;
  readonly stateDir: string;
  /** Of the state folder: what hosts derive from it holds over restarts. */
  readonly secret: HostSecret;
  readonly projects: ProjectsApi;
  /** The queue of songs, separated one at a time. */
  readonly queue: QueueApi;
  readonly manager: ManagerApi;
  readonly log = new EngineLog();
  readonly endpoints: Endpoints;

  constructor(options: EngineOptions = {}) {
    const spawner = loggedSpawner(options.spawner ?? nodeSpawner, (line) => this.log.raw(line));
    const { recycleAfter, cacheDir } = options;
    const state = (this.stateDir = options.stateDir ?? stateFolder());
    const verdicts = new DeviceVerdicts(join(state, 'devices.json'));
    const recycle = recycleAfter !== undefined && { recycleAfter };
    this.separation = new SeparationEngine({ spawner, verdicts, ...recycle });
    this.runnerOptions = { spawner, engine: this.separation, ...(cacheDir !== undefined && { cacheDir }) };
    this.secret = hostSecret(join(state, 'secret'));
    const handles = new HandleTable(derivedKey(this.secret, 'handles'));
    this.speeds = new SpeedFile(join(state, 'speeds.json'));
    const services = options.host ?? headlessServices('library');
    this.recent = new RecentFiles(join(state, 'recent.json'));
    this.sessions = new SessionsApi({
      ...this.runnerOptions,
      ...(options.pageGraceMs !== undefined && { pageGraceMs: options.pageGraceMs }),
      version: appVersion,
      publish: (event) => this.publish(event),
      onOpened: (path, name) => {
        this.recent.add(path, name);
        services.recentChanged();
      },
      withJob: (job, work) => this.withJob(job, work),
      log: this.log,
      usedProvider: () => this.usedProvider,
      projectOf: (session) => this.projects.kept(session),
      keeping: () => this.projects.keeping,
      onSeparated: (settings, audioSeconds, { seconds, provider }) =>
        this.measured(settings, audioSeconds, seconds, provider),
    });
    const shared = { version: appVersion, services, handles, sessions: this.sessions };
    this.files = new HostApi({ ...shared, recent: this.recent });
    this.projects = new ProjectsApi({
      ...shared,
      recent: new RecentFiles(join(state, 'projects.json')),
      library: join(state, 'projects'),
      unnamed: join(state, 'songs'),
      onFailure: (error) => this.log.error('A song could not be kept', toUnbraidError(error).toWire()),
    });
    this.queue = new QueueApi({
      dir: join(state, 'queue'),
      runner: this.runnerOptions,
      log: this.log,
      handles,
      sessions: this.sessions,
      publish: (event) => this.publish(event),
      withJob: (job, work) => this.withJob(job, work),
      onSeparated: (settings, { audioSeconds, separateSeconds, provider }) =>
        this.measured(settings, audioSeconds, separateSeconds, provider),
    });
    this.manager = new ManagerApi({
      runner: this.runnerOptions,
      engine: this.separation,
      handles,
      sessions: this.sessions,
      publish: (event) => this.publish(event),
      withJob: (job, work) => this.withJob(job, work),
    });
    this.endpoints = {
      ...this.fileEndpoints,
      ...this.manager.endpoints,
      ...new ModelsApi(spawner).endpoints,
      ...new RecognitionApi({
        engine: this.separation,
        sessions: this.sessions,
        withJob: (job, work) => this.withJob(job, work),
      }).endpoints,
      ...this.sessions.endpoints,
      ...this.projects.endpoints,
      ...this.queue.endpoints,
      ...this.files.endpoints,
      ...verifyEndpoints(spawner, (job, work) => this.withJob(job, work)),
      ...factorsEndpoints({
        sessions: this.sessions,
        withJob: (job, work) => this.withJob(job, work),
        withRunner: (job, work) => this.withRunner(job, work),
      }),
      ...compareEndpoints({
        sessions: this.sessions,
        runner: () => this.runnerOptions,
        publish: (event) => this.publish(event),
        withRunner: (job, work) => this.withRunner(job, work),
      }),
    };
  }

  private readonly batches = new BatchApi({
    runner: () => this.runnerOptions,
    publish: (event) => this.publish(event),
    withRunner: (job, work) => this.withRunner(job, work),
    withJob: (job, work) => this.withJob(job, work),
  });

  private readonly fileEndpoints: Omit<
    Endpoints,
    | keyof SessionsApi['endpoints']
    | keyof ProjectsApi['endpoints']
    | keyof QueueApi['endpoints']
    | keyof HostApi['endpoints']
    | keyof ModelsApi['endpoints']
    | keyof ManagerApi['endpoints']
    | keyof RecognitionApi['endpoints']
    | keyof ReturnType<typeof verifyEndpoints>
    | keyof ReturnType<typeof compareEndpoints>
    | keyof ReturnType<typeof factorsEndpoints>
  > = {
    info: (args) =>
      args.job === undefined ? this.info(args) : this.withJob(args.job, (signal) => this.info(args, signal)),
    check: (args) => this.check(args),
    speeds: () => Promise.resolve(this.speeds.all()),
    separate: (args) => this.batches.separate(args),
    batch: (args) => this.batches.batch(args),
    work: (args) => this.batches.work(args),
    remix: ({ job, input, output, mixer, label, settings }) =>
      this.withRunner(job, (runner, signal) =>
        remix(
          runner,
          { input: runner.names.reach(resolve(input)), output: keepSlash(output), mixer, label, settings },
          {
            signal,
            onProgress: (progress) =>
              this.publish({
                job,
                index: 0,
                item: { source: input, state: { state: 'separating', progress } },
              }),
          },
        ),
      ),
    evaluate: (args) => this.evaluate(args),
    cancel: ({ job }) => {
      this.jobs.get(job)?.abort();
      return Promise.resolve(null);
    },
  };

  /** The inference processes that run now. */
  get inferencePids(): readonly number[] {
    return this.separation.pids;
  }

  /** A client in the same process. */
  client(): EngineClient {
    return createClient({
      invoke: async (command, args) => {
        try {
          return await dispatch(this.endpoints, command, args);
        } catch (error) {
          throw toUnbraidError(error);
        }
      },
      subscribe: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    });
  }

  async dispose(): Promise<void> {
    for (const controller of this.jobs.values()) controller.abort();
    await this.manager.dispose();
    await this.queue.dispose();
    await this.projects.dispose();
    await Promise.all([this.sessions.dispose(), ...[...this.runners].map((runner) => runner.dispose())]);
    this.separation.dispose();
  }

  /** Tells every subscriber; hosts send their own events here too. One that throws harms no song and no other. */
  publish(event: EngineEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  /** Remembers how fast a separation was, and on what it ran. */
  private measured(settings: SpeedSettings, audio: number, work: number, provider: string): void {
    this.speeds.note(settings, audio, work);
    this.usedProvider = provider;
    const times = (audio / work).toFixed(1);
    this.log.add(
      `${settings.model} on ${provider}: ${audio.toFixed(1)} s of sound in ${work.toFixed(1)} s (${times} × realtime)`,
    );
  }

  /** Separates a song into stems that are read as samples; the caller disposes them. Throws typed errors. */
  async separatedStreams(
    path: string,
    settings: SeparationSettings,
    options: Pick<RunOptions, 'signal' | 'onProgress'>,
  ): Promise<StemStreams> {
    const runner = new SongRunner(this.runnerOptions);
    this.runners.add(runner);
    return await StemStreams.open(runner, runner.names.reach(path), settings, options);
  }

  /** Runs one job with its own codec processes and temporary folder; both are gone when it ends. */
  private async withRunner<T>(
    job: string,
    work: (runner: SongRunner, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.withJob(job, async (signal) => {
      const runner = new SongRunner(this.runnerOptions);
      this.runners.add(runner);
      try {
        return await work(runner, signal);
      } finally {
        this.runners.delete(runner);
        await runner.dispose();
      }
    });
  }

  /** Runs work that the command `cancel` can abort. */
  private async withJob<T>(job: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.jobs.has(job)) throw new UnbraidError('invalid-argument', `The job "${job}" is running already`);
    const controller = new AbortController();
    this.jobs.set(job, controller);
    this.publish({ job, state: 'started' });
    let state: JobStateEvent['state'] = 'failed';
    try {
      const result = await work(controller.signal);
      state = 'done';
      return result;
    } catch (error) {
      if (!controller.signal.aborted) this.log.error(`Job ${job} failed`, toUnbraidError(error).toWire());
      throw error;
    } finally {
      this.jobs.delete(job);
      this.publish({ job, state: state !== 'done' && controller.signal.aborted ? 'cancelled' : state });
    }
  }

  private async info(args: CommandArgs<'info'>, signal?: AbortSignal): Promise<SourceInfo> {
    const runner = new SongRunner(this.runnerOptions);
    this.runners.add(runner);
    try {
      const path = runner.names.reach(resolve(args.source));
      const options = signal ? { signal } : {};
      const track = args.track === undefined ? {} : { track: args.track };
      const info = {
        ...(await runner.reader.probe(path, { ...options, ...track })),
        path: resolve(args.source),
      };
      if (!args.loudness) return { ...info, loudness: null, reading: null, warnings: [] };
      const decoded = await runner.reader.decode(
        { path, dir: runner.workspace.songDir(), ...track },
        options,
      );
      const { frames, sampleRate, channels } = decoded.ref;
      const { reading, warnings } = decoded;
      const facts = { ...info, sampleRate, frames, durationSeconds: frames / sampleRate, reading, warnings };
      // BS.1770 knows no more channels.
      if (channels > 8) return { ...facts, loudness: null };
      return { ...facts, loudness: await runner.reader.loudness([{ ref: decoded.ref, gain: 1 }], options) };
    } catch (error) {
      throw toUnbraidError(error, resolve(args.source));
    } finally {
      this.runners.delete(runner);
      await runner.dispose();
    }
  }

  private check({ job, paths, ...filter }: CommandArgs<'check'>): Promise<CheckReport> {
    return this.withJob(job, async (signal) => {
      const runner = new SongRunner(this.runnerOptions);
      this.runners.add(runner);
      const { spawner = nodeSpawner } = this.runnerOptions;
      try {
        const files = checkedFiles(
          paths.map((path) => resolve(path)),
          { ...filter, skip: [], names: runner.names },
        );
        const onChecked = (index: number, checked: CheckItem): void =>
          this.publish({ job, index, total: files.length, checked });
        const items = await checkFiles(files, { spawner, signal, onChecked });
        return { items, summary: summariseChecks(items) };
      } finally {
        this.runners.delete(runner);
        await runner.dispose();
      }
    });
  }

  private async evaluate(args: CommandArgs<'evaluate'>): Promise<EvaluationReport> {
    const { job, baselines } = args;
    if (args.estimates === undefined && baselines.length === 0) {
      throw new UnbraidError('invalid-argument', 'There is nothing to evaluate', {
        hint: 'Name a folder of estimates, or a baseline.',
      });
    }
    const references = resolve(args.references);
    const estimates = args.estimates === undefined ? undefined : resolve(args.estimates);
    const runner = new SongRunner(this.runnerOptions);
    return this.withJob(job, async (signal) => {
      this.runners.add(runner);
      const onProgress = (progress: Progress): void =>
        this.publish({
          job,
          index: 0,
          item: { source: references, state: { state: 'separating', progress } },
        });
      return await evaluate(runner, { references, estimates, baselines }, { signal, onProgress });
    }).finally(() => {
      this.runners.delete(runner);
      return runner.dispose();
    });
  }
}
