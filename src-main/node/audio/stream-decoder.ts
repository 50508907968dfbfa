import { AVERROR_EAGAIN, AVERROR_EOF, AV_CODEC_ID_VORBIS, AV_NOPTS_VALUE } from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, avGetCodecName, type Stream } from 'node-av/lib';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { Conformer } from './conformer.js';
import { EndTrim, type Chunk } from './end-trim.js';
import { must } from './ffmpeg.js';
import { sanitise, type SampleStats } from './frame-samples.js';
import type { InputFile } from './input.js';
import { declaredLength } from './probe.js';

/** Packets read in one go before `fill` returns, so that a cancel gets in even when nothing decodes. */
const packetsPerFill = 4096;

/** Decodes one audio track, block after block, to float32 planes of constant rate and channel count. */
export class StreamDecoder implements Disposable {
  readonly stats: SampleStats = { peak: 0, nonFinite: 0 };
  /** Packets and frames that could not be decoded. */
  errors = 0;
  /** Frames delivered so far. */
  frames = 0;
  private readonly context = new CodecContext();
  private readonly packet = new Packet();
  private readonly frame = new Frame();
  private readonly conformer: Conformer;
  private readonly trim: EndTrim;
  private chunk: Chunk = { planes: [], count: 0 };
  private chunkPos = 0;
  private ignoreNotes = false;
  private inputEnded = false;
  private drained = false;

  constructor(
    private readonly input: InputFile,
    private readonly stream: Stream,
  ) {
    const { codecpar } = stream;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec) {
      const name = avGetCodecName(codecpar.codecId) ?? 'unknown';
      throw new UnbraidError('unsupported-format', `There is no decoder for the codec ${name}`, {
        file: input.path,
      });
    }
    this.context.allocContext3(codec);
    this.context.parametersToContext(codecpar);
    // FFmpeg trims encoder delay and padding only when it knows the packets' time base.
    this.context.pktTimebase = stream.timeBase;
    this.context.threadCount = 1;
    must(this.context.open2Sync(codec, null), 'The decoder does not open', 'damaged-audio', input.path);
    this.packet.alloc();
    this.frame.alloc();
    this.conformer = new Conformer(input.path);
    input.only(stream);
    this.trim = this.endTrim(codecpar.codecId === AV_CODEC_ID_VORBIS);
  }

  /** Whether everything has been delivered. */
  get ended(): boolean {
    return this.drained && this.chunkPos >= this.chunk.count;
  }

  /** Rate and channels of the delivered planes; known once something has been decoded. */
  get shape(): { rate: number; channels: number } | undefined {
    return this.conformer.shape;
  }

  /** Changes of rate or channel count within the stream. */
  get shapeChanges(): number {
    return this.conformer.changes;
  }

  /** Decodes until the shape is known or the stream has ended. */
  prime(): void {
    for (let i = 0; i < packetsPerFill && !this.shape && !this.drained; i++) this.pump();
  }

  /** Fills `planes` (`[channels][≥ count]`) and returns the frames written; fewer when more calls are needed. */
  fill(planes: readonly Float32Array[], count: number): number {
    let done = 0;
    for (let packets = 0; done < count && packets < packetsPerFill && !this.ended;) {
      if (this.chunkPos >= this.chunk.count) {
        this.pump();
        packets++;
        continue;
      }
      const take = Math.min(count - done, this.chunk.count - this.chunkPos);
      for (let c = 0; c < this.chunk.planes.length; c++)
        planes[c].set(this.chunk.planes[c].subarray(this.chunkPos, this.chunkPos + take), done);
      this.chunkPos += take;
      done += take;
    }
    this.frames += done;
    return done;
  }

  dispose(): void {
    this.conformer.dispose();
    this.context.freeContext();
    this.packet.free();
    this.frame.free();
  }

  /** Where the track ends, for the containers whose word is better than FFmpeg's trimming. */
  private endTrim(vorbis: boolean): EndTrim {
    const { container } = this.input;
    const declared = declaredLength(this.input, this.stream).frames;
    if (declared === null) return new EndTrim(Number.POSITIVE_INFINITY, true);
    if (container === 'ogg' && vorbis) {
      // FFmpeg misjudges the end of streams with one audio page: its notes on the packets are dropped, and
      // the cut is made at the last page's position (Vorbis I specification, A.2).
      this.ignoreNotes = true;
      return new EndTrim(declared, false);
    }
    // An MP4 edit list says where the audio ends; some decoders deliver the padding after it as well.
    return new EndTrim(container === 'mov' ? declared : Number.POSITIVE_INFINITY, true);
  }

  /** One step: takes a frame out of the decoder, or puts a packet in. */
  private pump(): void {
    const code = this.context.receiveFrameSync(this.frame);
    if (code >= 0) this.acceptFrame();
    else if (code === AVERROR_EOF) this.drained = true;
    else {
      if (code !== AVERROR_EAGAIN) this.errors++;
      // A decoder that neither gives a frame nor ends after the last packet is done.
      if (this.inputEnded) this.drained = true;
      else this.feed();
    }
  }

  private feed(): void {
    const code = this.input.format.readFrameSync(this.packet);
    if (code < 0 && code !== AVERROR_EAGAIN) {
      if (code !== AVERROR_EOF) this.errors++;
      this.inputEnded = true;
      this.context.sendPacketSync(null);
    } else if (code >= 0) {
      if (this.ignoreNotes) this.packet.freeSideData();
      if (this.packet.streamIndex === this.stream.index && this.context.sendPacketSync(this.packet) < 0)
        this.errors++;
      this.packet.unref();
    }
  }

  private acceptFrame(): void {
    if (this.frame.decodeErrorFlags !== 0) this.errors++;
    if (this.frame.nbSamples > 0 && this.frame.channels > 0 && this.frame.sampleRate > 0) {
      this.chunk = this.trim.accept(this.conformer.accept(this.frame));
      this.chunkPos = 0;
      for (const plane of this.chunk.planes) sanitise(plane, this.chunk.count, this.stats);
    }
    this.frame.unref();
    this.frame.pts = AV_NOPTS_VALUE;
  }
}
