import { melFilterbank, melSpectrogram } from '../dsp/mel.js';

export const representations = ['magnitude', 'power', 'log', 'log-power', 'mel'] as const;
export type Representation = (typeof representations)[number];

/** Grey levels, `[rows][columns]`, the highest frequency in the first row. */
export interface BenchPicture {
  readonly columns: number;
  readonly rows: number;
  readonly levels: Uint8Array<ArrayBuffer>;
}

const [most, melBands] = [{ columns: 640, rows: 256 }, 96] as const;

/** Magnitudes as one looks at them, in a picture of limited size; where there are more values than pixels, the greatest. */
export function benchPicture(
  lengths: Float32Array,
  bins: number,
  rate: number,
  representation: Representation,
): BenchPicture {
  const mel = representation === 'mel';
  const nFft = 2 * (bins - 1);
  const bank = mel ? melFilterbank({ sampleRate: rate, nFft, bands: melBands }) : undefined;
  const plane = bank ? melSpectrogram(lengths, bins, bank) : lengths;
  const rowsOf = bank ? melBands : bins;
  const frames = plane.length / rowsOf;
  const [columns, rows] = [Math.min(most.columns, frames), Math.min(most.rows, rowsOf)];
  // Column by column: neighbours in the spectrogram stay neighbours here.
  const peaks = new Float32Array(columns * rows);
  const rowOf = Int32Array.from({ length: rowsOf }, (_, b) => rows - 1 - Math.floor((b * rows) / rowsOf));
  for (let f = 0; f < frames; f++) {
    const column = Math.floor((f * columns) / frames) * rows;
    for (let b = 0; b < rowsOf; b++) {
      const value = plane[f * rowsOf + b];
      const at = column + rowOf[b];
      if (value > peaks[at]) peaks[at] = value;
    }
  }
  return { columns, rows, levels: turned(levelsOf(peaks, representation), columns, rows) };
}

function levelsOf(peaks: Float32Array, representation: Representation): Uint8Array {
  let top = 1e-12;
  for (const peak of peaks) if (peak > top) top = peak;
  // Twice the decibels of a magnitude are those of its power squared, so the floor moves up.
  const floor = representation === 'log-power' ? 40 : 80;
  const levels = new Uint8Array(peaks.length);
  for (let i = 0; i < peaks.length; i++) {
    const x = peaks[i] / top;
    if (representation === 'magnitude') levels[i] = 255 * x;
    else if (representation === 'power') levels[i] = 255 * x * x;
    else levels[i] = Math.max(0, 255 * (1 + (20 * Math.log10(Math.max(x, 1e-12))) / floor));
  }
  return levels;
}

/** `[columns][rows]` to `[rows][columns]`. */
function turned(levels: Uint8Array, columns: number, rows: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(levels.length);
  for (let c = 0; c < columns; c++)
    for (let r = 0; r < rows; r++) out[r * columns + c] = levels[c * rows + r];
  return out;
}
