import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../../common/base/disposal.js';
import { removedTrack, transfersOf, type Edit, type Transfer } from '../../common/separation/edits/edit.js';
import { partPieces, partRange, type SampleRange } from '../../common/separation/edits/part-pieces.js';
import type { TileMask } from '../../common/separation/edits/tile-mask.js';
import { PatchedWriter } from '../audio/patched-cache.js';
import { PcmReader, PcmWriter, silentCache, type PcmCacheRef } from '../audio/pcm-cache.js';
import type { CleanValues } from '../../common/jobs/shapes.js';
import { footprintOf, merge, overlap, reaches, type Change, type Footprint } from './edit-changes.js';
import { PartStore, type PartRef } from './part-store.js';
import { ShapeLayer } from './shape-layer.js';

export type { SampleRange } from '../../common/separation/edits/part-pieces.js';

/** An edit as a session holds it; the mask by the hash of its bytes. Edits that are off are left out of the list. */
export interface ActiveEdit extends Edit {
  readonly id: string;
  readonly mask: string;
}

export interface LayerStem {
  readonly name: string;
  readonly ref: PcmCacheRef;
}

/** What one edit took out of its sources: a part each, all over the same range. */
interface AppliedEdit extends SampleRange {
  readonly key: string;
  readonly sources: readonly string[];
  readonly transfers: readonly Transfer[];
  readonly parts: ReadonlyMap<string, PartRef>;
  readonly footprint: Footprint;
}

/** Samples that are written or compared at once. */
const block = 1 << 16;

/** A part that changes by less than this counts as unchanged: half a step of 24 bits, −144 dB. */
const sameSample = 2 ** -24;

/**
 * Applies edits to separated stems on disk. Each edit keeps what it took from its sources, so the stems are always
 * base + Σ ±parts, in order: a new edit computes its own range only; one that is switched off, moved or deleted has
 * those behind it computed again that read what has changed, in time and frequency, and nothing else. The sum of all
 * tracks stays what it was.
 */
export class EditLayer implements Disposable {
  private readonly base: ReadonlyMap<string, PcmReader>;
  private readonly rendered = new Map<string, PatchedWriter | PcmWriter>();
  private readonly parts: PartStore;
  private readonly shaping: ShapeLayer;
  private applied: AppliedEdit[] = [];
  /** Ranges that a write did not get to; the next one does. */
  private unwritten: Change[] = [];
  private readonly shape: PcmCacheRef;
  private scratch = new Float32Array(0);

  /** `dir` is an existing folder for this layer alone; the layer deletes what it puts there. */
  constructor(
    stems: readonly LayerStem[],
    private readonly dir: string,
    private readonly maskOf: (hash: string) => TileMask,
  ) {
    this.base = new Map(stems.map(({ name, ref }) => [name, new PcmReader(ref)]));
    this.shape = stems[0].ref;
    this.parts = new PartStore(join(dir, 'parts.f32'));
    this.shaping = new ShapeLayer(this.shape, [...this.base.keys()], {
      read: (...args) => this.readState(...args),
      write: (stem, start, planes, count) => this.writerOf(stem).writeAt(start, planes, count),
    });
  }

  /** The tracks as they are now; `removed` is there when something was ever taken away. */
  tracks(): LayerStem[] {
    const stems = [...this.base].map(([name, { ref }]) => {
      const patched = this.rendered.get(name);
      return { name, ref: patched instanceof PatchedWriter ? patched.ref : ref };
    });
    if (!this.rendered.has(removedTrack)) return stems;
    return [...stems, { name: removedTrack, ref: { ...this.shape, dir: this.folderOf(removedTrack) } }];
  }

  /**
   * Makes the stems those of this list of edits; the sample ranges that changed, per track. `onProgress` is called
   * with fractions and may throw to stop: nothing has changed then.
   */
  set(
    edits: readonly ActiveEdit[],
    onProgress: (fraction: number) => void = () => {},
  ): Map<string, SampleRange[]> {
    const before = this.applied;
    let changes: readonly Change[];
    try {
      changes = this.plan(edits, before, onProgress);
    } catch (error) {
      this.applied = before;
      this.keepParts(before);
      throw error;
    }
    const changed = new Map<string, SampleRange[]>();
    this.unwritten = [...this.unwritten, ...changes];
    for (const { track, start, count } of this.unwritten) {
      const ranges = changed.get(track);
      if (ranges) ranges.push({ start, count });
      else changed.set(track, [{ start, count }]);
    }
    for (const [track, ranges] of changed) changed.set(track, merge(ranges));
    this.shaping.spread(changed);
    this.write(changed);
    this.unwritten = [];
    this.keepParts(this.applied);
    return changed;
  }

  /**
   * Makes every stem as clean or full as these values say (see common/separation/shape.ts), on top of the edits; the
   * ranges that changed. What lies around frame `at` comes first, and `onWritten` hears of each piece and is waited
   * for; it may throw to stop: the rest is written by the next call of this or of `set`.
   */
  shapeTo(
    clean: CleanValues,
    at: number,
    onWritten: (range: SampleRange) => void | Promise<void>,
  ): Promise<ReadonlyMap<string, readonly SampleRange[]>> {
    return this.shaping.shapeTo(clean, at, onWritten);
  }

  /** A stem with its edits, neither cleaner nor fuller: `[channels][count]`, zeros outside of the song. */
  bare(stem: string, start: number, count: number): Float32Array<ArrayBuffer> {
    const { channels } = this.shape;
    const samples = new Float32Array(channels * count);
    for (let ch = 0; ch < channels; ch++) {
      this.readState(stem, ch, start, samples.subarray(ch * count, (ch + 1) * count));
    }
    return samples;
  }

  /** Frees the space of parts that no edit needs. */
  private keepParts(applied: readonly AppliedEdit[]): void {
    this.parts.keep(applied.flatMap(({ parts }) => [...parts.values()]));
  }

  dispose(): void {
    this.applied = [];
    this.parts.dispose();
    for (const reader of this.base.values()) reader.dispose();
    for (const writer of this.rendered.values()) writer.dispose();
    this.rendered.clear();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Computes what the edits take out, from the first difference on; what becomes of the tracks by that. */
  private plan(
    edits: readonly ActiveEdit[],
    before: readonly AppliedEdit[],
    onProgress: (fraction: number) => void,
  ): readonly Change[] {
    const keys = edits.map(keyOf);
    let same = 0;
    while (same < edits.length && before[same]?.key === keys[same]) same++;
    const rest = before.slice(same);
    // What comes after the first difference is kept where nothing it was computed from has changed.
    const reusable = new Map(rest.map((applied) => [applied.key, applied]));
    const changes: Change[] = [];
    const touch = (applied: AppliedEdit, { start, count }: SampleRange = applied): void => {
      const { margin } = applied.footprint;
      // What is cut off where the song begins or ends leaks into every frequency.
      const cut = start === 0 || start + count === this.shape.frames;
      const band = cut ? { low: 0, high: 1 } : applied.footprint.band;
      for (const { track } of applied.transfers) changes.push({ track, start, count, band, margin });
    };
    const order = new Map(keys.slice(same).map((key, i) => [key, i]));
    for (const applied of rest) if (!order.has(applied.key)) touch(applied);
    const moved = movedOf(
      rest.filter((applied) => order.has(applied.key)),
      order,
    );
    for (const applied of moved) touch(applied);
    this.applied = before.slice(0, same);
    edits.slice(same).forEach((edit, i, list) => {
      const known = reusable.get(keys[same + i]);
      const reached = (applied: AppliedEdit): boolean =>
        moved.has(applied) || changes.some((change) => reaches(change, edit.sources, applied.footprint));
      if (known && !reached(known)) {
        this.applied.push(known);
      } else {
        this.renew(edit, keys[same + i], known, touch, (fraction) =>
          onProgress((i + fraction) / list.length),
        );
      }
      onProgress((i + 1) / list.length);
    });
    return changes;
  }

  /** Computes an edit; one that comes out as it was keeps its old parts and changes nothing behind it. */
  private renew(
    edit: ActiveEdit,
    key: string,
    known: AppliedEdit | undefined,
    touch: (applied: AppliedEdit, range?: SampleRange) => void,
    onProgress: (fraction: number) => void,
  ): void {
    const fresh = this.compute(edit, key, onProgress);
    if (!fresh) return;
    const different = known ? this.difference(known, fresh) : fresh;
    this.applied.push(known && !different ? known : fresh);
    if (different) touch(fresh, different);
  }

  private compute(
    edit: ActiveEdit,
    key: string,
    onProgress: (fraction: number) => void,
  ): AppliedEdit | undefined {
    const mask = this.maskOf(edit.mask);
    const transfers = transfersOf(edit);
    const { channels, frames } = this.shape;
    const [range, footprint] = [partRange(mask, edit, frames), footprintOf(mask, edit)];
    if (!range || !footprint || transfers.length === 0) return undefined;
    const parts = new Map<string, PartRef>();
    const sources = new Set(transfers.map((transfer) => transfer.source));
    for (const source of sources) {
      const read = (channel: number, start: number, into: Float32Array): void =>
        this.readState(source, channel, start, into);
      const ref = this.parts.reserve(channels, range.count);
      let done = parts.size;
      const ask = (): void => onProgress(done / sources.size);
      for (const { start, planes } of partPieces(read, channels, mask, edit, { length: frames, ask })) {
        const from = Math.max(start, range.start);
        const end = Math.min(start + planes[0].length, range.start + range.count);
        if (end > from) {
          planes.forEach((plane, channel) =>
            this.parts.add(ref, channel, from - range.start, plane.subarray(from - start, end - start)),
          );
        }
        done = parts.size + (end - range.start) / range.count;
        ask();
      }
      parts.set(source, ref);
    }
    return { ...range, key, sources: edit.sources, transfers, parts, footprint };
  }

  /** The samples in which the parts of two renderings of one edit differ; null when they do not. */
  private difference(known: AppliedEdit, fresh: AppliedEdit): SampleRange | null {
    let [first, last] = [Infinity, -1];
    const [a, b] = [new Float32Array(block), new Float32Array(block)];
    for (const [source, ref] of fresh.parts) {
      const old = known.parts.get(source);
      if (!old) return fresh;
      for (let ch = 0; ch < this.shape.channels; ch++) {
        for (let start = 0; start < fresh.count; start += block) {
          const count = Math.min(block, fresh.count - start);
          this.parts.read(old, ch, start, a.subarray(0, count));
          this.parts.read(ref, ch, start, b.subarray(0, count));
          for (let i = 0; i < count; i++) {
            if (Math.abs(a[i] - b[i]) <= sameSample) continue;
            first = Math.min(first, start + i);
            last = Math.max(last, start + i);
          }
        }
      }
    }
    return last < first ? null : { start: fresh.start + first, count: last + 1 - first };
  }

  /** A track as the edits applied so far make it, from `start` on; zeros outside the song. */
  private readState(track: string, channel: number, start: number, into: Float32Array): void {
    const base = this.base.get(track);
    if (base) base.readChannel(channel, start, into.length, into);
    else into.fill(0);
    const wanted = { start, count: into.length };
    for (const applied of this.applied) {
      if (!overlap(applied, wanted)) continue;
      for (const { track: to, source, sign } of applied.transfers) {
        if (to === track) this.addPart(applied, source, sign, channel, start, into);
      }
    }
  }

  /** into += sign · the part of an edit that lies in `[start, start + into.length)`. */
  private addPart(
    applied: AppliedEdit,
    source: string,
    sign: 1 | -1,
    channel: number,
    start: number,
    into: Float32Array,
  ): void {
    const from = Math.max(start, applied.start);
    const count = Math.min(start + into.length, applied.start + applied.count) - from;
    const part = applied.parts.get(source);
    if (!part) return;
    if (this.scratch.length < count) this.scratch = new Float32Array(count);
    const piece = this.scratch.subarray(0, count);
    this.parts.read(part, channel, from - applied.start, piece);
    const to = from - start;
    for (let i = 0; i < count; i++) into[to + i] += sign * piece[i];
  }

  /** Brings the tracks on disk to what the edits say, in the ranges given. */
  private write(changed: ReadonlyMap<string, readonly SampleRange[]>): void {
    const { frames, channels } = this.shape;
    const planes = Array.from({ length: channels }, () => new Float32Array(block));
    this.shaping.write(changed);
    for (const [track, ranges] of changed) {
      if (this.shaping.has(track)) continue;
      const writer = this.writerOf(track);
      for (const range of ranges) {
        const end = Math.min(frames, range.start + range.count);
        for (let start = range.start; start < end; start += block) {
          const count = Math.min(block, end - start);
          planes.forEach((plane, ch) => this.readState(track, ch, start, plane.subarray(0, count)));
          writer.writeAt(start, planes, count);
        }
      }
    }
  }

  /** The cache of an edited track: the stem as it was, but for the blocks that change. */
  private writerOf(track: string): PatchedWriter | PcmWriter {
    const known = this.rendered.get(track);
    if (known) return known;
    const { channels, sampleRate } = this.shape;
    const dir = this.folderOf(track);
    const base = this.base.get(track);
    if (!base) silentCache(dir, this.shape);
    const writer = base ? new PatchedWriter(base.ref, dir) : new PcmWriter(dir, channels, sampleRate);
    this.rendered.set(track, writer);
    return writer;
  }

  private folderOf(track: string): string {
    const at = [...this.base.keys()].indexOf(track);
    return join(this.dir, at < 0 ? 'removed' : `track-${at}`);
  }
}

/**
 * The fewest edits that must have changed places for `before` to come into the new order: those outside a longest
 * increasing run of places (patience sorting). Each is computed again, as what lies before it is not what did; the
 * others keep their order among themselves, so that they see no changes but those of the moved ones.
 */
function movedOf(before: readonly AppliedEdit[], order: ReadonlyMap<string, number>): Set<AppliedEdit> {
  const places = before.map(({ key }) => order.get(key) ?? -1);
  /** For each length, the run of that length that ends lowest: the index of its last edit. */
  const ends: number[] = [];
  const previous: number[] = [];
  places.forEach((place, i) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places[ends[middle]] < place) low = middle + 1;
      else high = middle;
    }
    previous.push(low > 0 ? ends[low - 1] : -1);
    ends[low] = i;
  });
  const moved = new Set(before);
  for (let i = ends.at(-1) ?? -1; i >= 0; i = previous[i]) moved.delete(before[i]);
  return moved;
}

function keyOf({ id, kind, sources, target, strength, phase, fill, shift, mask }: ActiveEdit): string {
  return JSON.stringify([id, kind, sources, target, strength, phase ?? null, fill ?? null, shift ?? 0, mask]);
}
