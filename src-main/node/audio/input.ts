import { closeSync, openSync, readSync, fstatSync } from 'node:fs';
import {
  AVDISCARD_ALL,
  AVDISCARD_DEFAULT,
  AVMEDIA_TYPE_AUDIO,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
} from 'node-av/constants';
import { Dictionary, FormatContext, type Stream } from 'node-av/lib';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { ffmpegError, fileUrl } from './ffmpeg.js';
import { describeHead, formatWhitelist } from './input-formats.js';

/** An opened media file: its container, and the streams that hold audio. */
export class InputFile implements Disposable {
  private open = true;

  private constructor(
    readonly path: string,
    readonly sizeBytes: number,
    readonly format: FormatContext,
    readonly audio: readonly Stream[],
  ) {}

  /**
   * Opens a file with the format whitelist and no protocol but `file`.
   *
   * @throws file-not-found, permission-denied, not-audio, damaged-audio, no-audio-stream, unsupported-format
   */
  static open(path: string): InputFile {
    const { head, size } = readHead(path);
    const format = new FormatContext();
    const options = Dictionary.fromObject({ format_whitelist: formatWhitelist, protocol_whitelist: 'file' });
    const code = format.openInputSync(fileUrl(path), null, options);
    options.free();
    if (code < 0) throw openError(code, path, head);
    const found = format.findStreamInfoSync(null);
    const audio = format.streams.filter((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO);
    if (found < 0 || audio.length === 0) {
      const streams = format.nbStreams;
      format.closeInputSync();
      if (found < 0) throw openError(found, path, head);
      throw noAudio(path, streams, head);
    }
    return new InputFile(path, size, format, audio);
  }

  /** The demuxer's first name: 'wav', 'mov', 'matroska' … */
  get container(): string {
    return (this.format.iformat?.name ?? 'unknown').split(',')[0];
  }

  /** The default audio track: the first one flagged so, else the first. */
  get defaultTrack(): number {
    const index = this.audio.findIndex((stream) => (stream.disposition & AV_DISPOSITION_DEFAULT) !== 0);
    return Math.max(index, 0);
  }

  /** The stream of a track. @throws invalid-argument when there is no such track */
  track(index = this.defaultTrack): Stream {
    const stream = this.audio[index];
    if (stream) return stream;
    const message = `There is no audio track ${index}; the file has ${this.audio.length}`;
    throw new UnbraidError('invalid-argument', message, { file: this.path });
  }

  /** The stream that holds the cover picture, if any. */
  get cover(): Stream | undefined {
    return this.format.streams.find((stream) => (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0);
  }

  /** Makes the demuxer skip every stream but one. */
  only(wanted: Stream): void {
    for (const stream of this.format.streams) {
      stream.discard = stream.index === wanted.index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
  }

  dispose(): void {
    if (this.open) this.format.closeInputSync();
    this.open = false;
  }
}

/** The first bytes and the size; a FIFO or a device would block FFmpeg for ever, so only regular files pass. */
function readHead(path: string): { head: Buffer; size: number } {
  let fd: number | undefined;
  try {
    const flags = process.platform === 'win32' ? 'r' : 0x800; // O_RDONLY | O_NONBLOCK: a FIFO must not block
    fd = openSync(path, flags);
    const stat = fstatSync(fd);
    if (stat.isDirectory())
      throw new UnbraidError('not-audio', 'This is a folder, not a file', {
        file: path,
        hint: 'Name a file, or use `unbraid batch` for folders.',
      });
    if (!stat.isFile())
      throw new UnbraidError('not-audio', 'This is a device or a pipe, not a file', { file: path });
    const head = Buffer.alloc(512);
    return { head: head.subarray(0, readSync(fd, head, 0, head.length, 0)), size: stat.size };
  } catch (error) {
    throw toUnbraidError(error, path);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function openError(code: number, path: string, head: Buffer): UnbraidError {
  const known = ffmpegError(code, 'The file cannot be opened', 'internal', path);
  if (known.code !== 'internal') return known;
  const { looksLikeAudio, found } = describeHead(head);
  if (looksLikeAudio) {
    const hint = 'Get a fresh copy of the file.';
    return new UnbraidError('damaged-audio', 'The file starts like audio but is damaged', {
      file: path,
      hint,
    });
  }
  const hint = 'Choose an audio or video file.';
  return new UnbraidError('not-audio', `This is not audio: found ${found}`, { file: path, hint });
}

function noAudio(path: string, streams: number, head: Buffer): UnbraidError {
  if (streams > 0)
    return new UnbraidError('no-audio-stream', 'The file has pictures or data, but no audio', { file: path });
  const { looksLikeAudio, found } = describeHead(head);
  const message = looksLikeAudio ? 'The container holds no stream' : `This is not audio: found ${found}`;
  return new UnbraidError(looksLikeAudio ? 'no-audio-stream' : 'not-audio', message, { file: path });
}
