import { kernels } from './wasm/kernels.js';

/** A matrix inside a larger array: value (r, c) at `start + r · stride + c`. */
export interface MatrixView {
  readonly data: Float32Array;
  readonly start: number;
  readonly stride: number;
}

/** to(c, r) = from(r, c) for `rows` × `columns` values; what lies between the target's rows stays as it is. */
export function transpose(from: MatrixView, rows: number, columns: number, to: MatrixView): void {
  const k = kernels();
  const [source, target] = k.scratch(4 * rows * columns, 4 * rows * columns);
  const packed = k.f32(source, rows * columns);
  // Rows may be far apart: only what is wanted of them is copied.
  if (from.stride === columns) packed.set(from.data.subarray(from.start, from.start + rows * columns));
  else
    for (let r = 0, at = from.start; r < rows; r++, at += from.stride)
      packed.set(from.data.subarray(at, at + columns), r * columns);
  k.run.transpose(source, rows, columns, 4 * columns, target, 4 * rows);
  const turned = k.f32(target, rows * columns);
  if (to.stride === rows) {
    to.data.set(turned, to.start);
    return;
  }
  for (let c = 0; c < columns; c++) {
    to.data.set(turned.subarray(c * rows, (c + 1) * rows), to.start + c * to.stride);
  }
}
