import { heightOf, hertzAt, type FrequencyAxis } from '../../picture/axis.js';
import type { SnapHint, Snapping } from '../../state/snapping.svelte.js';
import type { SnapKind, SnapPlace } from '../../state/snap-places.js';
import { dragGrip, type Grip, type Held } from './grips.js';

/** Where edges go to in the lane that is drawn in; null for nothing near. */
export interface Snapper {
  frame(at: number): SnapPlace | null;
  /** Hz; null also where there is no frequency axis. */
  hertz(at: number): number | null;
  show(hint: Partial<SnapHint>): void;
  /** Calls back when there is more to snap to. */
  onMore(again: () => void): void;
}

/** A place of the pointer in a lane: frames, and Hz. */
export interface Point {
  readonly frame: number;
  readonly hertz: number | null;
}

/** The place that a corner goes to. */
export function snapPoint(
  point: Point,
  snapper: Snapper,
): { readonly point: Point; readonly hint: SnapHint } {
  const time = snapper.frame(point.frame);
  const band = point.hertz === null ? null : snapper.hertz(point.hertz);
  return {
    point: { frame: time?.at ?? point.frame, hertz: band ?? point.hertz },
    hint: { time, band },
  };
}

/**
 * Where the pointer would have to be for what its grip drags to lie where it snaps to. Of a selection that is moved the
 * edge snaps that has the shorter way, in time and in frequency.
 */
export function snapDrag(
  held: Held,
  grip: Grip,
  from: Point,
  to: Point,
  axis: FrequencyAxis | null,
  length: number,
  snapper: Snapper,
): Point {
  if (grip.time || grip.band) {
    const { point, hint } = snapPoint(to, snapper);
    const time = grip.time ? hint.time : null;
    const band = grip.band ? hint.band : null;
    snapper.show({ time, band });
    return { frame: time ? point.frame : to.frame, hertz: band === null ? to.hertz : point.hertz };
  }
  const moved = dragGrip(held, grip, from, to, axis, length);
  const times = [moved.start, moved.end].flatMap((edge) => {
    const place = snapper.frame(edge);
    return place ? [{ place, way: place.at - edge }] : [];
  });
  const time = times.sort((a, b) => Math.abs(a.way) - Math.abs(b.way)).at(0);
  const { hertz, band } = moveBand(moved, to, axis, snapper);
  snapper.show({ time: time?.place ?? null, band });
  return { frame: to.frame + (time?.way ?? 0), hertz };
}

/** The same for the frequencies of a selection that is moved: the way is one on the axis. */
function moveBand(
  { band }: Held,
  to: Point,
  axis: FrequencyAxis | null,
  snapper: Snapper,
): { readonly hertz: number | null; readonly band: number | null } {
  if (!band || !axis || to.hertz === null) return { hertz: to.hertz, band: null };
  const ways = [band.low, band.high].flatMap((edge) => {
    const place = snapper.hertz(edge);
    return place === null ? [] : [{ place, way: heightOf(axis, place) - heightOf(axis, edge) }];
  });
  const nearest = ways.sort((a, b) => Math.abs(a.way) - Math.abs(b.way)).at(0);
  if (!nearest) return { hertz: to.hertz, band: null };
  return { hertz: hertzAt(axis, heightOf(axis, to.hertz) + nearest.way), band: nearest.place };
}

/** What edges snap to in one lane of this height; without an axis only in time. */
export function laneSnapper(
  { snapping }: { readonly snapping: Snapping },
  track: string,
  kinds: readonly SnapKind[],
  axis: FrequencyAxis | null,
  height: number,
): Snapper {
  return {
    frame: (at) => snapping.frame(track, at, kinds),
    hertz: (at) => axis && snapping.hertz(at, axis, height, kinds),
    show: (hint) => snapping.show(hint),
    onMore: (again) => void (snapping.onMore = again),
  };
}
