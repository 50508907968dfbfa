import { highestDb, lowestDb } from '../../src-main/common/document/records.js';
import { fillGains, type Envelope, type GainPoint } from '../../src-main/common/jobs/automation.js';
import { gainToDb } from '../../src-main/common/base/units.js';

/** Where a level is on a lane, from its top (0: the highest level) to its bottom (1: silence). */
export function levelPlace(db: number): number {
  const clamped = Math.min(Math.max(db, lowestDb), highestDb);
  return (highestDb - clamped) / (highestDb - lowestDb);
}

/** The level at a place of a lane, in tenths of a dB. */
export function placeLevel(place: number): number {
  const db = highestDb - Math.min(Math.max(place, 0), 1) * (highestDb - lowestDb);
  return Math.round(db * 10) / 10;
}

/** The level between points, linear in dB; the first or last one's outside of them. */
export function levelAtFrame(points: readonly GainPoint[], frame: number): number {
  const next = points.findIndex((point) => point.frame > frame);
  if (next < 0) return points[points.length - 1].db;
  if (next === 0) return points[0].db;
  const [from, to] = [points[next - 1], points[next]];
  return from.db + ((to.db - from.db) * (frame - from.frame)) / (to.frame - from.frame);
}

/** Pixels and frames of a lane. */
export interface LaneScale {
  readonly start: number;
  readonly framesPerPixel: number;
  readonly width: number;
  readonly height: number;
}

const one = new Float32Array(1);

/** The line of a track's level over the lane, as the data of an SVG path: one point for each two pixels. */
export function envelopePath(envelope: Envelope, edge: number, scale: LaneScale): string {
  const { start, framesPerPixel, width, height } = scale;
  let path = '';
  for (let x = 0; x <= width; x += 2) {
    const frame = Math.max(0, Math.round(start + x * framesPerPixel));
    const gain = fillGains(envelope, edge, frame, 1, one) ? one[0] : 1;
    // Silence is drawn just above the lane's lower border, not under it.
    const y = Math.min(levelPlace(gain > 0 ? gainToDb(gain) : lowestDb) * height, height - 1);
    path += `${x === 0 ? 'M' : 'L'}${x} ${y.toFixed(1)}`;
  }
  return path;
}
