// Loops over planes of float32 samples or bins: sums in float64, levels, masks.
import { t0, t1, t2, t3, turn } from './frames32';

// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1));
}
// @ts-ignore: decorator
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/**
 * out = float32(source − Σ others), summed in float64, for `n` samples (a multiple of 4); the `count` others lie
 * `step` bytes apart. What rounding leaves of the sum, Σ (source − Σ others − out)², and Σ source² are added to the two
 * float64 sums at `sums`.
 */
export function remainder(
  source: usize,
  others: usize,
  step: usize,
  count: usize,
  n: usize,
  out: usize,
  sums: usize,
): void {
  let error = f64x2.splat(0);
  let whole = f64x2.splat(0);
  for (let at: usize = 0; at < 4 * n; at += 16) {
    const x = v128.load(source + at);
    let a = low(x);
    let b = high(x);
    whole = f64x2.add(whole, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
    let p = others + at;
    for (let s: usize = 0; s < count; s++, p += step) {
      const y = v128.load(p);
      a = f64x2.sub(a, low(y));
      b = f64x2.sub(b, high(y));
    }
    const left = f32x4.demote_f64x2_zero(a);
    const right = f32x4.demote_f64x2_zero(b);
    v128.store(out + at, v128.shuffle<f64>(left, right, 0, 2));
    a = f64x2.sub(a, low(left));
    b = f64x2.sub(b, low(right));
    error = f64x2.add(error, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
  }
  addSums(sums, error, whole);
}

// @ts-ignore: decorator
@inline
function addSums(sums: usize, error: v128, whole: v128): void {
  store<f64>(sums, load<f64>(sums) + f64x2.extract_lane(error, 0) + f64x2.extract_lane(error, 1));
  store<f64>(sums, load<f64>(sums, 8) + f64x2.extract_lane(whole, 0) + f64x2.extract_lane(whole, 1), 8);
}

/** Adds Σ (source − Σ stems)² and Σ source² of `n` samples (a multiple of 4) to the two float64 sums at `sums`. */
export function nullEnergy(source: usize, stems: usize, step: usize, count: usize, n: usize, sums: usize): void {
  let error = f64x2.splat(0);
  let whole = f64x2.splat(0);
  for (let at: usize = 0; at < 4 * n; at += 16) {
    const x = v128.load(source + at);
    let a = low(x);
    let b = high(x);
    whole = f64x2.add(whole, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
    let p = stems + at;
    for (let s: usize = 0; s < count; s++, p += step) {
      const y = v128.load(p);
      a = f64x2.sub(a, low(y));
      b = f64x2.sub(b, high(y));
    }
    error = f64x2.add(error, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
  }
  store<f64>(sums, load<f64>(sums) + f64x2.extract_lane(error, 0) + f64x2.extract_lane(error, 1));
  store<f64>(sums, load<f64>(sums, 8) + f64x2.extract_lane(whole, 0) + f64x2.extract_lane(whole, 1), 8);
}

// @ts-ignore: decorator
@inline
function larger(top: v128, x: v128): v128 {
  return i32x4.max_s(top, v128.and(x, i32x4.splat(0x7fffffff)));
}

/**
 * Largest absolute value of `n` samples (a multiple of 4); NaN when one of them is NaN. Without their signs, float32
 * numbers are in the order of the integers with the same bits, with NaN above infinity, and integers compare faster.
 */
export function peakOf(x: usize, n: usize): f32 {
  let a = i32x4.splat(0);
  let b = a;
  const end = x + 4 * n;
  for (; x + 32 <= end; x += 32) {
    a = larger(a, v128.load(x));
    b = larger(b, v128.load(x, 16));
  }
  if (x < end) a = larger(a, v128.load(x));
  a = i32x4.max_s(a, b);
  const c = max<i32>(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1));
  return reinterpret<f32>(max<i32>(c, max<i32>(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3))));
}

/** out = √(re² + im²) for `n` bins (a multiple of 4). */
export function magnitudes(re: usize, im: usize, n: usize, out: usize): void {
  const end = re + 4 * n;
  for (; re < end; re += 16, im += 16, out += 16) {
    const r = v128.load(re);
    const i = v128.load(im);
    v128.store(out, f32x4.sqrt(f32x4.add(f32x4.mul(r, r), f32x4.mul(i, i))));
  }
}

// @ts-ignore: decorator
@inline
function scale(p: usize, mask: v128): void {
  v128.store(p, f32x4.mul(v128.load(p), mask));
}

/** One bin of one frame at a time, for the rims that do not fill a vector. */
function scaleOne(re: usize, im: usize, mask: usize): void {
  const m = load<f32>(mask);
  store<f32>(re, load<f32>(re) * m);
  store<f32>(im, load<f32>(im) * m);
}

/** Rows × columns of a spectrum times a mask whose bins lie together; `row` and `maskRow` in bytes. */
function scaleRows(re: usize, im: usize, row: usize, rows: usize, columns: usize, mask: usize, maskRow: usize): void {
  const end: usize = columns << 2;
  const wide: usize = end & ~15;
  for (let r: usize = 0; r < rows; r++) {
    for (let at: usize = 0; at < wide; at += 16) {
      const m = v128.load(mask + at);
      scale(re + at, m);
      scale(im + at, m);
    }
    for (let at = wide; at < end; at += 4) scaleOne(re + at, im + at, mask + at);
    re += row;
    im += row;
    mask += maskRow;
  }
}

/** Four bins of four frames: the masks are turned from frames innermost to bins innermost. */
function scaleTile(re: usize, im: usize, row: usize, mask: usize, maskColumn: usize): void {
  const c = mask + 2 * maskColumn;
  turn(v128.load(mask), v128.load(mask + maskColumn), v128.load(c), v128.load(c + maskColumn));
  scale(re, t0);
  scale(im, t0);
  scale(re + row, t1);
  scale(im + row, t1);
  scale(re + 2 * row, t2);
  scale(im + 2 * row, t2);
  scale(re + 3 * row, t3);
  scale(im + 3 * row, t3);
}

/**
 * X ← mask · X for `rows` frames and `columns` bins. `row` is the spectrum's step from frame to frame, `maskRow`
 * and `maskColumn` the mask's from frame to frame and from bin to bin, all in bytes; one of the mask's is 4.
 */
export function maskFrames(
  re: usize,
  im: usize,
  row: usize,
  rows: usize,
  columns: usize,
  mask: usize,
  maskRow: usize,
  maskColumn: usize,
): void {
  if (maskColumn == 4) {
    scaleRows(re, im, row, rows, columns, mask, maskRow);
    return;
  }
  const whole = maskRow == 4 ? rows & ~3 : 0;
  for (let r: usize = 0; r < whole; r += 4) {
    let m = mask + 4 * r;
    let x = re + r * row;
    let y = im + r * row;
    let c: usize = 0;
    for (; c + 4 <= columns; c += 4) {
      scaleTile(x, y, row, m, maskColumn);
      x += 16;
      y += 16;
      m += 4 * maskColumn;
    }
    for (; c < columns; c++, x += 4, y += 4, m += maskColumn) {
      for (let i: usize = 0; i < 4; i++) scaleOne(x + i * row, y + i * row, m + 4 * i);
    }
  }
  for (let r = whole; r < rows; r++) {
    for (let c: usize = 0; c < columns; c++) {
      scaleOne(re + r * row + 4 * c, im + r * row + 4 * c, mask + r * maskRow + c * maskColumn);
    }
  }
}

/** Transposes four rows of four values, `srcRow` bytes apart, to rows `dstRow` bytes apart. */
// @ts-ignore: decorator
@inline
function transposeTile(src: usize, srcRow: usize, dst: usize, dstRow: usize): void {
  const c = src + 2 * srcRow;
  turn(v128.load(src), v128.load(src + srcRow), v128.load(c), v128.load(c + srcRow));
  v128.store(dst, t0);
  v128.store(dst + dstRow, t1);
  v128.store(dst + 2 * dstRow, t2);
  v128.store(dst + 3 * dstRow, t3);
}

/**
 * dst[c][r] = src[r][c] for `rows` × `columns` values; rows are `srcRow` and `dstRow` bytes apart. Sixteen rows at
 * a time, so that a cache line of the target is filled before the next one is touched.
 */
export function transpose(
  src: usize,
  rows: usize,
  columns: usize,
  srcRow: usize,
  dst: usize,
  dstRow: usize,
): void {
  const wide = columns & ~3;
  for (let r0: usize = 0; r0 < rows; r0 += 16) {
    const end = min(r0 + 16, rows);
    const whole = r0 + ((end - r0) & ~3);
    for (let c: usize = 0; c < wide; c += 4) {
      const from = src + 4 * c;
      const to = dst + c * dstRow;
      for (let r = r0; r < whole; r += 4) transposeTile(from + r * srcRow, srcRow, to + 4 * r, dstRow);
    }
    for (let r = r0; r < end; r++) {
      for (let c = r < whole ? wide : 0; c < columns; c++) {
        store<f32>(dst + c * dstRow + 4 * r, load<f32>(src + r * srcRow + 4 * c));
      }
    }
  }
}
