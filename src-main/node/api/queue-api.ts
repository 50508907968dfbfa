import { rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { Line } from '../../common/base/line.js';
import type { CommandArgs, Endpoints, EngineEvent } from '../../common/contract/commands.js';
import {
  queueJobPrefix,
  type QueueCommandResults,
  type QueueEntry,
  type QueueInfo,
  type QueueResult,
} from '../../common/contract/queue.js';
import type { SessionInfo } from '../../common/contract/session.js';
import { checkTemplate, collisionKey } from '../../common/jobs/naming.js';
import { presetMixer } from '../../common/jobs/presets.js';
import type { QueueProduct } from '../../common/jobs/queue.js';
import type { FileResult, WrittenStem } from '../../common/jobs/results.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { batchEntries } from '../jobs/batch.js';
import { findFiles, type FoundFile } from '../jobs/find-files.js';
import { runQueuedSong, shownName } from '../queue/queue-song.js';
import { QueueStore, type KeptEntry, type KeptSong } from '../queue/queue-store.js';
import { QueueService, type QueueItem } from '../queue/queue-service.js';
import { checkMix } from '../jobs/mix-file.js';
import { checkOutputs } from '../jobs/separate-file.js';
import { SongRunner, type RunnerOptions } from '../jobs/song-runner.js';
import { linkOrCopy } from '../files/keep-files.js';
import { Workspace } from '../files/workspace.js';
import type { EngineLog } from './engine-log.js';
import type { HandleTable } from './handles.js';
import { withoutPaths } from './page-policy.js';
import type { SessionsApi } from './sessions-api.js';
import type { HeldUpload } from './uploads.js';
import { makeFolder } from '../files/make-folder.js';

export interface QueueApiOptions {
  readonly runner: RunnerOptions;
  /** Where the queue is kept between runs. */
  readonly dir: string;
  readonly handles: HandleTable;
  readonly sessions: SessionsApi;
  readonly log: EngineLog;
  readonly publish: (event: EngineEvent) => void;
  readonly withJob: (job: string, work: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  /** Called for each song that was really separated. */
  readonly onSeparated: (settings: SeparationSettings, result: FileResult) => void;
}

/** The part of the contract that deals with the queue. Its processes live while it works. */
export class QueueApi implements Disposable {
  private made: QueueService<KeptSong> | undefined;
  private store: QueueStore | undefined;
  private keeping: QueueInfo['keeping'] = 'kept';
  private runner: SongRunner | undefined;
  private runnerEnd: Promise<void> = Promise.resolve();
  private results: Workspace | undefined;
  private endJob: (() => void) | undefined;
  private jobs = 0;
  /** Uploads of a queue that is not kept, by handle. */
  private readonly held = new Map<string, HeldUpload>();
  /**
   * Songs are added and removed one call at a time: when the last one leaves, the folder of their files is deleted.
   */
  private readonly line = new Line();

  constructor(private readonly options: QueueApiOptions) {}

  /** Made when a page first asks for it, with the songs of the last run: a command line has no queue. */
  private get queue(): QueueService<KeptSong> {
    if (this.made) return this.made;
    const { options } = this;
    const { publish } = options;
    this.made = new QueueService<KeptSong>({
      work: async (song, run) => {
        await this.runnerEnd;
        this.runner ??= new SongRunner(options.runner);
        const result = await runQueuedSong(this.runner, song, run);
        if (result.status === 'done') options.onSeparated(song.settings, result);
        return result;
      },
      onEntry: (item) => {
        const entry = this.entry(item);
        if (entry.state.state === 'failed') options.log.error('Batch', entry.state.error);
        publish({ queue: 'entry', entry });
        // Progress is not stored: after a crash the song begins again.
        if (item.state.state !== 'running' || item.state.progress === null) this.save();
      },
      onList: () => {
        publish({ queue: 'list' });
        this.save();
      },
      onBusy: (busy) => (busy ? this.begin() : this.rest()),
    });
    this.made.restore(this.restored());
    return this.made;
  }

  /** The songs of the last run; empty if the list cannot be kept. */
  private restored(): readonly KeptEntry[] {
    try {
      this.store = QueueStore.open(this.options.dir);
      const { entries, damaged } = this.store.load();
      if (damaged) this.keeping = 'damaged';
      return entries;
    } catch (thrown) {
      const error = toUnbraidError(thrown, this.options.dir);
      this.keeping = error.code === 'project-locked' ? 'elsewhere' : 'unwritable';
      this.options.log.error('Queue', error.toWire());
      return [];
    }
  }

  private save(): void {
    try {
      this.store?.save(
        this.made!.items.map(({ song, state }) => ({
          song,
          state: state.state === 'running' ? { state: 'paused' } : state,
        })),
      );
    } catch (thrown) {
      if (this.keeping !== 'unwritable')
        this.options.log.error('Queue', toUnbraidError(thrown, this.options.dir).toWire());
      this.keeping = 'unwritable';
    }
  }

  readonly endpoints: Pick<Endpoints, keyof QueueCommandResults> = {
    queueAdd: (args) => this.line.change(() => this.add(args)),
    queuePause: () => Promise.resolve(this.queue.hold()).then(() => this.info()),
    queueResume: () => Promise.resolve(this.queue.resume()).then(() => this.info()),
    queueCancel: async ({ entry }) => (await this.queue.cancel(entry), this.info()),
    queueRetry: async ({ entries }) => Promise.resolve(this.queue.retry(entries)).then(() => this.info()),
    queueRemove: ({ entries }) =>
      this.line.change(async () => {
        for (const item of await this.queue.remove(entries)) this.forget(item);
        return this.info();
      }),
    queueState: () => Promise.resolve(this.info()),
    queueOpen: ({ entry }) => this.open(entry),
  };

  async dispose(): Promise<void> {
    // What runs now is unfinished, not cancelled, for the next run.
    this.store?.dispose();
    await this.made?.dispose();
    this.rest();
    await this.runnerEnd;
    this.results?.dispose();
  }

  /** Refuses settings that cannot work for any song, before a song waits for its turn. */
  private async add({ sources, output, product, settings }: CommandArgs<'queueAdd'>): Promise<QueueInfo> {
    checkTemplate(settings.template);
    checkProduct(product, settings);
    const folder = output === null ? null : this.folder(output);
    const { queue } = this;
    const root = folder ?? this.resultsFolder();
    const uploads = new Map<string, string>();
    const { uploads: sent } = this.options.sessions;
    const found = sources.flatMap((source): FoundFile[] => {
      if ('handle' in source) return this.filesOf(source.handle, folder);
      const { path, name } = sent.get(source.upload);
      uploads.set(path, source.upload);
      return [{ path, fileName: name, subfolders: source.folders }];
    });
    const names = new Map(found.map((file) => [file.path, file]));
    const songs = batchEntries([...names.values()]).map(({ path, name, subfolders }): KeptSong => {
      const { fileName, subfolders: folders } = names.get(path)!;
      return {
        ...{ path, subfolders, fileName, folders, product, settings },
        name: this.freeName(root, subfolders, name, path),
        output: root,
        upload: uploads.get(path) ?? null,
        kept: folder === null,
      };
    });
    queue.add(await this.lasting(songs));
    return this.info();
  }

  /** The same songs, with uploads taken to where they last. Throws typed system errors; then none is taken. */
  private async lasting(songs: readonly KeptSong[]): Promise<KeptSong[]> {
    const { store } = this;
    const { uploads } = this.options.sessions;
    const sent = songs.flatMap(({ upload }) => (upload === null ? [] : [upload]));
    if (!store) {
      for (const upload of sent) if (!this.held.has(upload)) this.held.set(upload, uploads.hold(upload));
      return [...songs];
    }
    const taken: KeptSong[] = [];
    const held = sent.map((upload) => uploads.hold(upload));
    try {
      for (const song of songs) {
        taken.push(
          song.upload === null ? song : { ...song, path: await store.take(song.path), upload: null },
        );
      }
    } catch (error) {
      for (const { path } of taken) if (store.owns(path)) rmSync(path, { force: true });
      for (const { release } of held) release('keep');
      throw error;
    }
    for (const { release } of held) release();
    return taken;
  }

  /** Opens a song where it lies, or what a page once sent. Throws typed errors. */
  private async open(entry: string): Promise<SessionInfo> {
    const { sessions } = this.options;
    const { path, fileName, upload } = this.queue.find(entry).song;
    if (upload === null && !this.store?.owns(path)) return sessions.openPath(path, fileName);
    const own = upload ?? (await this.line.change(() => this.uploadOf(path, fileName)));
    return sessions.endpoints.openUpload({ upload: own });
  }

  /** A separate upload of a file that is deleted with its row. Throws `file-not-found` and typed system errors. */
  private async uploadOf(path: string, name: string): Promise<string> {
    const { uploads } = this.options.sessions;
    const own = uploads.create(name);
    try {
      await linkOrCopy(path, own.path);
      return own.handle;
    } catch (error) {
      uploads.discard(own.handle);
      throw toUnbraidError(error, name);
    }
  }

  /** Where results wait for downloads. */
  private resultsFolder(): string {
    if (this.store) {
      makeFolder(this.store.results);
      return this.store.results;
    }
    this.results ??= Workspace.create(this.options.runner.cacheDir);
    return this.results.dir;
  }

  private folder(handle: string): string {
    const { path } = this.options.handles.get(handle);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
    throw new UnbraidError('file-not-found', 'The folder is not there any more', { file: path });
  }

  /** The file of a handle, or the songs below its folder; files in the output folder are not sources. */
  private filesOf(handle: string, output: string | null): FoundFile[] {
    const { path, name, folders = [] } = this.options.handles.get(handle);
    try {
      if (!statSync(path).isDirectory()) return [{ path, fileName: name, subfolders: folders }];
      const all = findFiles(path, { recursive: true, skip: output === null ? [] : [output] });
      for (const { problem } of all) if (problem) this.options.log.error('Batch', problem.toWire());
      const found = all.filter(({ problem }) => !problem);
      if (found.length === 0) throw new UnbraidError('file-not-found', 'There is no song in this folder');
      return found.map((file) => ({ ...file, subfolders: [basename(path), ...file.subfolders] }));
    } catch (error) {
      throw toUnbraidError(error, path);
    }
  }

  /** A name that no other source of the queue has in this folder; the same source keeps its name. */
  private freeName(root: string, subfolders: readonly string[], name: string, path: string): string {
    const key = (text: string): string => collisionKey([root, ...subfolders, text]);
    const taken = new Set(
      this.queue.items
        .filter(({ song }) => song.path !== path && song.output === root)
        .map(({ song }) => collisionKey([root, ...song.subfolders, song.name])),
    );
    let free = name;
    for (let number = 2; taken.has(key(free)); number++) free = `${name} (${number})`;
    return free;
  }

  private info(): QueueInfo {
    const { items, paused } = this.queue;
    return { entries: items.map((item) => this.entry(item)), paused, keeping: this.keeping };
  }

  private entry({ id, song, state }: QueueItem<KeptSong>): QueueEntry {
    const { fileName: name, folders, product } = song;
    const base = { id, name, folders, product };
    if (state.state === 'done' || state.state === 'skipped') {
      return { ...base, state: { ...state, result: this.result(song, state.result) } };
    }
    if (state.state !== 'failed') return { ...base, state };
    const error = withoutPaths({ ...state.error, file: [...folders, name].join('/') });
    return { ...base, state: { ...state, error } };
  }

  private result(song: KeptSong, result: FileResult): QueueResult {
    const files = filesOf(song, result).map(({ path, bytes }) => {
      const name = shownName(song.output, path);
      const handle = this.options.handles.put({ path, name });
      this.options.sessions.offer(handle, {
        path,
        name: basename(path),
        folders: name.split(/[\\/]/).slice(0, -1),
      });
      return { name, bytes, handle };
    });
    const { model, provider, nullDb, writtenNullDb, gainDb, audioSeconds, warnings } = result;
    const workSeconds = result.readSeconds + result.separateSeconds + result.writeSeconds;
    return { files, model, provider, nullDb, writtenNullDb, gainDb, audioSeconds, workSeconds, warnings };
  }

  /** Frees what a song that left the list holds: its upload, and results that no other entry shows. */
  private forget({ song, state }: QueueItem<KeptSong>): void {
    const { store } = this;
    if (this.queue.items.length === 0) store?.clear();
    if (store?.owns(song.path) && !this.queue.items.some((item) => item.song.path === song.path)) {
      rmSync(song.path, { force: true });
    }
    if (song.upload !== null && !this.queue.items.some((item) => item.song.upload === song.upload)) {
      this.held.get(song.upload)?.release();
      this.held.delete(song.upload);
    }
    if (!song.kept || (state.state !== 'done' && state.state !== 'skipped')) return;
    const shown = new Set(
      this.queue.items.flatMap(({ state: other }) => ('result' in other ? madeBy(other.result) : [])),
    );
    for (const path of madeBy(state.result)) if (!shown.has(path)) rmSync(path, { force: true });
  }

  /** One job for the host from the first song to the last: it keeps the machine awake, and can be cancelled. */
  private begin(): void {
    if (this.endJob) return;
    const work = new Promise<void>((resolve) => (this.endJob = resolve));
    void this.options
      .withJob(`${queueJobPrefix}${++this.jobs}`, (signal) => {
        const stop = (): void => {
          // The next song is another job, which can be cancelled again.
          this.endJob?.();
          this.endJob = undefined;
          void this.queue.pause();
        };
        signal.addEventListener('abort', stop, { once: true });
        return work;
      })
      .catch(() => undefined);
  }

  private rest(): void {
    this.endJob?.();
    this.endJob = undefined;
    const { runner } = this;
    this.runner = undefined;
    if (!runner) return;
    // A failure to clean up must not keep the next song waiting for ever.
    this.runnerEnd = this.runnerEnd
      .then(() => runner.dispose())
      .catch((error: unknown) => this.options.log.error('Queue', toUnbraidError(error).toWire()));
  }
}

/** Throws `invalid-argument`, `unsupported-format`, `model-not-found`. */
function checkProduct(product: QueueProduct, settings: SeparationSettings): void {
  if (product !== 'stems') checkMix({ label: product, mixer: presetMixer(product) }, settings);
  checkOutputs(settings);
}

/** Every file of a result, its sidecar too. */
function madeBy({ outputs, sidecar }: FileResult): string[] {
  return [...outputs.map(({ path }) => path), ...(sidecar === undefined ? [] : [sidecar])];
}

/** The files to show. In a folder the sidecar lies beside the stems; of downloads it is one, where there is a sum. */
function filesOf(
  { kept }: KeptSong,
  { outputs, sidecar }: FileResult,
): Pick<WrittenStem, 'path' | 'bytes'>[] {
  if (!kept || outputs.length === 1 || sidecar === undefined) return [...outputs];
  const bytes = statSync(sidecar, { throwIfNoEntry: false })?.size;
  return bytes === undefined ? [...outputs] : [...outputs, { path: sidecar, bytes }];
}
