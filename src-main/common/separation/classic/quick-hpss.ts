/** Steps of a level: sixteen an octave of magnitude, 0.38 dB, and as many as a byte counts: 96 dB. */
const [shift, steps] = [19, 256];

/** Places along which a median runs: `length` of them, `stride` apart. */
interface Line {
  readonly start: number;
  readonly length: number;
  readonly stride: number;
}

/**
 * A running median in one pass, by a histogram that follows the window (Huang, Yang & Tang, IEEE TASSP 27, 1979). Edges are
 * mirrored, as in `dsp/median`.
 */
function medians(levels: Uint8Array, { start, length, stride }: Line, size: number, into: Uint8Array): void {
  const half = (size - 1) / 2;
  const counts = new Uint8Array(steps);
  const at = (i: number): number => {
    const folded = i < 0 ? -1 - i : i >= length ? 2 * length - 1 - i : i;
    return levels[start + stride * Math.max(0, Math.min(length - 1, folded))];
  };
  for (let i = -half; i <= half; i++) counts[at(i)]++;
  let median = 0;
  let below = 0;
  for (let i = 0; i < length; i++) {
    if (i > 0) {
      const [old, fresh] = [at(i - half - 1), at(i + half)];
      counts[old]--;
      counts[fresh]++;
      below += Number(fresh < median) - Number(old < median);
    }
    while (below > half) below -= counts[--median];
    while (below + counts[median] <= half) below += counts[median++];
    into[start + stride * i] = median;
  }
}

/**
 * The medians of HPSS (Fitzgerald 2010, as `separation/classic/hpss`) over levels in steps of 0.38 dB, in less than
 * half the time: for a bench that answers at once. Planes are `[frames][bins]`; `along` are frames and bins of the windows, odd and at most 255.
 */
export function quickEnhance(
  plane: Float32Array,
  frames: number,
  bins: number,
  along: { readonly frames: number; readonly bins: number },
): readonly [harmonic: Float32Array, percussive: Float32Array] {
  // The upper bits of a float32 are its logarithm, coarsely.
  const bits = new Uint32Array(plane.buffer, plane.byteOffset, plane.length);
  let top = 0;
  for (const word of bits) if (word >>> shift > top) top = word >>> shift;
  const lowest = Math.max(0, top - steps + 1);
  const coarse = new Uint8Array(plane.length);
  for (let i = 0; i < bits.length; i++) {
    const level = (bits[i] >>> shift) - lowest;
    coarse[i] = level > 0 ? level : 0;
  }
  const values = valuesOf(lowest);
  const out = new Uint8Array(plane.length);
  for (let b = 0; b < bins; b++)
    medians(coarse, { start: b, length: frames, stride: bins }, along.frames, out);
  const harmonic = lookUp(values, out);
  for (let f = 0; f < frames; f++)
    medians(coarse, { start: f * bins, length: bins, stride: 1 }, along.bins, out);
  return [harmonic, lookUp(values, out)];
}

/** The value in the middle of each step; the lowest is silence. */
function valuesOf(lowest: number): Float32Array {
  const words = Uint32Array.from(
    { length: steps },
    (_, level) => ((lowest + level) << shift) | (1 << (shift - 1)),
  );
  const values = new Float32Array(words.buffer);
  values[0] = 0;
  return values;
}

function lookUp(values: Float32Array, levels: Uint8Array): Float32Array {
  const out = new Float32Array(levels.length);
  for (let i = 0; i < out.length; i++) out[i] = values[levels[i]];
  return out;
}
