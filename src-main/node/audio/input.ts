import {
  AVDISCARD_ALL,
  AVDISCARD_DEFAULT,
  AVMEDIA_TYPE_AUDIO,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
} from 'node-av/constants';
import { Dictionary, FormatContext, InputFormat, type Stream } from 'node-av/lib';
import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { FileBytes } from '../files/file-bytes.js';
import { ffmpegError, fileUrl } from './ffmpeg.js';
import { describeHead, formatWhitelist } from './input-formats.js';
import { surveyFile, withMpegStart, type Span, type Survey } from './reading/survey.js';

/** An opened media file: its structure, its container, and the streams that hold audio. */
export class InputFile implements Disposable {
  private open = true;

  private constructor(
    readonly survey: Survey,
    /** Null where FFmpeg does not open the container and is not needed for its samples. */
    readonly format: FormatContext | null,
    readonly audio: readonly Stream[],
    /** The file with the tags that `format` does not reach. */
    private readonly tagged: FormatContext | null,
  ) {}

  /**
   * Opens a file, or one link of a chained one, with the format whitelist and no protocol but `file` (and parts of it).
   *
   * @throws file-not-found, permission-denied, not-audio, damaged-audio, no-audio-stream, unsupported-format
   */
  static open(path: string, link?: Span): InputFile {
    const whole = surveyFile(path);
    const survey = link ? { ...whole, span: link, hiddenTag: null, ogg: null } : whole;
    if (survey.pcm) return new InputFile(survey, quietOpen(survey), [], openHidden(survey));
    const format = openSpan(survey);
    const container = containerOf(format);
    if (container === 'mp3' && survey.span.start === 0 && survey.before.length === 0) {
      const found = withMpegStart(survey);
      if (found !== survey) {
        format.closeInputSync();
        return InputFile.withStreams(found, openSpan(found));
      }
    }
    return InputFile.withStreams(survey, format);
  }

  private static withStreams(survey: Survey, format: FormatContext): InputFile {
    const { path, head } = survey;
    const found = format.findStreamInfoSync(null);
    const audio = format.streams.filter((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO);
    if (found < 0 || audio.length === 0) {
      const streams = format.nbStreams;
      format.closeInputSync();
      if (found < 0) throw openError(found, path, head);
      throw noAudio(path, streams, head);
    }
    return new InputFile(survey, format, audio, openHidden(survey));
  }

  get path(): string {
    return this.survey.path;
  }

  get sizeBytes(): number {
    return this.survey.size;
  }

  /** How many audio tracks there are. */
  get trackCount(): number {
    return this.survey.pcm ? 1 : this.audio.length;
  }

  /** The container's metadata, with that of tags before and after it. */
  get metadata(): Record<string, string> {
    return { ...this.tagged?.metadata?.getAll(), ...this.format?.metadata?.getAll() };
  }

  /** The demuxer's first name: 'wav', 'mov', 'matroska' … */
  get container(): string {
    return this.survey.pcm?.container ?? containerOf(this.format);
  }

  /** The default audio track: the first one flagged so, else the first. */
  get defaultTrack(): number {
    if (this.survey.pcm) return 0;
    const index = this.audio.findIndex((stream) => (stream.disposition & AV_DISPOSITION_DEFAULT) !== 0);
    return Math.max(index, 0);
  }

  /** The stream of a track that FFmpeg decodes. @throws invalid-argument when there is no such track */
  track(index = this.defaultTrack): Stream {
    this.checkTrack(index);
    const stream = this.audio[index];
    if (stream) return stream;
    throw new UnbraidError('internal', 'This track is read without FFmpeg', { file: this.path });
  }

  /** @throws invalid-argument when there is no such track */
  checkTrack(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.trackCount) return;
    const message = `There is no audio track ${index}; the file has ${this.trackCount}`;
    throw new UnbraidError('invalid-argument', message, { file: this.path });
  }

  /** The stream that holds the cover picture, if any, with its container. */
  get cover(): { format: FormatContext; stream: Stream } | undefined {
    for (const format of [this.format, this.tagged]) {
      const stream = format?.streams.find((s) => (s.disposition & AV_DISPOSITION_ATTACHED_PIC) !== 0);
      if (format && stream) return { format, stream };
    }
    return undefined;
  }

  /** Makes the demuxer skip every stream but one. */
  only(wanted: Stream): void {
    for (const stream of this.format?.streams ?? []) {
      stream.discard = stream.index === wanted.index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
  }

  dispose(): void {
    if (this.open) for (const format of [this.format, this.tagged]) format?.closeInputSync();
    this.open = false;
  }
}

/** The demuxer's first name. */
function containerOf(format: FormatContext | null): string {
  return (format?.iformat?.name ?? 'unknown').split(',')[0];
}

/** FFmpeg's address of a part of a file; the plain one where the part is all of it. */
function urlOf({ path, size }: Pick<Survey, 'path' | 'size'>, { start, end }: Span): string {
  const whole = start === 0 && end === size;
  return whole ? fileUrl(path) : `subfile,,start,${start},end,${end},,:${fileUrl(path)}`;
}

function openUrl(url: string, protocols: string, demuxer?: string): FormatContext | number {
  const format = new FormatContext();
  const options = Dictionary.fromObject({ format_whitelist: formatWhitelist, protocol_whitelist: protocols });
  const kind = demuxer === undefined ? null : InputFormat.findInputFormat(demuxer);
  const code = format.openInputSync(url, kind, options);
  options.free();
  return code < 0 ? code : format;
}

function openSpan(survey: Survey): FormatContext {
  let opened = openUrl(urlOf(survey, survey.span), 'file,subfile');
  // FFmpeg does not know an MP3 of two frames for one.
  if (typeof opened === 'number' && survey.isMpeg)
    opened = openUrl(urlOf(survey, survey.span), 'file,subfile', 'mp3');
  if (typeof opened === 'number') throw openError(opened, survey.path, survey.head);
  return opened;
}

/** For what is read without FFmpeg, which is then asked for tags only. */
function quietOpen(survey: Survey): FormatContext | null {
  const opened = openUrl(urlOf(survey, survey.span), 'file,subfile');
  return typeof opened === 'number' ? null : opened;
}

// Two frames of silence (MPEG-1 layer III, 32 kbit/s, mono), without which FFmpeg does not read an ID3 tag.
const silentFrame = Buffer.concat([Buffer.from([0xff, 0xfb, 0x10, 0xc4]), Buffer.alloc(100)]);
const mostTagBytes = 16 * 2 ** 20;

/** The tags that the opened part does not hold: those in front of it, read alone, or those of the whole file. */
function openHidden(survey: Survey): FormatContext | null {
  const { hiddenTag, path, size, after, pcm } = survey;
  if (hiddenTag && hiddenTag.end <= mostTagBytes) {
    const file = FileBytes.open(path);
    try {
      const bytes = Buffer.concat([file.read(0, hiddenTag.end), silentFrame, silentFrame, silentFrame]);
      const opened = openUrl(`data:audio/mpeg;base64,${bytes.toString('base64')}`, 'data');
      return typeof opened === 'number' ? null : opened;
    } finally {
      file.dispose();
    }
  }
  const isTagged = after.some(({ what }) => what.endsWith('tag'));
  if (pcm || !isTagged) return null;
  const opened = openUrl(urlOf(survey, { start: 0, end: size }), 'file,subfile');
  return typeof opened === 'number' ? null : opened;
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
