import type { Frames } from '../base/units.js';
import { segmentsTouching, type SegmentPlan } from './segment-plan.js';

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

/**
 * Weighted overlap-add of segment results over frames `[start, start + count)` of the song, zeros outside it:
 * Σ w·y / Σ w, so constant input gives constant output for every plan (as in demucs/apply.py).
 * Random access: any blocking gives the same samples.
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
  const { sum, weight } = buffers;
  sum.fill(0, 0, count);
  weight.fill(0, 0, count);
  for (const segment of segmentsTouching(plan, start, start + count)) {
    const from = Math.max(start, segment.from);
    const to = Math.min(start + count, segment.to);
    const piece = buffers.piece.subarray(0, to - from);
    read(segment.index, from - segment.inputStart, piece);
    let w = from - segment.windowStart;
    let o = from - start;
    for (let i = 0; i < piece.length; i++, w++, o++) {
      sum[o] += plan.weights[w] * piece[i];
      weight[o] += plan.weights[w];
    }
  }
  for (let i = 0; i < count; i++) into[i] = weight[i] > 0 ? sum[i] / weight[i] : 0;
}
