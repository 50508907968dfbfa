import { check } from '../base/errors.js';

/**
 * Weighted overlap-add of blocks: the output is Σ w·block / Σ w, so a constant comes out constant for any plan
 * of blocks. Where no weight fell it is 0. Holds float64 sums of the undrained span only.
 */
export class OverlapAdd {
  private sums: Float64Array[];
  private weights: Float64Array;
  /** Absolute frame of element 0 of the sums. */
  private origin = 0;

  constructor(
    readonly channels: number,
    span = 4096,
  ) {
    this.sums = Array.from({ length: channels }, () => new Float64Array(span));
    this.weights = new Float64Array(span);
  }

  /** First frame that has not been drained. */
  get position(): number {
    return this.origin;
  }

  /**
   * Adds a block, `[channels][frames]`, whose first frame is `start`, with one weight ≥ 0 a frame. The part
   * before `position`, and what lies behind the weights' length, is left out.
   */
  add(start: number, block: readonly Float32Array[], weights: Float32Array | Float64Array): void {
    check(block.length === this.channels, `The block has ${block.length} channels, not ${this.channels}`);
    for (const plane of block) {
      check(plane.length >= weights.length, `The block is shorter (${plane.length}) than its weights`);
    }
    this.reach(start + weights.length - this.origin);
    const first = Math.max(0, this.origin - start);
    const offset = start - this.origin;
    for (let i = first; i < weights.length; i++) this.weights[offset + i] += weights[i];
    for (let c = 0; c < this.channels; c++) {
      const sum = this.sums[c];
      const plane = block[c];
      // A weight of 0 must silence even a NaN or an infinity.
      for (let i = first; i < weights.length; i++) {
        if (weights[i] !== 0) sum[offset + i] += weights[i] * plane[i];
      }
    }
  }

  /** The finished frames from `position` up to `end`, `[channels][frames]`; they cannot be added to any more. */
  drain(end: number, into?: readonly Float32Array[]): readonly Float32Array[] {
    const count = Math.max(0, end - this.origin);
    this.reach(count);
    const output = into ?? this.sums.map(() => new Float32Array(count));
    for (let c = 0; c < this.channels; c++) {
      check(output[c].length >= count, `The output needs ${count} frames, not ${output[c].length}`);
      for (let i = 0; i < count; i++) {
        const weight = this.weights[i];
        output[c][i] = weight > 0 ? this.sums[c][i] / weight : 0;
      }
    }
    for (const plane of [...this.sums, this.weights]) {
      plane.copyWithin(0, count);
      plane.fill(0, plane.length - count);
    }
    this.origin += count;
    return output;
  }

  private reach(length: number): void {
    if (length <= this.weights.length) return;
    const grow = (plane: Float64Array): Float64Array => {
      const grown = new Float64Array(Math.max(length, 2 * plane.length));
      grown.set(plane);
      return grown;
    };
    this.sums = this.sums.map(grow);
    this.weights = grow(this.weights);
  }
}
