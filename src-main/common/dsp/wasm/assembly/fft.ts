// Stockham autosort FFT of complex vectors, radices 8, 4, 2, 3 and 5. Each lane carries another frame (two in
// float64, four in float32), so no butterfly needs a shuffle. An element is 32 bytes: the real parts of all lanes,
// then the imaginary parts. T is f64 or f32; twiddles are of that type.
// Reference: C. Van Loan, Computational Frameworks for the Fast Fourier Transform (1992), section 1.7.

// @ts-ignore: decorator
@inline
const ELEMENT: usize = 32;
// @ts-ignore: decorator
@inline
const IM: usize = 16;

// @ts-ignore: decorator
@inline
function add<T>(a: v128, b: v128): v128 {
  return v128.add<T>(a, b);
}
// @ts-ignore: decorator
@inline
function sub<T>(a: v128, b: v128): v128 {
  return v128.sub<T>(a, b);
}
// @ts-ignore: decorator
@inline
function mul<T>(a: v128, b: v128): v128 {
  return v128.mul<T>(a, b);
}

/** Stores (r, i) times the twiddle (wr, wi). */
// @ts-ignore: decorator
@inline
function storeTurned<T>(p: usize, r: v128, i: v128, wr: v128, wi: v128): void {
  v128.store(p, sub<T>(mul<T>(r, wr), mul<T>(i, wi)));
  v128.store(p, add<T>(mul<T>(r, wi), mul<T>(i, wr)), IM);
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
function storeMaybe<T>(p: usize, r: v128, i: v128, tw: usize, plain: bool): void {
  if (plain) storePlain(p, r, i);
  else storeTurned<T>(p, r, i, v128.load_splat<T>(tw), v128.load_splat<T>(tw + sizeof<T>()));
}

/** DFT of four values to the places 0, 2, 4 and 6 of a radix-8 butterfly, from place `y` on. */
// @ts-ignore: decorator
@inline
function dft4<T>(
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
  const ar = add<T>(r0, r2);
  const ai = add<T>(i0, i2);
  const br = sub<T>(r0, r2);
  const bi = sub<T>(i0, i2);
  const cr = add<T>(r1, r3);
  const ci = add<T>(i1, i3);
  const dr = sub<T>(r1, r3);
  const di = sub<T>(i1, i3);
  storeMaybe<T>(y, add<T>(ar, cr), add<T>(ai, ci), tw - 2 * sizeof<T>(), first || plain);
  storeMaybe<T>(y + step, add<T>(br, di), sub<T>(bi, dr), tw + 2 * sizeof<T>(), plain);
  storeMaybe<T>(y + 2 * step, sub<T>(ar, cr), sub<T>(ai, ci), tw + 6 * sizeof<T>(), plain);
  storeMaybe<T>(y + 3 * step, sub<T>(br, di), add<T>(bi, dr), tw + 10 * sizeof<T>(), plain);
}

// @ts-ignore: decorator
@inline
function butterfly8<T>(x: usize, y: usize, far: usize, near: usize, tw: usize, plain: bool): void {
  const half = v128.splat<T>(<T>0.70710678118654752440);
  const x4 = x + 4 * far;
  let pr = v128.load(x);
  let pi = v128.load(x, IM);
  let qr = v128.load(x4);
  let qi = v128.load(x4, IM);
  const a0r = add<T>(pr, qr);
  const a0i = add<T>(pi, qi);
  const b0r = sub<T>(pr, qr);
  const b0i = sub<T>(pi, qi);
  pr = v128.load(x + far);
  pi = v128.load(x + far, IM);
  qr = v128.load(x4 + far);
  qi = v128.load(x4 + far, IM);
  const a1r = add<T>(pr, qr);
  const a1i = add<T>(pi, qi);
  let tr = sub<T>(pr, qr);
  let ti = sub<T>(pi, qi);
  const b1r = mul<T>(add<T>(tr, ti), half);
  const b1i = mul<T>(sub<T>(ti, tr), half);
  pr = v128.load(x + 2 * far);
  pi = v128.load(x + 2 * far, IM);
  qr = v128.load(x4 + 2 * far);
  qi = v128.load(x4 + 2 * far, IM);
  const a2r = add<T>(pr, qr);
  const a2i = add<T>(pi, qi);
  const b2r = sub<T>(pi, qi);
  const b2i = sub<T>(qr, pr);
  pr = v128.load(x + 3 * far);
  pi = v128.load(x + 3 * far, IM);
  qr = v128.load(x4 + 3 * far);
  qi = v128.load(x4 + 3 * far, IM);
  const a3r = add<T>(pr, qr);
  const a3i = add<T>(pi, qi);
  tr = sub<T>(pr, qr);
  ti = sub<T>(pi, qi);
  const b3r = mul<T>(sub<T>(ti, tr), half);
  const b3i = v128.neg<T>(mul<T>(add<T>(tr, ti), half));
  dft4<T>(a0r, a0i, a1r, a1i, a2r, a2i, a3r, a3i, y, 2 * near, tw, true, plain);
  dft4<T>(b0r, b0i, b1r, b1i, b2r, b2i, b3r, b3i, y + near, 2 * near, tw + 2 * sizeof<T>(), false, plain);
}

function pass8<T>(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  let end = x + near;
  for (; x < end; x += ELEMENT, y += ELEMENT) butterfly8<T>(x, y, far, near, tw, true);
  for (let p: usize = 1; p < m; p++) {
    tw += 14 * sizeof<T>();
    y += 7 * near;
    end = x + near;
    for (; x < end; x += ELEMENT, y += ELEMENT) butterfly8<T>(x, y, far, near, tw, false);
  }
}

/** One radix-4 pass: x holds `s` interleaved transforms of length 4m. */
function pass4<T>(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  for (let p: usize = 0; p < m; p++) {
    const w1r = v128.load_splat<T>(tw);
    const w1i = v128.load_splat<T>(tw + sizeof<T>());
    const w2r = v128.load_splat<T>(tw + 2 * sizeof<T>());
    const w2i = v128.load_splat<T>(tw + 3 * sizeof<T>());
    const w3r = v128.load_splat<T>(tw + 4 * sizeof<T>());
    const w3i = v128.load_splat<T>(tw + 5 * sizeof<T>());
    tw += 6 * sizeof<T>();
    const end = x + near;
    while (x < end) {
      const a = x;
      const c = x + 2 * far;
      const ar = v128.load(a);
      const ai = v128.load(a, IM);
      const cr = v128.load(c);
      const ci = v128.load(c, IM);
      const t0r = add<T>(ar, cr);
      const t0i = add<T>(ai, ci);
      const t1r = sub<T>(ar, cr);
      const t1i = sub<T>(ai, ci);
      const b = x + far;
      const d = c + far;
      const br = v128.load(b);
      const bi = v128.load(b, IM);
      const dr = v128.load(d);
      const di = v128.load(d, IM);
      const t2r = add<T>(br, dr);
      const t2i = add<T>(bi, di);
      const t3r = sub<T>(br, dr);
      const t3i = sub<T>(bi, di);
      storePlain(y, add<T>(t0r, t2r), add<T>(t0i, t2i));
      if (p) {
        storeTurned<T>(y + near, add<T>(t1r, t3i), sub<T>(t1i, t3r), w1r, w1i);
        storeTurned<T>(y + 2 * near, sub<T>(t0r, t2r), sub<T>(t0i, t2i), w2r, w2i);
        storeTurned<T>(y + 3 * near, sub<T>(t1r, t3i), add<T>(t1i, t3r), w3r, w3i);
      } else {
        storePlain(y + near, add<T>(t1r, t3i), sub<T>(t1i, t3r));
        storePlain(y + 2 * near, sub<T>(t0r, t2r), sub<T>(t0i, t2i));
        storePlain(y + 3 * near, sub<T>(t1r, t3i), add<T>(t1i, t3r));
      }
      x += ELEMENT;
      y += ELEMENT;
    }
    y += 3 * near;
  }
}

function pass2<T>(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  for (let p: usize = 0; p < m; p++) {
    const wr = v128.load_splat<T>(tw);
    const wi = v128.load_splat<T>(tw + sizeof<T>());
    tw += 2 * sizeof<T>();
    const end = x + near;
    while (x < end) {
      const ar = v128.load(x);
      const ai = v128.load(x, IM);
      const br = v128.load(x + far);
      const bi = v128.load(x + far, IM);
      storePlain(y, add<T>(ar, br), add<T>(ai, bi));
      storeTurned<T>(y + near, sub<T>(ar, br), sub<T>(ai, bi), wr, wi);
      x += ELEMENT;
      y += ELEMENT;
    }
    y += near;
  }
}

function pass3<T>(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  const half = v128.splat<T>(<T>0.5);
  const sin60 = v128.splat<T>(<T>0.86602540378443864676);
  for (let p: usize = 0; p < m; p++) {
    const w1r = v128.load_splat<T>(tw);
    const w1i = v128.load_splat<T>(tw + sizeof<T>());
    const w2r = v128.load_splat<T>(tw + 2 * sizeof<T>());
    const w2i = v128.load_splat<T>(tw + 3 * sizeof<T>());
    tw += 4 * sizeof<T>();
    const end = x + near;
    while (x < end) {
      const ar = v128.load(x);
      const ai = v128.load(x, IM);
      const br = v128.load(x + far);
      const bi = v128.load(x + far, IM);
      const cr = v128.load(x + 2 * far);
      const ci = v128.load(x + 2 * far, IM);
      const tr = add<T>(br, cr);
      const ti = add<T>(bi, ci);
      const ur = mul<T>(sub<T>(br, cr), sin60);
      const ui = mul<T>(sub<T>(bi, ci), sin60);
      const vr = sub<T>(ar, mul<T>(tr, half));
      const vi = sub<T>(ai, mul<T>(ti, half));
      storePlain(y, add<T>(ar, tr), add<T>(ai, ti));
      storeTurned<T>(y + near, add<T>(vr, ui), sub<T>(vi, ur), w1r, w1i);
      storeTurned<T>(y + 2 * near, sub<T>(vr, ui), add<T>(vi, ur), w2r, w2i);
      x += ELEMENT;
      y += ELEMENT;
    }
    y += 2 * near;
  }
}

function pass5<T>(x: usize, y: usize, tw: usize, m: usize, s: usize): void {
  const far = s * m * ELEMENT;
  const near = s * ELEMENT;
  const c1 = v128.splat<T>(<T>0.30901699437494742410);
  const c2 = v128.splat<T>(<T>-0.80901699437494742410);
  const s1 = v128.splat<T>(<T>0.95105651629515357212);
  const s2 = v128.splat<T>(<T>0.58778525229247312917);
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
      const t1r = add<T>(br, er);
      const t1i = add<T>(bi, ei);
      const t2r = add<T>(cr, dr);
      const t2i = add<T>(ci, di);
      const t3r = sub<T>(br, er);
      const t3i = sub<T>(bi, ei);
      const t4r = sub<T>(cr, dr);
      const t4i = sub<T>(ci, di);
      const u1r = add<T>(ar, add<T>(mul<T>(t1r, c1), mul<T>(t2r, c2)));
      const u1i = add<T>(ai, add<T>(mul<T>(t1i, c1), mul<T>(t2i, c2)));
      const u2r = add<T>(ar, add<T>(mul<T>(t1r, c2), mul<T>(t2r, c1)));
      const u2i = add<T>(ai, add<T>(mul<T>(t1i, c2), mul<T>(t2i, c1)));
      const v1r = add<T>(mul<T>(t3r, s1), mul<T>(t4r, s2));
      const v1i = add<T>(mul<T>(t3i, s1), mul<T>(t4i, s2));
      const v2r = sub<T>(mul<T>(t3r, s2), mul<T>(t4r, s1));
      const v2i = sub<T>(mul<T>(t3i, s2), mul<T>(t4i, s1));
      storePlain(y, add<T>(ar, add<T>(t1r, t2r)), add<T>(ai, add<T>(t1i, t2i)));
      turn5<T>(y + near, add<T>(u1r, v1i), sub<T>(u1i, v1r), tw);
      turn5<T>(y + 2 * near, add<T>(u2r, v2i), sub<T>(u2i, v2r), tw + 2 * sizeof<T>());
      turn5<T>(y + 3 * near, sub<T>(u2r, v2i), add<T>(u2i, v2r), tw + 4 * sizeof<T>());
      turn5<T>(y + 4 * near, sub<T>(u1r, v1i), add<T>(u1i, v1r), tw + 6 * sizeof<T>());
      x += ELEMENT;
      y += ELEMENT;
    }
    tw += 8 * sizeof<T>();
    y += 4 * near;
  }
}
// @ts-ignore: decorator
@inline
function turn5<T>(p: usize, r: v128, i: v128, tw: usize): void {
  storeTurned<T>(p, r, i, v128.load_splat<T>(tw), v128.load_splat<T>(tw + sizeof<T>()));
}

/**
 * Forward transform of the elements at `x`, with `y` as the other buffer; returns the one that holds the result.
 * `plan` holds 32-bit words: number of passes, then (radix, m, s, address of the twiddles) a pass.
 */
export function transform<T>(x: usize, y: usize, plan: usize): usize {
  const passes = load<u32>(plan);
  for (let i: u32 = 0; i < passes; i++) {
    const entry = plan + 4 + ((<usize>i) << 4);
    const radix = load<u32>(entry);
    const m = <usize>load<u32>(entry, 4);
    const s = <usize>load<u32>(entry, 8);
    const tw = <usize>load<u32>(entry, 12);
    if (radix == 8) pass8<T>(x, y, tw, m, s);
    else if (radix == 4) pass4<T>(x, y, tw, m, s);
    else if (radix == 2) pass2<T>(x, y, tw, m, s);
    else if (radix == 3) pass3<T>(x, y, tw, m, s);
    else pass5<T>(x, y, tw, m, s);
    const swap = x;
    x = y;
    y = swap;
  }
  return x;
}
