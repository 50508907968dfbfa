// The inverse transform of spectra as networks give them: planes of real and of imaginary parts, frames side by side.
import { transform } from './fft';
import { copySixteens, pack, scatter } from './frames32';

/**
 * `frames` frames of one part into elements `[frames / 4][…]`, `step` bytes from one four to the next; frames that fill
 * the last four are 0.
 */
function gatherPart(plane: usize, binStep: usize, frames: usize, bins: usize, out: usize, step: usize): void {
  let f = copySixteens(plane, binStep, frames, bins, out, step, 32);
  for (; f < frames; f += 4) {
    const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(<i32>(frames - f)));
    let p = plane + 4 * f;
    let to = out + (f >> 2) * step;
    for (const stop = to + 32 * bins; to < stop; to += 32, p += binStep)
      v128.store(to, v128.and(v128.load(p), inside));
  }
}

/**
 * Adds `frames` frames to the float32 accumulator at `acc`, as `synthesise32` does. The parts cover `bins` bins from
 * `first` on, `binStep` bytes apart, and are 0 elsewhere; they must be readable for whole fours of frames. `order` has
 * room for that many frames of all bins, 8 bytes a value.
 */
export function synthesisePlanes(
  re: usize,
  im: usize,
  binStep: usize,
  frames: usize,
  first: usize,
  bins: usize,
  hop: usize,
  n: usize,
  window: usize,
  plan: usize,
  tw: usize,
  y: usize,
  acc: usize,
  order: usize,
): void {
  const m = n >> 1;
  const step = 32 * (m + 1);
  const begin = 32 * first;
  const end = begin + 32 * bins;
  for (let f: usize = 0, z = order; f < frames; f += 4, z += step) {
    memory.fill(z, 0, begin);
    memory.fill(z + end, 0, step - end);
  }
  gatherPart(re, binStep, frames, bins, order + begin, step);
  gatherPart(im, binStep, frames, bins, order + begin + 16, step);
  for (let f: usize = 0, z = order; f < frames; f += 4, z += step) {
    pack(z, m, tw);
    scatter(transform<f32>(z, y, plan), n, window, acc + 4 * f * hop, 4 * hop);
  }
}
