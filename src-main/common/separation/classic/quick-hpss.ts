import { kernels } from '../../dsp/wasm/kernels.js';

/** Steps of a level: sixteen an octave of magnitude, 0.38 dB, and as many as a byte counts: 96 dB. */
const [shift, steps] = [19, 256];
/** Places that the kernel takes at once. */
const lanes = 32;

/** Two planes of levels `[frames][bins]`, and the value that each level stands for. */
export interface Levels {
  readonly values: Float32Array;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/**
 * The medians of HPSS (Fitzgerald 2010, as `separation/classic/hpss`) over levels in steps of 0.38 dB, harmonic and
 * percussive: for a bench that answers at once. Planes are `[frames][bins]`; `along` are frames and bins of the windows,
 * odd and at most 255.
 */
export function quickEnhance(
  plane: Float32Array,
  frames: number,
  bins: number,
  along: { readonly frames: number; readonly bins: number },
): Levels {
  // The upper bits of a float32 are its logarithm, coarsely.
  const bits = new Uint32Array(plane.buffer, plane.byteOffset, plane.length);
  let top = 0;
  for (let i = 0; i < bits.length; i++) if (bits[i] > top) top = bits[i];
  const lowest = Math.max(0, (top >>> shift) - steps + 1);
  const coarse = new Uint8Array(plane.length);
  for (let i = 0; i < bits.length; i++) {
    const level = (bits[i] >>> shift) - lowest;
    // Kernels compare signed bytes: the highest bit is turned.
    coarse[i] = (level > 0 ? level : 0) ^ 0x80;
  }
  return {
    values: valuesOf(lowest),
    a: mediansDown(coarse, frames, bins, along.frames),
    b: mediansAlong(coarse, frames, bins, along.bins),
  };
}

/** Index of what lies `i` places behind the start, mirrored at both edges as in `dsp/median`. */
function mirrored(i: number, length: number): number {
  const folded = i < 0 ? -1 - i : i >= length ? 2 * length - 1 - i : i;
  return Math.max(0, Math.min(length - 1, folded));
}

/** Running medians down each column of `[rows][columns]`. */
function mediansDown(plane: Uint8Array, rows: number, columns: number, size: number): Uint8Array {
  const k = kernels();
  const row = lanes * Math.ceil(columns / lanes);
  const half = (size - 1) / 2;
  const [from, into] = k.scratch((rows + size) * row, rows * row);
  const room = k.u8(from, (rows + size) * row);
  for (let r = 0; r < rows + size - 1; r++) {
    const at = mirrored(r - half, rows) * columns;
    room.set(plane.subarray(at, at + columns), r * row);
  }
  k.run.medianBytes(from, rows, row, row, row, size, into);
  return withoutGaps(k.u8(into, rows * row), rows, columns);
}

/** Running medians along each row of `[rows][columns]`. */
function mediansAlong(plane: Uint8Array, rows: number, columns: number, size: number): Uint8Array {
  const k = kernels();
  const wide = lanes * Math.ceil(columns / lanes);
  const row = wide + size - 1;
  const half = (size - 1) / 2;
  const [from, into] = k.scratch(rows * row, rows * wide);
  const room = k.u8(from, rows * row);
  const left = Int32Array.from({ length: half }, (_, i) => mirrored(i - half, columns));
  const right = Int32Array.from({ length: half }, (_, i) => mirrored(columns + i, columns));
  for (let r = 0; r < rows; r++) {
    const [at, to] = [r * columns, r * row];
    room.set(plane.subarray(at, at + columns), to + half);
    for (let i = 0; i < half; i++) {
      room[to + i] = plane[at + left[i]];
      room[to + half + columns + i] = plane[at + right[i]];
    }
  }
  k.run.medianBytes(from, rows, wide, row, 1, size, into);
  return withoutGaps(k.u8(into, rows * wide), rows, columns);
}

/** The first `columns` of each row. */
function withoutGaps(padded: Uint8Array, rows: number, columns: number): Uint8Array {
  const wide = padded.length / rows;
  const out = new Uint8Array(rows * columns);
  for (let r = 0; r < rows; r++) out.set(padded.subarray(r * wide, r * wide + columns), r * columns);
  return out;
}

/** The value in the middle of each step; the lowest is silence. */
function valuesOf(lowest: number): Float32Array {
  const words = Uint32Array.from(
    { length: steps },
    (_, level) => ((lowest + level) << shift) | (1 << (shift - 1)),
  );
  const values = new Float32Array(words.buffer);
  values[0] = 0;
  return values;
}

/** A mask of two planes of levels, by a table of all pairs; `maskOf` makes it from two planes of values. */
export function maskOfLevels(
  { values, a, b }: Levels,
  maskOf: (a: Float32Array, b: Float32Array) => Float32Array,
): Float32Array {
  const pairs = steps * steps;
  const [first, second] = [new Float32Array(pairs), new Float32Array(pairs)];
  for (let i = 0; i < pairs; i++) {
    first[i] = values[i >> 8];
    second[i] = values[i & 255];
  }
  const table = maskOf(first, second);
  const mask = new Float32Array(a.length);
  for (let i = 0; i < mask.length; i++) mask[i] = table[(a[i] << 8) | b[i]];
  return mask;
}
