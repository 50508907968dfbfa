import type { Frames } from '../base/units.js';
import { segmentsTouching, type Segment, type SegmentPlan } from './segment-plan.js';

/** Gives the samples `[offset, offset + into.length)` of one plane of a segment's result. */
export type SegmentPlaneReader = (segment: number, offset: Frames, into: Float32Array) => void;

/** Scratch buffers of the overlap-add, grown once and used again. */
export class MergeBuffers {
  sum = new Float64Array(0);
  weight = new Float64Array(0);
  piece = new Float32Array(0);

  reserve(count: Frames): void {
    if (this.sum.length >= count) return;
    this.sum = new Float64Array(count);
    this.weight = new Float64Array(count);
    this.piece = new Float32Array(count);
  }
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
  const { sum, weight } = buffers;
  const { weights } = plan;
  const count = part.length;
  const piece = buffers.piece.subarray(0, count);
  sum.fill(0, 0, count);
  weight.fill(0, 0, count);
  for (const segment of segments) {
    read(segment.index, from - segment.inputStart, piece);
    const first = from - segment.windowStart;
    for (let i = 0; i < count; i++) {
      const w = weights[first + i];
      sum[i] += w * piece[i];
      weight[i] += w;
    }
  }
  for (let i = 0; i < count; i++) part[i] = sum[i] / weight[i];
}
