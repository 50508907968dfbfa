import { AV_SAMPLE_FMT_FLTP } from 'node-av/constants';
import { Frame, SoftwareResampleContext } from 'node-av/lib';
import type { Disposable } from '../../common/base/disposal.js';
import type { Chunk } from './end-trim.js';
import { defaultLayout, must, type Layout } from './ffmpeg.js';
import { readFrameSamples } from './frame-samples.js';

/** Rate and channels of a frame, as one comparable thing. */
interface Shape {
  readonly rate: number;
  readonly channels: number;
}

/**
 * Turns decoded frames into float32 planes of one rate and channel count: the first frame's. A frame of that
 * shape is converted sample by sample; any other goes through a resampler made for its shape.
 */
export class Conformer implements Disposable {
  /** How many times the shape changed within the stream. */
  changes = 0;
  private target: Shape | undefined;
  private targetLayout: Layout | undefined;
  private last: Shape | undefined;
  private resampler: SoftwareResampleContext | undefined;
  private readonly converted = new Frame();
  private planes: Float32Array[] = [];

  constructor(private readonly file: string) {
    this.converted.alloc();
  }

  get shape(): Shape | undefined {
    return this.target;
  }

  /** Planes `[channels][≥ count]`, valid until the next call, and how many samples of them are new. */
  accept(frame: Frame): Chunk {
    const shape = { rate: frame.sampleRate, channels: frame.channels };
    this.target ??= shape;
    this.targetLayout ??= layoutOf(frame);
    const same = shape.rate === this.target.rate && shape.channels === this.target.channels;
    if (this.last && (this.last.rate !== shape.rate || this.last.channels !== shape.channels)) {
      this.changes++;
      this.closeResampler();
    }
    this.last = shape;
    if (same) return this.copy(frame);
    this.resampler ??= this.makeResampler(frame);
    return this.resample(frame);
  }

  dispose(): void {
    this.closeResampler();
    this.converted.free();
  }

  private copy(frame: Frame): Chunk {
    const { channels } = this.target!;
    const count = frame.nbSamples;
    if (this.planes.length === 0 || this.planes[0].length < count)
      this.planes = Array.from({ length: channels }, () => new Float32Array(count));
    readFrameSamples(frame, channels, this.planes);
    return { planes: this.planes, count };
  }

  private resample(frame: Frame): Chunk {
    frame.channelLayout = layoutOf(frame);
    const out = this.converted;
    out.unref();
    out.format = AV_SAMPLE_FMT_FLTP;
    out.sampleRate = this.target!.rate;
    out.channelLayout = this.targetLayout!;
    must(this.resampler!.convertFrame(out, frame), 'Resampling failed', 'decode-failed', this.file);
    return this.copy(out);
  }

  private makeResampler(frame: Frame): SoftwareResampleContext {
    const made = new SoftwareResampleContext();
    const code = made.allocSetOpts2(
      ...([this.targetLayout!, AV_SAMPLE_FMT_FLTP, this.target!.rate] as const),
      ...([layoutOf(frame), frame.format as typeof AV_SAMPLE_FMT_FLTP, frame.sampleRate] as const),
    );
    must(code, 'The resampler cannot be made', 'decode-failed', this.file);
    must(made.init(), 'The resampler cannot be made', 'decode-failed', this.file);
    return made;
  }

  private closeResampler(): void {
    this.resampler?.free();
    this.resampler = undefined;
  }
}

/** PCM in WAV and AIFF often has no layout; the resampler refuses that, so it gets the usual one. */
function layoutOf(frame: Frame): Layout {
  return frame.channelLayout.order === 0 ? defaultLayout(frame.channels) : frame.channelLayout;
}
