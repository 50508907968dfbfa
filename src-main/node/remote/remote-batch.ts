import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { NamedMix } from '../../common/jobs/mixer.js';
import { endsBatch } from '../../common/jobs/batch.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { inShard, type Shard } from '../../common/jobs/shard.js';
import { hashFile, hashText } from '../files/content-hash.js';
import { BatchRun, batchEntries, folderEntries, type BatchEntry, type BatchFileItem } from '../jobs/batch.js';
import { fileFilter, type FolderFilter, type FoundFile } from '../jobs/find-files.js';
import { OutputFolder } from '../jobs/output-folder.js';
import type { SongRunner } from '../jobs/song-runner.js';
import { s3Address, s3Place, type S3Place } from './s3-address.js';
import type { S3Object, S3Store } from './s3.js';
import { makeFolder } from '../files/make-folder.js';

export interface RemoteBatchOptions {
  /** Folders; one of them at least is in storage (`s3://…`). */
  readonly source: string;
  readonly output: string;
  readonly settings: SeparationSettings;
  readonly mix: NamedMix | null;
  readonly filter: Pick<FolderFilter, 'include' | 'exclude' | 'recursive'>;
  readonly shard?: Shard | undefined;
  readonly signal: AbortSignal;
  readonly onItem: (index: number, item: BatchFileItem) => void;
  /** Called once, with the number of songs. */
  readonly onList: (songs: number) => void;
}

/** A song of the list, and what in storage it is (null: a file of this machine). */
interface RemoteSong {
  readonly entry: BatchEntry;
  readonly object: S3Object | null;
}

/** A song that was fetched, or need not be. */
interface FetchedSong {
  /** What an earlier run wrote down of it. */
  readonly mark: Mark | undefined;
  /** The outputs of that run are there and as wanted. */
  readonly made: boolean;
}

/** Where what was made of each song is written down, below the output. */
const marksFolder = '.unbraid/songs/';

const markSchema = z.object({
  /** Of the song's content, the settings and the mix. */
  key: z.string(),
  outputs: z.array(z.object({ path: z.string(), bytes: z.number() })),
  item: z.object({ state: z.literal('done'), result: z.looseObject({}) }),
});
type Mark = z.output<typeof markSchema>;

/**
 * A batch whose songs, outputs or both are in S3-compatible storage. A song is fetched into the cache, separated like
 * any other, and its files are uploaded; while one is separated the next is fetched. What was done before with the same
 * content (its ETag) and settings is skipped without being fetched, if its outputs are still there. An object that no
 * earlier run made is never replaced without `overwrite`.
 */
export class RemoteBatch {
  private readonly from: S3Place | undefined;
  private readonly to: S3Place | undefined;
  private readonly dir: string;
  private items: BatchFileItem[] = [];
  private songs: readonly RemoteSong[] = [];
  /** Sizes of what is below the output, by path. */
  private there = new Map<string, number>();
  /** Every further song would fail for the same reason. */
  private fatal = false;

  constructor(
    private readonly runner: SongRunner,
    private readonly store: S3Store,
    private readonly options: RemoteBatchOptions,
  ) {
    this.from = s3Place(options.source);
    this.to = s3Place(options.output);
    this.dir = join(runner.workspace.dir, 'remote');
    if (this.from && this.to && this.from.bucket === this.to.bucket && this.from.prefix === this.to.prefix)
      throw new UnbraidError('invalid-argument', 'Songs and stems cannot have the same place', {
        file: options.output,
        hint: 'Choose another folder for the output.',
      });
  }

  /** Throws what concerns the storage as a whole; a song's failure is its item. */
  async run(): Promise<readonly BatchFileItem[]> {
    const { signal, output } = this.options;
    if (this.to) {
      const found = await this.store.list(this.to, signal);
      this.there = new Map(found.map(({ path, bytes }) => [path, bytes]));
    }
    const folder = this.to ? null : new OutputFolder(resolve(output));
    folder?.open();
    try {
      this.songs = await this.list();
      this.items = this.songs.map((song) => ({ source: this.address(song), state: { state: 'waiting' } }));
      this.options.onList(this.songs.length);
      let next = this.fetch(0);
      for (const index of this.songs.keys()) {
        const fetched = next;
        next = undefined;
        const startNext = (): void => void (next ??= this.fetch(index + 1));
        await this.make(index, fetched, folder, startNext);
        startNext();
      }
      return this.items;
    } finally {
      folder?.close();
      rmSync(this.dir, { recursive: true, force: true });
    }
  }

  private address({ entry, object }: RemoteSong): string {
    return object && this.from ? s3Address(this.from, object.path) : this.runner.names.told(entry.path);
  }

  private async list(): Promise<readonly RemoteSong[]> {
    const { source, filter, shard, signal } = this.options;
    const { names } = this.runner;
    const inPart = ({ entry: { subfolders, name } }: RemoteSong): boolean =>
      !shard || inShard([...subfolders, name].join('/'), shard);
    if (!this.from) {
      const none = new OutputFolder(join(this.dir, 'none'));
      none.open();
      const all = folderEntries(resolve(source), { ...filter, skip: [], names }, none);
      none.close();
      return all.map((entry) => ({ entry, object: null })).filter(inPart);
    }
    const accepts = fileFilter(filter);
    const objects = (await this.store.list(this.from, signal)).filter(
      ({ path }) =>
        accepts(path) && !path.split('/').some((part) => part.startsWith('.')) && this.isWanted(path),
    );
    const byPath = new Map(objects.map((object, i) => [this.localPath(i, object), object]));
    const entries = batchEntries(objects.map((object, i) => found(object, this.localPath(i, object))));
    return entries.map((entry) => ({ entry, object: byPath.get(entry.path)! })).filter(inPart);
  }

  private isWanted(path: string): boolean {
    if (!this.options.filter.recursive && path.includes('/')) return false;
    // Stems in a folder below the songs are not songs.
    const { from, to } = this;
    const inner = from && to && from.bucket === to.bucket && to.prefix.startsWith(from.prefix);
    return !inner || !path.startsWith(to.prefix.slice(from.prefix.length));
  }

  /** A folder for each song, whose name stays what it is. */
  private localPath(index: number, { path }: S3Object): string {
    return join(this.dir, 'in', String(index), path.split('/').at(-1)!);
  }

  private get stopped(): boolean {
    return this.fatal || this.options.signal.aborted;
  }

  private set(index: number, state: BatchFileItem['state']): void {
    this.items[index] = { source: this.items[index].source, state };
    this.options.onItem(index, this.items[index]);
  }

  /** Begins to fetch a song, unless what was made of it before is as wanted. */
  private fetch(index: number): Promise<FetchedSong> | undefined {
    const song = this.songs.at(index);
    if (index >= this.songs.length || !song || this.stopped) return undefined;
    const fetched = this.fetchSong(song);
    fetched.catch(() => undefined);
    return fetched;
  }

  private async fetchSong({ entry, object }: RemoteSong): Promise<FetchedSong> {
    const { signal, settings } = this.options;
    if (entry.problem) throw entry.problem;
    const mark = await this.mark(entry);
    const whole = mark?.outputs.every(({ path, bytes }) => this.there.get(path) === bytes) ?? false;
    if (mark && whole && !settings.overwrite && mark.key === (await this.keyOf(entry, object)))
      return { mark, made: true };
    if (object && this.from) {
      makeFolder(join(entry.path, '..'));
      await this.store.download(this.from, object.path, entry.path, signal);
    }
    return { mark, made: false };
  }

  private markPath({ subfolders, name }: BatchEntry): string {
    return `${marksFolder}${hashText([...subfolders, name].join('/'))}.json`;
  }

  /** What an earlier run wrote down of a song. */
  private async mark(entry: BatchEntry): Promise<Mark | undefined> {
    if (!this.to || !this.there.has(this.markPath(entry))) return undefined;
    const text = await this.store.read(this.to, this.markPath(entry), this.options.signal);
    try {
      return markSchema.parse(JSON.parse(text ?? 'null'));
    } catch {
      // Somebody else's, or of another version: the song is done again.
      return undefined;
    }
  }

  private async keyOf(entry: BatchEntry, object: S3Object | null): Promise<string> {
    const { settings, mix, signal } = this.options;
    const content = object ? [object.etag, object.bytes] : await hashFile(entry.path, signal);
    // What makes no difference to the samples.
    const wanted = { ...settings, overwrite: false, workers: undefined, device: undefined };
    return hashText(JSON.stringify([content, wanted, mix]));
  }

  private async make(
    index: number,
    fetched: Promise<FetchedSong> | undefined,
    folder: OutputFolder | null,
    startNext: () => void,
  ): Promise<void> {
    const { entry, object } = this.songs[index];
    const out = join(this.dir, 'out', String(index));
    try {
      if (!fetched || this.stopped) throw new UnbraidError('cancelled', 'Cancelled');
      this.set(index, { state: 'reading' });
      const { mark, made } = await fetched;
      startNext();
      if (mark && made) return this.set(index, { state: 'skipped', result: mark.item.result as never });
      const target = folder ?? new OutputFolder(out);
      if (!folder) target.open();
      try {
        const item = await this.separate(index, entry, target);
        const { state } = item;
        // A disk that was full for one song may have room for the next.
        this.fatal =
          state.state === 'failed' && state.error.code !== 'disk-full' && endsBatch(state.error.code);
        if (state.state !== 'done' || !this.to) return this.set(index, this.named(item, index).state);
        const done = this.named(item, index).state;
        await this.upload(this.songs[index], mark, out, done);
        this.set(index, done);
      } finally {
        if (!folder) target.close();
      }
    } catch (error) {
      const { code, ...rest } = toUnbraidError(error, this.items[index].source).toWire();
      if (code === 'cancelled') this.set(index, { state: 'cancelled' });
      else this.set(index, { state: 'failed', error: { code, ...rest } });
    } finally {
      rmSync(out, { recursive: true, force: true });
      if (object) rmSync(join(entry.path, '..'), { recursive: true, force: true });
    }
  }

  private async separate(index: number, entry: BatchEntry, folder: OutputFolder): Promise<BatchFileItem> {
    const { settings, mix, signal } = this.options;
    const onItem = (_: number, item: BatchFileItem): void => {
      const { state } = item.state;
      if (state === 'separating' || state === 'reading') this.set(index, item.state);
    };
    const run = new BatchRun(this.runner, [entry], settings, folder, {
      signal,
      onItem,
      mix,
      replaceOwn: true,
    });
    const [item] = await run.run();
    return item;
  }

  /** Uploads what was made; the mark comes last, so that a song that was cut short is done again. */
  private async upload(
    { entry, object }: RemoteSong,
    before: Mark | undefined,
    out: string,
    state: BatchFileItem['state'],
  ): Promise<void> {
    const { signal, settings } = this.options;
    const to = this.to!;
    const files = filesBelow(out);
    const own = new Set(before?.outputs.map(({ path }) => path));
    const foreign = files.find(({ path }) => this.there.has(path) && !own.has(path));
    if (foreign && !settings.overwrite)
      throw new UnbraidError(
        'output-exists',
        'An object that Unbraid did not make has the name of an output',
        {
          file: s3Address(to, foreign.path),
          hint: 'Choose another output folder or template, or use --overwrite.',
        },
      );
    for (const { path, file } of files) await this.store.upload(to, path, file, signal);
    const outputs = files.map(({ path, bytes }) => ({ path, bytes }));
    const mark = { key: await this.keyOf(entry, object), outputs, item: state };
    await this.store.write(to, this.markPath(entry), JSON.stringify(mark), signal);
    for (const { path, bytes } of outputs) this.there.set(path, bytes);
  }

  /** An item with addresses in place of the paths in the cache. */
  private named(item: BatchFileItem, index: number): BatchFileItem {
    const out = join(this.dir, 'out', String(index));
    const local = this.songs[index].entry.path;
    const rename = (text: string): string => {
      if (text === local || text === this.runner.names.told(local)) return this.items[index].source;
      if (!this.to || !text.startsWith(out + sep)) return text;
      return s3Address(
        this.to,
        text
          .slice(out.length + 1)
          .split(sep)
          .join('/'),
      );
    };
    return JSON.parse(
      JSON.stringify(item, (_, value: unknown) => (typeof value === 'string' ? rename(value) : value)),
    ) as BatchFileItem;
  }
}

/**
 * An object as a file that will be at `path`; one whose name no folder can hold carries its problem. What lies between
 * slashes becomes folders of the output, with names that are made safe: an empty one is `_`.
 */
function found({ path: key }: S3Object, path: string): FoundFile {
  const parts = key.split('/');
  const fileName = parts.at(-1)!;
  const subfolders = parts.slice(0, -1);
  const impossible = /[\\\0]/.test(fileName) || Buffer.byteLength(fileName) > 255;
  if (!impossible) return { path, subfolders, fileName };
  const problem = new UnbraidError('invalid-argument', 'No folder can hold a file of this name', {
    hint: 'Rename the object.',
  });
  return { path, subfolders, fileName, problem };
}

interface MadeFile {
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
}

/** What a run made below a folder, without its own notes. */
function filesBelow(root: string, dir = root): MadeFile[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry): MadeFile[] => {
    const file = join(dir, entry.name);
    if (dir === root && entry.name === '.unbraid') return [];
    if (entry.isDirectory()) return filesBelow(root, file);
    const path = relative(root, file).split(sep).join('/');
    return entry.isFile() ? [{ path, file, bytes: statSync(file).size }] : [];
  });
}
