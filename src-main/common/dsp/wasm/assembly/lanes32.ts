// Spectra that stay in lanes between the transform and its inverse: four frames side by side, as `frames32` works
// on them, so that a mask costs one multiplication and no transposition.
import { transform } from './fft';
import { gather, load4, pack, scatter, t0, t1, t2, t3, turn, unpack } from './frames32';

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
    const z = transform<f32>(x, y, plan);
    unpack(z, m, tw);
    memory.copy(lanes, z, group);
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

// @ts-ignore: decorator
@inline
function times(z: usize, x: usize, mask: v128): void {
  v128.store(z, f32x4.mul(v128.load(x), mask));
  v128.store(z, f32x4.mul(v128.load(x, 16), mask), 16);
}

/**
 * Brings a mask with frames side by side into the order of lanes, `[frames / 4][bins]` vectors: its rows may lie so
 * that their cache lines push each other out, so each is read once and whole.
 */
function gatherMask(mask: usize, binStep: usize, frames: usize, bins: usize, out: usize): void {
  const step = 16 * bins;
  let f: usize = 0;
  for (; f + 16 <= frames; f += 16) {
    let p = mask + 4 * f;
    let to = out + (f >> 2) * step;
    const end = to + step;
    for (; to < end; to += 16, p += binStep) {
      v128.store(to, v128.load(p));
      v128.store(to + step, v128.load(p, 16));
      v128.store(to + 2 * step, v128.load(p, 32));
      v128.store(to + 3 * step, v128.load(p, 48));
    }
  }
  for (; f < frames; f += 4) {
    let p = mask + 4 * f;
    let to = out + (f >> 2) * step;
    const end = to + step;
    for (; to < end; to += 16, p += binStep) v128.store(to, v128.load(p));
  }
}

/** z = mask · x for `bins` elements of four frames, the mask's bins side by side. */
function maskRows(z: usize, x: usize, bins: usize, mask: usize, frameStep: usize): void {
  let b: usize = 0;
  for (; b + 4 <= bins; b += 4, z += 128, x += 128, mask += 16) {
    const c = mask + 2 * frameStep;
    turn(v128.load(mask), v128.load(mask + frameStep), v128.load(c), v128.load(c + frameStep));
    times(z, x, t0);
    times(z + 32, x + 32, t1);
    times(z + 64, x + 64, t2);
    times(z + 96, x + 96, t3);
  }
  for (; b < bins; b++, z += 32, x += 32, mask += 4) times(z, x, load4(mask, frameStep));
}

/** z = mask · x for `bins` elements of four frames, the mask in lanes. */
function maskLanes(z: usize, x: usize, bins: usize, mask: usize): void {
  const end = mask + 16 * bins;
  for (; mask < end; z += 32, x += 32, mask += 16) times(z, x, v128.load(mask));
}

/**
 * Adds the frames of mask · lanes to the float32 accumulator at `acc`, as `synthesise32` does. The mask covers
 * `bins` bins from `first` on and is 0 elsewhere; one of its steps is 4 bytes, it must be readable for whole fours of
 * frames, and `order` has room for that many frames of it.
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
  const begin = 32 * first;
  const end = begin + 32 * bins;
  const group = 32 * (m + 1);
  if (frameStep == 4) gatherMask(mask, binStep, frames, bins, order);
  for (let f: usize = 0; f < frames; f += 4) {
    memory.fill(x, 0, begin);
    if (frameStep == 4) maskLanes(x + begin, lanes + begin, bins, order + 4 * f * bins);
    else maskRows(x + begin, lanes + begin, bins, mask + f * frameStep, frameStep);
    memory.fill(x + end, 0, group - end);
    pack(x, m, tw);
    const z = transform<f32>(x, y, plan);
    scatter(z, n, window, acc + 4 * f * hop, 4 * hop);
    lanes += group;
  }
}
