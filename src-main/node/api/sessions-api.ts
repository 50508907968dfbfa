import { existsSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { sep } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { CommandArgs, Endpoints, EngineEvent } from '../../common/contract/commands.js';
import type { MaskCommandResults } from '../../common/contract/masks.js';
import type { ClaimedSession } from '../../common/contract/project.js';
import type {
  Diagnostics,
  EditReport,
  ExportReport,
  SeparationInfo,
  SessionInfo,
} from '../../common/contract/session.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { InferenceWorker } from '../inference/inference-worker.js';
import { ProgressMeter, type Progress } from '../../common/jobs/progress.js';
import { oracleId } from '../jobs/oracle-stems.js';
import { SongRunner, type RunOptions, type RunnerOptions } from '../jobs/song-runner.js';
import { resourcePath } from '../process/resources.js';
import { nodeSpawner } from '../process/spawner.js';
import { Claims } from '../session/claims.js';
import { handOver } from '../session/hand-over.js';
import { exportSession, type ExportOutcome } from '../session/session-export.js';
import { newHandle } from '../files/handle.js';
import { runningIn, type Session } from '../session/session.js';
import { SessionStore } from '../session/session-store.js';
import { Bodies } from './bodies.js';
import type { EngineLog } from './engine-log.js';
import type { HandledFile } from './handles.js';
import { heldTruth } from './held-truth.js';
import { Packs } from './packs.js';
import { MasksApi } from './masks-api.js';
import type { SeparationKeeper } from './separation-keeper.js';
import { Uploads } from './uploads.js';

/** A page in the background may be woken once a minute only; a lid may be closed for a moment. */
const defaultPageGraceMs = 600_000;

export interface SessionsOptions extends RunnerOptions {
  readonly version: string;
  readonly publish: (event: EngineEvent) => void;
  /** Called for each song that was opened from a lasting path. */
  readonly onOpened: (path: string, name: string) => void;
  readonly log: EngineLog;
  /** How long a page may be silent before its songs are closed, ms. */
  readonly pageGraceMs?: number;
  readonly usedProvider: () => string | null;
  /** What the project of a song holds, if it has one. */
  readonly projectOf: (session: string) => Promise<ClaimedSession['project']>;
  /** Keeps what a separation makes in the song's project, and notes there that one runs. */
  readonly keeping: () => SeparationKeeper;
  /** Called for each finished separation, with the length of what was separated. */
  readonly onSeparated: (
    settings: SeparationSettings,
    audioSeconds: number,
    separation: SeparationInfo,
  ) => void;
  /** Runs work that `cancel` can abort. */
  readonly withJob: <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

type SessionEndpoints = Pick<
  Endpoints,
  | keyof MaskCommandResults
  | 'openUpload'
  | 'openDemo'
  | 'session'
  | 'closeSession'
  | 'openSongs'
  | 'claimSession'
  | 'pageAlive'
  | 'pageGone'
  | 'separateSession'
  | 'useStems'
  | 'deleteStems'
  | 'exportSession'
  | 'handOver'
  | 'editSession'
  | 'shapeSession'
  | 'diagnostics'
>;

/** The part of the contract that deals with open songs. Its processes start with the first song. */
export class SessionsApi implements Disposable {
  /** What pages send to this host. */
  readonly bodies = new Bodies();
  private readonly downloads = new Map<string, HandledFile>();
  /** Finished files that are fetched as one zip. */
  readonly packs = new Packs();
  private runner: SongRunner | undefined;
  private sessionStore: SessionStore | undefined;
  private providers: Promise<Diagnostics['providers']> | undefined;

  private readonly claims: Claims;
  /** Separations that run, with what is kept of them. */
  private readonly separations = new Map<string, Promise<unknown>>();
  /** What pages have sent. */
  readonly uploads: Uploads;

  constructor(private readonly options: SessionsOptions) {
    const graceMs = options.pageGraceMs ?? defaultPageGraceMs;
    this.uploads = new Uploads(() => (this.runner ??= new SongRunner(options)).workspace.songDir(), graceMs);
    this.claims = new Claims({
      now: () => performance.now(),
      graceMs,
      onLeft: (session) => void this.closeWhenDone(session),
    });
  }

  private readonly masks = new MasksApi({
    store: () => this.store,
    runner: () => this.runner!,
    publish: (event) => this.options.publish(event),
    uploads: () => this.uploads,
    withJob: (job, work) => this.options.withJob(job, work),
    makeFiles: (request, make) => this.makeFiles(request, make),
  });

  readonly endpoints: SessionEndpoints = {
    ...this.masks.endpoints,
    openUpload: async ({ upload }) => {
      const { file, release } = this.uploads.hold(upload);
      try {
        const info = await this.store.open(file.path, file.name);
        this.keepUpload(info.session, release);
        return info;
      } catch (error) {
        release();
        throw error;
      }
    },
    openDemo: () => {
      const demo = resourcePath('assets/demo.ogg');
      if (!existsSync(demo)) throw new UnbraidError('file-not-found', 'The demo song is not installed');
      return this.openPath(demo, 'Sodium (demo).ogg');
    },
    session: ({ session }) => Promise.resolve(this.store.describe(this.store.get(session))),
    closeSession: async ({ session, page, whenDone }) => {
      this.claims.check(session, page);
      this.claims.forget(session);
      if (whenDone && this.separations.has(session)) void this.closeWhenDone(session);
      else await this.store.close(session);
      return null;
    },
    openSongs: ({ page }) =>
      Promise.resolve({
        songs: this.store.all.map(({ id, name, state }) => ({
          ...{ session: id, name, running: state.running !== null },
          separated: state.separation !== null,
          elsewhere: this.claims.writtenElsewhere(id, page),
        })),
      }),
    claimSession: async ({ session: id, page, take }) => {
      const session = this.store.get(id);
      const writer = this.claims.claim(id, page, take);
      if (writer) {
        this.options.publish({ claim: id, page });
        await this.options.keeping().left(session);
      }
      const project = await this.options.projectOf(id);
      return { info: this.store.describe(session), writer, project, running: runningIn(session) };
    },
    pageAlive: ({ page }) => {
      this.claims.alive(page);
      return Promise.resolve(null);
    },
    pageGone: ({ page }) => {
      this.claims.leave(page);
      return Promise.resolve(null);
    },
    separateSession: (args) => this.separate(args),
    useStems: ({ session, page, stems, edits }) =>
      this.changeStems(session, page, () => this.store.useStems(session, stems, edits)),
    deleteStems: ({ session, page, stems }) =>
      this.changeStems(session, page, () => this.store.deleteStems(session, stems)),
    exportSession: (args) =>
      this.makeFiles(args, (session, dir, options) =>
        exportSession(this.runner!, session, args, dir, options),
      ),
    handOver: (args) =>
      this.makeFiles(args, (session, dir, options) =>
        handOver(this.runner!, session, { ...args, version: this.options.version }, dir, options),
      ),
    editSession: (args) => this.edit(args),
    shapeSession: ({ session, page, clean, at }) => {
      this.claims.check(session, page);
      return this.store.shape(session, { clean, at }, this.options.publish);
    },
    diagnostics: () => this.diagnostics(),
  };

  /** The open songs; hosts read tiles, samples and peaks from here. */
  get store(): SessionStore {
    return (this.sessionStore ??= new SessionStore(this.songRunner));
  }

  /** What does the work of open songs. */
  get songRunner(): SongRunner {
    return (this.runner ??= new SongRunner(this.options));
  }

  /** Opens a file of this machine under `name`, and remembers it. Throws typed errors. */
  async openPath(path: string, name: string): Promise<SessionInfo> {
    const opened = await this.store.open(path, name);
    this.options.onOpened(path, name);
    return opened;
  }

  /** Whether a file is one of ours, and will not last. */
  isTemporary(path: string): boolean {
    return this.runner !== undefined && path.startsWith(this.runner.workspace.dir + sep);
  }

  /** A place for an upload, and the handle the page gets for it. */
  newUpload(name: string): { readonly handle: string; readonly path: string } {
    return this.uploads.create(name);
  }

  /** Keeps a held upload as long as a session that was opened from it. */
  keepUpload(session: string, release: () => void): void {
    this.store.get(session).scope.defer(() => release());
  }

  /** Throws `session-elsewhere` for a page that may only look at a song. */
  checkWriter(session: string, page: string | undefined): void {
    this.claims.check(session, page);
  }

  /** Whether another living page than this one writes a song. */
  isWrittenElsewhere(session: string, page: string): boolean {
    return this.claims.writtenElsewhere(session, page);
  }

  /** Makes a page the writer of an open song; whoever has it hears of it. */
  handTo(session: string, page: string): void {
    this.claims.claim(session, page, true);
    this.options.publish({ claim: session, page });
  }

  /** Whether a page that lives has an open song. */
  isClaimed(session: string): boolean {
    return this.claims.writtenElsewhere(session, undefined);
  }

  /** Lets the page fetch a finished file under a handle. */
  offer(handle: string, file: HandledFile): void {
    this.downloads.set(handle, file);
  }

  /** The file behind a download handle. Throws `file-not-found`. */
  download(handle: string): HandledFile {
    const file = this.downloads.get(handle);
    if (!file || !existsSync(file.path))
      throw new UnbraidError('file-not-found', 'This file is not here any more');
    return file;
  }

  /** Runs a job that makes files in a folder of a session, and hands out handles for them. Throws typed errors. */
  async makeFiles(
    { job, session: id }: { readonly job: string; readonly session: string },
    make: (session: Session, dir: string, options: RunOptions) => Promise<ExportOutcome>,
  ): Promise<ExportReport> {
    const session = this.store.get(id);
    const doneFrames = session.song.decoded.ref.frames;
    const onProgress = (progress: Progress): void =>
      this.options.publish({ session: id, job, progress, doneFrames });
    return this.options.withJob(job, (jobSignal) =>
      this.store.reading(session, jobSignal, async (signal) => {
        const outcome = await this.store.exporting(session, (dir) =>
          make(session, dir, { signal, onProgress }),
        );
        const files = outcome.files.map(({ name, path, bytes, folders }) => {
          const download = newHandle();
          this.offer(download, { path, name, ...(folders && { folders }) });
          session.scope.defer(() => void this.downloads.delete(download));
          return { name, bytes, download };
        });
        return { ...outcome, files };
      }),
    );
  }

  async dispose(): Promise<void> {
    this.claims.dispose();
    await this.sessionStore?.dispose();
    this.uploads.dispose();
    await this.runner?.dispose();
  }

  private async separate(args: CommandArgs<'separateSession'>): Promise<SessionInfo> {
    const { session, page } = args;
    this.claims.check(session, page);
    const running = this.separateAndKeep(args);
    // A second one of the same song is refused, and is not the one to wait for.
    if (!this.separations.has(session)) {
      this.separations.set(session, running);
      const forget = (): void => void this.separations.delete(session);
      running.then(forget, forget);
    }
    return running;
  }

  private async separateAndKeep(args: CommandArgs<'separateSession'>): Promise<SessionInfo> {
    const { withJob, publish, onSeparated } = this.options;
    const keeping = this.options.keeping();
    const { job, session: id, range } = args;
    const session = this.store.get(id);
    const truth = args.oracle && heldTruth(this.uploads, args.oracle, args);
    const settings = truth ? { ...args.settings, model: oracleId(truth.order.kind) } : args.settings;
    const isFirst = session.state.running === null;
    // True stems do not outlast the program: what was made of them is not begun again.
    if (isFirst && !truth) keeping.begun(id, { settings, range: range ?? null });
    const from = session.state.stemsId;
    let made: Parameters<typeof keeping.ended>[1] = null;
    try {
      const request = { job, settings, range, oracle: truth?.order };
      const info = await withJob(job, (signal) => this.store.separate(id, request, signal, publish));
      made = { from: info.earlier[0]?.id === from ? from : null, to: info.stems! };
      const frames = info.separation!.range?.count ?? info.frames;
      if (!truth) onSeparated(settings, frames / info.sampleRate, info.separation!);
      return info;
    } finally {
      truth?.release();
      // What ends with the program goes on, or is offered, at the next start.
      if (isFirst && !session.closed.aborted) await keeping.ended(session, made);
    }
  }

  /** Changes which stems a song has, and keeps that in its project. */
  private async changeStems(
    session: string,
    page: string | undefined,
    change: () => Promise<SessionInfo>,
  ): Promise<SessionInfo> {
    this.claims.check(session, page);
    const info = await change();
    await this.options.keeping().changed(this.store.get(session));
    return info;
  }

  /** Closes a song that no page has when its separation is done; one that is claimed meanwhile stays. */
  private async closeWhenDone(session: string): Promise<void> {
    await this.separations.get(session)?.catch(() => undefined);
    if (this.isClaimed(session)) return;
    const left = this.store.all.find(({ id }) => id === session);
    if (left) await this.options.keeping().left(left);
    await this.store.close(session).catch(() => undefined);
  }

  private async edit({ job, session, edits, page }: CommandArgs<'editSession'>): Promise<EditReport> {
    this.claims.check(session, page);
    const { ref } = this.store.get(session).song.decoded;
    const total = ref.frames / ref.sampleRate;
    const meter = new ProgressMeter(() => performance.now() / 1000);
    const onProgress = (fraction: number): void => {
      const progress = meter.update('write', fraction * total, total);
      this.options.publish({ session, job, progress, doneFrames: 0 });
    };
    return this.options.withJob(job, (signal) => this.store.edit(session, edits, { signal, onProgress }));
  }

  private async diagnostics(): Promise<Diagnostics> {
    return {
      version: this.options.version,
      node: process.version,
      platform: `${platform()} ${release()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryMiB: Math.round(totalmem() / 2 ** 20),
      providers: await this.findProviders(),
      refused: this.options.engine?.refusals ?? [],
      usedProvider: this.options.usedProvider(),
      log: this.options.log.lines,
    };
  }

  /** They stay the same as long as the program runs: one process is asked once, however many ask (P23). */
  private findProviders(): Promise<Diagnostics['providers']> {
    return (this.providers ??= this.askProviders().catch((error: unknown) => {
      this.providers = undefined;
      throw error;
    }));
  }

  private async askProviders(): Promise<Diagnostics['providers']> {
    const worker = new InferenceWorker(this.options.spawner ?? nodeSpawner);
    try {
      return await worker.call('providers', null);
    } finally {
      worker.dispose();
    }
  }
}
