import { StemShaper } from '../../src-main/common/separation/shape.js';
import { livePages, pagesAhead } from './page-plan.js';
import { control, pageFrames, spanOf, type SharedTrack } from './shared.js';

/** A separated song whose stems are heard while they become cleaner or fuller. */
export interface LiveSong {
  readonly sampleRate: number;
  readonly channels: number;
  /** See `SharedState`. */
  readonly controls: Int32Array;
  /** All stems that add up. */
  readonly stems: readonly SharedTrack[];
}

/** Samples at least that are shaped at once: few, as the first ones are waited for. */
const leastBlock = 1 << 12;

/** Seconds from what is heard to the first new sample, and how long the old ones fade into the new. */
const leadSeconds = 0.01;
const fadeSeconds = 0.006;

/** Times a block is shaped in vain, for the compiler of the browser. */
const warmUps = 4;

/**
 * Makes the stems that the audio thread reads cleaner or fuller where they are heard, in its own memory, long before
 * the engine has written them; the samples are the same. It needs the stems as they are without that.
 */
export class PageShaper {
  /** Samples of a block; blocks begin at its multiples. */
  private readonly block: number;
  private readonly shaper: StemShaper;
  /** `[stem]`, each `[channels][pageFrames]`, by page. */
  private readonly bare = new Map<number, readonly Float32Array[]>();
  /** Blocks that have the values; null while nothing is to be done. */
  private done: Set<number> | null = null;
  private readonly planes: Float32Array[][];
  /** What is heard still has older values. */
  private fading = false;

  constructor(private readonly song: LiveSong) {
    this.shaper = new StemShaper(
      song.sampleRate,
      song.stems.map(() => 0),
    );
    const { reach, hop } = this.shaper;
    this.block = Math.max(leastBlock, hop);
    const length = this.block + 2 * reach;
    this.planes = song.stems.map(() => Array.from({ length: song.channels }, () => new Float32Array(length)));
  }

  /** Takes in samples of all stems, `[stem][channels · pageFrames]`. */
  give(page: number, samples: readonly Float32Array[]): void {
    const first = this.bare.size === 0;
    this.bare.set(page, samples);
    if (first) this.warmUp(page);
  }

  /** Forgets samples of all other pages. */
  keep(pages: readonly number[]): void {
    for (const page of this.bare.keys()) if (!pages.includes(page)) this.bare.delete(page);
  }

  /** Gives the stems these values, −1 … 1 for each; null when others see to it. */
  want(values: readonly number[] | null): void {
    this.done = values && new Set();
    this.fading = true;
    if (values) this.shaper.tune(values);
  }

  /** Old samples were written to this page. */
  again(page: number): void {
    const blocks = pageFrames / this.block;
    for (let block = page * blocks; block < (page + 1) * blocks; block++) this.done?.delete(block);
  }

  /** Shapes the block that is heard next of those that lack it; false when all are done. */
  step(): boolean {
    const block = this.next();
    if (block === null) return false;
    this.shape(block);
    this.write(block);
    this.done?.add(block);
    return true;
  }

  private next(): number | null {
    if (!this.done) return null;
    const span = spanOf(this.song.controls);
    const pages = pagesAhead(span, pageFrames, livePages).filter((page) => this.isHeld(page));
    const blocks = pageFrames / this.block;
    const heard = Math.floor((span.position + this.lead) / this.block);
    // What lies before the place in its page comes last: it is heard after a jump only.
    for (const from of [heard, 0]) {
      for (const page of pages) {
        const first = page === pages[0] ? Math.max(from, page * blocks) : page * blocks;
        for (let block = first; block < (page + 1) * blocks; block++) {
          if (!this.done.has(block) && this.isSurrounded(block)) return block;
        }
      }
    }
    return null;
  }

  /** Frames from the place that is heard to where samples may still change. */
  private get lead(): number {
    if (Atomics.load(this.song.controls, control.playing) === 0) return 0;
    return Math.round(leadSeconds * this.song.sampleRate);
  }

  /** Whether the audio thread has a page of all stems. */
  private isHeld(page: number): boolean {
    return this.song.stems.every(({ table }) => Atomics.load(table, page) >= 0);
  }

  /** Whether the samples around a block are there, as far as the song goes. */
  private isSurrounded(block: number): boolean {
    const { reach } = this.shaper;
    const last = Math.ceil(this.length / pageFrames) - 1;
    const to = Math.floor((block * this.block + this.block + reach - 1) / pageFrames);
    const from = Math.max(0, Math.floor((block * this.block - reach) / pageFrames));
    for (let page = from; page <= Math.min(last, to); page++) if (!this.bare.has(page)) return false;
    return from <= last;
  }

  private get length(): number {
    return Atomics.load(this.song.controls, control.length);
  }

  private shape(block: number): void {
    const { reach } = this.shaper;
    const start = block * this.block - reach;
    this.planes.forEach((stem, s) =>
      stem.forEach((plane, ch) => {
        for (let i = 0; i < plane.length;) {
          const page = Math.floor((start + i) / pageFrames);
          const from = start + i - page * pageFrames;
          const count = Math.min(plane.length - i, pageFrames - from);
          const samples = this.bare.get(page)?.[s];
          const at = ch * pageFrames + from;
          if (samples) plane.set(samples.subarray(at, at + count), i);
          else plane.fill(0, i, i + count);
          i += count;
        }
      }),
    );
    this.shaper.shape(this.planes);
  }

  private write(block: number): void {
    const { controls, stems } = this.song;
    const { reach } = this.shaper;
    const start = block * this.block;
    const { position } = spanOf(controls);
    const inside = position >= start - this.lead && position < start + this.block;
    const from = inside && this.lead > 0 ? Math.max(0, position + this.lead - start) : 0;
    if (from >= this.block) return;
    const page = Math.floor(start / pageFrames);
    const fade = this.fading && this.lead > 0 ? Math.round(fadeSeconds * this.song.sampleRate) : 0;
    this.fading = false;
    stems.forEach(({ table, samples, channels }, s) => {
      const slot = Atomics.load(table, page);
      if (slot < 0) return;
      for (let ch = 0; ch < channels; ch++) {
        const made = this.planes[s][ch].subarray(reach + from, reach + this.block);
        const at = (slot * channels + ch) * pageFrames + (start % pageFrames) + from;
        const end = Math.min(fade, made.length);
        for (let i = 0; i < end; i++) samples[at + i] += ((made[i] - samples[at + i]) * (i + 1)) / (fade + 1);
        samples.set(made.subarray(end), at + end);
      }
    });
  }

  /** Before a person waits for it. */
  private warmUp(page: number): void {
    const { stems } = this.song;
    if (this.done) return;
    this.shaper.tune(stems.map((_, s) => (s % 2 === 0 ? 0.5 : -0.5)));
    const middle = Math.floor(((page + 0.5) * pageFrames) / this.block);
    for (let i = 0; i < warmUps; i++) this.shape(middle);
  }
}
