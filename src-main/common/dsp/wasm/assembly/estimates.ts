// From the magnitudes that networks give to spectra of stems, in place: planes are float32, [frames][bins] with the
// rows of the mixture's; a stem's imaginary parts lie `imStep` bytes behind its magnitudes, which become real parts.

/** The largest re² + im² of `n` bins. */
export function peakPower(re: usize, im: usize, n: usize): f32 {
  let top = f32x4.splat(0);
  const end = re + 4 * n;
  for (; re + 16 <= end; re += 16, im += 16) {
    const r = v128.load(re);
    const i = v128.load(im);
    top = f32x4.max(top, f32x4.add(f32x4.mul(r, r), f32x4.mul(i, i)));
  }
  for (; re < end; re += 4, im += 4) {
    const r = v128.load32_zero(re);
    const i = v128.load32_zero(im);
    top = f32x4.max(top, f32x4.add(f32x4.mul(r, r), f32x4.mul(i, i)));
  }
  return max<f32>(
    max<f32>(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max<f32>(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
}

// @ts-ignore: decorator
@inline
function gainTo(magnitude: v128, r: v128, i: v128): v128 {
  const size = f32x4.sqrt(f32x4.add(f32x4.mul(r, r), f32x4.mul(i, i)));
  return v128.and(f32x4.gt(size, f32x4.splat(0)), f32x4.div(magnitude, size));
}

/** `n` magnitudes at `y` get the phases of x; 0 where x is silent. Their imaginary parts go to `yi`. */
export function givePhases(x: usize, xi: usize, y: usize, yi: usize, n: usize): void {
  const end = y + 4 * n;
  for (; y + 16 <= end; x += 16, xi += 16, y += 16, yi += 16) {
    const r = v128.load(x);
    const i = v128.load(xi);
    const gain = gainTo(v128.load(y), r, i);
    v128.store(y, f32x4.mul(gain, r));
    v128.store(yi, f32x4.mul(gain, i));
  }
  for (; y < end; x += 4, xi += 4, y += 4, yi += 4) {
    const r = v128.load32_zero(x);
    const i = v128.load32_zero(xi);
    const gain = gainTo(v128.load32_zero(y), r, i);
    v128.store32_lane(y, f32x4.mul(gain, r), 0);
    v128.store32_lane(yi, f32x4.mul(gain, i), 0);
  }
}

/** totals = ε + Σ e² of `columns` bins of one frame. */
function addSquares(e: usize, stemStep: usize, stems: usize, columns: usize, eps: f32, totals: usize): void {
  const wide = columns & ~3;
  for (let k: usize = 0; k < wide; k += 4) {
    let sum = f32x4.splat(eps);
    let p = e + 4 * k;
    for (let s: usize = 0; s < stems; s++, p += stemStep) {
      const a = v128.load(p);
      sum = f32x4.add(sum, f32x4.mul(a, a));
    }
    v128.store(totals + 4 * k, sum);
  }
  for (let k = wide; k < columns; k++) {
    let sum = eps;
    let p = e + 4 * k;
    for (let s: usize = 0; s < stems; s++, p += stemStep) sum += load<f32>(p) * load<f32>(p);
    store<f32>(totals + 4 * k, sum);
  }
}

/** One stem of one frame: y = (e² + floor) / total · x; returns the sum of the masks. */
function maskRow(x: usize, xi: usize, y: usize, yi: usize, columns: usize, floor: f32, totals: usize): f32 {
  const wide = columns & ~3;
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < 4 * wide; at += 16) {
    const e = v128.load(y + at);
    const mask = f32x4.div(f32x4.add(f32x4.mul(e, e), f32x4.splat(floor)), v128.load(totals + at));
    v128.store(y + at, f32x4.mul(mask, v128.load(x + at)));
    v128.store(yi + at, f32x4.mul(mask, v128.load(xi + at)));
    sums = f32x4.add(sums, mask);
  }
  let sum =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    f32x4.extract_lane(sums, 2) +
    f32x4.extract_lane(sums, 3);
  for (let at: usize = 4 * wide; at < 4 * columns; at += 4) {
    const e = load<f32>(y + at);
    const mask = (e * e + floor) / load<f32>(totals + at);
    store<f32>(y + at, mask * load<f32>(x + at));
    store<f32>(yi + at, mask * load<f32>(xi + at));
    sum += mask;
  }
  return sum;
}

/**
 * Ratio masks of one channel with power 2: y = (e² + ε/N) / (ε + Σe²) · x for `columns` bins of each frame. `x` and `xi`
 * are the mixture's parts, `y` the magnitudes e of the first of the stems, which lie `stemStep` bytes apart; stems whose
 * bit in `wanted` is 0 keep their magnitudes. The `beyond` bins behind get the mean of the frame's mask where `above` is
 * not 0. Rows are `row` bytes apart; `totals` has room for `columns` numbers.
 */
export function ratioMasks(
  x: usize,
  xi: usize,
  y: usize,
  stemStep: usize,
  imStep: usize,
  stems: usize,
  wanted: u32,
  frames: usize,
  row: usize,
  columns: usize,
  beyond: usize,
  eps: f32,
  above: i32,
  totals: usize,
): void {
  const floor = eps / <f32>stems;
  for (let f: usize = 0; f < frames; f++, x += row, xi += row, y += row) {
    addSquares(y, stemStep, stems, columns, eps, totals);
    let p = y;
    for (let s: usize = 0; s < stems; s++, p += stemStep) {
      if (!((wanted >> <u32>s) & 1)) continue;
      const mean = maskRow(x, xi, p, p + imStep, columns, floor, totals) / <f32>columns;
      if (!above) continue;
      for (let at = 4 * columns; at < 4 * (columns + beyond); at += 4) {
        store<f32>(p + at, mean * load<f32>(x + at));
        store<f32>(p + imStep + at, mean * load<f32>(xi + at));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function two(p: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(p));
}

// @ts-ignore: decorator
@inline
function ifAny(energy: v128): v128 {
  return f64x2.gt(energy, f64x2.splat(0));
}

// @ts-ignore: decorator
@inline
function accumulate(p: usize, v: v128): void {
  v128.store(p, f64x2.add(v128.load(p), v));
}

/** Sums over one frame of what the sources' matrices are made of: |l|², |r|² and l·conj(r) of each pair of bins. */
function sumFrame(
  x: usize,
  plane: usize,
  e: usize,
  stemStep: usize,
  channelStep: usize,
  stems: usize,
  bins: usize,
  by: v128,
  r: usize,
): void {
  for (let k: usize = 0; k < bins; k += 2, x += 8, e += 8) {
    const lr = two(x);
    const li = two(x + plane);
    const rr = two(x + 2 * plane);
    const ri = two(x + 3 * plane);
    const left = f64x2.add(f64x2.mul(lr, lr), f64x2.mul(li, li));
    const right = f64x2.add(f64x2.mul(rr, rr), f64x2.mul(ri, ri));
    const some = ifAny(left);
    const other = ifAny(right);
    // The cosine and sine of the angle between the channels: phases are the mixture's.
    const size = f64x2.sqrt(f64x2.mul(left, right));
    const both = ifAny(size);
    const scale = v128.and(both, f64x2.div(f64x2.splat(1), size));
    const cos = f64x2.mul(scale, f64x2.add(f64x2.mul(lr, rr), f64x2.mul(li, ri)));
    const sin = f64x2.mul(scale, f64x2.sub(f64x2.mul(li, rr), f64x2.mul(lr, ri)));
    let p = e;
    for (let s: usize = 0; s < stems; s++, p += stemStep, r += 64) {
      const a = v128.and(some, f64x2.mul(by, two(p)));
      const b = v128.and(other, f64x2.mul(by, two(p + channelStep)));
      const ab = f64x2.mul(a, b);
      accumulate(r, f64x2.mul(a, a));
      accumulate(r + 16, f64x2.mul(b, b));
      accumulate(r + 32, f64x2.mul(ab, cos));
      accumulate(r + 48, f64x2.mul(ab, sin));
    }
  }
}

/** Sums to matrices: divided by eps + Σ v. */
function toMatrices(r: usize, count: usize, eps: f64): void {
  for (const end = r + 64 * count; r < end; r += 64) {
    const a = v128.load(r);
    const d = v128.load(r, 16);
    const weight = f64x2.add(f64x2.splat(eps), f64x2.mul(f64x2.splat(0.5), f64x2.add(a, d)));
    v128.store(r, f64x2.div(a, weight));
    v128.store(r, f64x2.div(d, weight), 16);
    v128.store(r, f64x2.div(v128.load(r, 32), weight), 32);
    v128.store(r, f64x2.div(v128.load(r, 48), weight), 48);
  }
}

// @ts-ignore: decorator
@inline
function put(p: usize, v: v128, both: bool): void {
  const single = f32x4.demote_f64x2_zero(v);
  if (both) v128.store64_lane(p, single, 0);
  else v128.store32_lane(p, single, 0);
}

/** y_j = v_j R_j C⁻¹ x of one frame, over the magnitudes. `variances` has room for a vector of each source. */
function filterFrame(
  x: usize,
  plane: usize,
  e: usize,
  stemStep: usize,
  channelStep: usize,
  imStep: usize,
  stems: usize,
  wanted: u32,
  bins: usize,
  by: v128,
  gain: v128,
  floor: v128,
  r: usize,
  variances: usize,
): void {
  for (let k: usize = 0; k < bins; k += 2, x += 8, e += 8, r += 64 * stems) {
    const lr = f64x2.mul(by, two(x));
    const li = f64x2.mul(by, two(x + plane));
    const rr = f64x2.mul(by, two(x + 2 * plane));
    const ri = f64x2.mul(by, two(x + 3 * plane));
    const some = v128.or(ifAny(f64x2.mul(lr, lr)), ifAny(f64x2.mul(li, li)));
    const other = v128.or(ifAny(f64x2.mul(rr, rr)), ifAny(f64x2.mul(ri, ri)));
    let a = floor;
    let d = floor;
    let zr = f64x2.splat(0);
    let zi = zr;
    let p = e;
    let q = r;
    for (let s: usize = 0; s < stems; s++, p += stemStep, q += 64) {
      const left = v128.and(some, f64x2.mul(by, two(p)));
      const right = v128.and(other, f64x2.mul(by, two(p + channelStep)));
      const v = f64x2.mul(
        f64x2.splat(0.5),
        f64x2.add(f64x2.mul(left, left), f64x2.mul(right, right)),
      );
      v128.store(variances + 16 * s, v);
      a = f64x2.add(a, f64x2.mul(v, v128.load(q)));
      d = f64x2.add(d, f64x2.mul(v, v128.load(q, 16)));
      zr = f64x2.add(zr, f64x2.mul(v, v128.load(q, 32)));
      zi = f64x2.add(zi, f64x2.mul(v, v128.load(q, 48)));
    }
    // u = C⁻¹ x with C⁻¹ = [[d, −z], [−conj z, a]] / (a d − |z|²).
    const det = f64x2.sub(f64x2.mul(a, d), f64x2.add(f64x2.mul(zr, zr), f64x2.mul(zi, zi)));
    const inverse = f64x2.div(gain, det);
    const ulr = f64x2.mul(
      inverse,
      f64x2.sub(f64x2.mul(d, lr), f64x2.sub(f64x2.mul(zr, rr), f64x2.mul(zi, ri))),
    );
    const uli = f64x2.mul(
      inverse,
      f64x2.sub(f64x2.mul(d, li), f64x2.add(f64x2.mul(zr, ri), f64x2.mul(zi, rr))),
    );
    const urr = f64x2.mul(
      inverse,
      f64x2.sub(f64x2.mul(a, rr), f64x2.add(f64x2.mul(zr, lr), f64x2.mul(zi, li))),
    );
    const uri = f64x2.mul(
      inverse,
      f64x2.sub(f64x2.mul(a, ri), f64x2.sub(f64x2.mul(zr, li), f64x2.mul(zi, lr))),
    );
    const both = k + 1 < bins;
    p = e;
    q = r;
    for (let s: usize = 0; s < stems; s++, p += stemStep, q += 64) {
      if (!((wanted >> <u32>s) & 1)) continue;
      const v = v128.load(variances + 16 * s);
      const ra = v128.load(q);
      const rd = v128.load(q, 16);
      const wr = v128.load(q, 32);
      const wi = v128.load(q, 48);
      const yl = f64x2.add(f64x2.mul(ra, ulr), f64x2.sub(f64x2.mul(wr, urr), f64x2.mul(wi, uri)));
      const yli = f64x2.add(f64x2.mul(ra, uli), f64x2.add(f64x2.mul(wr, uri), f64x2.mul(wi, urr)));
      const yr = f64x2.add(f64x2.mul(rd, urr), f64x2.add(f64x2.mul(wr, ulr), f64x2.mul(wi, uli)));
      const yri = f64x2.add(f64x2.mul(rd, uri), f64x2.sub(f64x2.mul(wr, uli), f64x2.mul(wi, ulr)));
      put(p, f64x2.mul(v, yl), both);
      put(p + imStep, f64x2.mul(v, yli), both);
      put(p + channelStep, f64x2.mul(v, yr), both);
      put(p + channelStep + imStep, f64x2.mul(v, yri), both);
    }
  }
}

/**
 * One iteration of the multichannel Wiener filter, two channels, from magnitudes with the mixture's phases: as
 * `wienerStep`, in float64, but over float32 planes. `x` holds the mixture: left re, left im, right re, right im,
 * `plane` bytes apart; `e` the magnitudes of stems `stemStep` and channels `channelStep` bytes apart. Everything is
 * divided by `scale` before, and multiplied by it afterwards. Stems whose bit in `wanted` is 0 keep their magnitudes.
 * Works on `width` bins at a time; `r` is work space of 32 · width · stems + 16 · stems bytes.
 */
export function wienerFromMagnitudes(
  x: usize,
  plane: usize,
  e: usize,
  stemStep: usize,
  channelStep: usize,
  imStep: usize,
  stems: usize,
  wanted: u32,
  frames: usize,
  bins: usize,
  width: usize,
  scale: f64,
  eps: f64,
  r: usize,
): void {
  const row = 4 * bins;
  const by = f64x2.splat(1 / scale);
  const gain = f64x2.splat(scale);
  const floor = f64x2.splat(Math.sqrt(eps));
  const variances = r + 32 * width * stems;
  for (let first: usize = 0; first < bins; first += width) {
    const count = min(width, bins - first);
    const pairs = (count + 1) >> 1;
    memory.fill(r, 0, 64 * pairs * stems);
    for (let f: usize = 0; f < frames; f++) {
      const at = f * row + 4 * first;
      sumFrame(x + at, plane, e + at, stemStep, channelStep, stems, count, by, r);
    }
    toMatrices(r, pairs * stems, eps);
    for (let f: usize = 0; f < frames; f++) {
      const at = f * row + 4 * first;
      filterFrame(
        x + at,
        plane,
        e + at,
        stemStep,
        channelStep,
        imStep,
        stems,
        wanted,
        count,
        by,
        gain,
        floor,
        r,
        variances,
      );
    }
  }
}
