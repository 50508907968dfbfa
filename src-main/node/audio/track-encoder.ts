import {
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AV_CODEC_CAP_VARIABLE_FRAME_SIZE,
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_FLAG_QSCALE,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16P,
  AV_SAMPLE_FMT_S32P,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational } from 'node-av/lib';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { bytesOf } from '../files/bytes.js';
import { defaultLayout, must, type Layout } from './ffmpeg.js';
import type { Encoding } from './output-formats.js';

/** Frames handed to encoders that take any number. */
const freeFrameSize = 8192;
const planarFormats: readonly number[] = [AV_SAMPLE_FMT_S16P, AV_SAMPLE_FMT_S32P, AV_SAMPLE_FMT_FLTP];

/** Encodes one track: takes planes of any length, cuts them into the encoder's frames, hands packets to `sink`. */
export class TrackEncoder implements Disposable {
  readonly context = new CodecContext();
  private readonly layout: Layout;
  private readonly frameSize: number;
  private readonly staging: Int16Array | Int32Array | Float32Array;
  private readonly planar: boolean;
  private readonly packet = new Packet();
  private staged = 0;
  private sent = 0;

  constructor(
    private readonly encoding: Encoding,
    private readonly file: string,
    globalHeader: boolean,
    private readonly sink: (packet: Packet) => void,
  ) {
    const codec = Codec.findEncoderByName(encoding.encoder);
    if (!codec) throw new UnbraidError('internal', `The encoder ${encoding.encoder} is missing`, { file });
    this.layout = layoutFor(codec, encoding.channels);
    this.configure(codec, globalHeader);
    const variable = this.context.frameSize === 0 || codec.hasCapabilities(AV_CODEC_CAP_VARIABLE_FRAME_SIZE);
    this.frameSize = variable ? freeFrameSize : this.context.frameSize;
    this.planar = planarFormats.includes(encoding.sampleFormat);
    const length = this.frameSize * encoding.channels;
    if (encoding.bits === null) this.staging = new Float32Array(length);
    else this.staging = encoding.bits === 16 ? new Int16Array(length) : new Int32Array(length);
    this.packet.alloc();
  }

  /** Frames handed to the encoder so far. */
  get frames(): number {
    return this.sent;
  }

  /** Takes `count` frames of planes `[channels][…]`: float samples, or levels of the encoding's grid. */
  push(planes: readonly (Float32Array | Int32Array)[], count: number): void {
    for (let done = 0; done < count;) {
      const take = Math.min(count - done, this.frameSize - this.staged);
      this.stage(planes, done, take);
      this.staged += take;
      done += take;
      if (this.staged === this.frameSize) this.sendStaged();
    }
  }

  /** Encodes what is left and drains the encoder. */
  finish(): void {
    if (this.staged > 0) this.sendStaged();
    must(this.context.sendFrameSync(null), 'Encoding failed', 'encode-failed', this.file);
    this.drain();
  }

  dispose(): void {
    this.context.freeContext();
    this.packet.free();
  }

  private configure(codec: Codec, globalHeader: boolean): void {
    const { context, encoding } = this;
    context.allocContext3(codec);
    context.sampleFormat = encoding.sampleFormat;
    context.sampleRate = encoding.rate;
    context.channelLayout = this.layout;
    context.timeBase = new Rational(1, encoding.rate);
    context.threadCount = 1;
    // 24-bit levels travel left-aligned in 32 bits.
    if (encoding.bits === 24) context.bitsPerRawSample = 24;
    if (encoding.bitRate !== null) context.bitRate = BigInt(encoding.bitRate);
    if (encoding.quality !== null) {
      context.setFlags(AV_CODEC_FLAG_QSCALE);
      context.globalQuality = Math.round(encoding.quality * FF_QP2LAMBDA);
    }
    context.setFlags(AV_CODEC_FLAG_BITEXACT);
    if (globalHeader) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    // A dictionary given to open2Sync is freed twice (by FFmpeg and by the garbage collector): set options here.
    for (const [key, value] of Object.entries(encoding.encoderOptions)) context.setOption(key, value);
    const code = context.open2Sync(codec, null);
    if (code >= 0) return;
    const what = `${encoding.channels} channels at ${encoding.rate} Hz${encoding.bitRate ? ` and ${encoding.bitRate} bit/s` : ''}`;
    throw new UnbraidError('unsupported-format', `The encoder ${encoding.encoder} cannot do ${what}`, {
      file: this.file,
      hint: 'Choose another bit rate, or WAV or FLAC.',
    });
  }

  private stage(planes: readonly (Float32Array | Int32Array)[], from: number, count: number): void {
    const { channels, bits } = this.encoding;
    const factor = bits === 24 ? 256 : 1;
    for (let c = 0; c < channels; c++) {
      const plane = planes[c];
      const step = this.planar ? 1 : channels;
      let at = this.planar ? c * this.frameSize + this.staged : this.staged * channels + c;
      for (let i = from; i < from + count; i++, at += step) this.staging[at] = plane[i] * factor;
    }
  }

  private sendStaged(): void {
    const { rate, sampleFormat } = this.encoding;
    const frame = Frame.fromAudioBuffer(this.stagedBytes(), {
      nbSamples: this.staged,
      format: sampleFormat,
      sampleRate: rate,
      channelLayout: this.layout,
      timeBase: { num: 1, den: rate },
      pts: BigInt(this.sent),
    });
    this.sent += this.staged;
    this.staged = 0;
    const code = this.context.sendFrameSync(frame);
    frame.free();
    must(code, 'Encoding failed', 'encode-failed', this.file);
    this.drain();
  }

  /** The staged samples without gaps: interleaved, or plane after plane. */
  private stagedBytes(): Buffer {
    const { staging, staged, frameSize } = this;
    const { channels } = this.encoding;
    let samples = staging.subarray(0, staged * channels);
    if (this.planar && staged < frameSize) {
      samples = staging.slice(0, staged * channels);
      for (let c = 0; c < channels; c++)
        samples.set(staging.subarray(c * frameSize, c * frameSize + staged), c * staged);
    }
    return bytesOf(samples);
  }

  private drain(): void {
    for (;;) {
      const code = this.context.receivePacketSync(this.packet);
      if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return;
      must(code, 'Encoding failed', 'encode-failed', this.file);
      this.sink(this.packet);
      this.packet.unref();
    }
  }
}

/** The layout an encoder takes for a number of channels: the usual one, or its own where it has a fixed list. */
function layoutFor(codec: Codec, channels: number): Layout {
  const usual = defaultLayout(channels);
  const own = codec.channelLayouts?.filter((layout) => layout.nbChannels === channels) ?? [];
  return own.find((layout) => layout.mask === usual.mask) ?? own[0] ?? usual;
}
