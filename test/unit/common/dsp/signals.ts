/** Uniform noise in [−1, 1), the same for the same seed (Park & Miller's generator). */
export function noise(length: number, seed = 1): Float32Array {
  let state = (seed * 7919) % 2147483647 || 1;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return state / 1073741824 - 1;
  });
}

/** Power of the difference over the power of the reference, in dB; −Infinity when they are equal. */
export function errorDb(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length) return Infinity;
  let error = 0;
  let power = 0;
  for (let i = 0; i < reference.length; i++) {
    error += (actual[i] - reference[i]) ** 2;
    power += reference[i] ** 2;
  }
  return error === 0 ? -Infinity : 10 * Math.log10(error / power);
}
