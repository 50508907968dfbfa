// Stockham autosort FFT of complex vectors, radices 8, 4, 2, 3 and 5. Each f64x2 lane carries another frame, so
// no butterfly needs a shuffle. An element is 32 bytes: the real parts of both lanes, then the imaginary parts.
// Reference: C. Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 1.7.

// @ts-ignore: decorator
@inline
const ELEMENT: usize = 32;
// @ts-ignore: decorator
@inline
const IM: usize = 16;

// @ts-ignore: decorator
@inline
function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}
// @ts-ignore: decorator
@inline
function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}
// @ts-ignore: decorator
@inline
function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

/** Stores (r, i) times the twiddle (wr, wi). */
// @ts-ignore: decorator
@inline
function storeTurned(p: usize, r: v128, i: v128, wr: v128, wi: v128): void {
  v128.store(p, sub(mul(r, wr), mul(i, wi)));
  v128.store(p, add(mul(r, wi), mul(i, wr)), IM);
}
// @ts-ignore: decorator
@inline
function storePlain(p: usize, r: v128, i: v128): void {
  v128.store(p, r);
  v128.store(p, i, IM);
}

/** Multiplies by (wr, wi) of the twiddle at `tw`, unless it is 1 everywhere (`plain`), and stores. */
// @ts-ignore: decorator
@inline
function storeMaybe(p: usize, r: v128, i: v128, tw: usize, plain: bool): void {
  if (plain) storePlain(p, r, i);
  else storeTurned(p, r, i, v128.load64_splat(tw), v128.load64_splat(tw, 8));
}

/** DFT of four values to the places 0, 2, 4 and 6 of a radix-8 butterfly, from place `y` on. */
// @ts-ignore: decorator
@inline
function dft4(
  r0: v128,
  i0: v128,
  r1: v128,
  i1: v128,
  r2: v128,
  i2: v128,
  r3: v128,
  i3: v128,
  y: usize,
  step: usize,
  tw: usize,
  first: bool,
  plain: bool,
): void {
  const ar = add(r0, r2);
  const ai = add(i0, i2);
  const br = sub(r0, r2);
  const bi = sub(i0, i2);
  const cr = add(r1, r3);
  const ci = add(i1, i3);
  const dr = sub(r1, r3);
  const di = sub(i1, i3);
  storeMaybe(y, add(ar, cr), add(ai, ci), tw - 16, first || plain);
  storeMaybe(y + step, add(br, di), sub(bi, dr), tw + 16, plain);
  storeMaybe(y + 2 * step, sub(ar, cr), sub(ai, ci), tw + 48, plain);
  storeMaybe(y + 3 * step, sub(br, di), add(bi, dr), tw + 80, plain);
}

// @ts-ignore: decorator
@inline
function butterfly8(x: usize, y: usize, far: usize, near: usize, tw: usize, plain: bool): void {
  const half = f64x2.splat(0.70710678118654752440);
  const x4 = x + 4 * far;
  let pr = v128.load(x);
  let pi = v128.load(x, IM);
  let qr = v128.load(x4);
  let qi = v128.load(x4, IM);
  const a0r = add(pr, qr);
  const a0i = add(pi, qi);
  const b0r = sub(pr, qr);
  const b0i = sub(pi, qi);
  pr = v128.load(x + far);
  pi = v128.load(x + far, IM);
  qr = v128.load(x4 + far);
  qi = v128.load(x4 + far, IM);
  const a1r = add(pr, qr);
  const a1i = add(pi, qi);
  let tr = sub(pr, qr);
  let ti = sub(pi, qi);
  const b1r = mul(add(tr, ti), half);
  const b1i = mul(sub(ti, tr), half);
  pr = v128.load(x + 2 * far);
  pi = v128.load(x + 2 * far, IM);
  qr = v128.load(x4 + 2 * far);
  qi = v128.load(x4 + 2 * far, IM);
  const a2r = add(pr, qr);
  const a2i = add(pi, qi);
  const b2r = sub(pi, qi);
  const b2i = sub(qr, pr);
  pr = v128.load(x + 3 * far);
  pi = v128.load(x + 3 * far, IM);
  qr = v128.load(x4 + 3 * far);
  qi = v128.load(x4 + 3 * far, IM);
  const a3r = add(pr, qr);
  const a3i = add(pi, qi);
  tr = sub(pr, qr);
  ti = sub(pi, qi);
  const b3r = mul(sub(ti, tr), half);
  const b3i = f64x2.neg(mul(add(tr, ti), half));
  dft4(a0r, a0i, a1r, a1i, a2r, a2i, a3r, a3i, y, 2 * near, tw, true, plain);
  dft4(b0r, b0i, b1r, b1i, b2r, b2i, b3r, b3i, y + near, 2 * near, tw + 16, false, plain);
}

function pass8(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  let end = x + near;
  for (; x < end; x += ELEMENT, y += ELEMENT) butterfly8(x, y, far, near, tw, true);
  for (let p: usize = 1; p < m; p++) {
    tw += 112;
    y += 7 * near;
    end = x + near;
    for (; x < end; x += ELEMENT, y += ELEMENT) butterfly8(x, y, far, near, tw, false);
  }
}

/** One radix-4 pass: x holds `s` interleaved transforms of length 4m. */
function pass4(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  for (let p: usize = 0; p < m; p++) {
    const w1r = v128.load64_splat(tw);
    const w1i = v128.load64_splat(tw, 8);
    const w2r = v128.load64_splat(tw, 16);
    const w2i = v128.load64_splat(tw, 24);
    const w3r = v128.load64_splat(tw, 32);
    const w3i = v128.load64_splat(tw, 40);
    tw += 48;
    const end = x + near;
    while (x < end) {
      const a = x;
      const c = x + 2 * far;
      const ar = v128.load(a);
      const ai = v128.load(a, IM);
      const cr = v128.load(c);
      const ci = v128.load(c, IM);
      const t0r = add(ar, cr);
      const t0i = add(ai, ci);
      const t1r = sub(ar, cr);
      const t1i = sub(ai, ci);
      const b = x + far;
      const d = c + far;
      const br = v128.load(b);
      const bi = v128.load(b, IM);
      const dr = v128.load(d);
      const di = v128.load(d, IM);
      const t2r = add(br, dr);
      const t2i = add(bi, di);
      const t3r = sub(br, dr);
      const t3i = sub(bi, di);
      storePlain(y, add(t0r, t2r), add(t0i, t2i));
      if (p) {
        storeTurned(y + near, add(t1r, t3i), sub(t1i, t3r), w1r, w1i);
        storeTurned(y + 2 * near, sub(t0r, t2r), sub(t0i, t2i), w2r, w2i);
        storeTurned(y + 3 * near, sub(t1r, t3i), add(t1i, t3r), w3r, w3i);
      } else {
        storePlain(y + near, add(t1r, t3i), sub(t1i, t3r));
        storePlain(y + 2 * near, sub(t0r, t2r), sub(t0i, t2i));
        storePlain(y + 3 * near, sub(t1r, t3i), add(t1i, t3r));
      }
      x += ELEMENT;
      y += ELEMENT;
    }
    y += 3 * near;
  }
}

function pass2(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  for (let p: usize = 0; p < m; p++) {
    const wr = v128.load64_splat(tw);
    const wi = v128.load64_splat(tw, 8);
    tw += 16;
    const end = x + near;
    while (x < end) {
      const ar = v128.load(x);
      const ai = v128.load(x, IM);
      const br = v128.load(x + far);
      const bi = v128.load(x + far, IM);
      storePlain(y, add(ar, br), add(ai, bi));
      storeTurned(y + near, sub(ar, br), sub(ai, bi), wr, wi);
      x += ELEMENT;
      y += ELEMENT;
    }
    y += near;
  }
}

function pass3(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  const half = f64x2.splat(0.5);
  const sin60 = f64x2.splat(0.86602540378443864676);
  for (let p: usize = 0; p < m; p++) {
    const w1r = v128.load64_splat(tw);
    const w1i = v128.load64_splat(tw, 8);
    const w2r = v128.load64_splat(tw, 16);
    const w2i = v128.load64_splat(tw, 24);
    tw += 32;
    const end = x + near;
    while (x < end) {
      const ar = v128.load(x);
      const ai = v128.load(x, IM);
      const br = v128.load(x + far);
      const bi = v128.load(x + far, IM);
      const cr = v128.load(x + 2 * far);
      const ci = v128.load(x + 2 * far, IM);
      const tr = add(br, cr);
      const ti = add(bi, ci);
      const ur = mul(sub(br, cr), sin60);
      const ui = mul(sub(bi, ci), sin60);
      const vr = sub(ar, mul(tr, half));
      const vi = sub(ai, mul(ti, half));
      storePlain(y, add(ar, tr), add(ai, ti));
      storeTurned(y + near, add(vr, ui), sub(vi, ur), w1r, w1i);
      storeTurned(y + 2 * near, sub(vr, ui), add(vi, ur), w2r, w2i);
      x += ELEMENT;
      y += ELEMENT;
    }
    y += 2 * near;
  }
}

function pass5(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  const c1 = f64x2.splat(0.30901699437494742410);
  const c2 = f64x2.splat(-0.80901699437494742410);
  const s1 = f64x2.splat(0.95105651629515357212);
  const s2 = f64x2.splat(0.58778525229247312917);
  for (let p: usize = 0; p < m; p++) {
    const end = x + near;
    while (x < end) {
      const ar = v128.load(x);
      const ai = v128.load(x, IM);
      const br = v128.load(x + far);
      const bi = v128.load(x + far, IM);
      const cr = v128.load(x + 2 * far);
      const ci = v128.load(x + 2 * far, IM);
      const dr = v128.load(x + 3 * far);
      const di = v128.load(x + 3 * far, IM);
      const er = v128.load(x + 4 * far);
      const ei = v128.load(x + 4 * far, IM);
      const t1r = add(br, er);
      const t1i = add(bi, ei);
      const t2r = add(cr, dr);
      const t2i = add(ci, di);
      const t3r = sub(br, er);
      const t3i = sub(bi, ei);
      const t4r = sub(cr, dr);
      const t4i = sub(ci, di);
      const u1r = add(ar, add(mul(t1r, c1), mul(t2r, c2)));
      const u1i = add(ai, add(mul(t1i, c1), mul(t2i, c2)));
      const u2r = add(ar, add(mul(t1r, c2), mul(t2r, c1)));
      const u2i = add(ai, add(mul(t1i, c2), mul(t2i, c1)));
      const v1r = add(mul(t3r, s1), mul(t4r, s2));
      const v1i = add(mul(t3i, s1), mul(t4i, s2));
      const v2r = sub(mul(t3r, s2), mul(t4r, s1));
      const v2i = sub(mul(t3i, s2), mul(t4i, s1));
      storePlain(y, add(ar, add(t1r, t2r)), add(ai, add(t1i, t2i)));
      turn5(y + near, add(u1r, v1i), sub(u1i, v1r), tw);
      turn5(y + 2 * near, add(u2r, v2i), sub(u2i, v2r), tw + 16);
      turn5(y + 3 * near, sub(u2r, v2i), add(u2i, v2r), tw + 32);
      turn5(y + 4 * near, sub(u1r, v1i), add(u1i, v1r), tw + 48);
      x += ELEMENT;
      y += ELEMENT;
    }
    tw += 64;
    y += 4 * near;
  }
}
// @ts-ignore: decorator
@inline
function turn5(p: usize, r: v128, i: v128, tw: usize): void {
  storeTurned(p, r, i, v128.load64_splat(tw), v128.load64_splat(tw, 8));
}

/**
 * Forward transform of the elements at `x`, with `y` as the other buffer; returns the one that holds the result.
 * `plan` holds 32-bit words: number of passes, then (radix, m, s, address of the twiddles) a pass.
 */
export function transform(x: usize, y: usize, plan: usize): usize {
  const passes = load<u32>(plan);
  for (let i: u32 = 0; i < passes; i++) {
    const entry = plan + 4 + ((<usize>i) << 4);
    const radix = load<u32>(entry);
    const m = <usize>load<u32>(entry, 4);
    const s = <usize>load<u32>(entry, 8);
    const tw = <usize>load<u32>(entry, 12);
    if (radix == 8) pass8(x, y, tw, m, s);
    else if (radix == 4) pass4(x, y, tw, m, s);
    else if (radix == 2) pass2(x, y, tw, m, s);
    else if (radix == 3) pass3(x, y, tw, m, s);
    else pass5(x, y, tw, m, s);
    const swap = x;
    x = y;
    y = swap;
  }
  return x;
}
