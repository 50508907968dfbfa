import type { Frames } from '../../common/base/units.js';

/** Planes `[channels][≥ count]`. */
export interface Chunk {
  readonly planes: readonly Float32Array[];
  readonly count: Frames;
}

/** Cuts a decode at the length its container states. */
export class EndTrim {
  private passed = 0;

  /** @param length infinite where the container states none */
  constructor(private readonly length: Frames) {}

  /** What of a chunk lies before the end. */
  accept({ planes, count }: Chunk): Chunk {
    const kept = Math.max(0, Math.min(count, this.length - this.passed));
    this.passed += kept;
    return { planes, count: kept };
  }
}
