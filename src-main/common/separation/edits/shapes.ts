import type { MaskArea, TileMask } from './tile-mask.js';

/** A place in the spectrogram, in frames and bins (fractions allowed), with the pen's pressure 0 … 1. */
export interface StrokePoint {
  readonly frame: number;
  readonly bin: number;
  readonly pressure?: number;
}

/** How a brush paints: radii in frames and bins, hardness 0 (soft from the middle on) … 1 (a sharp rim). */
export interface Brush {
  readonly frames: number;
  readonly bins: number;
  readonly hardness: number;
  readonly strength: number;
  readonly erase?: boolean;
}

/** 1 inside, falling to 0 at the rim as half a cosine; `distance` is 1 at the rim. */
function falloff(distance: number, hardness: number): number {
  if (distance >= 1) return 0;
  if (distance <= hardness) return 1;
  return 0.5 + 0.5 * Math.cos((Math.PI * (distance - hardness)) / (1 - hardness));
}

/** The distance of a point to a segment where the brush is a circle of radius 1. */
function distanceTo(t: number, f: number, a: StrokePoint, b: StrokePoint, brush: Brush): number {
  const ax = (t - a.frame) / brush.frames;
  const ay = (f - a.bin) / brush.bins;
  const bx = (b.frame - a.frame) / brush.frames;
  const by = (b.bin - a.bin) / brush.bins;
  const length = bx * bx + by * by;
  const along = length > 0 ? Math.min(1, Math.max(0, (ax * bx + ay * by) / length)) : 0;
  return Math.hypot(ax - along * bx, ay - along * by);
}

/** Paints a stroke: every bin takes the strongest touch of it (a stroke is not stronger where it crosses itself). */
export function paintStroke(mask: TileMask, points: readonly StrokePoint[], brush: Brush): void {
  if (points.length === 0) return;
  const touched = new Map<number, number>();
  for (let i = 0; i < Math.max(1, points.length - 1); i++) {
    const a = points[i];
    const b = points[Math.min(i + 1, points.length - 1)];
    const start = Math.max(0, Math.floor(Math.min(a.frame, b.frame) - brush.frames));
    const end = Math.ceil(Math.max(a.frame, b.frame) + brush.frames) + 1;
    const low = Math.max(0, Math.floor(Math.min(a.bin, b.bin) - brush.bins));
    const high = Math.min(mask.bins, Math.ceil(Math.max(a.bin, b.bin) + brush.bins) + 1);
    const pressure = 0.5 * ((a.pressure ?? 1) + (b.pressure ?? 1));
    for (let t = start; t < end; t++) {
      for (let f = low; f < high; f++) {
        const value = brush.strength * pressure * falloff(distanceTo(t, f, a, b, brush), brush.hardness);
        const key = t * mask.bins + f;
        if (value > (touched.get(key) ?? 0)) touched.set(key, value);
      }
    }
  }
  for (const [key, value] of touched) {
    const t = Math.floor(key / mask.bins);
    const f = key % mask.bins;
    const old = mask.get(t, f);
    mask.set(t, f, brush.erase ? Math.min(old, 1 - value) : Math.max(old, value));
  }
}

/** A rectangle of 1 that fades to 0 outside over `feather` frames and bins. */
export function fillRectangle(
  mask: TileMask,
  area: MaskArea,
  feather: { readonly frames: number; readonly bins: number } = { frames: 0, bins: 0 },
): void {
  const profile = (start: number, end: number, width: number): Float32Array =>
    Float32Array.from({ length: end - start + 2 * width }, (_, i) => {
      const outside = Math.max(width - i, i - width - (end - start - 1));
      return outside <= 0 ? 1 : falloff(outside / (width + 1), 0);
    });
  const rows = profile(area.start, area.end, feather.frames);
  const columns = profile(area.low, area.high, feather.bins);
  mask.raise(area.start - feather.frames, rows, area.low - feather.bins, columns);
}

/** The inside of a closed polygon (even-odd rule), judged at the middle of each bin. */
export function fillLasso(mask: TileMask, polygon: readonly StrokePoint[]): void {
  if (polygon.length < 3) return;
  const frames = polygon.map(({ frame }) => frame);
  const bins = polygon.map(({ bin }) => bin);
  const area = {
    start: Math.floor(Math.min(...frames)),
    end: Math.ceil(Math.max(...frames)) + 1,
    low: Math.floor(Math.min(...bins)),
    high: Math.ceil(Math.max(...bins)) + 1,
  };
  mask.update(area, (old, t, f) => (isInside(t, f, polygon) ? 1 : old));
}

function isInside(t: number, f: number, polygon: readonly StrokePoint[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i], polygon[j]];
    if (a.bin > f === b.bin > f) continue;
    if (t < ((b.frame - a.frame) * (f - a.bin)) / (b.bin - a.bin) + a.frame) inside = !inside;
  }
  return inside;
}

/**
 * A fundamental and its overtones: each bin within `width` bins of n times the fundamental of its frame, n from 1
 * to `overtones`. `line` gives the fundamental in bins at frames in rising order; between them it is interpolated.
 */
export function fillHarmonics(
  mask: TileMask,
  line: readonly StrokePoint[],
  options: { readonly overtones: number; readonly width: number; readonly hardness: number },
): void {
  for (let i = 0; i < line.length; i++) {
    const a = line[i];
    const b = line[Math.min(i + 1, line.length - 1)];
    const last = i === line.length - 1 ? Math.round(a.frame) : Math.ceil(b.frame) - 1;
    for (let t = Math.round(a.frame); t <= last; t++) {
      const share = b.frame > a.frame ? (t - a.frame) / (b.frame - a.frame) : 0;
      const fundamental = a.bin + share * (b.bin - a.bin);
      if (fundamental <= 0) continue;
      for (let n = 1; n <= options.overtones; n++) {
        const middle = n * fundamental;
        if (middle - options.width >= mask.bins) break;
        for (let f = Math.ceil(middle - options.width); f <= middle + options.width; f++) {
          const value = falloff(Math.abs(f - middle) / (options.width + 1e-9), options.hardness);
          if (value > mask.get(t, f)) mask.set(t, f, value);
        }
      }
    }
  }
}
