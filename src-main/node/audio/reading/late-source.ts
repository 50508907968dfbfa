import type { Frames } from '../../../common/base/units.js';
import type { SampleStats } from '../frame-samples.js';
import type { DecodeFaults, SampleSource } from './sample-source.js';

/** A source with silence before it: the sound of a video that starts later than its picture. */
export class LateSource implements SampleSource {
  private given: Frames = 0;

  constructor(
    private readonly source: SampleSource,
    private readonly seconds: number,
  ) {}

  get stats(): SampleStats {
    return this.source.stats;
  }

  get faults(): DecodeFaults {
    return this.source.faults;
  }

  get shape(): SampleSource['shape'] {
    return this.source.shape;
  }

  get shapeChanges(): number {
    return this.source.shapeChanges;
  }

  get frames(): Frames {
    return this.given + this.source.frames;
  }

  get ended(): boolean {
    return this.source.ended;
  }

  get digest(): string | undefined {
    return this.source.digest;
  }

  prime(): void {
    this.source.prime();
  }

  fill(planes: readonly Float32Array[], count: Frames): Frames {
    const { shape } = this.source;
    if (!shape) return this.source.fill(planes, count);
    const silence = Math.round(this.seconds * shape.rate);
    const take = Math.min(count, silence - this.given);
    if (take <= 0) return this.source.fill(planes, count);
    for (const plane of planes) plane.fill(0, 0, take);
    this.given += take;
    return take;
  }

  dispose(): void {
    this.source.dispose();
  }
}
