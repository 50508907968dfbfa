import type { Frames } from '../../common/base/units.js';

/** The longest that a Vorbis decode can run past the end that its last page states: one long block. */
const longestBlock = 8192;

/** Planes `[channels][≥ count]`. */
export interface Chunk {
  readonly planes: readonly Float32Array[];
  readonly count: Frames;
}

/**
 * Cuts a decode at the length its container states. Where the decode runs on for more than a block, the
 * statement was wrong (chained Ogg files state the length of their last link) and nothing is cut.
 */
export class EndTrim {
  private passed = 0;
  private held: Chunk[] = [];
  private heldFrames = 0;

  /** @param strict the container's word is final, as an MP4 edit list's is */
  constructor(
    private limit: Frames,
    private readonly strict: boolean,
  ) {}

  /** What of a chunk may go on; what lies past the end is kept back. */
  accept(chunk: Chunk): Chunk {
    const kept = Math.max(0, Math.min(chunk.count, this.limit - this.passed));
    this.passed += kept;
    if (kept === chunk.count || this.strict) return { planes: chunk.planes, count: kept };
    this.hold({ planes: chunk.planes.map((plane) => plane.slice(0, chunk.count)), count: chunk.count }, kept);
    if (this.heldFrames <= longestBlock) return { planes: chunk.planes, count: kept };
    return this.release(chunk, kept);
  }

  private hold(chunk: Chunk, from: Frames): void {
    const planes = chunk.planes.map((plane) => plane.subarray(from));
    this.held.push({ planes, count: chunk.count - from });
    this.heldFrames += chunk.count - from;
  }

  /** The stated length was wrong: everything kept back goes on, after the part of `chunk` that was within it. */
  private release(chunk: Chunk, kept: Frames): Chunk {
    this.limit = Number.POSITIVE_INFINITY;
    const count = kept + this.heldFrames;
    const planes = chunk.planes.map((plane, c) => {
      const joined = new Float32Array(count);
      joined.set(plane.subarray(0, kept));
      let at = kept;
      for (const part of this.held) {
        joined.set(part.planes[c], at);
        at += part.count;
      }
      return joined;
    });
    this.passed += this.heldFrames;
    this.held = [];
    this.heldFrames = 0;
    return { planes, count };
  }
}
