/**
 * From float samples to an integer grid of b bits: k / 2^(b−1) with −2^(b−1) ≤ k < 2^(b−1).
 * Dither is TPDF of two LSB peak to peak (Lipshitz, Wannamaker, Vanderkooy, "Quantization and Dither", 1992),
 * from a seeded generator, so that the same seed gives the same samples.
 */

/** Grids that files use. */
export type GridBits = 16 | 24;

/** TPDF noise in LSB. The state is the only thing that a pass over blocks carries along. */
export class Dither {
  private state: number;

  /** `stream` tells channels and stems of one seed apart, so that their noises are independent. */
  constructor(seed: number, stream = 0) {
    // The multipliers are odd, so no two streams of a seed collide; the generator must not start at 0.
    const mixed = Math.imul(seed ^ 0x5bd1e995, 0x2c1b3c6d) ^ Math.imul(stream + 1, 0x297a2d39);
    this.state = mixed === 0 ? 0x9e3779b9 : mixed;
    for (let i = 0; i < 8; i++) this.uniform(); // similar seeds start alike; a few steps part them
  }

  /** The sum of two uniform numbers, minus one: in (−1, 1), triangular. */
  next(): number {
    return this.uniform() + this.uniform() - 1;
  }

  /** In (0, 1); xorshift with period 2³²−1 (Marsaglia, "Xorshift RNGs", 2003). */
  private uniform(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) / 2 ** 32;
  }
}

/**
 * Rounds `gain · samples` to the grid: `out[i]` for `i < count`, clamped to the range. Without dither,
 * samples that are on the grid already come out exactly (gain 1).
 */
export function quantise(
  samples: Float32Array,
  gain: number,
  count: number,
  bits: GridBits,
  dither: Dither | null,
  out: Int32Array,
): void {
  const scale = 2 ** (bits - 1);
  for (let i = 0; i < count; i++) out[i] = toGrid(gain * samples[i] * scale, scale, dither);
}

/** One block of a complete set: stems, and the source they sum to. All arrays hold at least `count` samples. */
export interface JointBlock {
  readonly count: number;
  readonly bits: GridBits;
  /** `[stem][frame]` of one channel, with one gain per stem. */
  readonly stems: readonly Float32Array[];
  readonly gains: readonly number[];
  readonly source: Float32Array;
  readonly sourceGain: number;
  /** Which stem absorbs what the others' rounding leaves. */
  readonly balance: number;
  /** One generator per stem, or null for no dither; the balance stem's is not used. */
  readonly dithers: readonly (Dither | null)[];
}

/**
 * Quantises a set so that its integers sum to round(gain · source · 2^(b−1)) exactly: every stem but `balance`
 * is dithered and rounded, the balance stem is the rest. Where the balance would clip it is clamped, and the
 * leftover goes to the other stems, first to last, as far as they have room.
 *
 * @returns how much found no room anywhere, in LSB summed over samples: 0 means that the sum is exact
 */
export function quantiseJointly(block: JointBlock, out: readonly Int32Array[]): number {
  const { count, bits, stems, gains, source, sourceGain, balance, dithers } = block;
  const scale = 2 ** (bits - 1);
  let unplaced = 0;
  for (let i = 0; i < count; i++) {
    let rest = Math.floor(sourceGain * source[i] * scale + 0.5);
    for (let s = 0; s < stems.length; s++) {
      if (s === balance) continue;
      const level = toGrid(gains[s] * stems[s][i] * scale, scale, dithers[s]);
      out[s][i] = level;
      rest -= level;
    }
    const kept = clamp(rest, scale);
    out[balance][i] = kept;
    if (kept !== rest) unplaced += Math.abs(spread(rest - kept, out, i, balance, scale));
  }
  return unplaced;
}

/** Moves a leftover of sample `i` into the stems that have room; returns what is left of it. */
function spread(
  leftover: number,
  out: readonly Int32Array[],
  i: number,
  balance: number,
  scale: number,
): number {
  let left = leftover;
  for (let s = 0; s < out.length && left !== 0; s++) {
    if (s === balance) continue;
    const moved = clamp(out[s][i] + left, scale);
    left -= moved - out[s][i];
    out[s][i] = moved;
  }
  return left;
}

function toGrid(value: number, scale: number, dither: Dither | null): number {
  return clamp(Math.floor(value + (dither ? dither.next() : 0) + 0.5), scale);
}

function clamp(level: number, scale: number): number {
  return level >= scale ? scale - 1 : level < -scale ? -scale : level;
}
