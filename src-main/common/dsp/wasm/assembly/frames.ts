// The frame loops of the STFT: window, transform, real split; and back. Two frames at a time, one a lane.
import { transform } from './fft';

// @ts-ignore: decorator
@inline
function store2(a: usize, b: usize, value: v128): void {
  const narrow = f32x4.demote_f64x2_zero(value);
  v128.store32_lane(a, narrow, 0);
  v128.store32_lane(b, narrow, 1);
}
// @ts-ignore: decorator
@inline
function load2(a: usize, b: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(b, v128.load32_zero(a), 1));
}

/** Windows frames `a` and `b` into elements: even samples real, odd ones imaginary; odd sizes all real. */
function gather(a: usize, b: usize, n: usize, window: usize, z: usize): void {
  const zero = f64x2.splat(0);
  if (n & 1) {
    for (let j: usize = 0; j < n; j++, z += 32) {
      v128.store(z, f64x2.mul(load2(a + 4 * j, b + 4 * j), v128.load64_splat(window + 8 * j)));
      v128.store(z, zero, 16);
    }
    return;
  }
  const end = a + 4 * n;
  while (a < end) {
    const w = v128.load(window);
    const va = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(a)), w);
    const vb = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(b)), w);
    v128.store(z, v128.shuffle<f64>(va, vb, 0, 2));
    v128.store(z, v128.shuffle<f64>(va, vb, 1, 3), 16);
    a += 8;
    b += 8;
    window += 16;
    z += 32;
  }
}

/** Bins of two real frames from the transform of their packed halves; the factor ½ is in the window. */
function split(z: usize, n: usize, tw: usize, ra: usize, ia: usize, rb: usize, ib: usize): void {
  if (n & 1) {
    for (let k: usize = 0; k <= n >> 1; k++) {
      store2(ra + 4 * k, rb + 4 * k, v128.load(z + 32 * k));
      store2(ia + 4 * k, ib + 4 * k, v128.load(z + 32 * k, 16));
    }
    return;
  }
  const m = n >> 1;
  const zero = f64x2.splat(0);
  const zr = v128.load(z);
  const zi = v128.load(z, 16);
  const dc = f64x2.add(zr, zi);
  const nyquist = f64x2.sub(zr, zi);
  store2(ra, rb, f64x2.add(dc, dc));
  store2(ia, ib, zero);
  store2(ra + 4 * m, rb + 4 * m, f64x2.add(nyquist, nyquist));
  store2(ia + 4 * m, ib + 4 * m, zero);
  for (let k: usize = 1; k <= m >> 1; k++) {
    const lo = z + 32 * k;
    const hi = z + 32 * (m - k);
    const ar = v128.load(lo);
    const ai = v128.load(lo, 16);
    const br = v128.load(hi);
    const bi = v128.load(hi, 16);
    const er = f64x2.add(ar, br);
    const ei = f64x2.sub(ai, bi);
    const dr = f64x2.sub(ar, br);
    const di = f64x2.add(ai, bi);
    const c = v128.load64_splat(tw + 16 * k);
    const s = v128.load64_splat(tw + 16 * k, 8);
    const tr = f64x2.sub(f64x2.mul(di, c), f64x2.mul(dr, s));
    const ti = f64x2.neg(f64x2.add(f64x2.mul(di, s), f64x2.mul(dr, c)));
    const p = 4 * k;
    const q = 4 * (m - k);
    store2(ra + p, rb + p, f64x2.add(er, tr));
    store2(ia + p, ib + p, f64x2.add(ei, ti));
    store2(ra + q, rb + q, f64x2.sub(er, tr));
    store2(ia + q, ib + q, f64x2.sub(ti, ei));
  }
}

/** The inverse of `split`, with real and imaginary parts swapped so that a forward transform inverts. */
function join(z: usize, n: usize, tw: usize, ra: usize, ia: usize, rb: usize, ib: usize): void {
  const zero = f64x2.splat(0);
  if (n & 1) {
    v128.store(z, zero);
    v128.store(z, load2(ra, rb), 16);
    for (let k: usize = 1; k <= n >> 1; k++) {
      const r = load2(ra + 4 * k, rb + 4 * k);
      const i = load2(ia + 4 * k, ib + 4 * k);
      v128.store(z + 32 * k, i);
      v128.store(z + 32 * k, r, 16);
      v128.store(z + 32 * (n - k), f64x2.neg(i));
      v128.store(z + 32 * (n - k), r, 16);
    }
    return;
  }
  const m = n >> 1;
  const dc = load2(ra, rb);
  const nyquist = load2(ra + 4 * m, rb + 4 * m);
  v128.store(z, f64x2.sub(dc, nyquist));
  v128.store(z, f64x2.add(dc, nyquist), 16);
  for (let k: usize = 1; k <= m >> 1; k++) {
    const p = 4 * k;
    const q = 4 * (m - k);
    const ar = load2(ra + p, rb + p);
    const ai = load2(ia + p, ib + p);
    const br = load2(ra + q, rb + q);
    const bi = load2(ia + q, ib + q);
    const er = f64x2.add(ar, br);
    const ei = f64x2.sub(ai, bi);
    const dr = f64x2.sub(ar, br);
    const di = f64x2.add(ai, bi);
    const c = v128.load64_splat(tw + 16 * k);
    const s = v128.load64_splat(tw + 16 * k, 8);
    const or = f64x2.sub(f64x2.mul(dr, c), f64x2.mul(di, s));
    const oi = f64x2.add(f64x2.mul(dr, s), f64x2.mul(di, c));
    const lo = z + 32 * k;
    const hi = z + 32 * (m - k);
    v128.store(lo, f64x2.add(ei, or));
    v128.store(lo, f64x2.sub(er, oi), 16);
    v128.store(hi, f64x2.sub(or, ei));
    v128.store(hi, f64x2.add(er, oi), 16);
  }
}

// @ts-ignore: decorator
@inline
function accumulate(p: usize, value: v128): void {
  v128.store(p, f64x2.add(v128.load(p), value));
}

/** Adds both windowed frames to the float64 accumulators at `a` and `b`. */
function scatter(z: usize, n: usize, window: usize, a: usize, b: usize): void {
  if (n & 1) {
    for (let j: usize = 0; j < n; j++) {
      const v = f64x2.mul(v128.load(z + 32 * j, 16), v128.load64_splat(window + 8 * j));
      const pa = a + 8 * j;
      const pb = b + 8 * j;
      store<f64>(pa, load<f64>(pa) + f64x2.extract_lane(v, 0));
      store<f64>(pb, load<f64>(pb) + f64x2.extract_lane(v, 1));
    }
    return;
  }
  const end = a + 8 * n;
  while (a < end) {
    const w = v128.load(window);
    const odd = v128.load(z);
    const even = v128.load(z, 16);
    accumulate(a, f64x2.mul(v128.shuffle<f64>(even, odd, 0, 2), w));
    accumulate(b, f64x2.mul(v128.shuffle<f64>(even, odd, 1, 3), w));
    a += 16;
    b += 16;
    z += 32;
    window += 16;
  }
}

/**
 * Spectra of `frames` frames (even) of the float32 signal, `hop` apart; re and im are `[frames][bins]`.
 * x and y are work buffers of one element a complex point.
 */
export function analyse(
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
  const row = 4 * ((n >> 1) + 1);
  for (let f: usize = 0; f < frames; f += 2) {
    const a = signal + 4 * f * hop;
    gather(a, a + 4 * hop, n, window, x);
    const z = transform<f64>(x, y, plan);
    split(z, n, tw, re, im, re + row, im + row);
    re += 2 * row;
    im += 2 * row;
  }
}

/** Adds `frames` frames (even) of spectra to the float64 accumulator, `hop` apart. */
export function synthesise(
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
  const row = 4 * ((n >> 1) + 1);
  for (let f: usize = 0; f < frames; f += 2) {
    join(x, n, tw, re, im, re + row, im + row);
    const z = transform<f64>(x, y, plan);
    const a = acc + 8 * f * hop;
    scatter(z, n, window, a, a + 8 * hop);
    re += 2 * row;
    im += 2 * row;
  }
}

/** out = float32(acc · gain) for `done` samples; moves the `tail` samples behind them to the front, zeros `fresh` more. */
export function drain(acc: usize, gain: usize, out: usize, done: usize, tail: usize, fresh: usize): void {
  for (let i: usize = 0; i < done; i++) {
    store<f32>(out + 4 * i, <f32>(load<f64>(acc + 8 * i) * load<f64>(gain + 8 * i)));
  }
  memory.copy(acc, acc + 8 * done, 8 * tail);
  memory.fill(acc + 8 * tail, 0, 8 * fresh);
}

/** The complex transform of the elements at `x` (two signals, one a lane); returns where the result is, `x` or `y`. */
export function transformPair(x: usize, y: usize, plan: usize): usize {
  return transform<f64>(x, y, plan);
}
