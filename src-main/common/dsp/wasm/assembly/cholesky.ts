// Cholesky factor of a dense symmetric matrix in float64, block column after block column (left-looking, Golub &
// Van Loan, Matrix Computations, section 4.2), with dot products of rows in SIMD.

const BLOCK: usize = 32;

// @ts-ignore: decorator
@inline
function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// @ts-ignore: decorator
@inline
function take(p: usize, v: v128): void {
  store<f64>(p, load<f64>(p) - sum2(v));
}

/** c[i][j] −= a[i] · b[j] for two rows of c and of a, four of b, over `k` (even) values; steps in bytes. */
function subtractDots(a: usize, b: usize, c: usize, row: usize, k: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00;
  let s02 = s00;
  let s03 = s00;
  let s10 = s00;
  let s11 = s00;
  let s12 = s00;
  let s13 = s00;
  const end = a + (k << 3);
  let q = b;
  for (let p = a; p < end; p += 16, q += 16) {
    const a0 = v128.load(p);
    const a1 = v128.load(p + row);
    const b0 = v128.load(q);
    s00 = f64x2.add(s00, f64x2.mul(a0, b0));
    s10 = f64x2.add(s10, f64x2.mul(a1, b0));
    const b1 = v128.load(q + row);
    s01 = f64x2.add(s01, f64x2.mul(a0, b1));
    s11 = f64x2.add(s11, f64x2.mul(a1, b1));
    const b2 = v128.load(q + 2 * row);
    s02 = f64x2.add(s02, f64x2.mul(a0, b2));
    s12 = f64x2.add(s12, f64x2.mul(a1, b2));
    const b3 = v128.load(q + 3 * row);
    s03 = f64x2.add(s03, f64x2.mul(a0, b3));
    s13 = f64x2.add(s13, f64x2.mul(a1, b3));
  }
  take(c, s00);
  take(c + 8, s01);
  take(c + 16, s02);
  take(c + 24, s03);
  take(c + row, s10);
  take(c + row + 8, s11);
  take(c + row + 16, s12);
  take(c + row + 24, s13);
}

/** One column inside its block: what the block's columns before it explain, then the division by the pivot. */
function finishColumn(a: usize, n: usize, row: usize, first: usize, j: usize, floor: f64): void {
  const own = a + j * row;
  for (let i = j; i < n; i++) {
    const at = a + i * row;
    let sum = load<f64>(at + (j << 3));
    for (let k = first; k < j; k++) sum -= load<f64>(at + (k << 3)) * load<f64>(own + (k << 3));
    store<f64>(at + (j << 3), sum);
  }
  const pivot = load<f64>(own + (j << 3));
  // A column that those before it explain already: it takes no part (a zero on the diagonal says so).
  const scale = pivot > floor ? 1 / Math.sqrt(pivot) : 0;
  for (let i = j; i < n; i++) {
    const p = a + i * row + (j << 3);
    store<f64>(p, load<f64>(p) * scale);
  }
}

/**
 * Replaces the lower triangle of the matrix `[n][n]` at `a` by its factor; n is a multiple of 4. A pivot below
 * `tolerance` times its diagonal element counts as zero. `diagonal` has room for n numbers.
 */
export function cholesky(a: usize, n: usize, tolerance: f64, diagonal: usize): void {
  const row = n << 3;
  for (let i: usize = 0; i < n; i++) store<f64>(diagonal + (i << 3), load<f64>(a + i * row + (i << 3)));
  for (let first: usize = 0; first < n; first += BLOCK) {
    const last = min(first + BLOCK, n);
    for (let i = first; i < n; i += 2) {
      for (let j = first; j < last; j += 4) {
        subtractDots(a + i * row, a + j * row, a + i * row + (j << 3), row, first);
      }
    }
    for (let j = first; j < last; j++) {
      finishColumn(a, n, row, first, j, tolerance * load<f64>(diagonal + (j << 3)));
    }
  }
}
