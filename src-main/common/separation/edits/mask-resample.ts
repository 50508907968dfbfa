import { check } from '../../base/errors.js';
import { maskShape, ownGrid, type FileGrid, type MaskedSong } from './mask-shape.js';

/** Evenly spaced cells of one axis: cell i is centred on first + i · step, and reaches half a step to both sides. */
export interface Cells {
  /** In any unit that both axes of a pair share: samples, seconds or Hz. */
  readonly step: number;
  readonly first: number;
  readonly count: number;
}

/**
 * What a cell is made of: `weights[k]` of cell `from + k`; they add up to 1, or the list is empty if nothing lies
 * there.
 */
export interface CellMix {
  readonly from: number;
  readonly weights: readonly number[];
}

/**
 * How each cell of `to` is made of those of `of`: the mean over what it covers where cells get wider, a straight line
 * between two centres where they get narrower, and the same cell where both are the same. Cells whose centre lies
 * outside of `of` are nothing, or the outermost cell with `hold`.
 */
export function mixCells(of: Cells, to: Cells, hold = false): CellMix[] {
  check(of.step > 0 && to.step > 0 && of.count > 0, 'Cells need a width and a number');
  const ratio = to.step / of.step;
  const last = of.count - 1;
  return Array.from({ length: to.count }, (_, j): CellMix => {
    // In cells of `of`, whose centres are whole numbers.
    const place = (to.first - of.first + j * to.step) / of.step;
    if (!hold && (place < -0.5 || place > last + 0.5)) return { from: 0, weights: [] };
    const at = Math.min(last, Math.max(0, place));
    return ratio > 1 ? meanOf(at, ratio, last) : lineAt(at, last);
  });
}

/** The mean over `wide` cells around a place. */
function meanOf(at: number, wide: number, last: number): CellMix {
  const [low, high] = [Math.max(-0.5, at - wide / 2), Math.min(last + 0.5, at + wide / 2)];
  const from = Math.max(0, Math.round(low));
  const to = Math.min(last, Math.round(high));
  const weights = Array.from({ length: to - from + 1 }, (_, k) => {
    const cell = from + k;
    return Math.max(0, Math.min(high, cell + 0.5) - Math.max(low, cell - 0.5)) / (high - low);
  });
  return { from, weights };
}

/** The line between the centres left and right of a place. */
function lineAt(at: number, last: number): CellMix {
  const from = Math.min(last, Math.floor(at));
  const share = at - from;
  return share === 0 ? { from, weights: [1] } : { from, weights: [1 - share, share] };
}

/** A row whose cells are mixed from those of another one, in float64, rounded once. */
function mixRow(row: Float32Array, mix: readonly CellMix[]): Float32Array {
  const out = new Float32Array(mix.length);
  for (let j = 0; j < mix.length; j++) {
    const { from, weights } = mix[j];
    let sum = 0;
    for (let k = 0; k < weights.length; k++) sum += weights[k] * row[from + k];
    out[j] = sum;
  }
  return out;
}

/**
 * Hands over the rows of a matrix made of another one, in order, each `[columns.length]`. Rows of that one are asked
 * for in order, each once; only those that a row is made of are held. Where nothing is mixed, rows come out bit by bit.
 */
export function resampleRows(
  rowAt: (row: number) => Float32Array,
  rows: readonly CellMix[],
  columns: readonly CellMix[],
  give: (row: number, values: Float32Array) => void,
): void {
  const held = new Map<number, Float32Array>();
  rows.forEach(({ from, weights }, j) => {
    for (const row of held.keys()) if (row < from) held.delete(row);
    const out = new Float32Array(columns.length);
    const parts = weights.map((_, k) => {
      const row = from + k;
      const known = held.get(row) ?? mixRow(rowAt(row), columns);
      held.set(row, known);
      return known;
    });
    for (let i = 0; i < out.length; i++) {
      let sum = 0;
      for (let k = 0; k < parts.length; k++) sum += weights[k] * parts[k][i];
      out[i] = sum;
    }
    give(j, out);
  });
}

/** How the song's mask is made of one with `frames` frames on another STFT: along the frames, and along the bins. */
export function mixMask(
  grid: FileGrid,
  frames: number,
  song: MaskedSong,
): { readonly frames: CellMix[]; readonly bins: CellMix[] } {
  const [own, size] = [ownGrid(song), maskShape(song.samples)];
  const times = (of: FileGrid, count: number): Cells => {
    // In units of 1 / (both rates), so that equal STFTs have equal whole numbers.
    const unit = of === own ? grid.sampleRate : own.sampleRate;
    return { step: of.hop * unit, first: of.centred ? 0 : (of.nFft / 2) * unit, count };
  };
  // The same with Hz: a bin is rate / nFft wide.
  const pitches = (of: FileGrid, count: number): Cells => {
    return { step: of.sampleRate * (of === own ? grid : own).nFft, first: 0, count };
  };
  return {
    // The last frame is counted in different ways, and without centring the first is half a window late.
    frames: mixCells(times(grid, frames), times(own, size.frames), true),
    bins: mixCells(pitches(grid, Math.floor(grid.nFft / 2) + 1), pitches(own, size.bins)),
  };
}
