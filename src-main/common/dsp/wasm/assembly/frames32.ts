// The frame loops of the STFT in float32, four frames at a time, one a lane: for separation, where conservation
// makes up for the last bits. Sizes are multiples of 16. Rows are turned into lanes by 4 × 4 transpositions.
import { transform } from './fft';

// The transposition leaves its four vectors here; globals of one module cost no more than locals once inlined.
export let t0: v128 = f32x4.splat(0);
export let t1: v128 = f32x4.splat(0);
export let t2: v128 = f32x4.splat(0);
export let t3: v128 = f32x4.splat(0);

// @ts-ignore: decorator
@inline
export function turn(a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  t0 = v128.shuffle<f64>(ab, cd, 0, 2);
  t1 = v128.shuffle<f64>(ab, cd, 1, 3);
  t2 = v128.shuffle<f64>(ef, gh, 0, 2);
  t3 = v128.shuffle<f64>(ef, gh, 1, 3);
}

/** Windows four frames, `hop` bytes apart, into elements: even samples real, odd ones imaginary. */
export function gather(a: usize, hop: usize, n: usize, window: usize, z: usize): void {
  const end = a + 4 * n;
  const b = hop;
  const c = 2 * hop;
  const d = 3 * hop;
  while (a < end) {
    turn(v128.load(a), v128.load(a + b), v128.load(a + c), v128.load(a + d));
    v128.store(z, f32x4.mul(t0, v128.load32_splat(window)));
    v128.store(z, f32x4.mul(t1, v128.load32_splat(window, 4)), 16);
    v128.store(z, f32x4.mul(t2, v128.load32_splat(window, 8)), 32);
    v128.store(z, f32x4.mul(t3, v128.load32_splat(window, 12)), 48);
    a += 16;
    window += 16;
    z += 64;
  }
}

/** The bins k and m − k of all four frames, from z to `out`, which may be z: the factor ½ is in the window. */
export function unpack(z: usize, out: usize, m: usize, tw: usize): void {
  const zr = v128.load(z);
  const zi = v128.load(z, 16);
  const dc = f32x4.add(zr, zi);
  const nyquist = f32x4.sub(zr, zi);
  const zero = f32x4.splat(0);
  v128.store(out, f32x4.add(dc, dc));
  v128.store(out, zero, 16);
  v128.store(out + 32 * m, f32x4.add(nyquist, nyquist));
  v128.store(out + 32 * m, zero, 16);
  let lo: usize = 32;
  let hi: usize = 32 * (m - 1);
  while (lo <= hi) {
    tw += 8;
    const ar = v128.load(z + lo);
    const ai = v128.load(z + lo, 16);
    const br = v128.load(z + hi);
    const bi = v128.load(z + hi, 16);
    const er = f32x4.add(ar, br);
    const ei = f32x4.sub(ai, bi);
    const dr = f32x4.sub(ar, br);
    const di = f32x4.add(ai, bi);
    const c = v128.load32_splat(tw);
    const s = v128.load32_splat(tw, 4);
    const tr = f32x4.sub(f32x4.mul(di, c), f32x4.mul(dr, s));
    const ti = f32x4.neg(f32x4.add(f32x4.mul(di, s), f32x4.mul(dr, c)));
    v128.store(out + lo, f32x4.add(er, tr));
    v128.store(out + lo, f32x4.add(ei, ti), 16);
    v128.store(out + hi, f32x4.sub(er, tr));
    v128.store(out + hi, f32x4.sub(ti, ei), 16);
    lo += 32;
    hi -= 32;
  }
}

/** Copies `m` elements and the one behind them to rows of real and imaginary parts, `row` bytes apart. */
function toRows(z: usize, m: usize, re: usize, im: usize, row: usize): void {
  const end = z + 32 * m;
  while (z < end) {
    turn(v128.load(z), v128.load(z, 32), v128.load(z, 64), v128.load(z, 96));
    v128.store(re, t0);
    v128.store(re + row, t1);
    v128.store(re + 2 * row, t2);
    v128.store(re + 3 * row, t3);
    turn(v128.load(z, 16), v128.load(z, 48), v128.load(z, 80), v128.load(z, 112));
    v128.store(im, t0);
    v128.store(im + row, t1);
    v128.store(im + 2 * row, t2);
    v128.store(im + 3 * row, t3);
    re += 16;
    im += 16;
    z += 128;
  }
  const r = v128.load(z);
  const i = v128.load(z, 16);
  v128.store32_lane(re, r, 0);
  v128.store32_lane(re + row, r, 1);
  v128.store32_lane(re + 2 * row, r, 2);
  v128.store32_lane(re + 3 * row, r, 3);
  v128.store32_lane(im, i, 0);
  v128.store32_lane(im + row, i, 1);
  v128.store32_lane(im + 2 * row, i, 2);
  v128.store32_lane(im + 3 * row, i, 3);
}

// @ts-ignore: decorator
@inline
export function load4(p: usize, row: usize): v128 {
  let v = v128.load32_zero(p);
  v = v128.load32_lane(p + row, v, 1);
  v = v128.load32_lane(p + 2 * row, v, 2);
  return v128.load32_lane(p + 3 * row, v, 3);
}

/** The inverse of `toRows`. */
function fromRows(z: usize, m: usize, re: usize, im: usize, row: usize): void {
  const end = z + 32 * m;
  while (z < end) {
    turn(v128.load(re), v128.load(re + row), v128.load(re + 2 * row), v128.load(re + 3 * row));
    v128.store(z, t0);
    v128.store(z, t1, 32);
    v128.store(z, t2, 64);
    v128.store(z, t3, 96);
    turn(v128.load(im), v128.load(im + row), v128.load(im + 2 * row), v128.load(im + 3 * row));
    v128.store(z, t0, 16);
    v128.store(z, t1, 48);
    v128.store(z, t2, 80);
    v128.store(z, t3, 112);
    re += 16;
    im += 16;
    z += 128;
  }
  v128.store(z, load4(re, row));
  v128.store(z, load4(im, row), 16);
}

/** Two elements of `pack`: bins k (a) and m − k (b) to `lo` and `hi`. */
// @ts-ignore: decorator
@inline
export function packPair(ar: v128, ai: v128, br: v128, bi: v128, tw: usize, lo: usize, hi: usize): void {
  const er = f32x4.add(ar, br);
  const ei = f32x4.sub(ai, bi);
  const dr = f32x4.sub(ar, br);
  const di = f32x4.add(ai, bi);
  const c = v128.load32_splat(tw);
  const s = v128.load32_splat(tw, 4);
  const or = f32x4.sub(f32x4.mul(dr, c), f32x4.mul(di, s));
  const oi = f32x4.add(f32x4.mul(dr, s), f32x4.mul(di, c));
  v128.store(lo, f32x4.add(ei, or));
  v128.store(lo, f32x4.sub(er, oi), 16);
  v128.store(hi, f32x4.sub(or, ei));
  v128.store(hi, f32x4.add(er, oi), 16);
}

/** The inverse of `unpack`, with real and imaginary parts swapped so that a forward transform inverts. */
export function pack(z: usize, m: usize, tw: usize): void {
  const dc = v128.load(z);
  const nyquist = v128.load(z + 32 * m);
  v128.store(z, f32x4.sub(dc, nyquist));
  v128.store(z, f32x4.add(dc, nyquist), 16);
  let lo = z + 32;
  let hi = z + 32 * (m - 1);
  while (lo <= hi) {
    tw += 8;
    packPair(v128.load(lo), v128.load(lo, 16), v128.load(hi), v128.load(hi, 16), tw, lo, hi);
    lo += 32;
    hi -= 32;
  }
}

// @ts-ignore: decorator
@inline
function accumulate(p: usize, value: v128): void {
  v128.store(p, f32x4.add(v128.load(p), value));
}

/** Adds the four windowed frames to the float32 accumulators at `acc`, `hop` bytes apart. */
export function scatter(z: usize, n: usize, window: usize, acc: usize, hop: usize): void {
  const end = acc + 4 * n;
  while (acc < end) {
    turn(v128.load(z, 16), v128.load(z), v128.load(z, 48), v128.load(z, 32));
    const w = v128.load(window);
    accumulate(acc, f32x4.mul(t0, w));
    accumulate(acc + hop, f32x4.mul(t1, w));
    accumulate(acc + 2 * hop, f32x4.mul(t2, w));
    accumulate(acc + 3 * hop, f32x4.mul(t3, w));
    acc += 16;
    z += 64;
    window += 16;
  }
}

/**
 * Brings frames that lie side by side into the order of lanes, sixteen at a time, a cache line of each bin: four go to
 * each of four places that are `step` bytes apart, bins `width` bytes apart. Returns how many frames that were.
 */
// @ts-ignore: decorator
@inline
export function copySixteens(
  plane: usize,
  binStep: usize,
  frames: usize,
  bins: usize,
  out: usize,
  step: usize,
  width: usize,
): usize {
  let f: usize = 0;
  for (; f + 16 <= frames; f += 16) {
    let p = plane + 4 * f;
    let to = out + (f >> 2) * step;
    for (const stop = to + width * bins; to < stop; to += width, p += binStep) {
      v128.store(to, v128.load(p));
      v128.store(to + step, v128.load(p, 16));
      v128.store(to + 2 * step, v128.load(p, 32));
      v128.store(to + 3 * step, v128.load(p, 48));
    }
  }
  return f;
}

/** As `analyse`, for a number of frames that is a multiple of 4; x and y have room for one element more. */
export function analyse32(
  signal: usize,
  hop: usize,
  frames: usize,
  n: usize,
  window: usize,
  plan: usize,
  tw: usize,
  x: usize,
  y: usize,
  re: usize,
  im: usize,
): void {
  const m = n >> 1;
  const row = 4 * (m + 1);
  for (let f: usize = 0; f < frames; f += 4) {
    gather(signal + 4 * f * hop, 4 * hop, n, window, x);
    const z = transform<f32>(x, y, plan);
    unpack(z, z, m, tw);
    toRows(z, m, re, im, row);
    re += 4 * row;
    im += 4 * row;
  }
}

/** As `synthesise`, for a number of frames that is a multiple of 4, into a float32 accumulator. */
export function synthesise32(
  re: usize,
  im: usize,
  hop: usize,
  frames: usize,
  n: usize,
  window: usize,
  plan: usize,
  tw: usize,
  x: usize,
  y: usize,
  acc: usize,
): void {
  const m = n >> 1;
  const row = 4 * (m + 1);
  for (let f: usize = 0; f < frames; f += 4) {
    fromRows(x, m, re, im, row);
    pack(x, m, tw);
    const z = transform<f32>(x, y, plan);
    scatter(z, n, window, acc + 4 * f * hop, 4 * hop);
    re += 4 * row;
    im += 4 * row;
  }
}

/** As `drain`, of a float32 accumulator and float32 gains. */
export function drain32(acc: usize, gain: usize, out: usize, done: usize, tail: usize, fresh: usize): void {
  const end: usize = done << 2;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) v128.store(out + at, f32x4.mul(v128.load(acc + at), v128.load(gain + at)));
  for (; at < end; at += 4) store<f32>(out + at, load<f32>(acc + at) * load<f32>(gain + at));
  memory.copy(acc, acc + end, 4 * tail);
  memory.fill(acc + 4 * tail, 0, 4 * fresh);
}
