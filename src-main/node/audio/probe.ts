import {
  AV_CODEC_PROP_LOSSLESS,
  AV_CODEC_PROP_LOSSY,
  AV_DISPOSITION_DEFAULT,
  AV_NOPTS_VALUE,
  AV_SAMPLE_FMT_DBL,
  AV_SAMPLE_FMT_DBLP,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
} from 'node-av/constants';
import { avChannelLayoutDescribe, avGetCodecName, type Stream } from 'node-av/lib';
import type { Frames, Seconds } from '../../common/base/units.js';
import { defaultLayout } from './ffmpeg.js';
import { durationTrust } from './input-formats.js';
import { InputFile } from './input.js';
import { readStemBox } from './stem-box.js';
import { readTags } from './tags.js';
import { wavClaim } from './wav-claim.js';
import type { AudioInfo, AudioTrack, SampleKind } from './types.js';

/** Reads what a file says about itself; decodes nothing. */
export function probeFile(path: string): AudioInfo {
  const input = InputFile.open(path);
  try {
    return describe(input);
  } finally {
    input.dispose();
  }
}

/** The AudioInfo of an open file, seen from one of its tracks. */
export function describe(input: InputFile, track = input.defaultTrack): AudioInfo {
  const stream = input.track(track);
  const { sampleRate, channels } = stream.codecpar;
  const length = possibleLength(input, stream);
  const { kind, bits } = sampleKind(stream);
  const bitRate = Number(stream.codecpar.bitRate) || Number(input.format.bitRate);
  return {
    path: input.path,
    container: input.container,
    codec: codecName(stream),
    sampleRate,
    channels,
    channelLayout: layoutName(stream),
    sampleKind: kind,
    bitDepth: bits,
    frames: length.frames,
    durationSeconds: length.seconds,
    bitRate: bitRate > 0 ? bitRate : null,
    tags: readTags(input, stream),
    hasCover: input.cover !== undefined,
    tracks: input.audio.map(describeTrack),
    stems: input.container === 'mov' ? readStemBox(input.path) : null,
  };
}

/**
 * How long the container says a track is. `frames` where that is exact; `reliable` where a shorter decode
 * means that something is missing.
 */
export function declaredLength(
  input: InputFile,
  stream: Stream,
): { frames: Frames | null; seconds: Seconds | null; reliable: boolean } {
  const { codecpar, timeBase } = stream;
  const claim = ['wav', 'w64'].includes(input.container) ? wavClaim(input.path) : null;
  const perFrame = (codecpar.bitsPerCodedSample / 8) * codecpar.channels;
  if (claim && claim.claimed > claim.present && perFrame > 0 && codecName(stream).startsWith('pcm_')) {
    const frames = Math.floor(claim.claimed / perFrame);
    return { frames, seconds: frames / codecpar.sampleRate, reliable: true };
  }
  const trust = durationTrust(input.container);
  if (stream.duration === AV_NOPTS_VALUE || stream.duration <= 0n) {
    const whole = Number(input.format.duration) / 1e6;
    const alone = input.format.nbStreams === 1 && trust !== 'none';
    return { frames: null, seconds: whole > 0 ? whole : null, reliable: alone && whole > 0 };
  }
  const ticks = (Number(stream.duration) * timeBase.num) / timeBase.den;
  // An Opus stream in Ogg counts its pre-skip (RFC 7845, 4.2).
  const preSkip = codecName(stream) === 'opus' && input.container === 'ogg' ? codecpar.initialPadding : 0;
  const frames = Math.max(0, Math.round(ticks * codecpar.sampleRate) - preSkip);
  // FFmpeg knows an MP3's trimmed length when a LAME header gave the padding, and then it starts late.
  const gaplessMp3 = input.container === 'mp3' && stream.startTime > 0n;
  const isExact = trust === 'exact' || gaplessMp3;
  const seconds = frames / codecpar.sampleRate;
  return {
    frames: isExact ? frames : null,
    seconds,
    reliable: isExact || (trust === 'rough' && input.container !== 'mp3'),
  };
}

/** The declared length, but no more than uncompressed audio in a file of this size can have: headers lie. */
function possibleLength(
  input: InputFile,
  stream: Stream,
): { frames: Frames | null; seconds: Seconds | null } {
  const { frames, seconds } = declaredLength(input, stream);
  const { bitsPerCodedSample, channels, sampleRate } = stream.codecpar;
  if (frames === null || !codecName(stream).startsWith('pcm_') || bitsPerCodedSample <= 0)
    return { frames, seconds };
  const room = Math.floor((input.sizeBytes * 8) / (bitsPerCodedSample * channels));
  return frames <= room ? { frames, seconds } : { frames: room, seconds: room / sampleRate };
}

function describeTrack(stream: Stream, index: number): AudioTrack {
  const title = stream.metadata?.get('title') ?? undefined;
  const language = stream.metadata?.get('language') ?? undefined;
  return {
    index,
    codec: codecName(stream),
    ...(title ? { title } : {}),
    ...(language && language !== 'und' ? { language } : {}),
    isDefault: (stream.disposition & AV_DISPOSITION_DEFAULT) !== 0,
    sampleRate: stream.codecpar.sampleRate,
    channels: stream.codecpar.channels,
  };
}

function codecName(stream: Stream): string {
  return avGetCodecName(stream.codecpar.codecId) ?? 'unknown';
}

function layoutName(stream: Stream): string {
  const { channelLayout, channels } = stream.codecpar;
  const layout = channelLayout.order === 0 && channels <= 2 ? defaultLayout(channels) : channelLayout;
  return avChannelLayoutDescribe(layout) ?? `${channels} channels`;
}

const floatFormats: readonly number[] = [
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_DBL,
  AV_SAMPLE_FMT_DBLP,
];

function sampleKind(stream: Stream): { kind: SampleKind; bits: number | null } {
  const { codecpar } = stream;
  const name = codecName(stream);
  const companded = name === 'pcm_alaw' || name === 'pcm_mulaw' || name === 'pcm_vidc';
  const lossless = codecpar.hasProperties(AV_CODEC_PROP_LOSSLESS);
  if (companded || !lossless || (codecpar.hasProperties(AV_CODEC_PROP_LOSSY) && !isLosslessOfTwo(name)))
    return { kind: 'lossy', bits: null };
  const isFloat = floatFormats.includes(codecpar.format);
  return {
    kind: isFloat ? 'float' : 'int',
    bits: codecpar.bitsPerRawSample || codecpar.bitsPerCodedSample || (isFloat ? 32 : 16),
  };
}

/** WavPack has lossy and lossless modes and does not say which; its usual one is lossless. */
function isLosslessOfTwo(name: string): boolean {
  return name === 'wavpack';
}
