import { UnbraidError } from '../../../common/base/errors.js';
import type { Frames, Hertz } from '../../../common/base/units.js';
import type { ReadingNote } from '../../../common/jobs/reading.js';
import type { SampleStats } from '../frame-samples.js';
import { InputFile } from '../input.js';
import { RateConverter } from '../rate-converter.js';
import { StreamDecoder } from '../stream-decoder.js';
import type { OggLink } from './ogg.js';
import { noFaults, type DecodeFaults, type SampleSource } from './sample-source.js';

const blockFrames = 16384;

interface Shape {
  readonly rate: Hertz;
  readonly channels: number;
}

/**
 * The links of a chained Ogg file one after the other, each decoded with its own headers and trimmed at its own last
 * page, all at the rate and with the channels of the first.
 */
export class ChainDecoder implements SampleSource {
  readonly stats: SampleStats = { peak: 0, nonFinite: 0 };
  readonly faults: DecodeFaults = noFaults();
  readonly shapeChanges = 0;
  readonly notes: ReadingNote[] = [];
  frames: Frames = 0;
  private next = 0;
  private current: Link | undefined;
  private target: Shape | undefined;

  constructor(
    private readonly path: string,
    private readonly links: readonly OggLink[],
  ) {
    this.open();
  }

  get shape(): Shape | undefined {
    return this.target;
  }

  get ended(): boolean {
    return this.current === undefined;
  }

  prime(): void {
    this.current?.decoder.prime();
    this.target ??= this.current?.decoder.shape;
    if (!this.target && this.current?.decoder.ended) this.advance();
  }

  fill(planes: readonly Float32Array[], count: Frames): Frames {
    if (!this.target) {
      this.prime();
      return 0;
    }
    if (!this.current) return 0;
    const done = this.current.fill(planes, count, this.target, this.path);
    this.frames += done;
    if (done === 0 && this.current.ended) this.advance();
    return done;
  }

  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
  }

  private open(): void {
    this.current = new Link(this.path, this.links[this.next]);
  }

  /** Closes a link that has ended, and opens the next that can be. */
  private advance(): void {
    const { current } = this;
    if (!current) return;
    this.collect(current);
    current.dispose();
    this.current = undefined;
    for (this.next++; this.next < this.links.length && !this.current; this.next++) {
      try {
        this.open();
        return;
      } catch (error) {
        const reason = error instanceof UnbraidError ? error.message : String(error);
        const text = `Part ${this.next + 1} of ${this.links.length} could not be read: ${reason}`;
        this.notes.push({ code: 'decode-errors', kind: 'fault', text });
      }
    }
  }

  private collect({ decoder, conversion }: Link): void {
    this.stats.peak = Math.max(this.stats.peak, decoder.stats.peak);
    this.stats.nonFinite += decoder.stats.nonFinite;
    this.faults.errors += decoder.faults.errors;
    this.faults.silenced += decoder.faults.silenced;
    if (!conversion) return;
    const text = `Part ${this.next + 1} of ${this.links.length} has ${conversion}, and was converted to what the first part has`;
    this.notes.push({ code: 'link-converted', kind: 'repair', text });
  }
}

/** One link on its way to the shape of the first. */
class Link {
  readonly decoder: StreamDecoder;
  /** Its own shape in words, where it had to be converted. */
  conversion: string | undefined;
  private readonly input: InputFile;
  private converter: RateConverter | undefined;
  private own: Float32Array[] = [];
  private ready: { planes: readonly Float32Array[]; count: Frames; at: Frames } | undefined;
  private taken = 0;
  private flushed = false;

  constructor(path: string, link: OggLink) {
    this.input = InputFile.open(path, link);
    try {
      this.decoder = new StreamDecoder(this.input, this.input.track());
    } catch (error) {
      this.input.dispose();
      throw error;
    }
  }

  get ended(): boolean {
    return (
      this.decoder.ended &&
      (this.ready?.at ?? 0) >= (this.ready?.count ?? 0) &&
      (this.flushed || !this.converter)
    );
  }

  fill(planes: readonly Float32Array[], count: Frames, target: Shape, path: string): Frames {
    const { shape } = this.decoder;
    if (!shape) {
      this.decoder.prime();
      return 0;
    }
    if (shape.rate === target.rate && shape.channels === target.channels)
      return this.decoder.fill(planes, count);
    this.conversion ??= `${shape.channels} channels at ${shape.rate} Hz`;
    if (!this.ready || this.ready.at >= this.ready.count)
      this.ready = { ...this.convert(shape, target, path), at: 0 };
    const { ready } = this;
    const take = Math.min(count, ready.count - ready.at);
    planes.forEach((plane, c) => plane.set(ready.planes[c].subarray(ready.at, ready.at + take)));
    ready.at += take;
    return take;
  }

  dispose(): void {
    this.converter?.dispose();
    this.decoder.dispose();
    this.input.dispose();
  }

  private convert(
    shape: Shape,
    target: Shape,
    path: string,
  ): { planes: readonly Float32Array[]; count: Frames } {
    if (this.own.length === 0)
      this.own = Array.from({ length: shape.channels }, () => new Float32Array(blockFrames));
    const got = this.decoder.fill(this.own, blockFrames);
    this.taken += got;
    const mixed = mapChannels(this.own, target.channels, got, path);
    if (shape.rate === target.rate) return { planes: mixed, count: got };
    this.converter ??= new RateConverter(target.channels, shape.rate, target.rate);
    if (got > 0)
      return this.converter.convert(
        mixed.map((plane) => plane.subarray(0, got)),
        got,
      );
    if (!this.decoder.ended || this.flushed) return { planes: mixed, count: 0 };
    this.flushed = true;
    return this.converter.flush(this.taken);
  }
}

/** Mono to any number, and any number to mono; anything else has no right answer. */
function mapChannels(
  planes: readonly Float32Array[],
  channels: number,
  count: Frames,
  file: string,
): readonly Float32Array[] {
  if (planes.length === channels) return planes;
  if (planes.length === 1) return Array.from({ length: channels }, () => planes[0]);
  if (channels === 1) {
    const mean = new Float32Array(count);
    for (const plane of planes) for (let i = 0; i < count; i++) mean[i] += plane[i] / planes.length;
    return [mean];
  }
  throw new UnbraidError(
    'unsupported-format',
    `The file is a chain whose parts have ${channels} and ${planes.length} channels, which cannot be joined`,
    { file, hint: 'Split the file into its parts first.' },
  );
}
