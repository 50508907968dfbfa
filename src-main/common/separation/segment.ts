import type { Frames } from '../base/units.js';

/** One piece of the song, in frames at the separator's rate. */
export interface Segment {
  readonly index: number;
  /** Where the segment's audio begins; may be negative. */
  readonly inputStart: Frames;
  /** The part of the song this segment's result speaks for: `[from, to)`. */
  readonly from: Frames;
  readonly to: Frames;
  /** Frame of the song at which the weight window begins. */
  readonly windowStart: Frames;
  /** Samples of this segment, where it is shorter than the plan's length. */
  readonly length?: Frames;
  /** Its own overlap-add weights, from `windowStart` on, where they are not the plan's; they may hold zeros. */
  readonly weights?: Float32Array;
  /** Which pass over the song it belongs to; passes are averaged. 0 when left out. */
  readonly pass?: number;
  /** What stands outside the song, where it is not what the plan says. */
  readonly pad?: 'zero' | 'reflect';
  /** From this frame on the segment is a mirror of itself, or zeros: its host's song has ended there. */
  readonly ending?: { readonly at: Frames; readonly beyond: 'zero' | 'reflect' };
  /** The window that it is an excerpt of, and the frame of it with which it begins. */
  readonly heard?: { readonly window: number; readonly first: number };
}

export interface SegmentPlan {
  readonly songFrames: Frames;
  readonly length: Frames;
  readonly pad: 'zero' | 'reflect';
  /** Sorted by `from`. */
  readonly segments: readonly Segment[];
  /** Overlap-add weights of one segment, `[length]`; other plans have the same array. */
  readonly weights: Float32Array;
  /** Passes over the song, whose results are averaged; 1 when left out. */
  readonly passes?: number;
  /** Windows that are heard before the excerpts in `segments` are made of them, sorted by `from`. */
  readonly windows?: readonly Segment[];
}

/** Windows whose files are there together: as few as excerpts of all passes need, in the order in which they begin. */
export function roomsOf({ passes = 1 }: SegmentPlan): number {
  return 2 * passes - 1;
}

/** The segments whose results touch frames `[start, end)`. */
export function segmentsTouching(plan: SegmentPlan, start: Frames, end: Frames): readonly Segment[] {
  return plan.segments.filter((segment) => segment.from < end && segment.to > start);
}

/** The frame of the song that stands at `frame` of a segment's input; −1 for a zero. */
export function sourceFrame(plan: SegmentPlan, segment: Segment, frame: Frames): Frames {
  const { songFrames } = plan;
  const { ending, pad = plan.pad } = segment;
  let at = frame;
  if (ending && at >= ending.at) {
    if (ending.beyond === 'zero') return -1;
    at = 2 * (ending.at - 1) - at;
  }
  if (at >= 0 && at < songFrames) return at;
  return pad === 'reflect' ? reflectIndex(at, songFrames) : -1;
}

/** The runs of a segment's input that lie outside the song, as indices into the input. */
export function outsideRuns(
  plan: SegmentPlan,
  segment: Segment,
  length: Frames,
): readonly (readonly [from: Frames, to: Frames])[] {
  const { inputStart, ending } = segment;
  const end = Math.min(plan.songFrames, ending?.at ?? plan.songFrames);
  const before = Math.min(length, Math.max(0, -inputStart));
  const after = Math.max(before, Math.min(length, end - inputStart));
  return [[0, before] as const, [after, length] as const].filter(([from, to]) => to > from);
}

/** Fills `into` with a segment's input from a plane that holds the whole song; zeros are `outside`. */
export function fetchSegment(
  plane: Float32Array,
  plan: SegmentPlan,
  segment: Segment,
  into: Float32Array,
  outside = 0,
): void {
  const { inputStart } = segment;
  const from = Math.max(0, -inputStart);
  const to = Math.min(into.length, plane.length - inputStart);
  if (to > from) into.set(plane.subarray(inputStart + from, inputStart + to), from);
  for (const [first, end] of outsideRuns(plan, segment, into.length)) {
    for (let i = first; i < end; i++) {
      const at = sourceFrame(plan, segment, inputStart + i);
      into[i] = at < 0 ? outside : plane[at];
    }
  }
}

/** Index of a frame outside the song under reflection without repeating the edge, for any distance. */
export function reflectIndex(frame: Frames, length: Frames): Frames {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((frame % period) + period) % period;
  return folded < length ? folded : period - folded;
}
