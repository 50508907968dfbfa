import { UnbraidError } from '../../common/base/errors.js';
import type { Frames, Hertz } from '../../common/base/units.js';
import { InputFile } from './input.js';
import { PcmReader } from './pcm-cache.js';
import { RateConverter, convertedLength } from './rate-converter.js';
import { openSource } from './reading/open-source.js';
import type { SampleSource } from './reading/sample-source.js';
import type { SourceRange, VerifyRequest } from './types.js';

/** What outputs must add up to, read from its start to its end. */
export interface SumSource {
  readonly channels: number;
  readonly rate: Hertz;
  readonly frames: Frames;
  /** Fills `planes` (`[channels][≥ count]`) with the next `count` frames; silence behind the end. */
  read(count: Frames, planes: readonly Float32Array[]): void;
  dispose(): void;
}

/** Opens the source of a request. Throws typed errors that name the file. */
export function openSumSource(source: NonNullable<VerifyRequest['source']>, start: Frames): SumSource {
  return 'path' in source ? new FileSource(source) : cacheSource(new PcmReader(source), start);
}

function cacheSource(reader: PcmReader, start: Frames): SumSource {
  const { channels, sampleRate: rate, frames } = reader.ref;
  let at = start;
  return {
    ...{ channels, rate, frames: frames - start },
    read(count, planes) {
      reader.read(at, count, planes);
      at += count;
    },
    dispose: () => reader.dispose(),
  };
}

/** A range of an audio file, decoded as it is asked for. */
class FileSource implements SumSource {
  readonly channels: number;
  readonly rate: Hertz;
  readonly frames: Frames;
  private readonly input: InputFile;
  private readonly decoder: SampleSource;
  private isOpen = true;
  private left: Frames;

  constructor({ path, track, start, count }: SourceRange) {
    this.input = InputFile.open(path);
    try {
      this.decoder = openSource(this.input, track);
    } catch (error) {
      this.input.dispose();
      throw error;
    }
    while (!this.decoder.shape && !this.decoder.ended) this.decoder.prime();
    if (!this.decoder.shape) {
      this.dispose();
      throw new UnbraidError('empty-audio', 'The file holds no audio samples', { file: path });
    }
    this.channels = this.decoder.shape.channels;
    this.rate = this.decoder.shape.rate;
    this.frames = count;
    this.left = count;
    this.skip(start);
  }

  read(count: Frames, planes: readonly Float32Array[]): void {
    const wanted = Math.min(count, this.left);
    const done = this.fill(wanted, planes);
    this.left -= done;
    if (done < wanted) this.left = 0;
    for (const plane of planes) plane.fill(0, done, count);
  }

  dispose(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.decoder.dispose();
    this.input.dispose();
  }

  private skip(frames: Frames): void {
    const block = 65536;
    const planes = Array.from({ length: this.channels }, () => new Float32Array(Math.min(block, frames)));
    for (let left = frames; left > 0 && !this.decoder.ended;)
      left -= this.fill(Math.min(block, left), planes);
  }

  private fill(wanted: Frames, planes: readonly Float32Array[]): Frames {
    let done = 0;
    while (done < wanted && !this.decoder.ended)
      done += this.decoder.fill(done === 0 ? planes : planes.map((p) => p.subarray(done)), wanted - done);
    return done;
  }
}

/** The same sound at another rate, as files of that rate were made of it. */
export function convertedSource(source: SumSource, rate: Hertz, blockFrames: Frames): SumSource {
  if (rate === source.rate) return source;
  const converter = new RateConverter(source.channels, source.rate, rate);
  const planesOf = (frames: Frames): Float32Array[] =>
    Array.from({ length: source.channels }, () => new Float32Array(frames));
  const input = planesOf(blockFrames);
  let taken = 0;
  let ended = false;
  // What was converted and not read yet.
  let kept = planesOf(0);
  const more = (): void => {
    const count = Math.min(blockFrames, source.frames - taken);
    if (count > 0) source.read(count, input);
    const made = count > 0 ? converter.convert(input, count) : converter.flush(source.frames);
    taken += count;
    ended = count <= 0;
    kept = kept.map((plane, c) => {
      const joined = new Float32Array(plane.length + made.count);
      joined.set(plane);
      joined.set(made.planes[c].subarray(0, made.count), plane.length);
      return joined;
    });
  };
  return {
    ...{ channels: source.channels, rate, frames: convertedLength(source.frames, source.rate, rate) },
    read(count, planes) {
      while (kept[0].length < count && !ended) more();
      const there = Math.min(count, kept[0].length);
      planes.forEach((plane, c) => {
        plane.set(kept[c].subarray(0, there));
        plane.fill(0, there, count);
      });
      kept = kept.map((plane) => plane.slice(there));
    },
    dispose() {
      converter.dispose();
      source.dispose();
    },
  };
}
