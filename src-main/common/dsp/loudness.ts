import type { Hertz } from '../base/units.js';

/** Two poles and two zeros, with a leading denominator of 1. */
interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** Sub-blocks of 100 ms: a momentary value is the mean of 4 of them, a short-term one of 30. */
const [momentaryParts, shortParts] = [4, 30];
/** Blocks below this are silence, and count for nothing. */
const silenceLufs = -70;
/** Bins of the histogram of blocks, LU: gates fall on their borders. */
const binLu = 0.02;
const loudestLufs = 20;
const bins = Math.round((loudestLufs - silenceLufs) / binLu);

/** What a meter reads, LUFS; −Infinity for silence, and before there is enough. */
export interface LoudnessReading {
  /** Of the last 400 ms and 3 s. */
  readonly momentary: number;
  readonly shortTerm: number;
  /** Of everything since the start, gated. */
  readonly integrated: number;
}

/**
 * A loudness meter after ITU-R BS.1770-5 and EBU Tech 3341, for sound as it is played: takes samples in pieces of any
 * length, and allocates nothing while it does.
 */
export class LoudnessMeter {
  private readonly filters: readonly [Biquad, Biquad];
  /** `[channel][stage][2]`: the two delays of each biquad. */
  private readonly delays: readonly Float64Array[];
  private readonly weights: readonly number[];
  private readonly partFrames: number;
  /** Mean squares of the last sub-blocks, in a ring. */
  private readonly recent = new Float64Array(shortParts);
  private partCount = 0;
  private filled = 0;
  private energy = 0;
  /** How many blocks have a loudness, and their mean squares together. */
  private readonly counts = new Float64Array(bins);
  private readonly sums = new Float64Array(bins);

  constructor(channels: number, rate: Hertz) {
    this.filters = kWeighting(rate);
    this.delays = Array.from({ length: channels }, () => new Float64Array(4));
    this.weights = weightsOf(channels);
    this.partFrames = Math.round(rate / 10);
  }

  /** Takes `[channels][frames]`. */
  add(planes: readonly Float32Array[]): void {
    const frames = planes[0].length;
    for (let from = 0; from < frames;) {
      const to = Math.min(frames, from + this.partFrames - this.filled);
      for (let ch = 0; ch < this.delays.length; ch++) {
        if (this.weights[ch] > 0) this.energy += this.weights[ch] * this.squares(planes[ch], ch, from, to);
      }
      this.filled += to - from;
      from = to;
      if (this.filled === this.partFrames) this.endPart();
    }
  }

  /** Sub-blocks of 100 ms so far: the reading changes with each. */
  get parts(): number {
    return this.partCount;
  }

  get reading(): LoudnessReading {
    return {
      momentary: lufsOf(this.meanOf(momentaryParts)),
      shortTerm: lufsOf(this.meanOf(shortParts)),
      integrated: this.integrated(),
    };
  }

  /** Begins anew. */
  reset(): void {
    for (const delay of this.delays) delay.fill(0);
    for (const values of [this.recent, this.counts, this.sums]) values.fill(0);
    this.partCount = this.filled = this.energy = 0;
  }

  /** Sum of the squares of one channel's weighted samples. */
  private squares(plane: Float32Array, channel: number, from: number, to: number): number {
    const delay = this.delays[channel];
    const [shelf, pass] = this.filters;
    let sum = 0;
    for (let i = from; i < to; i++) {
      const x = plane[i];
      const y = shelf.b[0] * x + delay[0];
      delay[0] = shelf.b[1] * x - shelf.a[0] * y + delay[1];
      delay[1] = shelf.b[2] * x - shelf.a[1] * y;
      const z = pass.b[0] * y + delay[2];
      delay[2] = pass.b[1] * y - pass.a[0] * z + delay[3];
      delay[3] = pass.b[2] * y - pass.a[1] * z;
      sum += z * z;
    }
    return sum;
  }

  private endPart(): void {
    this.recent[this.partCount % shortParts] = this.energy / this.partFrames;
    this.partCount++;
    this.filled = this.energy = 0;
    if (this.partCount < momentaryParts) return;
    // Each sub-block ends a block of 400 ms, which overlaps the one before by three quarters.
    const mean = this.meanOf(momentaryParts);
    const lufs = lufsOf(mean);
    if (lufs <= silenceLufs) return;
    const bin = Math.min(bins - 1, Math.floor((lufs - silenceLufs) / binLu));
    this.counts[bin]++;
    this.sums[bin] += mean;
  }

  /** Mean of the last `count` sub-blocks; 0 before there are so many. */
  private meanOf(count: number): number {
    if (this.partCount < count) return 0;
    let sum = 0;
    for (let i = 1; i <= count; i++) sum += this.recent[(this.partCount - i) % shortParts];
    return sum / count;
  }

  private integrated(): number {
    const ungated = this.meanAbove(0);
    if (ungated === 0) return Number.NEGATIVE_INFINITY;
    const gate = lufsOf(ungated) - 10;
    return lufsOf(this.meanAbove(Math.max(0, Math.ceil((gate - silenceLufs) / binLu - 1e-6))));
  }

  private meanAbove(first: number): number {
    let count = 0;
    let sum = 0;
    for (let bin = first; bin < bins; bin++) {
      count += this.counts[bin];
      sum += this.sums[bin];
    }
    return count === 0 ? 0 : sum / count;
  }
}

function lufsOf(meanSquare: number): number {
  return meanSquare <= 0 ? Number.NEGATIVE_INFINITY : -0.691 + 10 * Math.log10(meanSquare);
}

/** Surround channels count 1.5 dB more, and the bass effects of 5.1 (L R C LFE Ls Rs) not at all. */
function weightsOf(channels: number): readonly number[] {
  if (channels === 6) return [1, 1, 1, 0, 1.41, 1.41];
  if (channels === 5) return [1, 1, 1, 1.41, 1.41];
  return Array<number>(channels).fill(1);
}

/**
 * The shelf and the high-pass of K-weighting at any rate: bilinear transforms of the analogue filters whose 48 kHz
 * versions the standard prints.
 */
function kWeighting(rate: Hertz): readonly [Biquad, Biquad] {
  const at = (hertz: number): number => Math.tan((Math.PI * hertz) / rate);
  const shelf = ((): Biquad => {
    const [k, q] = [at(1681.974450955533), 0.7071752369554196];
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return {
      b: [
        (high + (band * k) / q + k * k) / a0,
        (2 * (k * k - high)) / a0,
        (high - (band * k) / q + k * k) / a0,
      ],
      a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
    };
  })();
  const [k, q] = [at(38.13547087602444), 0.5003270373238773];
  const a0 = 1 + k / q + k * k;
  return [shelf, { b: [1, -2, 1], a: [(2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] }];
}
