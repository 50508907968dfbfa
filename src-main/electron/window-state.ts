import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import { writeAtomically } from '../node/files/atomic-file.js';
import { makeFolder } from '../node/files/make-folder.js';

const whole = z.number().int();
const stateSchema = z.strictObject({
  x: whole,
  y: whole,
  width: whole.min(200),
  height: whole.min(200),
  maximised: z.boolean(),
});

/** Where the window was, in device-independent pixels of the desktop. */
export type WindowState = z.output<typeof stateSchema>;

/** The size of a first window; it is put in the middle of the first display. */
const firstSize = { width: 1440, height: 900 };

/**
 * A window that can be seen and moved: on the display it overlaps most (the first one when it overlaps none), not
 * larger than that display's work area, and wholly inside it.
 */
export function clampToDisplays(state: WindowState, workAreas: readonly Rectangle[]): WindowState {
  if (workAreas.length === 0) return state;
  const overlaps = workAreas.map((area) => overlap(state, area));
  const best = Math.max(...overlaps);
  const area = workAreas[best > 0 ? overlaps.indexOf(best) : 0];
  const width = Math.min(state.width, area.width);
  const height = Math.min(state.height, area.height);
  return {
    ...state,
    width,
    height,
    x: Math.min(Math.max(state.x, area.x), area.x + area.width - width),
    y: Math.min(Math.max(state.y, area.y), area.y + area.height - height),
  };
}

function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** Keeps the window's place between runs in one JSON file. A file that cannot be read means the first place. */
export class WindowStateFile {
  constructor(
    private readonly file: string,
    private readonly workAreas: () => readonly Rectangle[],
  ) {}

  load(): WindowState {
    const areas = this.workAreas();
    return clampToDisplays(this.stored() ?? firstState(areas[0]), areas);
  }

  save(state: WindowState): void {
    try {
      makeFolder(dirname(this.file));
      writeAtomically(this.file, `${JSON.stringify(stateSchema.parse(state))}\n`);
    } catch {
      // Without it the next window opens at the first place.
    }
  }

  private stored(): WindowState | undefined {
    try {
      return stateSchema.parse(JSON.parse(readFileSync(this.file, 'utf8')));
    } catch {
      return undefined;
    }
  }
}

function firstState(area: Rectangle = { x: 0, y: 0, ...firstSize }): WindowState {
  const { width, height } = firstSize;
  const x = Math.round(area.x + (area.width - width) / 2);
  const y = Math.round(area.y + (area.height - height) / 2);
  return { x, y, width, height, maximised: false };
}
