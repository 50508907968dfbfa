import { Worker } from 'node:worker_threads';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { Line } from '../../common/base/line.js';
import type { Disposable } from '../../common/base/disposal.js';
import { tileSize } from '../../common/contract/session.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { builtEntry } from '../process/spawner.js';
import type { TileSpectrum } from './tile-compute.js';
import type { TileAnswer, TileJob } from './tile-worker.js';

type JobBody = TileJob extends infer J ? (J extends TileJob ? Omit<J, 'id'> : never) : never;

interface Pending {
  readonly worker: Worker;
  resolve(answer: TileAnswer): void;
  reject(error: Error): void;
}

/** Memory for tiles, bytes: some 500 of them. */
const cacheBytes = 128 * 2 ** 20;

/** A tile of this level or less has its parts made side by side, and kept: who zooms in a little finds them. */
const besideLevel = 2;
const keptLevels = 3;

/** Where a tile stands, and that a first picture of it is enough. */
interface TilePlace {
  readonly level: number;
  readonly column: number;
  readonly row: number;
  /** From a few frames of each column; see `coarseColumn`. */
  readonly coarse?: boolean;
}

/**
 * Spectrogram tiles and peaks, computed by worker threads (which hold no native code) and kept in memory,
 * least recently used first out. A tile of level L is made of two of level L − 1, one after the other where that is many:
 * what is asked for meanwhile does not wait for them all, and only one is in memory for each level.
 */
export class TileService implements Disposable {
  private readonly workers: { worker: Worker; load: number }[] = [];
  private readonly pending = new Map<number, Pending>();
  private readonly columns = new Map<string, Promise<Uint8Array[]>>();
  private readonly peaksLine = new Line();
  private closed = false;
  private nextId = 1;

  constructor(private readonly threads = 2) {}

  /** One tile, see the contract. `key` names the track's samples: different samples need a different key. */
  async tile(key: string, ref: PcmCacheRef, spectrum: TileSpectrum, at: TilePlace): Promise<Uint8Array> {
    const tiles =
      at.coarse && at.level > 0
        ? await this.coarse(key, ref, spectrum, at)
        : await this.column(key, ref, spectrum, at.level, at.column);
    return tiles[at.row] ?? new Uint8Array(tileSize * tileSize);
  }

  /** `[columns][2]`, with `split` of each channel; see `computePeaks`. */
  async peaks(ref: PcmCacheRef, columns: number, split = false): Promise<Float32Array> {
    // Peaks of an hour take seconds: one at a time, so that a thread is left for tiles.
    const answer = await this.peaksLine.change(() => this.ask({ kind: 'peaks', ref, columns, split }));
    if (!('peaks' in answer)) throw new UnbraidError('internal', 'Peaks were asked for');
    return answer.peaks;
  }

  /** Forgets the tiles of a track. */
  forget(key: string): void {
    for (const name of this.columns.keys()) if (name.startsWith(`${key} `)) this.columns.delete(name);
  }

  async dispose(): Promise<void> {
    this.closed = true;
    for (const { reject } of this.pending.values()) reject(new UnbraidError('cancelled', 'Closed'));
    this.pending.clear();
    await Promise.all(this.workers.splice(0).map(({ worker }) => worker.terminate()));
  }

  private column(
    key: string,
    ref: PcmCacheRef,
    spectrum: TileSpectrum,
    level: number,
    column: number,
  ): Promise<Uint8Array[]> {
    const name = nameOf(key, spectrum, level, column);
    return this.kept(name, spectrum, () => this.make(key, ref, spectrum, level, column, level));
  }

  private coarse(
    key: string,
    ref: PcmCacheRef,
    spectrum: TileSpectrum,
    { level, column }: TilePlace,
  ): Promise<Uint8Array[]> {
    const name = `${nameOf(key, spectrum, level, column)} coarse`;
    return this.kept(name, spectrum, async () =>
      tilesOf(await this.ask({ kind: 'coarse', ref, spectrum, at: { level, column } })),
    );
  }

  /** What is under a name in the cache, or is made and kept there. */
  private kept(
    name: string,
    spectrum: TileSpectrum,
    make: () => Promise<Uint8Array[]>,
  ): Promise<Uint8Array[]> {
    const known = this.columns.get(name);
    const made = known ?? make();
    this.columns.delete(name);
    this.columns.set(name, made);
    if (!known) made.catch(() => this.columns.delete(name));
    const perColumn = tileSize * tileSize * Math.max(1, spectrum.nFft / 2 / tileSize);
    for (const oldest of this.columns.keys()) {
      if (this.columns.size * perColumn <= cacheBytes) break;
      this.columns.delete(oldest);
    }
    return made;
  }

  /** Makes a column for one of level `wanted`, which is far above it at times. */
  private async make(
    key: string,
    ref: PcmCacheRef,
    spectrum: TileSpectrum,
    level: number,
    column: number,
    wanted: number,
  ): Promise<Uint8Array[]> {
    if (level === 0) return tilesOf(await this.ask({ kind: 'column', ref, spectrum, column }));
    const below = ref.frames / spectrum.hop / tileSize / 2 ** (level - 1);
    const part = (column: number): Promise<Uint8Array[]> | undefined => {
      if (column > 0 && column >= below) return undefined;
      const name = nameOf(key, spectrum, level - 1, column);
      const make = (): Promise<Uint8Array[]> => this.make(key, ref, spectrum, level - 1, column, wanted);
      // All parts of an hour would drive everything else out of the cache, and one another.
      const keep = wanted - (level - 1) <= keptLevels;
      return keep ? this.kept(name, spectrum, make) : (this.columns.get(name) ?? make());
    };
    const first = part(2 * column)!;
    if (level > besideLevel) await first;
    const [left, right] = await Promise.all([first, part(2 * column + 1)]);
    return tilesOf(
      await this.ask({ kind: 'pool', pairs: left.map((tile, row) => [tile, right?.[row]] as const) }),
    );
  }

  private async ask(job: JobBody): Promise<TileAnswer> {
    if (this.closed) throw new UnbraidError('cancelled', 'Closed');
    const slot = this.leastBusy();
    const id = this.nextId++;
    slot.load++;
    return new Promise<TileAnswer>((resolve, reject) => {
      this.pending.set(id, { worker: slot.worker, resolve, reject });
      slot.worker.postMessage({ id, ...job });
    }).finally(() => slot.load--);
  }

  private leastBusy(): { worker: Worker; load: number } {
    const idle = this.workers.find((slot) => slot.load === 0);
    if (idle) return idle;
    if (this.workers.length < this.threads) {
      const worker = new Worker(builtEntry(new URL('./tile-worker.ts', import.meta.url)));
      worker.on('message', (answer: TileAnswer) => this.settle(answer));
      worker.once('error', (error) => this.fail(worker, toUnbraidError(error)));
      worker.once('exit', () => this.fail(worker, new UnbraidError('process-died', 'A tile thread ended')));
      const slot = { worker, load: 0 };
      this.workers.push(slot);
      return slot;
    }
    return this.workers.reduce((best, slot) => (slot.load < best.load ? slot : best));
  }

  private settle(answer: TileAnswer): void {
    const pending = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if ('error' in answer) pending?.reject(UnbraidError.fromWire(answer.error));
    else pending?.resolve(answer);
  }

  /** A worker that died takes its own calls with it; the next call starts a fresh one. */
  private fail(worker: Worker, error: Error): void {
    const at = this.workers.findIndex((slot) => slot.worker === worker);
    if (at >= 0) this.workers.splice(at, 1);
    for (const [id, pending] of this.pending) {
      if (pending.worker !== worker) continue;
      this.pending.delete(id);
      pending.reject(error);
    }
  }
}

function tilesOf(answer: TileAnswer): Uint8Array[] {
  if ('tiles' in answer) return answer.tiles;
  throw new UnbraidError('internal', 'Tiles were asked for');
}

function nameOf(
  key: string,
  { nFft, hop, window, channels, method }: TileSpectrum,
  level: number,
  column: number,
): string {
  return [key, nFft, hop, window, channels, method, level, column].join(' ');
}
