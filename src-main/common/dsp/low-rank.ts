import { check } from '../base/errors.js';
import { randoms } from './randoms.js';

/** Leading singular triplets of a matrix `[rows][cols]`, largest first. */
export interface Svd {
  /** Left vectors, `[rank][rows]`. */
  readonly u: Float64Array;
  readonly values: Float64Array;
  /** Right vectors times their singular values, `[rank][cols]`. */
  readonly scaledV: Float64Array;
}

const dot = (a: Float64Array, b: Float64Array, i: number, j: number, n: number): number => {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[i + k] * b[j + k];
  return sum;
};

/** Makes rows `[count][n]` orthonormal, twice for rounding; rows that depend on earlier ones become zero. */
function orthonormalise(rows: Float64Array, count: number, n: number): void {
  for (let i = 0; i < count; i++) {
    const at = i * n;
    const before = Math.sqrt(dot(rows, rows, at, at, n));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const share = dot(rows, rows, at, j * n, n);
        for (let k = 0; k < n; k++) rows[at + k] -= share * rows[j * n + k];
      }
    }
    const length = Math.sqrt(dot(rows, rows, at, at, n));
    const scale = length > 1e-12 * before && length > 0 ? 1 / length : 0;
    for (let k = 0; k < n; k++) rows[at + k] *= scale;
  }
}

/** left `[count][rows]` · matrix `[rows][cols]`, `[count][cols]`. */
function timesMatrix(
  left: Float64Array,
  matrix: Float64Array,
  count: number,
  rows: number,
  cols: number,
): Float64Array {
  const out = new Float64Array(count * cols);
  for (let f = 0; f < rows; f++) {
    for (let i = 0; i < count; i++) {
      const gain = left[i * rows + f];
      if (gain === 0) continue;
      for (let b = 0, o = i * cols, m = f * cols; b < cols; b++) out[o + b] += gain * matrix[m + b];
    }
  }
  return out;
}

/** right `[count][cols]` · matrixᵀ, `[count][rows]`. */
function timesTransposed(
  right: Float64Array,
  matrix: Float64Array,
  count: number,
  rows: number,
  cols: number,
): Float64Array {
  const out = new Float64Array(count * rows);
  for (let f = 0; f < rows; f++)
    for (let i = 0; i < count; i++) out[i * rows + f] = dot(right, matrix, i * cols, f * cols, cols);
  return out;
}

/**
 * Eigenvalues (largest first) and eigenvectors `[n][n]`, one a row, of a symmetric matrix, which is overwritten, by Jacobi's
 * rotations (Golub & Van Loan, Matrix Computations, 8.5).
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 30; sweep++) {
    let [off, all] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        all += matrix[i * n + j] ** 2;
        if (i !== j) off += matrix[i * n + j] ** 2;
      }
    }
    if (off <= 1e-28 * all) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(matrix, vectors, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => matrix[b * n + b] - matrix[a * n + a]);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => matrix[i * n + i]), vectors: sorted };
}

/** One rotation, which makes element (p, q) zero. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p], a[k * n + q]];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (const rows of [a, vectors]) {
    for (let k = 0; k < n; k++) {
      const [x, y] = [rows[p * n + k], rows[q * n + k]];
      rows[p * n + k] = c * x - s * y;
      rows[q * n + k] = s * x + c * y;
    }
  }
}

/**
 * The leading singular vectors by subspace iteration (Halko, Martinsson & Tropp, SIAM Review 2011, algorithm 4.4): the closer
 * a value is to those left out, the more `steps` its vector needs.
 *
 * @param matrix `[rows][cols]`
 * @param start right-hand rows `[n][cols]` to begin with, of an earlier call on a similar matrix; the rest is random
 */
export function truncatedSvd(
  matrix: Float64Array,
  rows: number,
  cols: number,
  rank: number,
  steps: number,
  start?: Float64Array,
): Svd {
  check(matrix.length === rows * cols, `A matrix of ${rows} × ${cols} has other sizes`);
  const count = Math.min(rank, rows, cols);
  let right: Float64Array = new Float64Array(count * cols);
  const known = Math.min(right.length, start?.length ?? 0);
  if (start) right.set(start.subarray(0, known));
  const random = randoms(1);
  for (let i = known; i < right.length; i++) right[i] = random() - 0.5;
  let left = right;
  for (let step = 0; step < steps; step++) {
    if (step > 0) orthonormalise(right, count, cols);
    left = timesTransposed(right, matrix, count, rows, cols);
    orthonormalise(left, count, rows);
    right = timesMatrix(left, matrix, count, rows, cols);
  }
  // The small matrix that is left: right = leftᵀ · matrix.
  const gram = new Float64Array(count * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++)
      gram[i * count + j] = gram[j * count + i] = dot(right, right, i * cols, j * cols, cols);
  const { values, vectors } = symmetricEigen(gram, count);
  return {
    u: timesMatrix(vectors, left, count, count, rows),
    values: values.map((value) => Math.sqrt(Math.max(0, value))),
    scaledV: timesMatrix(vectors, right, count, count, cols),
  };
}

export interface RobustOptions {
  /** Weight of the sparse part; 1 / √(longer side) by the theory. */
  readonly lambda?: number;
  readonly iterations: number;
  /** Ends when the parts miss the matrix by less than this share of it. */
  readonly tolerance: number;
}

/**
 * Robust principal component analysis: matrix = low-rank + sparse, by inexact augmented Lagrange multipliers (Lin, Chen & Ma
 * 2010, algorithm 5; Candès et al. 2011). All are `[rows][cols]`.
 */
export function robustPca(
  matrix: Float64Array,
  rows: number,
  cols: number,
  options: RobustOptions,
): { readonly lowRank: Float64Array; readonly sparse: Float64Array } {
  const n = matrix.length;
  const { lambda = 1 / Math.sqrt(Math.max(rows, cols)) } = options;
  const first = truncatedSvd(matrix, rows, cols, 1, 12).values[0] ?? 0;
  const sparse = new Float64Array(n);
  let lowRank: Float64Array = new Float64Array(n);
  if (!(first > 0)) return { lowRank, sparse };
  const norm = Math.sqrt(dot(matrix, matrix, 0, 0, n));
  const largest = matrix.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scale = Math.max(first, largest / lambda);
  const multipliers = matrix.map((x) => x / scale);
  const target = new Float64Array(n);
  let mu = 1.25 / first;
  const most = 1e7 * mu;
  let guess = 10;
  let start: Float64Array | undefined;
  for (let round = 0; round < options.iterations; round++) {
    for (let i = 0; i < n; i++) {
      const x = matrix[i] - lowRank[i] + multipliers[i] / mu;
      sparse[i] = Math.sign(x) * Math.max(0, Math.abs(x) - lambda / mu);
      target[i] = matrix[i] - sparse[i] + multipliers[i] / mu;
    }
    let svd = truncatedSvd(target, rows, cols, guess, start ? 2 : 4, start);
    // All of them are above the threshold: there may be more.
    while (svd.values[svd.values.length - 1] > 1 / mu && guess < Math.min(rows, cols)) {
      guess = Math.min(2 * guess, rows, cols);
      svd = truncatedSvd(target, rows, cols, guess, 3, svd.scaledV);
    }
    start = svd.scaledV;
    const below = svd.values.findIndex((value) => value <= 1 / mu);
    const rank = below < 0 ? svd.values.length : below;
    lowRank = shrunk(svd, rank, 1 / mu, rows, cols);
    guess = Math.min(rank + 5 + Math.ceil(rank / 10), rows, cols);
    let missed = 0;
    for (let i = 0; i < n; i++) {
      const error = matrix[i] - lowRank[i] - sparse[i];
      multipliers[i] += mu * error;
      missed += error * error;
    }
    mu = Math.min(most, 1.5 * mu);
    if (Math.sqrt(missed) < options.tolerance * norm) break;
  }
  return { lowRank, sparse };
}

/** Σ (1 − threshold / σ) · u · σvᵀ over the first `rank`. */
function shrunk(svd: Svd, rank: number, threshold: number, rows: number, cols: number): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let f = 0; f < rows; f++) {
    for (let i = 0; i < rank; i++) {
      const gain = (1 - threshold / svd.values[i]) * svd.u[i * rows + f];
      for (let b = 0, o = f * cols, v = i * cols; b < cols; b++) out[o + b] += gain * svd.scaledV[v + b];
    }
  }
  return out;
}
