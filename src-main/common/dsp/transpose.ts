import { kernels, type Kernels } from './wasm/kernels.js';

/** A matrix inside a larger array: value (r, c) at `start + r · stride + c`. */
export interface MatrixView {
  readonly data: Float32Array;
  readonly start: number;
  readonly stride: number;
}

/**
 * to(c, r) = from(r, c) for `rows` × `columns` values; what lies between the target's rows stays as it is. Matrices in the
 * memory of these kernels are worked on where they are.
 */
export function transpose(
  from: MatrixView,
  rows: number,
  columns: number,
  to: MatrixView,
  k: Kernels = kernels(),
): void {
  const [fromAt, toAt] = [from, to].map(({ data }) => k.addressOf(data));
  const bytes = 4 * rows * columns;
  const [packed, turned] = k.scratch(fromAt === undefined ? bytes : 0, toAt === undefined ? bytes : 0);
  const [source, row] =
    fromAt === undefined ? [packed, 4 * columns] : [fromAt + 4 * from.start, 4 * from.stride];
  const [target, column] = toAt === undefined ? [turned, 4 * rows] : [toAt + 4 * to.start, 4 * to.stride];
  if (fromAt === undefined) copyRows(from, rows, columns, k.f32(packed, rows * columns));
  k.run.transpose(source, rows, columns, row, target, column);
  if (toAt !== undefined) return;
  const values = k.f32(turned, rows * columns);
  if (to.stride === rows) to.data.set(values, to.start);
  else
    for (let c = 0; c < columns; c++)
      to.data.set(values.subarray(c * rows, (c + 1) * rows), to.start + c * to.stride);
}

/** Copies rows side by side; where they are far apart, only what is wanted of them. */
function copyRows(from: MatrixView, rows: number, columns: number, to: Float32Array): void {
  if (from.stride === columns) {
    to.set(from.data.subarray(from.start, from.start + rows * columns));
    return;
  }
  for (let r = 0, at = from.start; r < rows; r++, at += from.stride)
    to.set(from.data.subarray(at, at + columns), r * columns);
}
