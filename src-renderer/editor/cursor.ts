import { levelFor, type TileGrid } from '../picture/tiles/tile-plan.js';

/** A place in a lane. */
export interface LanePoint {
  readonly frame: number;
  readonly hertz: number;
}

/** How far the keys move a cursor, and between which ends. */
export interface CursorSteps {
  /** Frames of one column of what is drawn. */
  readonly columnFrames: number;
  readonly binHertz: number;
  /** The highest bin of the tiles, one below half the sample rate. */
  readonly highest: number;
  /** Length of the song, frames. */
  readonly length: number;
}

const columnsOfLargeStep = 10;
const semitone = 2 ** (1 / 12);

export function cursorSteps(grid: TileGrid, sampleRate: number, framesPerPixel: number): CursorSteps {
  const binHertz = sampleRate / grid.nFft;
  return {
    columnFrames: grid.hop * 2 ** levelFor(grid, framesPerPixel),
    binHertz,
    highest: sampleRate / 2 - binHertz,
    length: grid.length,
  };
}

/**
 * Where an arrow key takes the cursor: one column or ten in time; in frequency a semitone, but at least one bin, or
 * an octave. Null for other keys. The lowest place is the first bin above 0 Hz: octaves cannot be counted from 0.
 */
export function moveCursor(
  { frame, hertz }: LanePoint,
  key: string,
  large: boolean,
  { columnFrames, binHertz, highest, length }: CursorSteps,
): LanePoint | null {
  const sideways = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (sideways !== undefined) {
    const next = frame + sideways * columnFrames * (large ? columnsOfLargeStep : 1);
    return { frame: Math.min(Math.max(next, 0), length - 1), hertz };
  }
  const [factor, bin] = large ? [2, 0] : [semitone, binHertz];
  const next = {
    ArrowUp: Math.max(hertz * factor, hertz + bin),
    ArrowDown: Math.min(hertz / factor, hertz - bin),
  }[key];
  if (next === undefined) return null;
  return { frame, hertz: Math.min(Math.max(next, binHertz), highest) };
}
