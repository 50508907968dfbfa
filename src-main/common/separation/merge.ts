import type { Frames } from '../base/units.js';
import { segmentsTouching, type Segment, type SegmentPlan } from './segment-plan.js';

/** Gives the samples `[offset, offset + into.length)` of one plane of a segment's result. */
export type SegmentPlaneReader = (segment: number, offset: Frames, into: Float32Array) => void;

/** What the overlap-add keeps between calls: buffers, and the shares of segments. */
export class MergeBuffers {
  sum = new Float64Array(0);
  piece = new Float32Array(0);
  private plan: SegmentPlan | undefined;
  private readonly shares = new Map<string, Float64Array>();

  reserve(count: Frames): void {
    if (this.sum.length >= count) return;
    this.sum = new Float64Array(count);
    this.piece = new Float32Array(count);
  }

  /** w / Σ w of one segment over a part; the same for every plane, so the last few parts are kept. */
  share(
    plan: SegmentPlan,
    segments: readonly Segment[],
    one: Segment,
    from: Frames,
    count: Frames,
  ): Float64Array {
    const key = `${one.index} ${from} ${count}`;
    const known = this.shares.get(key);
    if (known && this.plan === plan) return known;
    if (this.shares.size >= 16 || this.plan !== plan) this.shares.clear();
    this.plan = plan;
    const share = sharesOf(plan, segments, one, from, count);
    this.shares.set(key, share);
    return share;
  }
}

/** A segment's part of the mean: w / Σ w of its pass, over the number of passes. */
function sharesOf(
  plan: SegmentPlan,
  segments: readonly Segment[],
  one: Segment,
  from: Frames,
  count: Frames,
): Float64Array {
  const total = new Float64Array(count);
  const pass = segments.filter((segment) => segment.pass === one.pass);
  for (const { windowStart, weights = plan.weights } of pass) {
    const first = from - windowStart;
    for (let i = 0; i < count; i++) total[i] += weights[first + i];
  }
  const first = from - one.windowStart;
  const { weights = plan.weights } = one;
  const passes = plan.passes ?? 1;
  for (let i = 0; i < count; i++) {
    // Hosts' windows may all be 0 at one sample: they share it.
    total[i] = (total[i] > 0 ? weights[first + i] / total[i] : 1 / pass.length) / passes;
  }
  return total;
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
 * Random access: any blocking gives the same samples. Where one segment stands alone, its samples are taken
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
  const take = (segment: Segment, into: Float32Array): Float64Array => {
    read(segment.index, from - segment.inputStart, into);
    return buffers.share(plan, segments, segment, from, count);
  };
  if (segments.length === 2) {
    // Two fading into each other, as nearly always: the shares add up to 1.
    read(segments[1].index, from - segments[1].inputStart, part);
    const share = take(segments[0], piece.subarray(0, count));
    for (let i = 0; i < count; i++) part[i] += share[i] * (piece[i] - part[i]);
    return;
  }
  for (let s = 0; s < segments.length; s++) {
    const share = take(segments[s], piece.subarray(0, count));
    if (s === 0) for (let i = 0; i < count; i++) sum[i] = share[i] * piece[i];
    else for (let i = 0; i < count; i++) sum[i] += share[i] * piece[i];
  }
  for (let i = 0; i < count; i++) part[i] = sum[i];
}
