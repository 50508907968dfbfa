/** What lies outside of a signal: its mirror image without repeating the edge (NumPy's `reflect`), or zeros. */
export type PadMode = 'reflect' | 'zero';

/** The index in [0, length) that mirrors `i`; a signal of one sample repeats it. */
export function reflectIndex(i: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = ((i % period) + period) % period;
  return phase < length ? phase : period - phase;
}

/**
 * Fills `into` with the samples from `start` (which may be negative) on, padded as asked; an empty signal gives
 * silence.
 */
export function fetchPadded(signal: Float32Array, start: number, into: Float32Array, mode: PadMode): void {
  const from = Math.min(Math.max(0, -start), into.length);
  const to = Math.max(from, Math.min(into.length, signal.length - start));
  if (to > from) into.set(signal.subarray(start + from, start + to), from);
  if (mode === 'zero' || signal.length === 0) {
    into.fill(0, 0, from);
    into.fill(0, to);
    return;
  }
  for (let i = 0; i < from; i++) into[i] = signal[reflectIndex(start + i, signal.length)];
  for (let i = to; i < into.length; i++) into[i] = signal[reflectIndex(start + i, signal.length)];
}
