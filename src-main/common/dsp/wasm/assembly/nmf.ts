// Passes of NMF's multiplicative updates. Rows of V and W are padded to whole groups of 16 floats; where V is padded it
// holds 0 and W holds 0, so the padding adds nothing.

const floor: f32 = 1e-12;

// Which divergence: 0 Itakura-Saito, 1 Kullback-Leibler, 2 Euclidean.

/** model[b] = Σ_k h[k]·w[k][b], and from it the two ratios of the update. */
// @ts-ignore: decorator
@inline
function ratios(v: usize, w: usize, h: usize, bins: usize, parts: usize, beta: i32, up: usize, down: usize): void {
  const row = (<usize>4) * bins;
  const least = f32x4.splat(floor);
  for (let b: usize = 0; b < row; b += 64) {
    let m0 = least;
    let m1 = least;
    let m2 = least;
    let m3 = least;
    let p = w + b;
    for (let k: usize = 0; k < parts; k++) {
      const gain = v128.load32_splat(h + 4 * k);
      m0 = f32x4.add(m0, f32x4.mul(gain, v128.load(p)));
      m1 = f32x4.add(m1, f32x4.mul(gain, v128.load(p, 16)));
      m2 = f32x4.add(m2, f32x4.mul(gain, v128.load(p, 32)));
      m3 = f32x4.add(m3, f32x4.mul(gain, v128.load(p, 48)));
      p += row;
    }
    quotient(v + b, m0, beta, up + b, down + b);
    quotient(v + b + 16, m1, beta, up + b + 16, down + b + 16);
    quotient(v + b + 32, m2, beta, up + b + 32, down + b + 32);
    quotient(v + b + 48, m3, beta, up + b + 48, down + b + 48);
  }
}

/** up = v·m^(β−2) and, unless it is 1 (β = 1), down = m^(β−1). */
// @ts-ignore: decorator
@inline
function quotient(v: usize, m: v128, beta: i32, up: usize, down: usize): void {
  const x = v128.load(v);
  if (beta == 2) {
    v128.store(up, x);
    v128.store(down, m);
  } else if (beta == 1) {
    v128.store(up, f32x4.div(x, m));
  } else {
    const inverse = f32x4.div(f32x4.splat(1), m);
    v128.store(up, f32x4.mul(f32x4.mul(x, inverse), inverse));
    v128.store(down, inverse);
  }
}

// @ts-ignore: decorator
@inline
function dot(a: usize, b: usize, bins: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  const end = a + 4 * bins;
  while (a < end) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(a), v128.load(b)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    a += 32;
    b += 32;
  }
  const s = f32x4.add(s0, s1);
  return (
    f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3))
  );
}

/** into[b] += gain·from[b]. */
// @ts-ignore: decorator
@inline
function addTo(into: usize, from: usize, gain: f32, bins: usize): void {
  const g = f32x4.splat(gain);
  const end = into + 4 * bins;
  while (into < end) {
    v128.store(into, f32x4.add(v128.load(into), f32x4.mul(g, v128.load(from))));
    v128.store(into, f32x4.add(v128.load(into, 16), f32x4.mul(g, v128.load(from, 16))), 16);
    into += 32;
    from += 32;
  }
}

/**
 * One update of the activations H [frames][parts] with W fixed: h ← h·(WᵀV·Λ^(β−2) / WᵀΛ^(β−1))^γ, γ = 1/2 for
 * Itakura-Saito. `sums` [parts] holds the sums of W's rows, `room` 2·bins floats.
 */
export function nmfActivations(
  v: usize,
  w: usize,
  h: usize,
  frames: usize,
  bins: usize,
  parts: usize,
  beta: i32,
  sums: usize,
  room: usize,
): void {
  const down = room + 4 * bins;
  for (let f: usize = 0; f < frames; f++) {
    ratios(v + 4 * f * bins, w, h + 4 * f * parts, bins, parts, beta, room, down);
    for (let k: usize = 0; k < parts; k++) {
      const row = w + 4 * k * bins;
      const above = dot(row, room, bins);
      const below = beta == 1 ? load<f32>(sums + 4 * k) : dot(row, down, bins);
      let factor = above / max(below, floor);
      if (beta == 0) factor = sqrt<f32>(factor);
      const at = h + 4 * (f * parts + k);
      store<f32>(at, load<f32>(at) * factor);
    }
  }
}

/** What an update of W needs: above[k][b] += Σ_f h[f][k]·V·Λ^(β−2), and below alike with Λ^(β−1) unless β is 1. */
export function nmfTemplates(
  v: usize,
  w: usize,
  h: usize,
  frames: usize,
  bins: usize,
  parts: usize,
  beta: i32,
  above: usize,
  below: usize,
  room: usize,
): void {
  const down = room + 4 * bins;
  for (let f: usize = 0; f < frames; f++) {
    const gains = h + 4 * f * parts;
    ratios(v + 4 * f * bins, w, gains, bins, parts, beta, room, down);
    for (let k: usize = 0; k < parts; k++) {
      const gain = load<f32>(gains + 4 * k);
      addTo(above + 4 * k * bins, room, gain, bins);
      if (beta != 1) addTo(below + 4 * k * bins, down, gain, bins);
    }
  }
}
