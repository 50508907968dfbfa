import type { CleanValues } from '../../common/jobs/shapes.js';
import { isShaped } from '../../common/jobs/shapes.js';
import type { SampleRange } from '../../common/separation/edits/part-pieces.js';
import { StemShaper, shapeBlock } from '../../common/separation/shape.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { merge } from './edit-changes.js';

/** The stems below, as their edits make them, and where the shaped ones go. */
export interface ShapePort {
  /** Samples of one channel from `start` on; zeros outside of the song. */
  read(stem: string, channel: number, start: number, into: Float32Array): void;
  write(stem: string, start: number, planes: readonly Float32Array[], count: number): void;
}

/**
 * The last thing that happens to the stems of an open song: they are made cleaner or fuller, all at once, block by
 * block. Blocks lie on one grid, so that a stem has the same samples whatever was written first.
 */
export class ShapeLayer {
  private shaper: StemShaper | null = null;
  private values: CleanValues = {};
  /** Blocks that do not have the values yet. */
  private readonly waiting = new Set<number>();

  constructor(
    private readonly song: Pick<PcmCacheRef, 'channels' | 'sampleRate' | 'frames'>,
    private readonly stems: readonly string[],
    private readonly port: ShapePort,
  ) {}

  /** Whether this layer writes a track. */
  has(track: string): boolean {
    return (this.shaper !== null || this.waiting.size > 0) && this.stems.includes(track);
  }

  /**
   * Gives the stems other values, from frame `at` to the end of the song and then from its start. It waits for
   * `onWritten` after each block; the stems may be read meanwhile, and nothing else may be done to them.
   */
  async shapeTo(
    values: CleanValues,
    at: number,
    onWritten: (range: SampleRange) => void | Promise<void>,
  ): Promise<ReadonlyMap<string, readonly SampleRange[]>> {
    const { frames, sampleRate } = this.song;
    const blocks = Math.ceil(frames / shapeBlock);
    const of = (stem: string): number => (Object.hasOwn(values, stem) ? values[stem] : 0);
    const before = (stem: string): number => (Object.hasOwn(this.values, stem) ? this.values[stem] : 0);
    if (this.stems.some((stem) => of(stem) !== before(stem))) {
      this.values = values;
      this.shaper = isShaped(values) ? new StemShaper(sampleRate, this.stems.map(of)) : null;
      for (let block = 0; block < blocks; block++) this.waiting.add(block);
    }
    const first = Math.min(blocks - 1, Math.floor(Math.max(0, at) / shapeBlock));
    const changed: SampleRange[] = [];
    for (let i = 0; i < blocks; i++) {
      const block = (first + i) % blocks;
      if (!this.waiting.has(block)) continue;
      const range = this.writeBlock(block);
      changed.push(range);
      await onWritten(range);
    }
    return changed.length === 0 ? new Map() : new Map(this.stems.map((stem) => [stem, merge(changed)]));
  }

  /** Adds what changes through the shape: a change of one stem changes all, and blocks that wait are written too. */
  spread(changed: Map<string, readonly SampleRange[]>): void {
    if (!this.shaper && this.waiting.size === 0) return;
    const blocks = new Set(this.waiting);
    const { reach } = this.shaper ?? { reach: 0 };
    for (const stem of this.stems) {
      for (const { start, count } of changed.get(stem) ?? []) {
        const last = Math.min(this.song.frames, start + count + reach) - 1;
        for (
          let block = Math.floor(Math.max(0, start - reach) / shapeBlock);
          block <= Math.floor(last / shapeBlock);
          block++
        ) {
          blocks.add(block);
        }
      }
    }
    if (blocks.size === 0) return;
    const ranges = merge([...blocks].map((block) => this.rangeOf(block)));
    for (const stem of this.stems) changed.set(stem, ranges);
  }

  /** Writes the stems in ranges that `spread` has made. */
  write(changed: ReadonlyMap<string, readonly SampleRange[]>): void {
    if (!this.has(this.stems[0])) return;
    for (const { start, count } of changed.get(this.stems[0]) ?? []) {
      for (let at = start; at < start + count; at += shapeBlock) this.writeBlock(at / shapeBlock);
    }
  }

  private rangeOf(block: number): SampleRange {
    const start = block * shapeBlock;
    return { start, count: Math.min(shapeBlock, this.song.frames - start) };
  }

  private writeBlock(block: number): SampleRange {
    const { start, count } = this.rangeOf(block);
    const reach = this.shaper?.reach ?? 0;
    const length = reach + shapeBlock + reach;
    const planes = this.stems.map((stem) =>
      Array.from({ length: this.song.channels }, (_, ch) => {
        const plane = new Float32Array(length);
        this.port.read(stem, ch, start - reach, plane);
        return plane;
      }),
    );
    this.shaper?.shape(planes);
    planes.forEach((stem, s) => {
      const inside = stem.map((plane) => plane.subarray(reach, reach + count));
      this.port.write(this.stems[s], start, inside, count);
    });
    this.waiting.delete(block);
    return { start, count };
  }
}
