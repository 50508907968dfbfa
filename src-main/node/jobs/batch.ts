import { statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Disposable } from '../../common/base/disposal.js';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { endsBatch, type BatchItem, type ItemState } from '../../common/jobs/batch.js';
import { collisionKey, distinctNames, sanitiseName, sanitiseValue } from '../../common/jobs/naming.js';
import type { NamedMix } from '../../common/jobs/mixer.js';
import type { FileResult } from '../../common/jobs/results.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { hashFile } from '../files/content-hash.js';
import { findFiles, realPath, type FolderFilter, type FoundFile } from './find-files.js';
import type { OutputFolder } from './output-folder.js';
import { makeFiles, productKeyOf } from './mix-file.js';
import type { OracleOrder } from './oracle-stems.js';
import { earlierResult, type SeparateFileRequest } from './separate-file.js';
import type { PreparedSong, RunOptions, SongRunner } from './song-runner.js';

export type BatchFileItem = BatchItem<FileResult>;

export interface BatchOptions {
  readonly signal?: AbortSignal;
  /** Called whenever a file's state changes; `index` counts the files. */
  readonly onItem?: (index: number, item: BatchFileItem) => void;
  /** Replace untouched outputs of earlier runs whose source or settings have changed. */
  readonly replaceOwn?: boolean;
  /** What is made of each song: a mix of its stems, or (null) the stems themselves. */
  readonly mix?: NamedMix | null;
  /** Makes the stems from true ones, in place of a separator. */
  readonly oracle?: OracleOrder | undefined;
}

/** A source with the place its outputs will have. */
export interface BatchEntry {
  readonly path: string;
  readonly name: string;
  readonly subfolders: readonly string[];
  /** Why it cannot be processed: a folder that cannot be read. */
  readonly problem?: UnbraidError | undefined;
}

/** Gives every source a name that is its own in its output folder (see `distinctNames`). */
export function batchEntries(files: readonly FoundFile[]): BatchEntry[] {
  const byFolder = new Map<string, FoundFile[]>();
  const safe = (file: FoundFile): string[] =>
    file.subfolders.map((folder) => sanitiseName(sanitiseValue(folder)));
  for (const file of files) {
    const key = collisionKey(safe(file));
    const group = byFolder.get(key);
    // A folder may hold 100,000 files: a new list for each of them would take minutes.
    if (group) group.push(file);
    else byFolder.set(key, [file]);
  }
  const entries = [...byFolder.values()].flatMap((group) => {
    const names = distinctNames(group.map((file) => file.fileName));
    return group.map((file, i) => ({
      path: file.path,
      name: names[i],
      subfolders: safe(file),
      ...(file.problem && { problem: file.problem }),
    }));
  });
  const order = new Map(files.map((file, i) => [file.path, i]));
  return entries.sort((a, b) => order.get(a.path)! - order.get(b.path)!);
}

/** The sources below a folder. Names depend on the whole folder, so that a watcher's run gives those a full run gives. */
export function folderEntries(root: string, filter: FolderFilter, output: OutputFolder): BatchEntry[] {
  // What earlier runs wrote here is not a source, even when the output folder is the searched one.
  const made = new Set(output.records.paths().map((path) => join(realPath(output.root), path)));
  const found = findFiles(root, filter);
  return batchEntries(found.filter((file) => made.size === 0 || !made.has(realPath(file.path))));
}

/** Files named one by one share one output folder, whatever folders they come from. */
export function entriesOf(paths: readonly string[]): BatchEntry[] {
  const names = distinctNames(paths.map((path) => basename(path)));
  return paths.map((path, i) => ({ path, name: names[i], subfolders: [] }));
}

/** With this many free bytes it makes sense to try another song. */
const roomForMore = 1 << 20;

/** A file that has been read, or turned out to be done already, or is being done by another run. */
type Ready =
  | { readonly kind: 'song'; readonly song: PreparedSong; readonly claim: Disposable }
  | { readonly kind: 'elsewhere'; readonly key: string }
  | { readonly kind: 'earlier'; readonly result: FileResult };

/**
 * Separates many files. While one is separated, the next is read. A file that fails costs one item; an error
 * that every file would meet (a full disk, a broken model) ends the batch and leaves the rest `cancelled`. What another
 * run of the same folder is at is left for last: by then it is done, or that run is gone.
 */
export class BatchRun {
  private readonly items: BatchFileItem[];
  private fatal: UnbraidError | undefined;
  /** Songs of other runs, by index, with their keys. */
  private readonly elsewhere = new Map<number, string>();

  constructor(
    private readonly runner: SongRunner,
    private readonly entries: readonly BatchEntry[],
    private readonly settings: SeparationSettings,
    private readonly folder: OutputFolder,
    private readonly options: BatchOptions = {},
  ) {
    this.items = entries.map((entry) => ({
      source: runner.names.told(entry.path),
      state: { state: 'waiting' },
    }));
  }

  async run(): Promise<readonly BatchFileItem[]> {
    let next = this.start(0);
    for (let i = 0; i < this.entries.length; i++) {
      const ready = next;
      // Only one song ahead: the disk holds two songs' caches, however long the list is.
      let following: Promise<Ready> | undefined;
      const startFollowing = (): Promise<Ready> | undefined => (following ??= this.start(i + 1));
      await this.finish(i, ready, startFollowing);
      next = startFollowing();
    }
    for (const [index, key] of this.elsewhere) await this.afterOthers(index, key);
    return this.items;
  }

  /** Waits for another run to be done with a song, or gone. */
  private async afterOthers(index: number, key: string): Promise<void> {
    do {
      const silent = await this.folder.claims.free(key, this.options.signal);
      this.elsewhere.delete(index);
      await this.finish(index, this.start(index, silent), () => undefined);
    } while (this.elsewhere.has(index));
  }

  private set(index: number, state: ItemState<FileResult>): void {
    this.items[index] = { source: this.items[index].source, state };
    this.options.onItem?.(index, this.items[index]);
  }

  private get stopped(): boolean {
    return this.fatal !== undefined || (this.options.signal?.aborted ?? false);
  }

  private start(index: number, silent = false): Promise<Ready> | undefined {
    if (index >= this.entries.length || this.stopped) return undefined;
    this.set(index, { state: 'reading' });
    const ready = this.read(this.entries[index], silent);
    ready.catch(() => undefined);
    return ready;
  }

  private async read(entry: BatchEntry, silent: boolean): Promise<Ready> {
    if (entry.problem) throw entry.problem;
    const signal = this.options.signal ? { signal: this.options.signal } : {};
    const content = await hashFile(entry.path, this.options.signal);
    const asked = { song: { content }, settings: this.settings, oracle: this.options.oracle, ...entry };
    const key = productKeyOf(asked, this.options.mix ?? null);
    const earlier = this.settings.overwrite ? undefined : earlierResult(this.folder, key);
    if (earlier) {
      await this.folder.claims.clear(key);
      return { kind: 'earlier', result: { ...earlier, source: this.runner.names.told(entry.path) } };
    }
    const claim = this.folder.claims.take(key, silent);
    if (!claim) return { kind: 'elsewhere', key };
    try {
      const song = await this.runner.prepare(entry.path, this.settings, { ...signal, content });
      // There is nothing left to read, and an idle process holds memory.
      if (entry === this.entries.at(-1)) this.runner.reader.kill();
      return { kind: 'song', song, claim };
    } catch (error) {
      await claim.dispose();
      throw error;
    }
  }

  private async finish(
    index: number,
    reading: Promise<Ready> | undefined,
    startFollowing: () => void,
  ): Promise<void> {
    const entry = this.entries[index];
    let song: PreparedSong | undefined;
    let claim: Disposable | undefined;
    try {
      if (!reading || this.stopped) {
        await letGo(reading);
        throw new UnbraidError('cancelled', 'Cancelled');
      }
      const ready = await reading;
      if (ready.kind === 'earlier') return this.set(index, { state: 'skipped', result: ready.result });
      if (ready.kind === 'elsewhere') {
        this.elsewhere.set(index, ready.key);
        return this.set(index, { state: 'waiting' });
      }
      ({ song, claim } = ready);
      startFollowing();
      const request: SeparateFileRequest = {
        song,
        settings: this.settings,
        folder: this.folder,
        sources: this.entries.map(({ path }) => path),
        ...(this.options.replaceOwn && { replaceOwn: true }),
        oracle: this.options.oracle,
        ...entry,
      };
      const result = await makeFiles(this.runner, request, this.options.mix ?? null, this.runOptions(index));
      this.set(index, { state: result.status, result });
    } catch (error) {
      const typed = toUnbraidError(error, entry.path);
      if (typed.code === 'cancelled') return this.set(index, { state: 'cancelled' });
      await song?.dispose();
      if (endsBatch(typed.code) && !this.roomAgain(typed)) this.fatal ??= typed;
      const wire = typed.toWire();
      const file = wire.file === undefined ? undefined : this.runner.names.told(wire.file);
      this.set(index, { state: 'failed', error: { ...wire, file } });
    } finally {
      await song?.dispose();
      await claim?.dispose();
    }
  }

  /** Whether the disk was full only for the song that failed, so that the others may fit (P4). */
  private roomAgain({ code }: UnbraidError): boolean {
    if (code !== 'disk-full') return false;
    return [this.runner.workspace.dir, this.folder.root].every((dir) => {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize > roomForMore;
    });
  }

  private runOptions(index: number): RunOptions {
    return {
      ...(this.options.signal && { signal: this.options.signal }),
      urgency: 'batch',
      onProgress: (progress) => this.set(index, { state: 'separating', progress }),
    };
  }
}

/** Gives back what was read for nothing. */
async function letGo(reading: Promise<Ready> | undefined): Promise<void> {
  const ready = await reading?.catch(() => undefined);
  if (ready?.kind !== 'song') return;
  await ready.song.dispose();
  await ready.claim.dispose();
}
