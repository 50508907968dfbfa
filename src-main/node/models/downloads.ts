import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { availability, entryBytes, type CatalogueEntry } from '../../common/models/catalogue.js';
import { isActive, type DownloadInfo, type DownloadState } from '../../common/models/download-state.js';
import { TransferMeter } from '../../common/models/transfer.js';
import { lockFolder } from '../files/lock.js';
import type { FreeSpace } from '../files/room.js';
import { downloadFile, type GotFile, type TransferNews } from './file-download.js';
import type { HttpClient } from './http.js';
import { checkModelRoom, installModel, openStaging, stagingFolder, type InstallTools } from './install.js';
import { readRecord } from './record.js';
import { makeFolder } from '../files/make-folder.js';

export interface DownloadsOptions {
  readonly http: HttpClient;
  readonly tools: InstallTools;
  readonly publish: (info: DownloadInfo) => void;
  /** A model has come, or one that came is gone. */
  readonly changed?: () => void;
  /** Wait before the first new try, ms. */
  readonly retryMs?: number;
  readonly free?: FreeSpace;
}

/** Models that are fetched at a time; the others wait. */
const together = 2;
/** News of a transfer are passed on so often, ms. */
const newsMs = 150;
/** How often the speed is reported while nothing arrives, ms. */
const silentMs = 1000;

/** One model on its way. */
interface Running {
  readonly entry: CatalogueEntry;
  readonly folder: string;
  readonly meter: TransferMeter;
  state: DownloadState;
  /** Bytes of the files that are whole. */
  before: number;
  bytes: number;
  abort: AbortController;
  told: number;
  end: Promise<void>;
}

/** Fetches models of the catalogue, a few at a time, and keeps what came when a program ends or is killed. */
export class Downloads implements Disposable {
  private readonly running = new Map<string, Running>();
  private active = 0;
  private disposed = false;

  constructor(private readonly options: DownloadsOptions) {}

  /** Those of this run, in the order in which they were asked for. */
  get list(): readonly DownloadInfo[] {
    return [...this.running.values()].map(infoOf);
  }

  /**
   * Puts a model in the line; one that is there goes on. One that cannot begin has failed in its place: `disk-full` when
   * all that was asked for does not fit, `output-exists`. Throws `model-not-found` for what has no address.
   */
  start(entry: CatalogueEntry, folder: string): DownloadInfo {
    const known = this.running.get(entry.id);
    if (known && isActive(known.state)) return infoOf(known);
    if (availability(entry) !== 'download') throw noAddress(entry);
    const bytes = partBytes(folder, entry.id);
    const run: Running = {
      ...{ entry, folder, meter: new TransferMeter(), before: 0, bytes, told: 0 },
      state: { state: 'queued' },
      abort: new AbortController(),
      end: Promise.resolve(),
    };
    this.running.delete(entry.id);
    this.running.set(entry.id, run);
    try {
      checkPlace(join(folder, entry.id));
      this.checkRoom(folder, Math.max(0, (entryBytes(entry) ?? 0) - bytes), run);
      this.set(run, { state: 'queued' });
      this.next();
    } catch (error) {
      this.set(run, { state: 'failed', error: toUnbraidError(error).toWire() });
    }
    return infoOf(run);
  }

  /** Stops one; what has come stays. */
  async pause(id: string): Promise<void> {
    await this.stop(id);
  }

  /** Stops one and deletes what has come; one of an earlier run too. */
  async discard(id: string, folder: string): Promise<void> {
    await this.stop(id);
    this.running.delete(id);
    // Another program may be fetching it.
    const lock = keep(folder, id);
    rmSync(stagingFolder(folder, id), { recursive: true, force: true });
    lock.dispose();
    this.options.changed?.();
  }

  /** Takes one that has ended off the list; its files are somebody else's matter. */
  forget(id: string): void {
    const run = this.running.get(id);
    if (run && !isActive(run.state)) this.running.delete(id);
  }

  /** Ids of what an earlier run has left unfinished, with the bytes that are there. */
  unfinished(folder: string): readonly { readonly id: string; readonly bytes: number }[] {
    const dir = join(folder, '.downloads');
    const names = existsSync(dir) ? readdirSync(dir, { withFileTypes: true }) : [];
    return names
      .filter((one) => one.isDirectory() && /^[a-z0-9]/.test(one.name) && !one.name.endsWith('.old'))
      .filter(({ name }) => !this.running.has(name))
      .map(({ name }) => ({ id: name, bytes: partBytes(folder, name) }))
      .filter(({ bytes }) => bytes > 0);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
  }

  private async stop(id: string): Promise<void> {
    const run = this.running.get(id);
    if (!run) return;
    run.abort.abort();
    if (run.state.state === 'queued') this.set(run, { state: 'paused', ...amount(run) });
    await run.end;
  }

  private next(): void {
    for (const run of this.running.values()) {
      if (this.active >= together || this.disposed) return;
      if (run.state.state !== 'queued') continue;
      this.active++;
      this.set(run, { state: 'checking', ...amount(run) });
      run.end = this.fetch(run).finally(() => {
        this.active--;
        this.next();
      });
    }
  }

  /** Never rejects: what happens is a state. */
  private async fetch(run: Running): Promise<void> {
    const { entry, folder } = run;
    const { signal } = run.abort;
    const silence = setInterval(() => this.tellSilence(run), silentMs).unref();
    try {
      const lock = keep(folder, entry.id);
      try {
        const dir = openStaging(folder, entry.id);
        const files: GotFile[] = [];
        for (const file of entry.files) {
          const got = await downloadFile(file, dir, {
            ...{ http: this.options.http, signal },
            ...(this.options.retryMs !== undefined && { retryMs: this.options.retryMs }),
            checkRoom: (bytes) => this.checkRoom(folder, bytes, run),
            onNews: (news) => this.tell(run, file.name, news),
          });
          files.push(got);
          run.before += got.bytes;
          run.bytes = run.before;
        }
        this.set(run, { state: 'installing' });
        const record = await installModel(folder, entry, files, this.options.tools, signal);
        const recorded = record.files.some(({ hash }) => hash === 'recorded');
        this.set(run, { state: 'done', problem: record.problem, recorded });
        this.options.changed?.();
      } finally {
        lock.dispose();
      }
    } catch (error) {
      const typed = toUnbraidError(error);
      if (signal.aborted) this.set(run, { state: 'paused', ...amount(run) });
      else this.set(run, { state: 'failed', error: typed.toWire() });
    } finally {
      clearInterval(silence);
    }
  }

  /** A server that sends nothing more brings no news, and yet the speed is another one. */
  private tellSilence(run: Running): void {
    const now = performance.now();
    if (run.state.state !== 'receiving' || now - run.told < silentMs) return;
    const { total } = run.state;
    this.set(run, { ...run.state, speed: run.meter.speed(now), eta: run.meter.eta(total, now) });
  }

  private tell(run: Running, file: string, news: TransferNews): void {
    const now = performance.now();
    if (news.news === 'asking') this.set(run, { state: 'asking', file, host: news.host });
    else if (news.news === 'checking') this.set(run, { state: 'checking', ...amount(run) });
    else if (news.news === 'again')
      this.set(run, { state: 'waiting', error: news.error.toWire(), ms: news.ms, ...amount(run) });
    else {
      run.bytes = run.before + news.bytes;
      run.meter.note(run.bytes, now);
      // Known sizes of all files, else of this one where it is the only one.
      const total = entryBytes(run.entry) ?? (run.entry.files.length === 1 ? news.total : null);
      const speed = run.meter.speed(now);
      const state = { state: 'receiving', file, host: news.host, bytes: run.bytes, total } as const;
      this.set(run, { ...state, speed, eta: run.meter.eta(total, now) });
    }
  }

  private set(run: Running, state: DownloadState): void {
    const now = performance.now();
    const same = state.state === 'receiving' && run.state.state === 'receiving';
    run.state = state;
    if (same && now - run.told < newsMs) return;
    run.told = now;
    this.options.publish(infoOf(run));
  }

  /** Room for `bytes`, beside what the others that are on their way still need. */
  private checkRoom(folder: string, bytes: number, self?: Running): void {
    const others = [...this.running.values()].filter((run) => run !== self && isActive(run.state));
    const open = others.reduce((sum, run) => sum + Math.max(0, (entryBytes(run.entry) ?? 0) - run.bytes), 0);
    checkModelRoom(folder, bytes + open, this.options.free);
  }
}

/** Throws `output-exists` for a folder that no download has made. */
function checkPlace(place: string): void {
  if (!existsSync(place) || readRecord(place) !== null) return;
  throw new UnbraidError('output-exists', 'There is a folder of this name already', {
    file: place,
    hint: 'Move it elsewhere.',
  });
}

const infoOf = ({ entry, state }: Running): DownloadInfo => ({ id: entry.id, name: entry.name, state });

const amount = ({ bytes, entry }: Running): { bytes: number; total: number | null } => ({
  bytes,
  total: entryBytes(entry),
});

/** Bytes of a model that lie in its staging folder. */
function partBytes(folder: string, id: string): number {
  const dir = stagingFolder(folder, id);
  if (!existsSync(dir)) return 0;
  return readdirSync(dir)
    .filter((name) => !name.endsWith('.json'))
    .reduce((sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Keeps a model's download for this process. Throws `project-locked` when another one has it. */
function keep(folder: string, id: string): { dispose(): void } {
  const dir = join(folder, '.downloads', `.${id}`);
  makeFolder(dir);
  try {
    const lock = lockFolder(dir);
    return {
      dispose: () => {
        void lock.dispose();
        try {
          rmdirSync(dir);
        } catch {
          // Another program has it already.
        }
      },
    };
  } catch (error) {
    const typed = toUnbraidError(error);
    if (typed.code !== 'project-locked') throw typed;
    throw new UnbraidError('project-locked', `Another Unbraid is fetching "${id}"`, {
      file: folder,
      hint: `Wait until it has come. If nothing fetches it, delete the folder ${dir}.`,
    });
  }
}

function noAddress(entry: CatalogueEntry): UnbraidError {
  const hint =
    entry.page === null
      ? 'Import the file if you have it: it is recognised by its hash.'
      : `Fetch it by hand from ${entry.page}, and import it.`;
  const why = entry.obstacle ?? 'no address of its file is known';
  return new UnbraidError('model-not-found', `"${entry.name}" cannot be downloaded: ${why}`, { hint });
}
