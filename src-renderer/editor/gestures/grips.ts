import { heightOf, hertzAt, type Band, type FrequencyAxis } from '../../picture/axis.js';

/** A selection: frames of the song, and Hz; without a band all frequencies. */
export interface Held {
  readonly start: number;
  readonly end: number;
  readonly band: Band | null;
}

/** Which parts of a selection the pointer holds; none of both is the inside of it. */
export interface Grip {
  readonly time: 'start' | 'end' | null;
  readonly band: 'low' | 'high' | null;
}

/** Where a selection is in a lane, pixels from its upper left corner. */
export interface Outline {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** How far from an edge the pointer still holds it, pixels. */
const slack = 5;

/** The edge, corner or inside that is under the pointer; null outside. Of a time range only the sides are held. */
export function gripAt(outline: Outline, banded: boolean, x: number, y: number): Grip | null {
  const { left, right, top, bottom } = outline;
  if (x < left - slack || x > right + slack) return null;
  if (banded && (y < top - slack || y > bottom + slack)) return null;
  // A narrow one keeps its nearer edge, and so can be made wider again.
  const toStart = Math.abs(x - left);
  const toEnd = Math.abs(x - right);
  const time = Math.min(toStart, toEnd) > slack ? null : toStart < toEnd ? 'start' : 'end';
  if (!banded) return { time, band: null };
  const toHigh = Math.abs(y - top);
  const toLow = Math.abs(y - bottom);
  const band = Math.min(toHigh, toLow) > slack ? null : toHigh < toLow ? 'high' : 'low';
  return { time, band };
}

/** The pointer's shape over a grip. */
export function cursorOf({ time, band }: Grip): string {
  if (time && band) return (time === 'start') === (band === 'high') ? 'nwse-resize' : 'nesw-resize';
  return time ? 'ew-resize' : band ? 'ns-resize' : 'move';
}

/**
 * The selection after its grip was dragged from one place to another. Edges go where the pointer is, and may pass each
 * other; the inside goes along as it is, in frequency by the same way on the axis, within a song of `length`.
 */
export function dragGrip(
  held: Held,
  grip: Grip,
  from: { readonly frame: number; readonly hertz: number | null },
  to: { readonly frame: number; readonly hertz: number | null },
  axis: FrequencyAxis | null,
  length: number,
): Held {
  const { start, end, band } = held;
  if (!grip.time && !grip.band) {
    const by = Math.min(Math.max(to.frame - from.frame, -start), length - end);
    return { start: start + by, end: end + by, band: movedBand(band, from.hertz, to.hertz, axis) };
  }
  const [a, b] = [grip.time === 'start' ? to.frame : start, grip.time === 'end' ? to.frame : end];
  const moved = { start: Math.min(a, b), end: Math.max(a, b) };
  if (!band || !grip.band || to.hertz === null) return { ...moved, band };
  const [low, high] = [
    grip.band === 'low' ? to.hertz : band.low,
    grip.band === 'high' ? to.hertz : band.high,
  ];
  return { ...moved, band: { low: Math.min(low, high), high: Math.max(low, high) } };
}

function movedBand(
  band: Band | null,
  from: number | null,
  to: number | null,
  axis: FrequencyAxis | null,
): Band | null {
  if (!band || !axis || from === null || to === null) return band;
  const [low, high] = [heightOf(axis, band.low), heightOf(axis, band.high)];
  const wanted = heightOf(axis, to) - heightOf(axis, from);
  // It stops at the ends of the lane, unless it lay beyond them already.
  const by = Math.min(Math.max(wanted, Math.min(0, -low)), Math.max(0, 1 - high));
  if (by === 0) return band;
  return { low: hertzAt(axis, low + by), high: hertzAt(axis, high + by) };
}
