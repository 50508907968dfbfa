import type { StrokePoint } from '../../../src-main/common/separation/edits/shapes.js';
import { maskGrid } from '../../../src-main/common/separation/edits/tile-mask.js';
import { heightOf, hertzAt, type FrequencyAxis } from '../axis.js';

/** What a brush is measured in: pixels of the lane, octaves (and ms), or Hz (and ms). */
export const brushUnits = ['screen', 'octaves', 'hertz'] as const;
export type BrushUnit = (typeof brushUnits)[number];

/** Whole width and height of a brush, in each unit. */
export interface BrushSize {
  readonly unit: BrushUnit;
  readonly pixels: { readonly width: number; readonly height: number };
  readonly ms: number;
  readonly octaves: number;
  readonly hertz: number;
}

/** Smallest and largest of each. */
export const brushLimits = {
  pixels: [2, 400],
  ms: [10, 2000],
  octaves: [0.05, 8],
  hertz: [10, 5000],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

/** The lane that is painted on. */
export interface LaneScreen {
  readonly axis: FrequencyAxis;
  /** Of the song. */
  readonly framesPerPixel: number;
  /** Pixels. */
  readonly height: number;
}

/** Smallest radius, frames or bins: a thinner brush could pass between two of them. */
const smallestRadius = 0.75;

/**
 * The brush at a place: its middle and radii in bins and frames of the mask. On an axis that is not linear what is as far up
 * as down on the screen is not so in Hz: the middle moves, and the brush covers just what its outline does.
 */
export function brushAt(
  { unit, pixels, ms, octaves, hertz }: BrushSize,
  { frame, bin }: StrokePoint,
  { axis, framesPerPixel, height }: LaneScreen,
  sampleRate: number,
): { readonly frame: number; readonly bin: number; readonly frames: number; readonly bins: number } {
  const binHertz = sampleRate / maskGrid.nFft;
  const width = unit === 'screen' ? pixels.width * framesPerPixel : (ms / 1000) * sampleRate;
  const frames = Math.max(smallestRadius, width / 2 / maskGrid.hop);
  const reach = (): readonly [low: number, high: number] => {
    const at = bin * binHertz;
    if (unit === 'hertz') return [at - hertz / 2, at + hertz / 2];
    if (unit === 'octaves') return [at * 2 ** (-octaves / 2), at * 2 ** (octaves / 2)];
    const y = heightOf(axis, Math.max(at, axis.low));
    const half = pixels.height / 2 / Math.max(1, height);
    return [hertzAt(axis, y - half), hertzAt(axis, y + half)];
  };
  const [low, high] = reach().map((value) => value / binHertz);
  const bins = Math.max(smallestRadius, (high - low) / 2);
  return { frame, bin: (low + high) / 2, frames, bins };
}

/** A brush that is so many times as large in its unit. */
export function scaledBrush(size: BrushSize, factor: number): BrushSize {
  const within = (value: number, [low, high]: readonly [number, number]): number =>
    Math.min(high, Math.max(low, Math.round(value * factor * 100) / 100));
  const { pixels, ms, octaves, hertz } = size;
  switch (size.unit) {
    case 'screen': {
      const width = Math.round(within(pixels.width, brushLimits.pixels));
      return { ...size, pixels: { width, height: Math.round(within(pixels.height, brushLimits.pixels)) } };
    }
    case 'octaves':
      return { ...size, ms: within(ms, brushLimits.ms), octaves: within(octaves, brushLimits.octaves) };
    case 'hertz':
      return { ...size, ms: within(ms, brushLimits.ms), hertz: within(hertz, brushLimits.hertz) };
  }
}
