import { existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { CallContext } from '../process/rpc.js';
import type { CodecApi } from './codec-api.js';
import { oggEndsEarly } from './cut-check.js';
import { InputFile } from './input.js';
import { PcmWriter } from './pcm-cache.js';
import { declaredLength, describe } from './probe.js';
import { StreamDecoder } from './stream-decoder.js';
import type { DecodeRequest, DecodeResult } from './types.js';

const blockFrames = 65536;
const defaultMaxBytes = 16 * 2 ** 30;
/** Left free on the cache's disk. */
const reserveBytes = 256 * 2 ** 20;
/** How often the free space is looked at, in bytes written. */
const checkEveryBytes = 64 * 2 ** 20;
/** A decode shorter than declared by more than this is a truncated file. */
const toleranceSeconds = { exact: 0.05, rough: 0.1 };

type DecodeEvent = CodecApi['decode']['event'];

/**
 * Decodes one track into a new cache. Length and alignment are the original's: encoder delay and padding are
 * trimmed. Integers are exact; NaN and infinities become 0 and are counted.
 *
 * @throws empty-audio, damaged-audio, not-audio, no-audio-stream, unsupported-format, too-large, disk-full
 */
export async function decodeToCache(
  request: DecodeRequest,
  context: CallContext<DecodeEvent>,
): Promise<DecodeResult> {
  const input = InputFile.open(request.path);
  const existed = existsSync(request.dir);
  try {
    return await decodeTrack(input, request, context);
  } catch (error) {
    if (!existed) rmSync(request.dir, { recursive: true, force: true });
    throw toUnbraidError(error, request.path);
  } finally {
    input.dispose();
  }
}

async function decodeTrack(
  input: InputFile,
  request: DecodeRequest,
  context: CallContext<DecodeEvent>,
): Promise<DecodeResult> {
  const track = request.track ?? input.defaultTrack;
  const stream = input.track(track);
  const info = describe(input, track);
  const decoder = new StreamDecoder(input, stream);
  try {
    while (!decoder.shape && !decoder.ended) {
      decoder.prime();
      await context.breathe();
    }
    if (!decoder.shape) throw nothingDecoded(input, decoder, declaredLength(input, stream).frames);
    const { channels, rate } = decoder.shape;
    const writer = new PcmWriter(request.dir, channels, rate);
    try {
      await writeAll(decoder, writer, request, context, expectedFrames(info, rate));
    } finally {
      writer.dispose();
    }
    if (writer.frames === 0) throw nothingDecoded(input, decoder, 0);
    const cutOgg = input.container === 'ogg' && oggEndsEarly(input.path);
    const warnings = warningsOf(decoder, writer.frames, rate, declaredLength(input, stream));
    if (cutOgg)
      warnings.push(
        `The file is damaged or cut: it has no end mark; ${(writer.frames / rate).toFixed(2)} s were read`,
      );
    const { peak, nonFinite } = decoder.stats;
    return { ref: writer.ref(), info: { ...info, sampleRate: rate, channels }, warnings, peak, nonFinite };
  } finally {
    decoder.dispose();
  }
}

function expectedFrames(
  info: { frames: number | null; durationSeconds: number | null },
  rate: number,
): number | null {
  return info.frames ?? (info.durationSeconds === null ? null : Math.round(info.durationSeconds * rate));
}

async function writeAll(
  decoder: StreamDecoder,
  writer: PcmWriter,
  request: DecodeRequest,
  context: CallContext<DecodeEvent>,
  expected: number | null,
): Promise<void> {
  const maxBytes = request.maxBytes ?? defaultMaxBytes;
  const bytesPerFrame = 4 * writer.channels;
  const planes = Array.from({ length: writer.channels }, () => new Float32Array(blockFrames));
  for (let unchecked = checkEveryBytes; !decoder.ended;) {
    const count = decoder.fill(planes, blockFrames);
    if ((writer.frames + count) * bytesPerFrame > maxBytes) throw tooLarge(maxBytes, writer);
    unchecked += count * bytesPerFrame;
    if (unchecked >= checkEveryBytes) {
      checkFreeSpace(request.dir);
      unchecked = 0;
    }
    writer.append(planes, count);
    context.emit({ frames: writer.frames, expected });
    await context.breathe();
  }
}

/** @throws disk-full when less than the reserve is left */
export function checkFreeSpace(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize >= reserveBytes + checkEveryBytes) return;
  throw new UnbraidError('disk-full', `The disk that holds the cache (${dir}) is nearly full`, {
    hint: 'Free some space, or choose another cache folder, and run again.',
  });
}

function tooLarge(maxBytes: number, writer: PcmWriter): UnbraidError {
  const minutes = writer.frames / writer.sampleRate / 60;
  const limit =
    maxBytes >= 2 ** 30 ? `${(maxBytes / 2 ** 30).toFixed(1)} GiB` : `${Math.round(maxBytes / 2 ** 20)} MiB`;
  const message = `The decoded audio is larger than the limit of ${limit} (reached after ${minutes.toFixed(1)} min of ${writer.channels} channels at ${writer.sampleRate} Hz)`;
  return new UnbraidError('too-large', message, { hint: 'Cut the file into parts, or raise the limit.' });
}

function nothingDecoded(input: InputFile, decoder: StreamDecoder, declared: number | null): UnbraidError {
  const file = input.path;
  if (decoder.errors === 0 && (declared ?? 0) === 0)
    return new UnbraidError('empty-audio', 'The file holds no audio samples', { file });
  const claim = declared ? `, though the file claims ${declared} frames` : '';
  return new UnbraidError('damaged-audio', `Nothing could be decoded${claim} (${decoder.errors} errors)`, {
    file,
    hint: 'Get a fresh copy of the file.',
  });
}

/** What a person should know about a decode that gave something, but not all or not cleanly. */
function warningsOf(
  decoder: StreamDecoder,
  frames: number,
  rate: number,
  declared: { frames: number | null; seconds: number | null; reliable: boolean },
): string[] {
  const warnings: string[] = [];
  const seconds = frames / rate;
  const tolerance = declared.frames === null ? toleranceSeconds.rough : toleranceSeconds.exact;
  const short = declared.reliable && declared.seconds !== null && seconds < declared.seconds - tolerance;
  const of = declared.seconds === null ? '' : ` of ${declared.seconds.toFixed(2)}`;
  if (short || decoder.errors > 0)
    warnings.push(
      `The file is damaged or cut: ${seconds.toFixed(2)}${of} s were read, with ${decoder.errors} decoding errors`,
    );
  if (decoder.shapeChanges > 0)
    warnings.push(
      `The sample rate or channel count changes within the file; everything was converted to ${rate} Hz, as it begins`,
    );
  if (decoder.stats.nonFinite > 0)
    warnings.push(`${decoder.stats.nonFinite} samples were not finite numbers and were replaced by silence`);
  return warnings;
}
