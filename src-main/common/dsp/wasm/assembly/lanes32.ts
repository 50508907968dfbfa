// Spectra that stay in lanes between the transform and its inverse: four frames side by side, as `frames32` works
// on them, so that a mask costs one multiplication and no transposition.
import { transform } from './fft';
import { copySixteens, gather, load4, packPair, scatter, t0, t1, t2, t3, turn, unpack } from './frames32';

/**
 * As `analyse32`, but the bins stay as they come out, lane by lane: `[frames / 4][m + 1]` elements of four real and
 * four imaginary parts, one a frame.
 */
export function analyseLanes(
  signal: usize,
  hop: usize,
  frames: usize,
  n: usize,
  window: usize,
  plan: usize,
  tw: usize,
  x: usize,
  y: usize,
  lanes: usize,
): void {
  const m = n >> 1;
  const group = 32 * (m + 1);
  for (let f: usize = 0; f < frames; f += 4) {
    gather(signal + 4 * f * hop, 4 * hop, n, window, x);
    unpack(transform<f32>(x, y, plan), lanes, m, tw);
    lanes += group;
  }
}

/** What is wanted of an element: 0 its level √(re² + im²), 1 the real parts, 2 the imaginary ones. */
// @ts-ignore: decorator
@inline
function partOf(z: usize, part: i32): v128 {
  if (part == 1) return v128.load(z);
  const i = v128.load(z, 16);
  if (part == 2) return i;
  const r = v128.load(z);
  return f32x4.sqrt(f32x4.add(f32x4.mul(r, r), f32x4.mul(i, i)));
}

/** Stores the first `count` lanes `step` bytes apart. */
function storeLanes(p: usize, step: usize, v: v128, count: usize): void {
  v128.store32_lane(p, v, 0);
  if (count > 1) v128.store32_lane(p + step, v, 1);
  if (count > 2) v128.store32_lane(p + 2 * step, v, 2);
  if (count > 3) v128.store32_lane(p + 3 * step, v, 3);
}

/** Sixteen frames of `fromLanes` with frames side by side: a cache line of each bin, as rows may be far apart. */
function lines(z: usize, group: usize, bins: usize, part: i32, p: usize, binStep: usize): void {
  for (let b: usize = 0; b < bins; b++, z += 32, p += binStep) {
    v128.store(p, partOf(z, part));
    v128.store(p, partOf(z + group, part), 16);
    v128.store(p, partOf(z + 2 * group, part), 32);
    v128.store(p, partOf(z + 3 * group, part), 48);
  }
}

/** Up to four frames of `fromLanes`. */
function four(z: usize, count: usize, bins: usize, part: i32, p: usize, frameStep: usize, binStep: usize): void {
  let b: usize = 0;
  if (count == 4 && frameStep == 4) {
    for (; b < bins; b++, z += 32, p += binStep) v128.store(p, partOf(z, part));
  } else if (count == 4) {
    for (; b + 4 <= bins; b += 4, z += 128, p += 16) {
      turn(partOf(z, part), partOf(z + 32, part), partOf(z + 64, part), partOf(z + 96, part));
      v128.store(p, t0);
      v128.store(p + frameStep, t1);
      v128.store(p + 2 * frameStep, t2);
      v128.store(p + 3 * frameStep, t3);
    }
  }
  for (; b < bins; b++, z += 32, p += binStep) storeLanes(p, frameStep, partOf(z, part), count);
}

/**
 * One part of `bins` bins of `frames` frames into a plane whose values lie `frameStep` and `binStep` bytes apart;
 * one of the steps is 4. `group` is the step from four frames to the next four.
 */
export function fromLanes(
  lanes: usize,
  group: usize,
  frames: usize,
  bins: usize,
  part: i32,
  out: usize,
  frameStep: usize,
  binStep: usize,
): void {
  let f: usize = 0;
  if (frameStep == 4) {
    for (; f + 16 <= frames; f += 16) {
      lines(lanes + (f >> 2) * group, group, bins, part, out + 4 * f, binStep);
    }
  }
  for (; f < frames; f += 4) {
    const count = min(frames - f, 4);
    four(lanes + (f >> 2) * group, count, bins, part, out + f * frameStep, frameStep, binStep);
  }
}

/**
 * Brings `frames` frames of a mask into the order of lanes, `[frames / 4][m + 1]` vectors, 0 outside of its bins. Where
 * frames lie side by side its rows may be such that their cache lines push each other out: each is read once and whole.
 */
function gatherMask(
  mask: usize,
  frameStep: usize,
  binStep: usize,
  frames: usize,
  first: usize,
  bins: usize,
  m: usize,
  out: usize,
): void {
  const step = 16 * (m + 1);
  const begin = 16 * first;
  const end = begin + 16 * bins;
  for (let f: usize = 0; f < frames; f += 4) {
    const to = out + (f >> 2) * step;
    memory.fill(to, 0, begin);
    memory.fill(to + end, 0, step - end);
  }
  out += begin;
  let f: usize = frameStep == 4 ? copySixteens(mask, binStep, frames, bins, out, step, 16) : 0;
  for (; f < frames; f += 4) gatherFour(mask + f * frameStep, frameStep, binStep, bins, out + (f >> 2) * step);
}

/** Four frames of `gatherMask`. */
function gatherFour(mask: usize, frameStep: usize, binStep: usize, bins: usize, out: usize): void {
  let b: usize = 0;
  if (frameStep == 4) {
    for (; b < bins; b++, out += 16, mask += binStep) v128.store(out, v128.load(mask));
    return;
  }
  for (; b + 4 <= bins; b += 4, out += 64, mask += 16) {
    const c = mask + 2 * frameStep;
    turn(v128.load(mask), v128.load(mask + frameStep), v128.load(c), v128.load(c + frameStep));
    v128.store(out, t0);
    v128.store(out, t1, 16);
    v128.store(out, t2, 32);
    v128.store(out, t3, 48);
  }
  for (; b < bins; b++, out += 16, mask += 4) v128.store(out, load4(mask, frameStep));
}

/** As `pack` of mask · lanes, which stay as they are; the mask is in the order of lanes. */
function packMasked(lanes: usize, mask: usize, z: usize, m: usize, tw: usize): void {
  const dc = f32x4.mul(v128.load(lanes), v128.load(mask));
  const nyquist = f32x4.mul(v128.load(lanes + 32 * m), v128.load(mask + 16 * m));
  v128.store(z, f32x4.sub(dc, nyquist));
  v128.store(z, f32x4.add(dc, nyquist), 16);
  let lo: usize = 32;
  let hi: usize = 32 * (m - 1);
  while (lo <= hi) {
    tw += 8;
    const a = v128.load(mask + (lo >> 1));
    const b = v128.load(mask + (hi >> 1));
    const ar = f32x4.mul(v128.load(lanes + lo), a);
    const ai = f32x4.mul(v128.load(lanes + lo, 16), a);
    const br = f32x4.mul(v128.load(lanes + hi), b);
    const bi = f32x4.mul(v128.load(lanes + hi, 16), b);
    packPair(ar, ai, br, bi, tw, z + lo, z + hi);
    lo += 32;
    hi -= 32;
  }
}

/**
 * Adds the frames of mask · lanes to the float32 accumulator at `acc`, as `synthesise32` does. The mask covers
 * `bins` bins from `first` on and is 0 elsewhere; one of its steps is 4 bytes, it must be readable for whole fours of
 * frames, and `order` has room for that many frames of all bins.
 */
export function synthesiseMasked(
  lanes: usize,
  hop: usize,
  frames: usize,
  n: usize,
  window: usize,
  plan: usize,
  tw: usize,
  x: usize,
  y: usize,
  acc: usize,
  mask: usize,
  frameStep: usize,
  binStep: usize,
  first: usize,
  bins: usize,
  order: usize,
): void {
  const m = n >> 1;
  gatherMask(mask, frameStep, binStep, frames, first, bins, m, order);
  for (let f: usize = 0; f < frames; f += 4) {
    packMasked(lanes, order, x, m, tw);
    const z = transform<f32>(x, y, plan);
    scatter(z, n, window, acc + 4 * f * hop, 4 * hop);
    lanes += 32 * (m + 1);
    order += 16 * (m + 1);
  }
}

// @ts-ignore: decorator
@inline
function fade(mask: usize, before: usize, w: v128): void {
  const b = v128.load(before);
  v128.store(mask, f32x4.add(b, f32x4.mul(w, f32x4.sub(v128.load(mask), b))));
}

function fadeOne(mask: usize, before: usize, w: f32): void {
  const b = load<f32>(before);
  store<f32>(mask, b + w * (load<f32>(mask) - b));
}

/**
 * mask = before + w · (mask − before) for `frames` frames and `bins` bins, in place, with a weight for each frame;
 * both masks have the same steps, one of which is 4 bytes.
 */
export function fadeMasks(
  mask: usize,
  before: usize,
  frames: usize,
  bins: usize,
  frameStep: usize,
  binStep: usize,
  weights: usize,
): void {
  const frameInner = frameStep == 4;
  const rows = frameInner ? bins : frames;
  const row = frameInner ? binStep : frameStep;
  const size: usize = (frameInner ? frames : bins) << 2;
  const wide: usize = size & ~15;
  for (let r: usize = 0; r < rows; r++, mask += row, before += row) {
    const same = v128.load32_splat(weights + (frameInner ? 0 : 4 * r));
    for (let at: usize = 0; at < wide; at += 16) {
      fade(mask + at, before + at, frameInner ? v128.load(weights + at) : same);
    }
    for (let at = wide; at < size; at += 4) {
      fadeOne(mask + at, before + at, load<f32>(weights + (frameInner ? at : 4 * r)));
    }
  }
}
