import type { Disposable } from '../../src-main/common/base/disposal.js';
import { toUnbraidError } from '../../src-main/common/base/errors.js';
import { Scope } from '../base/scope.js';
import { pagesAhead, slotToFill, type PlaySpan } from './page-plan.js';
import { pageFrames, type SharedTrack } from './shared.js';

/** Reads `count` frames of the track, `[channels][count]`. */
export type ReadPcm = (start: number, count: number, signal: AbortSignal) => Promise<Float32Array>;

/** A track to feed; pages at or beyond `available()` frames are not there yet. */
export interface FedTrack {
  readonly shared: SharedTrack;
  readonly read: ReadPcm;
  readonly available: () => number;
}

export interface FeedSpan extends PlaySpan {
  readonly playing: boolean;
}

interface Slots {
  readonly pageOf: number[];
  readonly usedAt: number[];
  readonly loading: Set<number>;
  /** Pages whose samples have changed; they are played until the new ones are there. */
  readonly stale: Set<number>;
}

const tickMs = 40;
/** Pages kept ahead: 40 s at 44.1 kHz; while nothing plays 6 s, so that what is drawn comes first. */
const pagesAheadPlaying = 27;
const pagesAheadPaused = 4;
const maxParallel = 4;

/** Keeps the pages ahead of the playing position filled, the most urgent first. */
export class Feeder implements Disposable {
  private tracks: FedTrack[] = [];
  private readonly slots = new Map<SharedTrack, Slots>();
  private readonly abort = new AbortController();
  private readonly scope = new Scope();
  private running = 0;
  private clock = 0;
  private pausedUntil = 0;

  constructor(
    private readonly span: () => FeedSpan,
    private readonly onFailure: (error: unknown) => void,
    private readonly onLoaded: (track: SharedTrack, page: number) => void = () => undefined,
  ) {
    this.scope.interval(() => this.tick(), tickMs);
  }

  setTracks(tracks: readonly FedTrack[]): void {
    this.tracks = [...tracks];
    for (const { shared } of tracks) {
      if (this.slots.has(shared)) continue;
      const free = new Array<number>(shared.slots).fill(-1);
      this.slots.set(shared, {
        pageOf: free,
        usedAt: free.map(() => 0),
        loading: new Set(),
        stale: new Set(),
      });
    }
    this.tick();
  }

  /** The samples of these frames have changed: pages that hold them are read again and swapped. */
  refresh(shared: SharedTrack, ranges: readonly { readonly start: number; readonly count: number }[]): void {
    const slots = this.slots.get(shared);
    if (!slots) return;
    for (const { start, count } of ranges) {
      const last = Math.ceil((start + count) / pageFrames);
      for (let page = Math.floor(start / pageFrames); page < last; page++) slots.stale.add(page);
    }
    this.tick();
  }

  /** Pages of a track that were to be read again are as good as they are: others will be said to have changed. */
  supersede(shared: SharedTrack): void {
    this.slots.get(shared)?.stale.clear();
  }

  /** Starts what is needed now; called on a seek so that it does not wait for the timer. */
  tick(): void {
    if (this.abort.signal.aborted || performance.now() < this.pausedUntil) return;
    const span = this.span();
    const ahead = span.playing ? pagesAheadPlaying : pagesAheadPaused;
    const most = Math.max(1, Math.min(ahead, ...this.tracks.map(({ shared }) => shared.slots)));
    const pages = pagesAhead(span, pageFrames, most);
    const wanted = new Set(pages);
    this.clock++;
    for (const page of pages) {
      for (const track of this.tracks) {
        if (this.running >= maxParallel) return;
        this.want(track, page, wanted, span.length);
      }
    }
  }

  private want(track: FedTrack, page: number, wanted: ReadonlySet<number>, length: number): void {
    const { shared } = track;
    const slots = this.slots.get(shared)!;
    const held = shared.table[page];
    if (held >= 0) {
      slots.usedAt[held] = this.clock;
      if (!slots.stale.has(page)) return;
    }
    const end = Math.min(length, (page + 1) * pageFrames);
    if (slots.loading.has(page) || end > track.available()) return;
    const free = slotToFill(slots.pageOf, slots.usedAt, new Set([...wanted, ...slots.loading]));
    // Where every slot is wanted, new samples of a page go over its old ones.
    const slot = free >= 0 ? free : held;
    if (slot < 0) return;
    if (slot !== held) {
      // The slot is taken away from its page before anything is written to it.
      if (slots.pageOf[slot] >= 0) Atomics.store(shared.table, slots.pageOf[slot], -1);
      slots.pageOf[slot] = page;
    }
    slots.usedAt[slot] = this.clock;
    slots.loading.add(page);
    slots.stale.delete(page);
    void this.load(track, page, slot, slots);
  }

  private async load(track: FedTrack, page: number, slot: number, slots: Slots): Promise<void> {
    this.running++;
    try {
      const samples = await track.read(page * pageFrames, pageFrames, this.abort.signal);
      track.shared.samples.set(samples, slot * track.shared.channels * pageFrames);
      const old = Atomics.exchange(track.shared.table, page, slot);
      // What a page held before it was read again is free now.
      if (old >= 0 && old !== slot) slots.pageOf[old] = -1;
      this.onLoaded(track.shared, page);
    } catch (error) {
      // A page that was to be replaced keeps its old samples and is asked for again.
      if (track.shared.table[page] >= 0) slots.stale.add(page);
      if (track.shared.table[page] !== slot) slots.pageOf[slot] = -1;
      if (this.abort.signal.aborted) return;
      // Stems are asked for until the page hears that others took their place: that is soon.
      const gone = toUnbraidError(error).code === 'track-gone';
      // A failing engine is asked again, but not in a tight circle.
      this.pausedUntil = performance.now() + (gone ? 100 : 2000);
      if (!gone) this.onFailure(error);
    } finally {
      slots.loading.delete(page);
      this.running--;
      this.tick();
    }
  }

  dispose(): void {
    this.scope.dispose();
    this.abort.abort();
  }
}
