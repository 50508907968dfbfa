import { existsSync, rmSync, statfsSync } from 'node:fs';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { toldNotes, type Reading } from '../../common/jobs/reading.js';
import type { CallContext } from '../process/rpc.js';
import type { CodecApi } from './codec-api.js';
import { describeHead } from './input-formats.js';
import { InputFile } from './input.js';
import { PcmWriter } from './pcm-cache.js';
import { describe } from './probe.js';
import { openSource } from './reading/open-source.js';
import { checkShape } from './reading/pcm-layout.js';
import type { SampleSource } from './reading/sample-source.js';
import { refuseImpossible, vouchFor } from './reading/vouch.js';
import type { AudioInfo, DecodeRequest, DecodeResult } from './types.js';
import { makeFolder } from '../files/make-folder.js';

const blockFrames = 65536;
const defaultMaxBytes = 16 * 2 ** 30;
/** Left free on the cache's disk. */
const reserveBytes = 256 * 2 ** 20;
/** How often the free space is looked at, in bytes written. */
const checkEveryBytes = 64 * 2 ** 20;

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
  const info = describe(input, track);
  const source = openSource(input, track);
  try {
    await untilShaped(source, context);
    if (!source.shape) throw nothingDecoded(input, source, info.frames);
    const { channels, rate } = source.shape;
    checkShape(rate, channels, input.path);
    const writer = new PcmWriter(request.dir, channels, rate);
    try {
      await writeAll(source, writer, request, context, expectedFrames(info, rate));
    } finally {
      writer.dispose();
    }
    if (writer.frames === 0) throw nothingDecoded(input, source, 0);
    const reading = finished(input, track, source);
    const { peak, nonFinite } = source.stats;
    const warnings = toldNotes(reading.notes);
    return {
      ref: writer.ref(),
      info: { ...info, sampleRate: rate, channels },
      ...{ reading, warnings, peak, nonFinite },
    };
  } finally {
    source.dispose();
  }
}

/** Decodes one track and keeps nothing: what can be vouched for. Throws as `decodeToCache` does. */
export async function readThrough(
  { path, track }: { path: string; track?: number },
  context: CallContext<DecodeEvent>,
): Promise<{ info: AudioInfo; reading: Reading }> {
  const input = InputFile.open(path);
  try {
    const index = track ?? input.defaultTrack;
    const info = describe(input, index);
    const source = openSource(input, index);
    try {
      await untilShaped(source, context);
      if (!source.shape) throw nothingDecoded(input, source, info.frames);
      checkShape(source.shape.rate, source.shape.channels, path);
      const planes = planesFor(source.shape.channels);
      while (!source.ended) {
        source.fill(planes, blockFrames);
        await context.breathe();
      }
      if (source.frames === 0) throw nothingDecoded(input, source, 0);
      return { info, reading: finished(input, index, source) };
    } finally {
      source.dispose();
    }
  } catch (error) {
    throw toUnbraidError(error, path);
  } finally {
    input.dispose();
  }
}

async function untilShaped(source: SampleSource, context: CallContext<DecodeEvent>): Promise<void> {
  while (!source.shape && !source.ended) {
    source.prime();
    await context.breathe();
  }
}

/** The verdict on a source that has ended. Throws `damaged-audio` where it cannot have been sound. */
function finished(input: InputFile, track: number, source: SampleSource): Reading {
  refuseImpossible(input, track, source);
  return vouchFor(input, track, source);
}

function planesFor(channels: number): Float32Array[] {
  return Array.from({ length: channels }, () => new Float32Array(blockFrames));
}

function expectedFrames(
  info: { frames: number | null; durationSeconds: number | null },
  rate: number,
): number | null {
  return info.frames ?? (info.durationSeconds === null ? null : Math.round(info.durationSeconds * rate));
}

async function writeAll(
  source: SampleSource,
  writer: PcmWriter,
  request: DecodeRequest,
  context: CallContext<DecodeEvent>,
  expected: number | null,
): Promise<void> {
  const maxBytes = request.maxBytes ?? defaultMaxBytes;
  const bytesPerFrame = 4 * writer.channels;
  const planes = planesFor(writer.channels);
  for (let unchecked = checkEveryBytes; !source.ended;) {
    const count = source.fill(planes, blockFrames);
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
  makeFolder(dir);
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

function nothingDecoded(input: InputFile, source: SampleSource, declared: number | null): UnbraidError {
  const file = input.path;
  const { looksLikeAudio, found } = describeHead(input.survey.head);
  // A name that ends in .flac makes FFmpeg take anything for one.
  if (!input.survey.pcm && !looksLikeAudio && !declared) {
    const hint = 'Choose an audio or video file.';
    return new UnbraidError('not-audio', `This is not audio: found ${found}`, { file, hint });
  }
  if (source.faults.errors === 0 && (declared ?? 0) === 0)
    return new UnbraidError('empty-audio', 'The file holds no audio samples', { file });
  const claim = declared ? `, though the file claims ${declared} frames` : '';
  return new UnbraidError(
    'damaged-audio',
    `Nothing could be decoded${claim} (${source.faults.errors} errors)`,
    {
      file,
      hint: 'Get a fresh copy of the file.',
    },
  );
}
