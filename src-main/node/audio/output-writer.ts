import { check } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { Frames } from '../../common/base/units.js';
import { Dither, quantise } from '../../common/dsp/quantise.js';
import { OutputFile } from './output-file.js';
import { planEncoding, type Encoding } from './output-formats.js';
import { PcmReader } from './pcm-cache.js';
import { RateConverter, convertedLength } from './rate-converter.js';
import type { EncodedFile, EncodeOutput, FrameRange } from './types.js';

export interface WriterOptions {
  readonly dither: 'tpdf' | 'none';
  readonly seed: number;
  /** Index of the output in its set: outputs get independent dither. */
  readonly index: number;
  readonly blockFrames: Frames;
}

type Planes = readonly (Float32Array | Int32Array)[];

/** One cache on its way into one track of a file. */
interface Lane {
  readonly reader: PcmReader;
  readonly gain: number;
  /** Samples as read, `[channels][blockFrames]`, before the gain. */
  readonly samples: Float32Array[];
  /** Levels on the integer grid; empty for float and lossy outputs. */
  readonly levels: Int32Array[];
  readonly dithers: (Dither | null)[];
  readonly converter: RateConverter | null;
}

/** Takes one output of a set from its caches to its file: read, quantise (or scale), encode. */
export class OutputWriter implements Disposable {
  readonly encoding: Encoding;
  readonly lanes: Lane[] = [];
  private readonly file: OutputFile;
  private peak = 0;

  constructor(
    private readonly output: EncodeOutput,
    private readonly range: FrameRange,
    private readonly options: WriterOptions,
  ) {
    const { channels, sampleRate } = output.inputs[0].ref;
    for (const { ref } of output.inputs)
      check(ref.channels === channels, 'The inputs have different channel counts');
    this.encoding = planEncoding(output, channels, sampleRate, range.count);
    this.file = new OutputFile(output, this.encoding);
    output.inputs.forEach((_, track) => this.lanes.push(this.openLane(track)));
  }

  /** Channels of the caches; a stem file makes mono ones stereo. */
  get sourceChannels(): number {
    return this.output.inputs[0].ref.channels;
  }

  read(start: Frames, count: Frames): void {
    for (const lane of this.lanes) lane.reader.read(start, count, lane.samples);
  }

  /** Brings what was read into the form the encoder takes. */
  quantise(count: Frames): void {
    const { bits } = this.encoding;
    for (const lane of this.lanes) {
      for (let c = 0; c < lane.samples.length; c++) {
        if (bits === null) scale(lane.samples[c], lane.gain, count);
        else quantise(lane.samples[c], lane.gain, count, bits, lane.dithers[c], lane.levels[c]);
      }
    }
  }

  /** Encodes what `quantise` (or the joint quantiser) prepared. */
  encode(count: Frames): void {
    const { bits, channels } = this.encoding;
    this.lanes.forEach((lane, index) => {
      const planes = bits === null ? lane.samples : lane.levels;
      const unit = bits === null ? 1 : 2 ** (1 - bits);
      for (const plane of planes) this.peak = Math.max(this.peak, peakOf(plane, count) * unit);
      const block: { planes: Planes; count: Frames } = lane.converter
        ? lane.converter.convert(lane.samples, count)
        : { planes, count };
      this.file.tracks[index].push(spreadTo(block.planes, channels), block.count);
    });
  }

  finish(): EncodedFile {
    const { rate, channels } = this.encoding;
    const { path, inputs } = this.output;
    this.lanes.forEach((lane, index) => {
      if (!lane.converter) return;
      const rest = lane.converter.flush(this.range.count);
      this.file.tracks[index].push(spreadTo(rest.planes, channels), rest.count);
    });
    const bytes = this.file.finish();
    const frames = convertedLength(this.range.count, inputs[0].ref.sampleRate, rate);
    return { path, frames, sampleRate: rate, bytes, peak: this.peak };
  }

  dispose(): void {
    for (const lane of this.lanes.splice(0)) {
      lane.reader.dispose();
      lane.converter?.dispose();
    }
    this.file.dispose();
  }

  private openLane(track: number): Lane {
    const { ref, gain } = this.output.inputs[track];
    const { index, seed, dither, blockFrames } = this.options;
    const { bits, rate } = this.encoding;
    const each = <T>(make: (channel: number) => T): T[] =>
      Array.from({ length: ref.channels }, (_, c) => make(c));
    const noise = (c: number): Dither => new Dither(seed, (index * 8 + track) * 64 + c);
    return {
      reader: new PcmReader(ref),
      gain,
      samples: each(() => new Float32Array(blockFrames)),
      levels: bits === null ? [] : each(() => new Int32Array(blockFrames)),
      dithers: each((c) => (dither === 'tpdf' && bits !== null ? noise(c) : null)),
      converter: rate === ref.sampleRate ? null : new RateConverter(ref.channels, ref.sampleRate, rate),
    };
  }
}

function scale(samples: Float32Array, gain: number, count: Frames): void {
  if (gain === 1) return;
  for (let i = 0; i < count; i++) samples[i] *= gain;
}

function peakOf(samples: Float32Array | Int32Array, count: Frames): number {
  let peak = 0;
  for (let i = 0; i < count; i++) {
    const magnitude = Math.abs(samples[i]);
    if (magnitude > peak) peak = magnitude;
  }
  return peak;
}

/** Mono planes for a stereo track: the one plane, twice. */
function spreadTo(planes: Planes, channels: number): Planes {
  return planes.length === channels ? planes : Array.from({ length: channels }, () => planes[0]);
}
