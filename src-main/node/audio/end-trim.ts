import type { Frames } from '../../common/base/units.js';

/** Planes `[channels][≥ count]`. */
export interface Chunk {
  readonly planes: readonly Float32Array[];
  readonly count: Frames;
}

/**
 * Cuts a decode at the length its container states. Where the statement is not final and the decode runs on for more
 * than `slack`, there is more in the file than its header knows, and nothing is cut.
 */
export class EndTrim {
  private passed = 0;
  private held: Chunk[] = [];
  private heldFrames = 0;

  /**
   * @param length infinite where the container states none
   * @param slack infinite where its word is final
   */
  constructor(
    private length: Frames,
    private readonly slack: Frames,
  ) {}

  /** What of a chunk may go on; what lies past the end is kept back. */
  accept({ planes, count }: Chunk): Chunk {
    const kept = Math.max(0, Math.min(count, this.length - this.passed));
    this.passed += kept;
    if (kept === count || this.slack === Number.POSITIVE_INFINITY) return { planes, count: kept };
    this.held.push({ planes: planes.map((plane) => plane.slice(kept, count)), count: count - kept });
    this.heldFrames += count - kept;
    if (this.heldFrames <= this.slack) return { planes, count: kept };
    return this.release(planes, kept);
  }

  /** The statement was wrong: everything kept back goes on, after the part of the chunk that was within it. */
  private release(planes: readonly Float32Array[], kept: Frames): Chunk {
    const parts = [{ planes, count: kept }, ...this.held.splice(0)];
    const count = kept + this.heldFrames;
    const joined = planes.map((_, c) => {
      const plane = new Float32Array(count);
      let at = 0;
      for (const part of parts) {
        plane.set(part.planes[c].subarray(0, part.count), at);
        at += part.count;
      }
      return plane;
    });
    this.length = Number.POSITIVE_INFINITY;
    this.passed += this.heldFrames;
    return { planes: joined, count };
  }
}
