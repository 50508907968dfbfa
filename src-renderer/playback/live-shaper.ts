import type { Disposable } from '../../src-main/common/base/disposal.js';
import { Scope } from '../base/scope.js';
import { livePages, pagesAhead } from './page-plan.js';
import type { LiveSong } from './page-shaper.js';
import { pageFrames, spanOf, type SharedTrack } from './shared.js';
import type { ShaperMessage } from './shaper-worker.js';

/** What is shaped, and where it comes from. */
export interface LiveSource {
  /** The separated stems as the audio thread has them; null before a separation. */
  song(): LiveSong | null;
  /** Frames of stem `index` as it is without being clean or full, `[channels][count]`. */
  bare(index: number, start: number, count: number, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}

const tickMs = 100;
/** Nobody pointed at a slider for so long: the samples are given back. */
const releaseMs = 30_000;
const pauseMs = 2000;

/**
 * Lets a change of clean ↔ full be heard at once: a worker shapes the samples that the audio thread reads, around what
 * is heard, until the engine has the same. Samples before that shape are fetched as soon as somebody may want
 * them. Where they cannot be had, the engine's are heard when they come.
 */
export class LiveShaper implements Disposable {
  private readonly scope = new Scope();
  private worker: Worker | undefined;
  private song: LiveSong | null = null;
  private readonly held = new Set<number>();
  /** One page at a time: what is played and drawn has to come too. */
  private loading = false;
  private abort = new AbortController();
  private wanted: readonly number[] | null = null;
  private until = 0;
  private pausedUntil = 0;

  constructor(private readonly source: LiveSource) {
    this.scope.interval(() => this.tick(), tickMs);
  }

  /** What is heard is made here. */
  get active(): boolean {
    return this.wanted !== null;
  }

  /** A change may come soon. */
  prepare(): void {
    this.until = performance.now() + releaseMs;
    this.tick();
  }

  /** Makes these values heard, −1 … 1 for each stem; null when the engine has them. */
  want(values: readonly number[] | null): void {
    if (values === null && this.wanted === null) return;
    this.wanted = values;
    if (values) this.prepare();
    this.send({ values });
  }

  /** The stems are others, with other edits or altogether. */
  forget(): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.song = null;
    this.held.clear();
    this.loading = false;
  }

  /** The page of a track was filled anew, with what the engine had. */
  loaded(track: SharedTrack, page: number): void {
    if (this.wanted && this.song?.stems.includes(track)) this.send({ again: page });
  }

  dispose(): void {
    this.forget();
    this.scope.dispose();
  }

  private tick(): void {
    const now = performance.now();
    if (this.wanted) this.until = now + releaseMs;
    if (now > this.until) return this.release();
    if (now < this.pausedUntil) return;
    const song = this.source.song();
    if (!song) return this.forget();
    this.begin(song);
    const pages = neededPages(song);
    if (this.held.size > pages.length + 1) {
      for (const page of this.held) if (!pages.includes(page)) this.held.delete(page);
      this.send({ keep: [...this.held] });
    }
    const missing = pages.find((page) => !this.held.has(page));
    if (!this.loading && missing !== undefined) void this.load(missing, song);
  }

  private begin(song: LiveSong): void {
    if (this.song && sameSong(this.song, song)) return;
    this.forget();
    this.song = song;
    this.send({ song });
    if (this.wanted) this.send({ values: this.wanted });
  }

  private async load(page: number, song: LiveSong): Promise<void> {
    const { signal } = this.abort;
    this.loading = true;
    try {
      const samples = await Promise.all(
        song.stems.map((_, s) => this.source.bare(s, page * pageFrames, pageFrames, signal)),
      );
      if (signal.aborted) return;
      this.held.add(page);
      this.send(
        { page, samples },
        samples.map(({ buffer }) => buffer),
      );
    } catch {
      // The engine's own samples come all the same, later.
      this.pausedUntil = performance.now() + pauseMs;
    } finally {
      if (!signal.aborted) this.loading = false;
    }
    if (!signal.aborted) this.tick();
  }

  private release(): void {
    if (this.held.size === 0) return;
    this.held.clear();
    this.send({ keep: [] });
  }

  private send(message: ShaperMessage, moved: Transferable[] = []): void {
    this.worker ??= this.scope.worker(
      // The bundler looks for these words.
      // eslint-disable-next-line no-restricted-globals
      () => new Worker(new URL('./shaper-worker.ts', import.meta.url), { type: 'module' }),
    );
    this.worker.postMessage(message, moved);
  }
}

/** Pages whose samples are needed to shape what is heard next, the most urgent first. */
function neededPages({ controls }: LiveSong): number[] {
  const span = spanOf(controls);
  const last = Math.ceil(span.length / pageFrames) - 1;
  // What surrounds a block may lie in a page before or behind its own.
  const pages = pagesAhead(span, pageFrames, livePages).flatMap((page) => [page, page + 1, page - 1]);
  return [...new Set(pages)].filter((page) => page >= 0 && page <= last);
}

function sameSong(a: LiveSong, b: LiveSong): boolean {
  return a.stems.length === b.stems.length && a.stems.every((stem, s) => stem === b.stems[s]);
}
