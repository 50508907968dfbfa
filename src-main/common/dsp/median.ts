import { check } from '../base/errors.js';

/** Index of a sample outside `[0, n)` under reflection that repeats the edge (SciPy's `reflect`). */
function mirror(i: number, n: number): number {
  const period = 2 * n;
  const folded = ((i % period) + period) % period;
  return folded < n ? folded : period - 1 - folded;
}

/** Position of the first element ≥ value among the sorted `window[0 … count)`. */
function lowerBound(window: Float32Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (window[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Replaces one value of a sorted window by another and keeps it sorted. */
function replaceSorted(window: Float32Array, count: number, old: number, fresh: number): void {
  let at = lowerBound(window, count, old);
  while (at + 1 < count && window[at + 1] < fresh) {
    window[at] = window[at + 1];
    at++;
  }
  while (at > 0 && window[at - 1] > fresh) {
    window[at] = window[at - 1];
    at--;
  }
  window[at] = fresh;
}

/**
 * Running median of odd `size` along the columns of each row of a `[rows][columns]` plane, edges reflected
 * (as scipy.ndimage.median_filter with mode "reflect"). The window stays sorted while it slides.
 */
export function medianFilterRows(
  plane: Float32Array,
  rows: number,
  columns: number,
  size: number,
  into: Float32Array,
): void {
  check(size % 2 === 1, `A running median needs an odd size, not ${size}`);
  const half = (size - 1) / 2;
  const window = new Float32Array(size);
  const mirrored = Int32Array.from({ length: columns + size }, (_, i) => mirror(i - half, columns));
  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    for (let i = 0; i < size; i++) window[i] = plane[base + mirrored[i]];
    window.sort();
    into[base] = window[half];
    for (let column = 1; column < columns; column++) {
      const old = plane[base + mirrored[column - 1]];
      const fresh = plane[base + mirrored[column + size - 1]];
      if (old !== fresh) replaceSorted(window, size, old, fresh);
      into[base + column] = window[half];
    }
  }
}

const tile = 32;

/** Transposes a `[rows][columns]` plane into `[columns][rows]`. */
export function transpose(plane: Float32Array, rows: number, columns: number, into: Float32Array): void {
  for (let r0 = 0; r0 < rows; r0 += tile) {
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const r1 = Math.min(r0 + tile, rows);
      const c1 = Math.min(c0 + tile, columns);
      for (let r = r0; r < r1; r++) {
        for (let c = c0; c < c1; c++) into[c * rows + r] = plane[r * columns + c];
      }
    }
  }
}

/**
 * Median of `values[0 … count)`, which is reordered (Hoare's quickselect); for an even count, the lower of the two in
 * the middle.
 */
export function selectMedian(values: Float32Array, count: number): number {
  const wanted = (count - 1) >> 1;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const swap = values[i];
        values[i++] = values[j];
        values[j--] = swap;
      }
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return values[wanted];
}
