import type { Picture } from '../../src-main/common/lab/lesson.js';

/** Grey levels, `[rows][columns]`, the highest frequency in the first row. */
export interface Pixels {
  readonly columns: number;
  readonly rows: number;
  readonly levels: Uint8Array<ArrayBuffer>;
}

/** A lesson's picture as pixels, its lower half: above 5.5 kHz the Lab's sounds have little. */
export function pixelsOf({ frames, bins, levels }: Picture): Pixels {
  const shown = Math.ceil(bins / 2);
  const [columns, rows] = [Math.min(frames, 640), Math.min(shown, 256)];
  const out = new Uint8Array(columns * rows);
  for (let f = 0; f < frames; f++) {
    const column = Math.floor((f * columns) / frames);
    for (let b = 0; b < shown; b++) {
      const at = (rows - 1 - Math.floor((b * rows) / shown)) * columns + column;
      out[at] = Math.max(out[at], 255 * levels[f * bins + b]);
    }
  }
  return { columns, rows, levels: out };
}
