import { kernels } from '../../dsp/wasm/kernels.js';

/** A pivot this far below its diagonal element is rounding noise. */
const tolerance = 1e-13;

/**
 * Solves G·C = D by Cholesky, G being the symmetric block-Toeplitz matrix of correlations r[a][b] (`[2·lags − 1]`, see
 * `correlate`): G[(a, τ), (b, τ')] = r_ab[τ − τ']. Filters that other filters make superfluous (a channel that is a
 * copy of another, bands without energy) are left at zero. Iterative solvers do not get there: the spectra of
 * lossy sources span more than a double's digits. `channels · lags` must divide by 4.
 */
export class BlockToeplitzSolver {
  private readonly size: number;
  /** The factor, row by row up to the diagonal: row i begins at i·(i + 1)/2. */
  private readonly factor: Float64Array;

  /** `ridges`, one for each channel, are added to the diagonal. */
  constructor(correlations: readonly (readonly Float64Array[])[], lags: number, ridges: readonly number[]) {
    const n = (this.size = correlations.length * lags);
    const k = kernels();
    const [matrix, diagonal] = k.scratch(8 * n * n, 8 * n);
    const cells = k.f64(matrix, n * n);
    correlations.forEach((row, a) => {
      for (let t = 0; t < lags; t++) {
        row.slice(0, a + 1).forEach((r, b) => {
          // r_ab[t − u] for u = 0 … lags − 1: the correlation backwards from lag t.
          const to = (a * lags + t) * n + b * lags;
          for (let u = 0; u < lags; u++) cells[to + u] = r[lags - 1 + t - u];
        });
      }
    });
    for (let i = 0; i < n; i++) cells[i * n + i] += ridges[Math.floor(i / lags)];
    k.run.cholesky(matrix, n, tolerance, diagonal);
    this.factor = new Float64Array((n * (n + 1)) / 2);
    for (let i = 0; i < n; i++) this.factor.set(cells.subarray(i * n, i * n + i + 1), (i * (i + 1)) / 2);
  }

  /** The filters for one right-hand side; both are `[channels · lags]`, channel after channel. */
  solve(d: Float64Array): Float64Array {
    const { size, factor } = this;
    const x = d.slice();
    for (let i = 0; i < size; i++) {
      const row = (i * (i + 1)) / 2;
      let sum = x[i];
      for (let j = 0; j < i; j++) sum -= factor[row + j] * x[j];
      const pivot = factor[row + i];
      x[i] = pivot > 0 ? sum / pivot : 0;
    }
    for (let i = size - 1; i >= 0; i--) {
      const row = (i * (i + 1)) / 2;
      const pivot = factor[row + i];
      const value = (x[i] = pivot > 0 ? x[i] / pivot : 0);
      for (let j = 0; j < i; j++) x[j] -= factor[row + j] * value;
    }
    return x;
  }
}
