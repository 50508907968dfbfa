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
  const peaks = new Float32Array(columns * rows);
  const starts = Int32Array.from(
    { length: rowsOf },
    (_, b) => (rows - 1 - Math.floor((b * rows) / rowsOf)) * columns,
  );
  for (let f = 0; f < frames; f++) {
    const column = Math.floor((f * columns) / frames);
    for (let b = 0; b < rowsOf; b++) {
      const at = starts[b] + column;
      const value = plane[f * rowsOf + b];
      if (value > peaks[at]) peaks[at] = value;
    }
  }
  return { columns, rows, levels: levelsOf(peaks, representation) };
}

function levelsOf(peaks: Float32Array, representation: Representation): Uint8Array<ArrayBuffer> {
  const top = peaks.reduce((a, b) => Math.max(a, b), 1e-12);
  // Twice the decibels of a magnitude are those of its power squared, so the floor moves up.
  const floor = representation === 'log-power' ? 40 : 80;
  return Uint8Array.from(peaks, (peak) => {
    const x = peak / top;
    if (representation === 'magnitude') return 255 * x;
    if (representation === 'power') return 255 * x * x;
    return Math.max(0, 255 * (1 + (20 * Math.log10(Math.max(x, 1e-12))) / floor));
  });
}
