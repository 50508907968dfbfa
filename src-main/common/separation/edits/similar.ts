import type { TileMask } from './tile-mask.js';

/** Bands that the bins of a patch are put together to, at most. */
const mostBands = 256;
/** Steps a dB is divided into, and dB below the loudest of the patch that count as silence. */
const [steps, depthDb] = [4, 60];

/** A place that is like a patch: how many frames later than it, and how much, −1 … 1. */
export interface Match {
  readonly later: number;
  readonly score: number;
}

/**
 * Looks for a patch of a spectrogram elsewhere in time: by the normalised cross-correlation of its levels in dB with
 * those at each place, weighted by the mask, each without its mean (Lewis 1995, "Fast normalized cross-correlation").
 * 1 is the same up to a gain; what is 60 dB below the loudest of the patch counts as silence.
 *
 * Give it the powers of the whole song, in order, by `add`; then ask for `matches`.
 */
export class PatchFinder {
  /** Level of every band in every frame, in steps above the floor, `[frames][bands]`. */
  private readonly levels: Uint8Array;
  private readonly bands: number;
  private readonly wide: number;
  private readonly low: number;
  private readonly high: number;
  private readonly range: readonly [start: number, end: number];
  private floorDb = 0;

  /** `frames` is those of the song. The mask must cover something. */
  constructor(
    private readonly mask: TileMask,
    private readonly frames: number,
  ) {
    const [range, area] = [mask.frameRange()!, mask.area()!];
    this.range = range;
    let { low, high } = area;
    const used = (bin: number): boolean => {
      for (let t = range[0]; t < range[1]; t++) if (mask.get(t, bin) > 0) return true;
      return false;
    };
    while (low < high - 1 && !used(low)) low++;
    while (high > low + 1 && !used(high - 1)) high--;
    [this.low, this.high] = [low, high];
    this.wide = Math.ceil((high - low) / mostBands);
    this.bands = Math.ceil((high - low) / this.wide);
    this.levels = new Uint8Array(frames * this.bands);
  }

  /** Sets the floor by the powers of the patch's frames, `[frames][bins]`; call it first. */
  setFloor(powers: Float32Array): void {
    const { bins } = this.mask;
    let loudest = 0;
    for (let t = 0; t < powers.length / bins; t++)
      for (let band = 0; band < this.bands; band++)
        loudest = Math.max(loudest, this.bandPower(powers, t * bins, band));
    this.floorDb = 10 * Math.log10(Math.max(1e-20, loudest)) - depthDb;
  }

  /** Takes the powers of frames from `start` on, `[frames][bins]`. */
  add(start: number, powers: Float32Array): void {
    const { bins } = this.mask;
    for (let t = 0; t < powers.length / bins && start + t < this.frames; t++) {
      for (let band = 0; band < this.bands; band++) {
        const dB = 10 * Math.log10(Math.max(1e-20, this.bandPower(powers, t * bins, band)));
        this.levels[(start + t) * this.bands + band] = Math.max(
          0,
          Math.min(255, steps * (dB - this.floorDb)),
        );
      }
    }
  }

  private bandPower(powers: Float32Array, at: number, band: number): number {
    const from = this.low + band * this.wide;
    const to = Math.min(this.high, from + this.wide);
    let sum = 0;
    for (let bin = from; bin < to; bin++) sum += powers[at + bin];
    return sum / (to - from);
  }

  /** Weight of every band in every frame of the patch. */
  private weights(): Float32Array {
    const [start, end] = this.range;
    const weights = new Float32Array((end - start) * this.bands);
    for (let t = start; t < end; t++)
      for (let bin = this.low; bin < this.high; bin++)
        weights[(t - start) * this.bands + Math.floor((bin - this.low) / this.wide)] +=
          this.mask.get(t, bin) / this.wide;
    return weights;
  }

  /**
   * The places that score at least `least`, the best first, at most `most`; half a patch lies between two at least, and
   * between each and the patch itself. `ask` is called all through it and may throw to stop it.
   */
  matches(least: number, most: number, ask: () => void = () => undefined): Match[] {
    const [start, end] = this.range;
    const apart = Math.max(2, Math.round((end - start) / 2));
    const scores = this.scores(ask);
    const better = (t: number): boolean =>
      scores[t] >= (scores[t - 1] ?? -1) && scores[t] > (scores[t + 1] ?? -1);
    const found = [...scores.keys()]
      .filter((t) => scores[t] >= least && better(t))
      .sort((a, b) => scores[b] - scores[a]);
    const taken: number[] = [start];
    for (const t of found) {
      if (taken.length > most) break;
      if (taken.every((other) => Math.abs(other - t) >= apart)) taken.push(t);
    }
    return taken.slice(1).map((t) => ({ later: t - start, score: scores[t] }));
  }

  /** The score of a patch that begins in each frame. */
  private scores(ask: () => void): Float32Array {
    const [start, end] = this.range;
    const weights = this.weights();
    const cells = [...weights.keys()].filter((i) => weights[i] > 0);
    const [at, weight] = [Int32Array.from(cells), Float32Array.from(cells, (i) => weights[i])];
    const total = weight.reduce((sum, w) => sum + w, 0);
    const first = start * this.bands;
    const mean = at.reduce((sum, i, n) => sum + weight[n] * (this.levels[first + i] ?? 0), 0) / total;
    const own = Float32Array.from(at, (i, n) => weight[n] * ((this.levels[first + i] ?? 0) - mean));
    const spread = at.reduce((sum, i, n) => sum + own[n] * ((this.levels[first + i] ?? 0) - mean), 0);
    const scores = new Float32Array(Math.max(0, this.frames - (end - start) + 1));
    for (let t = 0; t < scores.length; t++) {
      if (t % 256 === 0) ask();
      const from = t * this.bands;
      let [sum, square, product] = [0, 0, 0];
      for (let n = 0; n < at.length; n++) {
        const level = this.levels[from + at[n]];
        sum += weight[n] * level;
        square += weight[n] * level * level;
        product += own[n] * level;
      }
      const otherSpread = square - (sum * sum) / total;
      // One step of level is noise of the measurement.
      scores[t] = otherSpread > total && spread > total ? product / Math.sqrt(spread * otherSpread) : 0;
    }
    return scores;
  }
}
