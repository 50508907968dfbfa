import { closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import { AVFMT_FLAG_BITEXACT, AVFMT_GLOBALHEADER, AV_DISPOSITION_DEFAULT } from 'node-av/constants';
import { Dictionary, FormatContext, Rational, type Packet, type Stream } from 'node-av/lib';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { addCover, readCover, type Cover } from './cover.js';
import { fileUrl, must } from './ffmpeg.js';
import { notePadding } from './mp3-padding.js';
import type { Encoding } from './output-formats.js';
import { writeStemBox } from './stem-box.js';
import { hasBextTags, idTags, setTag } from './set-id.js';
import { cleanTags } from './tags.js';
import { writeWavId3 } from './wav-id3.js';
import { TrackEncoder } from './track-encoder.js';
import type { EncodeOutput } from './types.js';

/**
 * One file being written: a muxer and one encoder a track. The same input gives the same bytes: no dates,
 * no version strings, fixed serial numbers.
 */
export class OutputFile implements Disposable {
  readonly tracks: TrackEncoder[] = [];
  private readonly format = new FormatContext();
  private readonly streams: Stream[] = [];
  private readonly cover: Cover | null;
  private isOpen = false;
  private disposed = false;

  constructor(
    private readonly output: EncodeOutput,
    readonly encoding: Encoding,
  ) {
    const { path } = output;
    if (existsSync(path))
      throw new UnbraidError('output-exists', 'The output exists already', { file: path });
    const code = this.format.allocOutputContext2(null, encoding.muxer, fileUrl(path));
    must(code, 'The output cannot be prepared', 'encode-failed', path);
    this.format.setFlags(AVFMT_FLAG_BITEXACT);
    this.cover = encoding.cover && output.coverFrom ? readCover(output.coverFrom, encoding.muxer) : null;
    try {
      output.inputs.forEach((_, index) => this.addTrack(index));
      this.start();
    } catch (error) {
      this.dispose();
      throw toUnbraidError(error, path);
    }
  }

  /** Ends the file, writes the stem box, and has the disk confirm it. Answers the size in bytes. */
  finish(): number {
    const { path, stemNames } = this.output;
    try {
      for (const track of this.tracks) track.finish();
      const { frames } = this.tracks[0];
      must(this.format.writeTrailerSync(), 'The file cannot be finished', 'encode-failed', path);
      this.format.flushSync();
      const failed = this.format.pb?.error ?? 0;
      must(failed, 'The file cannot be written', 'io-error', path);
      this.close();
      if (this.encoding.stemFile) writeStemBox(path, stemNames ?? []);
      if (this.encoding.muxer === 'mp3') notePadding(path, frames);
      if (this.encoding.muxer === 'wav') writeWavId3(path, this.wavTags());
      syncFile(path);
      return statSync(path).size;
    } catch (error) {
      throw toUnbraidError(error, path);
    }
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const track of this.tracks.splice(0)) track.dispose();
    this.cover?.packet.free();
    this.close();
    this.format.freeContext();
  }

  private addTrack(index: number): void {
    const globalHeader = ((this.format.oformat?.flags ?? 0) & AVFMT_GLOBALHEADER) !== 0;
    const encoder = new TrackEncoder(this.encoding, this.output.path, globalHeader, (packet) =>
      this.write(packet, encoder, stream),
    );
    this.tracks.push(encoder);
    const stream = this.format.newStream(null);
    this.streams.push(stream);
    stream.codecpar.fromContext(encoder.context);
    stream.timeBase = new Rational(1, this.encoding.rate);
    // Players of stem files want the master enabled and the stems disabled.
    stream.disposition = (index === 0 ? AV_DISPOSITION_DEFAULT : 0) as typeof AV_DISPOSITION_DEFAULT;
  }

  private start(): void {
    const { output, format } = this;
    const own = cleanTags(output.tags);
    const tags = { ...own, ...idTags(this.encoding.muxer, own, output.setId) };
    format.metadata = Dictionary.fromObject(tags);
    // Ogg keeps its comments in the stream.
    if (['ogg', 'opus'].includes(this.encoding.muxer)) this.streams[0].metadata = Dictionary.fromObject(tags);
    const coverStream = this.cover ? addCover(format, this.cover) : null;
    must(format.openOutputSync(), 'The output cannot be created', 'io-error', output.path);
    this.isOpen = true;
    const bext = this.encoding.muxer === 'wav' && hasBextTags(tags) ? { write_bext: '1' } : {};
    const options = Dictionary.fromObject({ ...this.encoding.muxerOptions, ...bext });
    const code = format.writeHeaderSync(options);
    options.free();
    must(code, 'The file header cannot be written', 'encode-failed', output.path);
    if (this.cover && coverStream) {
      this.cover.packet.streamIndex = coverStream.index;
      const written = format.interleavedWriteFrameSync(this.cover.packet);
      must(written, 'The cover cannot be written', 'io-error', output.path);
    }
  }

  /** What the `id3 ` chunk is made of: not what only the `bext` chunk needs. */
  private wavTags(): Record<string, string> {
    const own = cleanTags(this.output.tags);
    const id = idTags('wav', own, this.output.setId)[setTag];
    return id === undefined ? own : { ...own, [setTag]: id };
  }

  private write(packet: Packet, encoder: TrackEncoder, stream: Stream): void {
    packet.streamIndex = stream.index;
    packet.rescaleTs(encoder.context.timeBase, stream.timeBase);
    const code = this.format.interleavedWriteFrameSync(packet);
    must(code, 'The file cannot be written', 'io-error', this.output.path);
  }

  private close(): void {
    if (this.isOpen) this.format.closeOutputSync();
    this.isOpen = false;
  }
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
