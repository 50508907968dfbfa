import {
  fillHarmonics,
  paintStroke,
  type Brush,
  type StrokePoint,
} from '../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../src-main/common/separation/edits/tile-mask.js';
import { heightOf, hertzAt, type FrequencyAxis } from '../axis.js';

/** Longest piece that is painted at once, in radii of the brush: a long one has a wide box around it to look at. */
const longestPiece = 4;
const mostPieces = 1000;
/** Places on a side as high as a lane: what is lower by as much is straight in Hz as well as on the screen. */
const sidePlaces = 64;

/** A line in pieces that are at most a few radii long. */
function pieces(a: StrokePoint, b: StrokePoint, { frames, bins }: Brush): StrokePoint[][] {
  const length = Math.hypot((b.frame - a.frame) / frames, (b.bin - a.bin) / bins);
  const count = Math.min(mostPieces, Math.max(1, Math.ceil(length / longestPiece)));
  const at = (i: number): StrokePoint => {
    const share = i / count;
    const [p, q] = [a.pressure ?? 1, b.pressure ?? 1];
    return {
      frame: a.frame + share * (b.frame - a.frame),
      bin: a.bin + share * (b.bin - a.bin),
      pressure: p + share * (q - p),
    };
  };
  return Array.from({ length: count }, (_, i) => [at(i), at(i + 1)]);
}

/** Places on the way from one to another, the other included, that lie on a straight line on the screen. */
export function straightOn(
  axis: FrequencyAxis,
  binHertz: number,
  from: StrokePoint,
  to: StrokePoint,
): StrokePoint[] {
  // Pixels end at the axis' foot: a logarithmic one has no place for 0 Hz.
  const [low, high] = [from, to].map(({ bin }) => heightOf(axis, Math.max(bin * binHertz, axis.low)));
  const count = axis.kind === 'linear' ? 1 : Math.max(1, Math.ceil(sidePlaces * Math.abs(high - low)));
  const [weak, strong] = [from.pressure ?? 1, to.pressure ?? 1];
  return Array.from({ length: count }, (_, i) => {
    const share = (i + 1) / count;
    if (i === count - 1) return to;
    return {
      frame: from.frame + share * (to.frame - from.frame),
      bin: hertzAt(axis, low + share * (high - low)) / binHertz,
      pressure: weak + share * (strong - weak),
    };
  });
}

/** Paints (or erases) along a line. */
export function paintLine(mask: TileMask, a: StrokePoint, b: StrokePoint, brush: Brush): void {
  for (const piece of pieces(a, b, brush)) paintStroke(mask, piece, brush);
}

/**
 * Paints a fundamental that runs from one place to another, in any order, and its overtones, `overtones` lines in
 * all: each as high as the brush, and at both ends longer by its radius.
 */
export function paintOvertones(
  mask: TileMask,
  from: StrokePoint,
  to: StrokePoint,
  brush: Brush,
  overtones: number,
): void {
  const [a, b] = from.frame <= to.frame ? [from, to] : [to, from];
  const line = [
    { ...a, frame: Math.max(0, a.frame - brush.frames) },
    a,
    b,
    { ...b, frame: b.frame + brush.frames },
  ];
  const part = new TileMask(mask.grid);
  fillHarmonics(part, line, { overtones, width: brush.bins, hardness: brush.hardness });
  const strength = (brush.strength * ((a.pressure ?? 1) + (b.pressure ?? 1))) / 2;
  const area = part.area();
  if (!area) return;
  mask.update(area, (old, t, f) => {
    const value = part.get(t, f);
    return value > 0 ? Math.max(old, strength * value) : old;
  });
}
