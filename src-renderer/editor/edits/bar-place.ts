import type { Outline } from '../gestures/grips.js';
import { tagHeight } from '../selection-outline.js';

/** A lane in the window: its top and height, and from where to where lanes are seen; pixels. */
export interface LaneRoom {
  readonly top: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
}

const gap = 6;

/**
 * Where a bar of this size goes, pixels from the lane's upper left corner: below the selection, above it and the name that
 * stands there, or beside it. It never covers another lane, unless its own is too low for it; where it fits nowhere else,
 * it lies over the selection's lower end. Null when nothing of the selection is in the lane.
 */
export function barPlace(
  { left, right, top, bottom }: Outline,
  { width, height }: { readonly width: number; readonly height: number },
  room: LaneRoom,
  laneWidth: number,
): { readonly left: number; readonly top: number } | null {
  if (right <= 0 || left >= laneWidth || bottom <= 0 || top >= room.height) return null;
  const last = laneWidth - width - 4;
  const x = Math.min(Math.max(left, 4), Math.max(4, last));
  const [from, to] = [Math.max(0, room.from - room.top), Math.min(room.height, room.to - room.top)];
  const at = (left: number, top: number): { left: number; top: number } => ({
    left: Math.round(left),
    top: Math.round(top),
  });
  const fits = (y: number): boolean => y >= from && y + height <= to;
  const y = [bottom + gap, top - tagHeight - gap - height].find(fits);
  if (y !== undefined) return at(x, y);
  const end = Math.min(bottom, to) - height;
  // The name stands over the upper left corner, or in it, and may be wider than what is selected.
  const nameEnd = top >= tagHeight ? top : Math.max(0, top) + tagHeight;
  const beside = [right + gap, left - gap - width].find((x) => x >= 4 && x <= last);
  if (beside !== undefined && fits(end) && end >= nameEnd) return at(beside, end);
  return at(x, end - gap);
}
