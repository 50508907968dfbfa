import { constants as os } from 'node:os';
import { AV_LOG_QUIET, AVERROR_DECODER_NOT_FOUND, AVERROR_INVALIDDATA } from 'node-av/constants';
import { FFmpegError, Log, avChannelLayoutDefault } from 'node-av/lib';
import { UnbraidError, toUnbraidError, type ErrorCode } from '../../common/base/errors.js';

/** A channel layout as FFmpeg holds it: order, number of channels, mask of speaker positions. */
export type Layout = ReturnType<typeof avChannelLayoutDefault>;

/** FFmpeg prints nothing: every failure comes back as a number and becomes a typed error. */
export function quietFfmpeg(): void {
  Log.setLevel(AV_LOG_QUIET);
}

// FFmpeg's negative numbers are −errno for system errors; these keep their meaning.
const systemErrors = ['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO', 'EISDIR', 'EMFILE'];

/** The typed error for a negative return value of FFmpeg. */
export function ffmpegError(code: number, doing: string, fallback: ErrorCode, file?: string): UnbraidError {
  const errno: Partial<Record<string, number>> = os.errno;
  const name = systemErrors.find((candidate) => errno[candidate] === -code);
  if (name) return toUnbraidError(Object.assign(new Error(doing), { code: name }), file);
  if (code === -(errno['ENOMEM'] ?? 12))
    return new UnbraidError('out-of-memory', `${doing}: not enough memory`, { file });
  if (code === AVERROR_DECODER_NOT_FOUND)
    return new UnbraidError('unsupported-format', `${doing}: no decoder for this codec`, { file });
  const known = code === AVERROR_INVALIDDATA ? 'the data is invalid' : FFmpegError.strerror(code);
  return new UnbraidError(fallback, `${doing}: ${known}`, { file });
}

/** Throws the typed error when `code` is negative; answers the value otherwise. */
export function must(code: number, doing: string, fallback: ErrorCode, file?: string): number {
  if (code < 0) throw ffmpegError(code, doing, fallback, file);
  return code;
}

/** FFmpeg's `file:` URL, which opens names such as `a:b.wav` and `-x.wav` and nothing but a file. */
export function fileUrl(path: string): string {
  return `file:${path}`;
}

/** The usual layout of a number of channels (1 mono, 2 stereo, 6 5.1 …). */
export function defaultLayout(channels: number): Layout {
  return avChannelLayoutDefault(channels);
}
