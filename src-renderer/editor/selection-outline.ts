import type { EditArea } from '../state/edit-area.js';
import { heightOf, type FrequencyAxis } from '../picture/axis.js';
import type { Outline } from './gestures/grips.js';

/** Height of the lane's name at what is selected, pixels: above it, or in its upper left corner where there is no room. */
export const tagHeight = 18;

interface Shown {
  pixelOf(frame: number): number;
}

/** Where an area of the song is in a lane of this height, pixels from its upper left corner; it may reach beyond it. */
export function selectionOutline(
  view: Shown,
  { start, end, band }: EditArea,
  axis: FrequencyAxis | null,
  height: number,
): Outline {
  const [left, right] = [view.pixelOf(start), view.pixelOf(end)];
  if (!band || !axis) return { left, right, top: 0, bottom: height };
  const [top, bottom] = [band.high, band.low].map((hertz) => (1 - heightOf(axis, hertz)) * height);
  return { left, right, top, bottom };
}
