import type { MaskArea, MaskGrid, TileMask } from '../../../src-main/common/separation/edits/tile-mask.js';
import { hertzAt, type FrequencyAxis } from '../axis.js';
import type { Span } from '../viewport.js';

/** Frames of the mask read at once. */
const chunkFrames = 128;
/** Red, green and blue: seen on every colour map, and no stem's colour. */
const ink = [80, 220, 255] as const;
const fillAlpha = 110;
/** The line goes around what is covered by half. */
const edgeLevel = 0.5;

/** The strongest value of each pixel column, `[width][bins]` from bin `low` on. */
export interface MaskColumns {
  readonly width: number;
  readonly low: number;
  readonly bins: number;
  readonly values: Float32Array;
}

/**
 * The first mask frame of pixel column `x`, and the one behind its last: the nearest one where pixels are narrower
 * than frames, else all that begin in it.
 */
export function columnFrames(
  x: number,
  { start, framesPerPixel }: Span,
  hop: number,
): readonly [number, number] {
  const first = Math.round((start + x * framesPerPixel) / hop);
  return [first, Math.max(first + 1, Math.round((start + (x + 1) * framesPerPixel) / hop))];
}

/** The same for the bins of pixel row `y` from the top. */
export function rowBins(
  y: number,
  height: number,
  axis: FrequencyAxis,
  binHertz: number,
): readonly [number, number] {
  const first = Math.round(hertzAt(axis, 1 - (y + 1) / height) / binHertz);
  return [first, Math.max(first + 1, Math.round(hertzAt(axis, 1 - y / height) / binHertz))];
}

/** Frames and bins of a mask that a lane shows. */
export function visibleArea(span: Span, axis: FrequencyAxis, rate: number, grid: MaskGrid): MaskArea {
  const binHertz = rate / grid.nFft;
  return {
    start: Math.max(0, columnFrames(0, span, grid.hop)[0]),
    end: columnFrames(Math.ceil(span.width) - 1, span, grid.hop)[1],
    low: Math.round(axis.low / binHertz),
    high: Math.round(axis.high / binHertz) + 1,
  };
}

/** The part of a mask that a stretch of the song shows; null when none of it is there. All lanes share it. */
export function maskColumns(mask: TileMask, span: Span): MaskColumns | null {
  const area = mask.area();
  const width = Math.ceil(span.width);
  if (!area) return null;
  const { hop } = mask.grid;
  const from = Math.max(area.start, columnFrames(0, span, hop)[0], 0);
  const to = Math.min(area.end, columnFrames(width - 1, span, hop)[1]);
  if (to <= from) return null;
  const { low } = area;
  const bins = area.high - low;
  const values = new Float32Array(width * bins);
  let [plane, first] = [mask.plane(from, chunkFrames), from];
  for (let x = 0; x < width; x++) {
    const [a, b] = columnFrames(x, span, hop);
    for (let t = Math.max(a, from); t < Math.min(b, to); t++) {
      if (t >= first + chunkFrames) [plane, first] = [mask.plane(t, chunkFrames), t];
      const row = (t - first) * mask.bins + low;
      for (let f = 0; f < bins; f++) {
        if (plane[row + f] > values[x * bins + f]) values[x * bins + f] = plane[row + f];
      }
    }
  }
  return { width, low, bins, values };
}

/** A lane's picture of a mask, 0 … 1 for each pixel: `[height][width]` from the top. */
export function maskLevels(
  { width, low, bins, values }: MaskColumns,
  height: number,
  axis: FrequencyAxis,
  binHertz: number,
): Float32Array {
  const levels = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [a, b] = rowBins(y, height, axis, binHertz).map((bin) => Math.min(Math.max(bin - low, 0), bins));
    for (let x = 0; b > a && x < width; x++) {
      let best = 0;
      for (let f = a; f < b; f++) best = Math.max(best, values[x * bins + f]);
      levels[y * width + x] = best;
    }
  }
  return levels;
}

/** Translucent where the mask is, with a line around what it covers by half: RGBA, `[height][width]`. */
export function maskPixels(
  levels: Float32Array,
  width: number,
  height: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  const isOutside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && levels[y * width + x] < edgeLevel;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = levels[y * width + x];
      if (level <= 0) continue;
      const edge =
        level >= edgeLevel &&
        (isOutside(x - 1, y) || isOutside(x + 1, y) || isOutside(x, y - 1) || isOutside(x, y + 1));
      pixels.set([...ink, edge ? 255 : Math.round(fillAlpha * level)], 4 * (y * width + x));
    }
  }
  return pixels;
}
