import type { Frames } from '../base/units.js';
import { segmentsTouching, type Segment, type SegmentPlan } from './segment-plan.js';

/** Gives the samples `[offset, offset + into.length)` of one plane of a segment's result. */
export type SegmentPlaneReader = (segment: number, offset: Frames, into: Float32Array) => void;

/** What the overlap-add keeps between calls: buffers, and the shares of segments. */
export class MergeBuffers {
  sum = new Float64Array(0);
  piece = new Float32Array(0);
  private plan: SegmentPlan | undefined;
  private readonly shares = new Map<string, ReadonlyMap<Segment, Float64Array>>();

  reserve(count: Frames): void {
    if (this.sum.length >= count) return;
    this.sum = new Float64Array(count);
    this.piece = new Float32Array(count);
  }

  /** w / Σ w of each segment over a part; the same for every plane, so those of the last few parts are kept. */
  sharesOf(
    plan: SegmentPlan,
    segments: readonly Segment[],
    from: Frames,
    count: Frames,
  ): ReadonlyMap<Segment, Float64Array> {
    const key = `${from} ${count}`;
    const known = this.shares.get(key);
    if (known && this.plan === plan) return known;
    if (this.shares.size >= 8 || this.plan !== plan) this.shares.clear();
    this.plan = plan;
    const shares = sharesOf(plan, segments, from, count);
    this.shares.set(key, shares);
    return shares;
  }
}

/** Each segment's part of the mean: w / Σ w of its pass, over the number of passes. */
function sharesOf(
  plan: SegmentPlan,
  segments: readonly Segment[],
  from: Frames,
  count: Frames,
): ReadonlyMap<Segment, Float64Array> {
  const shares = new Map<Segment, Float64Array>();
  const passes = plan.passes ?? 1;
  for (const pass of new Set(segments.map((segment) => segment.pass))) {
    const own = segments.filter((segment) => segment.pass === pass);
    const total = new Float64Array(count);
    for (const { windowStart, weights = plan.weights } of own) {
      const part = weights.subarray(from - windowStart, from - windowStart + count);
      for (let i = 0; i < count; i++) total[i] += part[i];
    }
    for (const segment of own) {
      const { windowStart, weights = plan.weights } = segment;
      const part = weights.subarray(from - windowStart, from - windowStart + count);
      const share = new Float64Array(count);
      for (let i = 0; i < count; i++) {
        // Hosts' windows may all be 0 at one sample: they share it.
        share[i] = (total[i] > 0 ? part[i] / total[i] : 1 / own.length) / passes;
      }
      shares.set(segment, share);
    }
  }
  return shares;
}

/** The frames of `[start, end)` cut wherever a segment begins or ends: in each part the same segments overlap. */
function boundaries(segments: readonly Segment[], start: Frames, end: Frames): Frames[] {
  const cuts = new Set([start, end]);
  for (const { from, to } of segments) {
    if (from > start && from < end) cuts.add(from);
    if (to > start && to < end) cuts.add(to);
  }
  return [...cuts].sort((a, b) => a - b);
}

/**
 * Weighted overlap-add of segment results over frames `[start, start + count)` of the song, zeros outside it:
 * Σ w·y / Σ w, so constant input gives constant output for every plan (as in demucs/apply.py).
 * Random access: every blocking gives the same samples. Where one segment stands alone, its samples are taken
 * as they are.
 */
export function mergeSegments(
  plan: SegmentPlan,
  read: SegmentPlaneReader,
  start: Frames,
  count: Frames,
  into: Float32Array,
  buffers: MergeBuffers,
): void {
  buffers.reserve(count);
  const touching = segmentsTouching(plan, start, start + count);
  const cuts = boundaries(touching, start, start + count);
  for (let c = 0; c + 1 < cuts.length; c++) {
    const [from, to] = [cuts[c], cuts[c + 1]];
    const here = touching.filter((segment) => segment.from < to && segment.to > from);
    const part = into.subarray(from - start, to - start);
    if (here.length === 0) part.fill(0);
    else if (here.length === 1) read(here[0].index, from - here[0].inputStart, part);
    else blend(plan, here, read, from, part, buffers);
  }
}

/** Σ w·y / Σ w of several segments over a part that all of them cover. */
function blend(
  plan: SegmentPlan,
  segments: readonly Segment[],
  read: SegmentPlaneReader,
  from: Frames,
  part: Float32Array,
  buffers: MergeBuffers,
): void {
  const count = part.length;
  const { sum, piece } = buffers;
  const shares = buffers.sharesOf(plan, segments, from, count);
  const take = (segment: Segment, into: Float32Array): Float64Array => {
    read(segment.index, from - segment.inputStart, into);
    return shares.get(segment)!;
  };
  if (segments.length === 2) {
    // Two fading into each other, as nearly always: the shares add up to 1.
    read(segments[1].index, from - segments[1].inputStart, part);
    const share = take(segments[0], piece.subarray(0, count));
    for (let i = 0; i < count; i++) part[i] += share[i] * (piece[i] - part[i]);
    return;
  }
  const last = segments.length - 1;
  for (let s = 0; s < last; s++) {
    const share = take(segments[s], piece.subarray(0, count));
    if (s === 0) for (let i = 0; i < count; i++) sum[i] = share[i] * piece[i];
    else for (let i = 0; i < count; i++) sum[i] += share[i] * piece[i];
  }
  const share = take(segments[last], part);
  for (let i = 0; i < count; i++) part[i] = sum[i] + share[i] * part[i];
}
