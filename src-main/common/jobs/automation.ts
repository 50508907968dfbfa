import { dbToGain, type Decibels, type Frames } from '../base/units.js';

/** At and below this level a point or a fader is silent, dB. */
export const silenceDb = -60;
/** A region comes and goes over this time, outside of its frames, so that it does not click. */
export const edgeSeconds = 0.005;

/** A level at a frame of the song. */
export interface GainPoint {
  readonly frame: Frames;
  readonly db: Decibels;
}

/**
 * Something that happens to a stem's level in frames [start, end) of the song: silence; a level in dB, linear
 * between points and level outside of them; a fade from or to silence, linear in amplitude.
 */
export interface AutomationRegion {
  readonly kind: 'mute' | 'gain' | 'fade-in' | 'fade-out';
  readonly start: Frames;
  readonly end: Frames;
  /** In order; at least one for `gain`, none count for the others. */
  readonly points: readonly GainPoint[];
}

/** All regions of one stem; where they overlap, their gains are multiplied. */
export type Envelope = readonly AutomationRegion[];

/** Frames of a region's edges at a sample rate. */
export function edgeFrames(sampleRate: number): Frames {
  return Math.round(edgeSeconds * sampleRate);
}

function pointGain(db: Decibels): number {
  return db <= silenceDb ? 0 : dbToGain(db);
}

/** The amplitude factor of a region at a frame inside of it. */
function insideGain({ kind, start, end, points }: AutomationRegion, at: Frames): number {
  if (kind === 'mute') return 0;
  if (kind === 'fade-in') return (at - start) / (end - start);
  if (kind === 'fade-out') return (end - at) / (end - start);
  let next = 0;
  while (next < points.length && points[next].frame <= at) next++;
  if (next === 0) return pointGain(points[0].db);
  const from = points[next - 1];
  if (next === points.length || points[next].db === from.db) return pointGain(from.db);
  const to = points[next];
  return pointGain(from.db + ((to.db - from.db) * (at - from.frame)) / (to.frame - from.frame));
}

/** The amplitude factor of a region no further from it than an edge: linear to and from 1 before and after it. */
function regionGain(region: AutomationRegion, at: Frames, edge: Frames): number {
  const { start, end } = region;
  if (at < start) return 1 + (insideGain(region, start) - 1) * (1 - (start - at) / (edge + 1));
  if (at >= end) return 1 + (insideGain(region, end - 1) - 1) * (1 - (at - end + 1) / (edge + 1));
  return insideGain(region, at);
}

/**
 * Fills `out[at + i]`, i < count, with a stem's amplitude factor at frame `start + i` of the song, as float32.
 * `edge` is `edgeFrames` of the song's rate. False when all factors are 1; then `out` is as it was. The mixer of the
 * audio thread and the export both take their factors from here. Allocates nothing.
 */
export function fillGains(
  envelope: Envelope,
  edge: Frames,
  start: Frames,
  count: Frames,
  out: Float32Array,
  at = 0,
): boolean {
  let any = false;
  for (let r = 0; r < envelope.length; r++) {
    const region = envelope[r];
    const from = Math.max(start, region.start - edge);
    const to = Math.min(start + count, region.end + edge);
    if (from >= to) continue;
    if (!any) out.fill(1, at, at + count);
    any = true;
    for (let i = from; i < to; i++) out[at + i - start] *= regionGain(region, i, edge);
  }
  return any;
}
