import { check } from '../base/errors.js';
import { transpose } from '../dsp/transpose.js';
import type { Kernels } from '../dsp/wasm/kernels.js';

/** One axis of a tensor: batch, stem, channel, real/imaginary, bin, frame, sample, split of frames. */
export type Axis = 'b' | 's' | 'ch' | 'ri' | 'f' | 't' | 'n' | 'split';

/** A parsed layout: groups of axes, one group per tensor dimension; `(ch ri)` is one dimension of two axes. */
export type Layout = readonly (readonly Axis[])[];

const axes: readonly string[] = ['b', 's', 'ch', 'ri', 'f', 't', 'n', 'split'];

/** Parses `"b (ch ri) f t"` (the notation of einops); null when it is not a layout. */
export function parseLayout(text: string): Layout | null {
  const groups: Axis[][] = [];
  for (const match of text.trim().matchAll(/\(([^()]+)\)|([^\s()]+)/g)) {
    const names = (match[1] ?? match[2]).trim().split(/\s+/);
    if (names.some((name) => !axes.includes(name))) return null;
    groups.push(names as Axis[]);
  }
  const flat = groups.flat();
  return flat.length > 0 && new Set(flat).size === flat.length ? groups : null;
}

export type AxisSizes = Partial<Record<Axis, number>>;

/** Where each axis lives in the flat tensor. */
export interface TensorShape {
  readonly dims: readonly number[];
  readonly size: number;
  /** Step in elements along each axis; 0 for an axis the layout does not have. */
  readonly stride: Readonly<Record<Axis, number>>;
}

/** Sizes and strides of a tensor in row-major order. An axis without a size counts as 1. */
export function tensorShape(layout: Layout, sizes: AxisSizes): TensorShape {
  const stride: Record<Axis, number> = { b: 0, s: 0, ch: 0, ri: 0, f: 0, t: 0, n: 0, split: 0 };
  let step = 1;
  for (const axis of layout.flat().reverse()) {
    stride[axis] = step;
    step *= sizes[axis] ?? 1;
  }
  const dims = layout.map((group) => group.reduce((product, axis) => product * (sizes[axis] ?? 1), 1));
  return { dims, size: step, stride };
}

/** A strided plane of a tensor: rows (frames) × columns (bins). */
export interface PlaneView {
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/**
 * Side of a tile. Planes and tensors have rows whose addresses fall into few cache sets (2049 bins are two pages
 * and a bit), so a tile is one cache line of the tensor wide, and rows of the plane are touched once each.
 */
const tile = 16;

/**
 * Copies a `[rows][columns]` plane into a strided plane of a tensor. Works in tiles, because a layout with
 * frames innermost turns the copy into a transposition, by kernels in whose memory the plane may lie.
 */
export function scatterPlane(
  plane: Float32Array,
  planeColumns: number,
  rows: number,
  columns: number,
  tensor: Float32Array,
  view: PlaneView,
  k?: Kernels,
): void {
  check(plane.length >= (rows - 1) * planeColumns + columns, 'The plane is smaller than its rows × columns');
  if (view.rowStride === 1) {
    const from = { data: plane, start: 0, stride: planeColumns };
    transpose(from, rows, columns, { data: tensor, start: view.offset, stride: view.columnStride }, k);
    return;
  }
  for (let r0 = 0; r0 < rows; r0 += tile) {
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const r1 = Math.min(r0 + tile, rows);
      const c1 = Math.min(c0 + tile, columns);
      for (let r = r0; r < r1; r++) {
        let to = view.offset + r * view.rowStride + c0 * view.columnStride;
        for (let from = r * planeColumns + c0, end = r * planeColumns + c1; from < end; from++) {
          tensor[to] = plane[from];
          to += view.columnStride;
        }
      }
    }
  }
}

/** The inverse of `scatterPlane`. */
export function gatherPlane(
  tensor: Float32Array,
  view: PlaneView,
  rows: number,
  columns: number,
  plane: Float32Array,
  planeColumns: number,
  k?: Kernels,
): void {
  if (view.rowStride === 1) {
    const from = { data: tensor, start: view.offset, stride: view.columnStride };
    transpose(from, columns, rows, { data: plane, start: 0, stride: planeColumns }, k);
    return;
  }
  for (let r0 = 0; r0 < rows; r0 += tile) {
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const r1 = Math.min(r0 + tile, rows);
      const c1 = Math.min(c0 + tile, columns);
      for (let r = r0; r < r1; r++) {
        let from = view.offset + r * view.rowStride + c0 * view.columnStride;
        for (let to = r * planeColumns + c0, end = r * planeColumns + c1; to < end; to++) {
          plane[to] = tensor[from];
          from += view.columnStride;
        }
      }
    }
  }
}

/**
 * y = mask · x over `[rows][columns]`, with the mask read from a strided plane of a tensor. x and y are planes of
 * `planeColumns` columns that begin at `xStart` and `yStart`.
 */
export function gatherMasked(
  tensor: Float32Array,
  view: PlaneView,
  rows: number,
  columns: number,
  x: ComplexPlane,
  y: ComplexPlane,
  planeColumns: number,
): void {
  const { rowStride, columnStride } = view;
  const { re: xRe, im: xIm, start: xStart } = x;
  const { re: yRe, im: yIm, start: yStart } = y;
  for (let r0 = 0; r0 < rows; r0 += tile) {
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const r1 = Math.min(r0 + tile, rows);
      const c1 = Math.min(c0 + tile, columns);
      for (let r = r0; r < r1; r++) {
        let from = view.offset + r * rowStride + c0 * columnStride;
        for (let at = r * planeColumns + c0, end = r * planeColumns + c1; at < end; at++) {
          const mask = tensor[from];
          yRe[yStart + at] = mask * xRe[xStart + at];
          yIm[yStart + at] = mask * xIm[xStart + at];
          from += columnStride;
        }
      }
    }
  }
}

/** Real and imaginary planes with the element they begin at. */
export interface ComplexPlane {
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly start: number;
}
