/** Frames a gain takes from one value to the next: one render quantum, 2.7 ms at 48 kHz. */
export const rampFrames = 128;

/** Quanta of a fade of about 7 ms, between 5 and 10 ms at all rates from 13 kHz on. */
export function fadeQuanta(sampleRate: number): number {
  return Math.max(1, Math.round((0.007 * sampleRate) / rampFrames));
}

/** Frames of the song that one quantum may need, at twice its speed. */
export const mostFrames = 2 * rampFrames + 4;

/** One track as the kernel reads it: planes of one page, and where in them the first frame is. */
export interface MixSource {
  /** `[channels]`, each `[pageFrames]`. */
  planes: readonly Float32Array[];
  from: number;
  /** Amplitude factor of each channel at the start and at the end of the ramp. */
  readonly now: Float32Array;
  readonly target: Float32Array;
  /** Factors of the automation, as far into the quantum as the ramp; null where all are 1. */
  factors: Float32Array | null;
}

/** Gain `i` frames into a ramp; the last frame of the ramp has the target exactly. */
export function rampGain(now: number, target: number, i: number, length: number): number {
  return i + 1 >= length ? target : now + ((target - now) * (i + 1)) / length;
}

/**
 * Writes the sum of all sources, `out[ch][at + i] = Σ gain(ramp + i) · factors[ramp + i] · planes[ch][from + i]` for
 * i < count, summed in float64 and rounded once. Everything of `out` outside [at, at + count) stays. `ramp` is how far into the
 * ramp of `length` frames the first frame is. Peaks of what each source adds go to `peaks[source][ch]`, as many channels
 * as `out` has, when they exceed what is there.
 */
export function mixFrames(
  out: readonly Float32Array[],
  at: number,
  count: number,
  sources: readonly MixSource[],
  ramp: number,
  peaks?: Float32Array,
  length = rampFrames,
): void {
  for (let ch = 0; ch < out.length; ch++) {
    const plane = out[ch];
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let s = 0; s < sources.length; s++) {
        const { planes, from, now, target, factors } = sources[s];
        let gain = rampGain(now[ch], target[ch], ramp + i, length);
        if (factors !== null) gain *= factors[ramp + i];
        const value = gain * planes[ch][from + i];
        sum += value;
        const at = s * out.length + ch;
        if (peaks !== undefined && Math.abs(value) > peaks[at]) peaks[at] = Math.abs(value);
      }
      plane[at + i] = sum;
    }
  }
}
