import {
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AV_CODEC_ID_FLAC,
  AV_CODEC_ID_MP3,
  AV_CODEC_ID_VORBIS,
  AV_CODEC_PROP_LOSSLESS,
  AV_CODEC_PROP_LOSSY,
  AV_NOPTS_VALUE,
} from 'node-av/constants';
import {
  Codec,
  CodecContext,
  Frame,
  Packet,
  avGetCodecName,
  type FormatContext,
  type Stream,
} from 'node-av/lib';
import { UnbraidError } from '../../common/base/errors.js';
import { Conformer } from './conformer.js';
import { EndTrim, type Chunk } from './end-trim.js';
import { must } from './ffmpeg.js';
import { sanitise, type SampleStats } from './frame-samples.js';
import type { InputFile } from './input.js';
import { lengthClaim } from './reading/claim.js';
import { flacPosition } from './reading/flac-frame.js';
import { FlacDigest, flacStreamInfo, type StreamInfo } from './reading/flac-digest.js';
import { lastFrameIsCut } from './reading/mpeg.js';
import { FileBytes } from '../files/file-bytes.js';
import type { Survey } from './reading/survey.js';
import { tagName } from './reading/wav-format.js';
import { noFaults, type SampleSource } from './reading/sample-source.js';

/** Packets read in one go before `fill` returns, so that a cancel gets in even when nothing decodes. */
const packetsPerFill = 4096;

/** The longest padding that an MP3 may note, and a frame: what runs on for longer is more than its header knows. */
const mostPadding = 4096 + 1152;
/** Silence in place of a packet that could not be decoded is at most this long: packets are short. */
const longestSilence = 2;
/** A longer gap between numbers, in seconds, is a wrong number. */
const longestGap = 60;

/** Decodes one audio track, block after block, to float32 planes of constant rate and channel count. */
export class StreamDecoder implements SampleSource {
  readonly stats: SampleStats = { peak: 0, nonFinite: 0 };
  readonly faults = noFaults();
  frames = 0;
  private readonly context = new CodecContext();
  private readonly packet = new Packet();
  private readonly frame = new Frame();
  private readonly conformer: Conformer;
  private readonly trim: EndTrim;
  private readonly info: StreamInfo | null;
  private readonly md5: FlacDigest | undefined;
  private readonly digests: string[] = [];
  private readonly demuxer: FormatContext;
  private chunk: Chunk = { planes: [], count: 0 };
  private chunkPos = 0;
  private ignoreNotes = false;
  /** The length that the file states exactly. */
  private expected: number | null = null;
  /** Frames that came out of the decoder or in place of what did not. */
  private decoded = 0;
  private inputEnded = false;
  private drained = false;
  /** The first frame's place by its number, in streams that number them. */
  private firstAt: number | undefined;
  private readonly isNumbered: boolean;
  private readonly isMp3: boolean;
  /** Asking FFmpeg's objects for what does not change costs a copy each time. */
  private readonly streamIndex: number;
  private readonly streamRate: number;
  /** The place of the next frame out of the decoder, where the packet that went in begins with its number. */
  private packetAt: number | null = null;
  /** Frames of silence to put before the next frame that decodes. */
  private owed = 0;
  /** The last packet's duration in the stream's unit of time. */
  private packetTicks = 0n;

  constructor(
    private readonly input: InputFile,
    private readonly stream: Stream,
  ) {
    const { codecpar } = stream;
    const { format } = input;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec || !format) throw noDecoder(input, stream);
    this.demuxer = format;
    this.info = flacStreamInfo(stream);
    this.isMp3 = codecpar.codecId === AV_CODEC_ID_MP3;
    this.streamIndex = stream.index;
    this.streamRate = codecpar.sampleRate;
    // Other containers of FLAC round its numbers to their own unit of time.
    this.isNumbered = codecpar.codecId === AV_CODEC_ID_FLAC && input.container === 'flac';
    this.context.allocContext3(codec);
    this.context.parametersToContext(codecpar);
    // FFmpeg trims encoder delay and padding only when it knows the packets' time base.
    this.context.pktTimebase = stream.timeBase;
    this.context.threadCount = 1;
    // A frame whose checksum is wrong is an error, not sound. Lossy encoders write wrong ones now and then.
    if (codecpar.hasProperties(AV_CODEC_PROP_LOSSLESS) && !isOnlyLossy(stream))
      must(this.context.setOption('err_detect', 'crccheck+explode'), 'Checksums', 'internal', input.path);
    must(this.context.open2Sync(codec, null), 'The decoder does not open', 'damaged-audio', input.path);
    this.packet.alloc();
    this.frame.alloc();
    this.conformer = new Conformer(input.path);
    input.only(stream);
    this.trim = this.endTrim(codecpar.codecId === AV_CODEC_ID_VORBIS);
    if (this.info?.md5) this.md5 = new FlacDigest(this.info.bits);
  }

  /** The MD5 of the samples of a FLAC track that states one; known at its end. */
  get digest(): string | undefined {
    if (this.drained && this.digests.length === 0) this.digests.push(this.md5?.digest() ?? '');
    return this.digests[0] || undefined;
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
    const { frames } = lengthClaim(this.input, this.stream);
    this.expected = frames;
    if (frames === null) return new EndTrim(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    // FFmpeg misjudges the end of streams with one audio page: its notes on the packets are dropped, and
    // the cut is made at the last page's position (Vorbis I specification, A.2).
    this.ignoreNotes = container === 'ogg' && vorbis;
    // An MP4 edit list and the last page of an Ogg say where the audio ends; some decoders deliver what is after it.
    if (container === 'mov' || container === 'ogg') return new EndTrim(frames, Number.POSITIVE_INFINITY);
    // FFmpeg cuts the padding of an MP3 within one packet only.
    if (container === 'mp3') return new EndTrim(frames, mostPadding);
    return new EndTrim(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** One step: takes a frame out of the decoder, or puts a packet in. */
  private pump(): void {
    const code = this.context.receiveFrameSync(this.frame);
    if (code >= 0) this.acceptFrame();
    else if (code === AVERROR_EOF) this.drained = true;
    else {
      if (code !== AVERROR_EAGAIN) this.fault();
      // A decoder that neither gives a frame nor ends after the last packet is done.
      if (this.inputEnded) this.drained = true;
      else this.feed();
    }
  }

  private feed(): void {
    const code = this.demuxer.readFrameSync(this.packet);
    if (code < 0 && code !== AVERROR_EAGAIN) {
      if (code !== AVERROR_EOF) this.fault();
      this.inputEnded = true;
      if (this.isMp3) this.faults.cutAtEnd = endsWithinFrame(this.input.survey);
      this.context.sendPacketSync(null);
    } else if (code >= 0) {
      if (this.packet.streamIndex === this.streamIndex) this.send();
      this.packet.unref();
    }
  }

  private send(): void {
    if (this.ignoreNotes) this.packet.freeSideData();
    this.packetTicks = this.packet.duration;
    this.packetAt = null;
    // Looking into a packet copies it.
    const data = this.isNumbered ? this.packet.data : null;
    if (data) this.packetAt = flacPosition(data, this.info?.blockSize ?? 0);
    if (this.context.sendPacketSync(this.packet) < 0) this.fault();
  }

  /** What could not be decoded becomes silence of its length, so that the rest keeps its place. */
  private fault(): void {
    // Behind the stated end it is not the audio that is broken.
    if (this.expected !== null && this.decoded >= this.expected) return;
    this.faults.errors++;
    const { shape } = this;
    const { timeBase } = this.stream;
    const seconds = Math.min((Number(this.packetTicks) * timeBase.num) / timeBase.den, longestSilence);
    this.packetTicks = 0n;
    if (!shape || seconds <= 0 || this.isNumbered) return;
    // Put in when something follows: what is missing at the end is missing.
    this.owed += Math.round(seconds * shape.rate);
  }

  /** A decoded chunk behind silence for what was lost before it, by count of packets or by the frames' numbers. */
  private withGap(conformed: Chunk): Chunk {
    const gap = this.isNumbered ? this.numberedGap() : this.owed;
    this.owed = 0;
    if (gap <= 0) return conformed;
    this.faults.silenced += gap;
    const planes = conformed.planes.map((plane) => {
      const longer = new Float32Array(gap + conformed.count);
      longer.set(plane.subarray(0, conformed.count), gap);
      return longer;
    });
    return { planes, count: gap + conformed.count };
  }

  /** Frames between what has come and the place that the packet names; a gap without an error is one. */
  private numberedGap(): number {
    const at = this.packetAt;
    this.packetAt = null;
    if (at === null) return 0;
    this.firstAt ??= at;
    const gap = at - this.firstAt - this.decoded;
    if (gap <= 0 || gap > longestGap * this.streamRate) return 0;
    this.faults.errors++;
    return gap;
  }

  private acceptFrame(): void {
    if (this.frame.decodeErrorFlags !== 0) this.faults.errors++;
    if (this.frame.nbSamples > 0 && this.frame.channels > 0 && this.frame.sampleRate > 0) {
      this.md5?.add(this.frame);
      const conformed = this.withGap(this.conformer.accept(this.frame));
      this.decoded += conformed.count;
      this.chunk = this.trim.accept(conformed);
      this.chunkPos = 0;
      for (const plane of this.chunk.planes) sanitise(plane, this.chunk.count, this.stats);
    }
    this.frame.unref();
    this.frame.pts = AV_NOPTS_VALUE;
  }
}

function endsWithinFrame({ path, span }: Survey): boolean {
  const file = FileBytes.open(path);
  try {
    return lastFrameIsCut(file, span.start, span.end);
  } finally {
    file.dispose();
  }
}

/** WavPack knows both kinds; its frames have checksums in both. */
function isOnlyLossy({ codecpar }: Stream): boolean {
  return codecpar.hasProperties(AV_CODEC_PROP_LOSSY) && !codecpar.hasProperties(AV_CODEC_PROP_LOSSLESS);
}

function noDecoder({ path, survey }: InputFile, { codecpar }: Stream): UnbraidError {
  const known = avGetCodecName(codecpar.codecId);
  const fourcc = (codecpar.codecTagString ?? '').replace(/[^\x20-\x7e]/g, '').trim();
  const name = survey.wav
    ? tagName(survey.wav.format.tag)
    : known && known !== 'none' && known !== 'unknown_codec'
      ? known
      : fourcc === ''
        ? 'unknown'
        : `"${fourcc}"`;
  return new UnbraidError('unsupported-format', `There is no decoder for the codec ${name}`, {
    file: path,
    hint: 'Convert the file to WAV or FLAC with the program it comes from.',
  });
}
