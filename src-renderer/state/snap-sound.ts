import { findOnsets } from '../../src-main/common/dsp/onsets.js';
import { nearestCrossing, type SnapPlace } from './snap-places.js';

/** Frames of a page, and how many of them are kept. */
const pageFrames = 1 << 16;
const mostPages = 16;
/** What is read to either side of a page, so that its onsets do not depend on where it begins, frames. */
const margin = 1 << 14;
/** How far an edge goes to a zero crossing, seconds: half a period of the lowest tones. */
const crossingSeconds = 0.02;

/** Reads `[channels][count]` samples of a track, zeros outside of the song. */
export type ReadTrack = (track: string, start: number, count: number) => Promise<Float32Array>;

interface Page {
  /** Mean over the channels, from `margin` before the page to `margin` behind it. */
  readonly mono: Float32Array;
  /** Frames of the song. */
  readonly onsets: readonly number[];
}

/** Onsets and zero crossings of tracks, from the pages of their samples that have been read. */
export class SnapSound {
  private readonly pages = new Map<string, Page | Promise<void>>();

  constructor(
    private readonly song: { readonly sampleRate: number; readonly channels: number },
    private readonly read: ReadTrack,
  ) {}

  /** The samples are others. */
  forget(): void {
    this.pages.clear();
  }

  /** Reads what lies within `reach` frames of a place, unless it is here; true when something has come. */
  async load(track: string, at: number, reach: number): Promise<boolean> {
    const missing = range(at, reach).filter((page) => !this.page(track, page));
    await Promise.all(missing.map((page) => this.loadPage(track, page)));
    return missing.some((page) => this.page(track, page));
  }

  /** Onsets within `reach` frames of a place, as far as they are known. */
  onsets(track: string, at: number, reach: number): SnapPlace[] {
    const known = range(at, reach).flatMap((page) => this.page(track, page)?.onsets ?? []);
    return known
      .filter((onset) => Math.abs(onset - at) <= reach)
      .map((onset) => ({ at: onset, kind: 'onset' }));
  }

  /** The nearest zero crossing; null where no crossing is near, or the samples are not here yet. */
  crossing(track: string, at: number): SnapPlace | null {
    const page = Math.floor(at / pageFrames);
    const here = this.page(track, page);
    const first = page * pageFrames - margin;
    const reach = Math.round(crossingSeconds * this.song.sampleRate);
    const found = here && nearestCrossing(here.mono, at - first, reach);
    return found === null ? null : { at: found + first, kind: 'zero' };
  }

  private page(track: string, page: number): Page | null {
    const here = this.pages.get(`${track} ${page}`);
    return here === undefined || here instanceof Promise ? null : here;
  }

  private loadPage(track: string, page: number): Promise<void> {
    const key = `${track} ${page}`;
    const here = this.pages.get(key);
    if (here instanceof Promise) return here;
    const loading = this.readPage(track, page).then(
      // What was forgotten meanwhile stays so.
      (read) => void (this.pages.get(key) === loading && this.pages.set(key, read)),
      () => void (this.pages.get(key) === loading && this.pages.delete(key)),
    );
    this.pages.set(key, loading);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= mostPages) break;
      this.pages.delete(oldest);
    }
    return loading;
  }

  private async readPage(track: string, page: number): Promise<Page> {
    const { channels, sampleRate } = this.song;
    const start = page * pageFrames;
    const first = start - margin;
    // What lies before the song is silence, and cannot be asked for.
    const silent = Math.max(0, -first);
    const count = pageFrames + 2 * margin;
    const samples = await this.read(track, first + silent, count - silent);
    const mono = new Float32Array(count);
    for (let ch = 0; ch < channels; ch++)
      for (let i = silent; i < count; i++) mono[i] += samples[ch * (count - silent) + i - silent] / channels;
    const onsets = findOnsets(mono, sampleRate).map((at) => at + first);
    return { mono, onsets: onsets.filter((at) => at >= start && at < start + pageFrames) };
  }
}

/** The pages within `reach` frames of a place. */
function range(at: number, reach: number): number[] {
  const first = Math.max(0, Math.floor((at - reach) / pageFrames));
  const last = Math.floor((at + reach) / pageFrames);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
