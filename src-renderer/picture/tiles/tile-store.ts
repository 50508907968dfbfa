import { toUnbraidError } from '../../../src-main/common/base/errors.js';
import type { Disposable } from '../../../src-main/common/base/disposal.js';
import type { TileRequest } from '../../../src-main/common/contract/session.js';
import type { CachedTile } from '../gl/layer-cache.js';

export interface Tile extends CachedTile {
  /** uint8 [tileSize bins][tileSize columns]. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Frames that its track had when it was made: what lies behind them is empty in it. */
  readonly reach: number;
}

export type FetchTile = (request: TileRequest, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

interface Entry {
  request: TileRequest;
  tile: Tile | null;
  loading: AbortController | null;
  stale: boolean;
  /** What is here was made of a few frames, and the tile of all is still to come. */
  coarse: boolean;
  failedAt: number;
  wantedAt: number;
  /** How many tiles of its track had been asked for when it was. */
  turn: number;
}

const maxParallel = 6;
/** 256 KiB each: 128 MiB. */
const maxKept = 512;
const retryMs = 3000;
/** From this level on a tile of all frames takes long: first comes one of a few frames. */
export const coarseLevel = 4;

function keyOf(request: TileRequest): string {
  const { session, track, nFft, hop, window, channels, method, level, column, row } = request;
  return [session, track, window, nFft, hop, channels, method, level, column, row].join('/');
}

/**
 * Tiles of one session. Whoever draws asks for what is visible; what is missing is fetched, the newest request
 * first, then what is out of date, the oldest first. Requests that are not repeated are dropped before they are sent.
 */
export class TileStore implements Disposable {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<(track: string) => void>();
  private running = 0;
  private clock = 0;
  private readonly turns = new Map<string, number>();
  /** Frames that are there of the tracks that grow. */
  private readonly reaches = new Map<string, number>();
  private disposed = false;
  private version = 0;

  constructor(
    private readonly fetchTile: FetchTile,
    private readonly onFailure: (error: unknown) => void,
    /** Whether coarse tiles may be refined now: that takes long, and has time. */
    private readonly mayRefine: () => boolean = () => true,
  ) {}

  /** Calls back when a tile of a track has come. */
  onTile(listener: (track: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The tile if it is here; otherwise it is fetched. A stale tile is answered until the new one comes. */
  get(request: TileRequest): Tile | null {
    const key = keyOf(request);
    let entry = this.entries.get(key);
    if (!entry) {
      entry = {
        request,
        tile: null,
        loading: null,
        stale: true,
        coarse: false,
        failedAt: -Infinity,
        ...{ wantedAt: 0, turn: 0 },
      };
      this.entries.set(key, entry);
    }
    entry.wantedAt = ++this.clock;
    entry.turn = this.turnOf(request) + 1;
    this.turns.set(request.track, entry.turn);
    if ((entry.stale || entry.coarse) && !entry.loading) queueMicrotask(() => this.pump());
    return entry.tile;
  }

  /** The tile if it is here; fetches nothing. */
  peek(request: TileRequest): Tile | null {
    return this.entries.get(keyOf(request))?.tile ?? null;
  }

  /** These tracks have as many frames by now; null when they are whole. */
  grow(tracks: ReadonlySet<string>, frames: number | null): void {
    for (const track of tracks) {
      if (frames === null) this.reaches.delete(track);
      else this.reaches.set(track, frames);
    }
  }

  /** Frames that there are of a track; all of them unless it grows. */
  reachOf(track: string): number {
    return this.reaches.get(track) ?? Infinity;
  }

  /** Tiles of these tracks are out of date; they are drawn until the new ones come. */
  refresh(tracks: ReadonlySet<string>): void {
    for (const entry of this.entries.values()) {
      if (!tracks.has(entry.request.track)) continue;
      entry.stale = true;
      entry.failedAt = -Infinity;
    }
    for (const track of tracks) this.tell(track);
  }

  /** Forgets tracks that are gone. */
  drop(tracks: ReadonlySet<string>): void {
    this.grow(tracks, null);
    for (const [key, entry] of this.entries) {
      if (!tracks.has(entry.request.track)) continue;
      entry.loading?.abort();
      this.entries.delete(key);
    }
  }

  dispose(): void {
    this.disposed = true;
    for (const entry of this.entries.values()) entry.loading?.abort();
    this.entries.clear();
    this.listeners.clear();
  }

  private pump(): void {
    while (!this.disposed && this.running < maxParallel) {
      // What is black first: tiles that grow during a separation are out of date again as soon as they have come.
      const next = this.mostWanted(({ stale, tile }) => stale && !tile) ?? this.longestOutOfDate();
      if (!next) break;
      void this.load(next, next.request.level >= coarseLevel);
    }
    // One at a time, and when nothing else is to come.
    if (!this.disposed && this.running === 0 && this.mayRefine()) {
      const next = this.mostWanted(({ coarse }) => coarse);
      if (next) void this.load(next, false);
    }
    this.evict();
  }

  private turnOf({ track }: TileRequest): number {
    return this.turns.get(track) ?? 0;
  }

  private mostWanted(open: (entry: Entry) => boolean): Entry | undefined {
    return this.first(open, (a, b) => a.wantedAt > b.wantedAt);
  }

  /** Of what is on screen but has changed, what came longest ago: every lane has its turn. */
  private longestOutOfDate(): Entry | undefined {
    return this.first(
      ({ stale, tile }) => stale && tile !== null,
      (a, b) => a.tile!.version < b.tile!.version,
    );
  }

  /** Of the tiles that may be fetched now, the one that is `before` all others. */
  private first(open: (entry: Entry) => boolean, before: (a: Entry, b: Entry) => boolean): Entry | undefined {
    const now = performance.now();
    let best: Entry | undefined;
    for (const entry of this.entries.values()) {
      if (!open(entry) || entry.loading || now - entry.failedAt < retryMs) continue;
      // Requests of earlier drawings of the lane: the view has moved on. Other lanes are drawn far more often at times.
      if (this.turnOf(entry.request) - entry.turn > maxKept) continue;
      if (!best || before(entry, best)) best = entry;
    }
    return best;
  }

  private async load(entry: Entry, coarse: boolean): Promise<void> {
    const loading = new AbortController();
    const reach = this.reachOf(entry.request.track);
    entry.loading = loading;
    entry.stale = false;
    entry.coarse = coarse;
    this.running++;
    try {
      const bytes = await this.fetchTile({ ...entry.request, coarse }, loading.signal);
      if (this.disposed || loading.signal.aborted) return;
      entry.tile = { key: keyOf(entry.request), version: ++this.version, bytes, reach };
    } catch (error) {
      if (loading.signal.aborted) return;
      entry.stale = true;
      entry.coarse = false;
      entry.failedAt = performance.now();
      // Stems are asked for until the page hears that others took their place.
      if (toUnbraidError(error).code !== 'track-gone') this.onFailure(error);
    } finally {
      entry.loading = null;
      this.running--;
      this.tell(entry.request.track);
      this.pump();
    }
  }

  private tell(track: string): void {
    for (const listener of this.listeners) listener(track);
  }

  private evict(): void {
    if (this.entries.size <= maxKept) return;
    const idle = [...this.entries].filter(([, entry]) => !entry.loading);
    idle.sort(([, a], [, b]) => a.wantedAt - b.wantedAt);
    for (const [key] of idle.slice(0, this.entries.size - maxKept)) this.entries.delete(key);
  }
}
