import { axisFor, unwarp, warp, type Band, type FrequencyAxis } from './axis.js';

/** Narrowest part of an axis that can be shown, Hz. */
export const narrowestHertz = 20;

/** Keeps both ends on the axis by moving the part, not by cutting it; null where all of it is shown. */
function fitted(axis: FrequencyAxis, sampleRate: number, from: number, to: number): Band | null {
  const { kind } = axis;
  const full = axisFor(kind, sampleRate);
  const [bottom, top] = [warp(kind, full.low), warp(kind, full.high)];
  const size = Math.min(to - from, top - bottom);
  const start = Math.min(Math.max(from, bottom), top - size);
  // 1e-9 of the axis is less than a pixel of any lane.
  if (size >= (top - bottom) * (1 - 1e-9)) return null;
  return { low: unwarp(kind, start), high: unwarp(kind, start + size) };
}

/**
 * Zooms an axis by `factor` (> 1 shows less); the frequency at height `y` (0 … 1 from the bottom) stays where it is.
 * Returns the band to show, null for the whole axis.
 */
export function zoomBand(axis: FrequencyAxis, sampleRate: number, y: number, factor: number): Band | null {
  const [low, high] = [warp(axis.kind, axis.low), warp(axis.kind, axis.high)];
  const anchor = low + y * (high - low);
  const band = fitted(axis, sampleRate, anchor - (anchor - low) / factor, anchor + (high - anchor) / factor);
  const tooNarrow = band !== null && band.high - band.low < narrowestHertz;
  return tooNarrow ? { low: axis.low, high: axis.high } : band;
}

/** Moves what is shown up by `share` of a lane's height. */
export function scrollBand(axis: FrequencyAxis, sampleRate: number, share: number): Band | null {
  const [low, high] = [warp(axis.kind, axis.low), warp(axis.kind, axis.high)];
  const by = share * (high - low);
  return fitted(axis, sampleRate, low + by, high + by);
}

/** Two ends in any order as a band within 0 … half the sample rate, no narrower than can be shown. */
export function bandBetween(a: number, b: number, sampleRate: number): Band {
  const top = sampleRate / 2;
  const clamp = (hertz: number): number => Math.min(Math.max(hertz, 0), top);
  const [low, high] = [clamp(Math.min(a, b)), clamp(Math.max(a, b))];
  if (high - low >= narrowestHertz) return { low, high };
  const start = Math.min(low, top - narrowestHertz);
  return { low: start, high: start + narrowestHertz };
}
