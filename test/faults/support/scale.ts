/**
 * How much of a promise a run tries. A usual run takes a sample with a fixed seed; `npm run faults` sets
 * `UNBRAID_FAULTS=all` and a fresh `UNBRAID_SEED`, which it prints, and tries all of it.
 */
export const tryAll = process.env['UNBRAID_FAULTS'] === 'all';

/** The number for a usual run, and the one for `npm run faults`. */
export function scaled(sample: number, all: number): number {
  return tryAll ? all : sample;
}

export const faultSeed = Number(process.env['UNBRAID_SEED'] ?? 20261129);

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function chances(seed: number = faultSeed): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
