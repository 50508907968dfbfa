// One EM iteration of the multichannel Wiener filter in float64. A complex value is one vector (re, im); planes
// are [frames][bins], 16 bytes a value, one after another: x [channels], y [sources][channels].

// @ts-ignore: decorator
@inline
function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** R_j of all bins from the sources' planes: [sources][bins][a, d, Re z, Im z]. */
function maximise(y: usize, sources: usize, stereo: bool, frames: usize, bins: usize, eps: f64, r: usize): void {
  const plane = 16 * frames * bins;
  for (let j: usize = 0; j < sources; j++) {
    for (let k: usize = 0; k < bins; k++, r += 32) {
      let p = y + 16 * k;
      let ll = f64x2.splat(0);
      let rr = ll;
      let zr = ll;
      let zi = ll;
      for (let t: usize = 0; t < frames; t++, p += 16 * bins) {
        const a = v128.load(p);
        ll = f64x2.add(ll, f64x2.mul(a, a));
        if (!stereo) continue;
        const b = v128.load(p + plane);
        rr = f64x2.add(rr, f64x2.mul(b, b));
        zr = f64x2.add(zr, f64x2.mul(a, b));
        zi = f64x2.add(zi, f64x2.mul(v128.shuffle<f64>(a, a, 1, 0), b));
      }
      const left = sum2(ll);
      const right = sum2(rr);
      // The variances v_j are means over the channels, so their sum is that of the diagonal.
      const weight = eps + (stereo ? 0.5 * (left + right) : left);
      store<f64>(r, left / weight);
      store<f64>(r, right / weight, 8);
      store<f64>(r, sum2(zr) / weight, 16);
      store<f64>(r, (f64x2.extract_lane(zi, 0) - f64x2.extract_lane(zi, 1)) / weight, 24);
    }
    y += stereo ? 2 * plane : plane;
  }
}

function expectMono(x: usize, y: usize, sources: usize, values: usize, bins: usize, floor: f64, r: usize): void {
  const plane = 16 * values;
  for (let i: usize = 0; i < values; i++) {
    const matrix = r + 32 * (i % bins);
    let total = floor;
    for (let j: usize = 0; j < sources; j++) {
      const a = v128.load(y + j * plane + 16 * i);
      total += sum2(f64x2.mul(a, a)) * load<f64>(matrix + 32 * bins * j);
    }
    const mixture = v128.load(x + 16 * i);
    for (let j: usize = 0; j < sources; j++) {
      const p = y + j * plane + 16 * i;
      const a = v128.load(p);
      const gain = (sum2(f64x2.mul(a, a)) * load<f64>(matrix + 32 * bins * j)) / total;
      v128.store(p, f64x2.mul(mixture, f64x2.splat(gain)));
    }
  }
}

function expectStereo(x: usize, y: usize, sources: usize, values: usize, bins: usize, floor: f64, r: usize): void {
  const plane = 16 * values;
  const next = 32 * bins;
  const flip = f64x2(-1, 1);
  for (let i: usize = 0, k: usize = 0; i < values; i++) {
    const matrices = r + 32 * k;
    if (++k == bins) k = 0;
    let ad = f64x2.splat(floor);
    let z = f64x2.splat(0);
    let p = y + 16 * i;
    for (let j: usize = 0, q = matrices; j < sources; j++, p += 2 * plane, q += next) {
      const a = v128.load(p);
      const b = v128.load(p + plane);
      const v = f64x2.splat(0.5 * sum2(f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b))));
      ad = f64x2.add(ad, f64x2.mul(v, v128.load(q)));
      z = f64x2.add(z, f64x2.mul(v, v128.load(q, 16)));
    }
    // u = C^-1 x with C^-1 = [[d, -z], [-conj z, a]] / (a d - |z|^2); turned(w) = i w.
    const a = v128.shuffle<f64>(ad, ad, 0, 0);
    const d = v128.shuffle<f64>(ad, ad, 1, 1);
    const zr = v128.shuffle<f64>(z, z, 0, 0);
    const zi = v128.shuffle<f64>(z, z, 1, 1);
    const det = f64x2.sub(f64x2.mul(a, d), f64x2.add(f64x2.mul(zr, zr), f64x2.mul(zi, zi)));
    const xl = v128.load(x + 16 * i);
    const xr = v128.load(x + 16 * i + plane);
    const xlTurned = f64x2.mul(v128.shuffle<f64>(xl, xl, 1, 0), flip);
    const xrTurned = f64x2.mul(v128.shuffle<f64>(xr, xr, 1, 0), flip);
    const zx = f64x2.add(f64x2.mul(zr, xr), f64x2.mul(zi, xrTurned));
    const zcx = f64x2.sub(f64x2.mul(zr, xl), f64x2.mul(zi, xlTurned));
    const ul = f64x2.div(f64x2.sub(f64x2.mul(d, xl), zx), det);
    const ur = f64x2.div(f64x2.sub(f64x2.mul(a, xr), zcx), det);
    const ulTurned = f64x2.mul(v128.shuffle<f64>(ul, ul, 1, 0), flip);
    const urTurned = f64x2.mul(v128.shuffle<f64>(ur, ur, 1, 0), flip);
    p = y + 16 * i;
    for (let j: usize = 0, q = matrices; j < sources; j++, p += 2 * plane, q += next) {
      const l = v128.load(p);
      const s = v128.load(p + plane);
      const v = f64x2.splat(0.5 * sum2(f64x2.add(f64x2.mul(l, l), f64x2.mul(s, s))));
      const ra = v128.load64_splat(q);
      const rd = v128.load64_splat(q, 8);
      const rzr = v128.load64_splat(q, 16);
      const rzi = v128.load64_splat(q, 24);
      const left = f64x2.add(f64x2.mul(ra, ul), f64x2.add(f64x2.mul(rzr, ur), f64x2.mul(rzi, urTurned)));
      const right = f64x2.add(f64x2.mul(rd, ur), f64x2.sub(f64x2.mul(rzr, ul), f64x2.mul(rzi, ulTurned)));
      v128.store(p, f64x2.mul(v, left));
      v128.store(p + plane, f64x2.mul(v, right));
    }
  }
}

/** Overwrites y; `r` is work space of 32 bytes a source and bin. */
export function wienerStep(
  x: usize,
  y: usize,
  channels: usize,
  sources: usize,
  frames: usize,
  bins: usize,
  eps: f64,
  r: usize,
): void {
  maximise(y, sources, channels == 2, frames, bins, eps, r);
  if (channels == 2) expectStereo(x, y, sources, frames * bins, bins, Math.sqrt(eps), r);
  else expectMono(x, y, sources, frames * bins, bins, Math.sqrt(eps), r);
}
