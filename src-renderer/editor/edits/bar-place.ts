import type { Outline } from '../gestures/grips.js';

/** A lane in the window: its top and height, and from where to where lanes are seen; pixels. */
export interface LaneRoom {
  readonly top: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
}

const gap = 6;

/**
 * Where a bar of this size goes, pixels from the lane's upper left corner: below the selection, above it where there is
 * no room in the lane, else over its lower end. It never covers another lane, unless its own is too low for it. Null when
 * nothing of the selection is in the lane.
 */
export function barPlace(
  { left, right, top, bottom }: Outline,
  { width, height }: { readonly width: number; readonly height: number },
  room: LaneRoom,
  laneWidth: number,
): { readonly left: number; readonly top: number } | null {
  if (right <= 0 || left >= laneWidth || bottom <= 0 || top >= room.height) return null;
  const x = Math.round(Math.min(Math.max(left, 4), Math.max(4, laneWidth - width - 4)));
  const [from, to] = [Math.max(0, room.from - room.top), Math.min(room.height, room.to - room.top)];
  const fits = (y: number): boolean => y >= from && y + height <= to;
  const inside = Math.min(bottom, room.height, room.to - room.top) - height - gap;
  const y = [bottom + gap, top - height - gap].find(fits) ?? inside;
  return { left: x, top: Math.round(y) };
}
