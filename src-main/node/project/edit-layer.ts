import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Disposable } from '../../common/base/disposal.js';
import {
  maskedPart,
  removedTrack,
  transfersOf,
  type Edit,
  type Transfer,
} from '../../common/separation/edits/edit.js';
import type { TileMask } from '../../common/separation/edits/tile-mask.js';
import { PcmReader, PcmWriter, copyCache, silentCache, type PcmCacheRef } from '../audio/pcm-cache.js';
import { PartStore, type PartRef } from './part-store.js';

/** An edit as a session holds it; the mask by the hash of its bytes. Edits that are off are left out of the list. */
export interface ActiveEdit extends Edit {
  readonly id: string;
  readonly mask: string;
}

export interface LayerStem {
  readonly name: string;
  readonly ref: PcmCacheRef;
}

/** Samples `[start, start + count)`. */
export interface SampleRange {
  readonly start: number;
  readonly count: number;
}

/** What one edit took out of its sources: a part each, all over the same range. */
interface AppliedEdit extends SampleRange {
  readonly key: string;
  readonly transfers: readonly Transfer[];
  readonly parts: ReadonlyMap<string, PartRef>;
}

/** Samples that are written at once. */
const block = 1 << 16;

/**
 * Applies edits to separated stems on disk. Each edit keeps what it took from its sources, so the stems are always
 * base + Σ ±parts, in order: a new edit computes its own range only; one that is switched off, moved or deleted has
 * those behind it computed again where they overlap, and nothing else. The sum of all tracks stays what it was.
 */
export class EditLayer implements Disposable {
  private readonly base: ReadonlyMap<string, PcmReader>;
  private readonly rendered = new Map<string, PcmWriter>();
  private readonly parts: PartStore;
  private applied: AppliedEdit[] = [];
  private readonly shape: PcmCacheRef;
  private scratch = new Float32Array(0);

  /** `dir` is an existing folder of its own; the layer deletes what it puts there. */
  constructor(
    stems: readonly LayerStem[],
    private readonly dir: string,
    private readonly maskOf: (hash: string) => TileMask,
  ) {
    this.base = new Map(stems.map(({ name, ref }) => [name, new PcmReader(ref)]));
    this.shape = stems[0].ref;
    this.parts = new PartStore(join(dir, 'parts.f32'));
  }

  /** The tracks as they are now; `removed` is there when something was ever taken away. */
  tracks(): LayerStem[] {
    const names = [...this.base.keys(), ...(this.rendered.has(removedTrack) ? [removedTrack] : [])];
    return names.map((name) => {
      const reader = this.base.get(name);
      const writer = this.rendered.get(name);
      if (!writer && reader) return { name, ref: reader.ref };
      return { name, ref: { ...this.shape, dir: this.folderOf(name) } };
    });
  }

  /**
   * Makes the stems those of this list of edits; the sample ranges that changed, per track. `onProgress` is called
   * with fractions and may throw to stop: the layer then holds the edits it got to.
   */
  set(
    edits: readonly ActiveEdit[],
    onProgress: (fraction: number) => void = () => {},
  ): Map<string, SampleRange[]> {
    const changed = new Map<string, SampleRange[]>();
    const dirty: AppliedEdit[] = [];
    const before = this.applied;
    let same = 0;
    while (same < edits.length && before[same]?.key === keyOf(edits[same])) same++;
    // What comes after the first difference is kept where nothing it was computed from has changed.
    const reusable = new Map(before.slice(same).map((applied) => [applied.key, applied]));
    const touch = (applied: AppliedEdit): void => {
      dirty.push(applied);
      for (const { track } of applied.transfers) {
        changed.set(track, [...(changed.get(track) ?? []), { start: applied.start, count: applied.count }]);
      }
    };
    const wanted = new Set(edits.map(keyOf));
    for (const applied of before.slice(same)) if (!wanted.has(applied.key)) touch(applied);
    this.markMoved(before.slice(same), edits.slice(same), touch);
    this.applied = before.slice(0, same);
    try {
      edits.slice(same).forEach((edit, i, list) => {
        const known = reusable.get(keyOf(edit));
        if (known && !dirty.some((other) => this.feeds(other, known, edit))) {
          this.applied.push(known);
        } else {
          const fresh = this.compute(edit);
          if (known) touch(known);
          if (fresh) {
            this.applied.push(fresh);
            touch(fresh);
          }
        }
        onProgress((i + 1) / list.length);
      });
    } finally {
      const kept = new Set(this.applied);
      for (const applied of before) if (!kept.has(applied)) touch(applied);
      this.write(changed);
    }
    return changed;
  }

  dispose(): void {
    this.applied = [];
    this.parts.dispose();
    for (const reader of this.base.values()) reader.dispose();
    for (const writer of this.rendered.values()) writer.dispose();
    this.rendered.clear();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Edits that changed places count as changed: each is computed from what lies before it. */
  private markMoved(
    before: readonly AppliedEdit[],
    edits: readonly ActiveEdit[],
    touch: (applied: AppliedEdit) => void,
  ): void {
    const order = new Map(edits.map((edit, i) => [keyOf(edit), i]));
    let last = -1;
    for (const applied of before) {
      const at = order.get(applied.key);
      if (at === undefined) continue;
      if (at < last) touch(applied);
      last = Math.max(last, at);
    }
  }

  /** Whether an edit was computed from samples that another one changes: one of its sources, within a window. */
  private feeds(other: AppliedEdit, applied: SampleRange, edit: ActiveEdit): boolean {
    if (!other.transfers.some(({ track }) => edit.sources.includes(track))) return false;
    const { nFft, hop } = this.maskOf(edit.mask).grid;
    const more = nFft + hop;
    return overlap(other, { start: applied.start - more, count: applied.count + 2 * more });
  }

  private compute(edit: ActiveEdit): AppliedEdit | undefined {
    const mask = this.maskOf(edit.mask);
    const transfers = transfersOf(edit);
    const { channels, frames } = this.shape;
    const parts = new Map<string, PartRef>();
    let range: SampleRange | undefined;
    for (const source of new Set(transfers.map((transfer) => transfer.source))) {
      const read = (channel: number, start: number, into: Float32Array): void =>
        this.readState(source, channel, start, into);
      const part = maskedPart(read, channels, mask, edit.strength);
      if (!part) return undefined;
      const count = Math.min(part.planes[0].length, frames - part.start);
      if (count <= 0) return undefined;
      parts.set(source, this.parts.append(part.planes, count));
      range = { start: part.start, count };
    }
    return range && { ...range, key: keyOf(edit), transfers, parts };
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
    for (const [track, ranges] of changed) {
      const writer = this.writerOf(track);
      for (const range of merge(ranges)) {
        const end = Math.min(frames, range.start + range.count);
        for (let start = range.start; start < end; start += block) {
          const count = Math.min(block, end - start);
          planes.forEach((plane, ch) => this.readState(track, ch, start, plane.subarray(0, count)));
          writer.writeAt(start, planes, count);
        }
      }
    }
  }

  /** The cache of an edited track: a copy of the stem as it was, made when it first changes. */
  private writerOf(track: string): PcmWriter {
    const known = this.rendered.get(track);
    if (known) return known;
    const { channels, sampleRate } = this.shape;
    const dir = this.folderOf(track);
    const base = this.base.get(track);
    if (base) copyCache(base.ref, dir);
    else silentCache(dir, this.shape);
    const writer = new PcmWriter(dir, channels, sampleRate);
    this.rendered.set(track, writer);
    return writer;
  }

  private folderOf(track: string): string {
    const at = [...this.base.keys()].indexOf(track);
    return join(this.dir, at < 0 ? 'removed' : `track-${at}`);
  }
}

function keyOf({ id, kind, sources, target, strength, mask }: ActiveEdit): string {
  return JSON.stringify([id, kind, sources, target, strength, mask]);
}

function overlap(a: SampleRange, b: SampleRange): boolean {
  return a.start < b.start + b.count && b.start < a.start + a.count;
}

/** Ranges in order, those that touch as one. */
function merge(ranges: readonly SampleRange[]): SampleRange[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const merged: { start: number; count: number }[] = [];
  for (const { start, count } of sorted) {
    const last = merged.at(-1);
    if (last && start <= last.start + last.count) {
      last.count = Math.max(last.count, start + count - last.start);
    } else {
      merged.push({ start, count });
    }
  }
  return merged;
}
