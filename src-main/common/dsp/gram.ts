import { check } from '../base/errors.js';
import { kernels } from './wasm/kernels.js';

/** Rows of one panel; two panels of 2049 floats fit the second-level cache. */
const panelRows = 32;

/**
 * All scalar products of the rows of a matrix `[n][k]`: `[n][n]`, symmetric. With rows of unit length these are
 * cosine similarities. float32 with SIMD; `into` is overwritten and returned.
 *
 * @throws UnbraidError `invalid-argument` when the sizes disagree.
 */
export function gramMatrix(rows: Float32Array, n: number, k: number, into?: Float32Array): Float32Array {
  check(rows.length === n * k, `A matrix of ${n} × ${k} has ${n * k} values, not ${rows.length}`);
  const gram = into ?? new Float32Array(n * n);
  check(gram.length === n * n, `The result needs ${n * n} values, not ${gram.length}`);
  const wasm = kernels();
  // Rows are padded with zeros to whole vectors.
  const stride = 4 * Math.ceil(k / 4);
  const [a, b, out] = wasm.scratch(4 * panelRows * stride, 4 * panelRows * stride, 4 * panelRows * panelRows);
  const panel = (address: number, first: number): number => {
    const view = wasm.f32(address, panelRows * stride).fill(0);
    const count = Math.min(panelRows, n - first);
    for (let r = 0; r < count; r++) view.set(rows.subarray((first + r) * k, (first + r + 1) * k), r * stride);
    return count;
  };
  const block = wasm.f32(out, panelRows * panelRows);
  for (let i = 0; i < n; i += panelRows) {
    const height = panel(a, i);
    for (let j = i; j < n; j += panelRows) {
      const width = panel(b, j);
      wasm.run.gramPanel(a, b, panelRows, stride, out);
      for (let r = 0; r < height; r++) {
        for (let c = 0; c < width; c++) {
          // The lower half is a copy of the upper, so that the matrix is symmetric to the bit.
          if (j === i && c < r) continue;
          const value = block[r * panelRows + c];
          gram[(i + r) * n + j + c] = value;
          gram[(j + c) * n + i + r] = value;
        }
      }
    }
  }
  return gram;
}
