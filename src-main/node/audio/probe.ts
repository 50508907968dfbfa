import {
  AV_CODEC_PROP_LOSSLESS,
  AV_CODEC_PROP_LOSSY,
  AV_DISPOSITION_DEFAULT,
  AV_SAMPLE_FMT_DBL,
  AV_SAMPLE_FMT_DBLP,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
} from 'node-av/constants';
import { avChannelLayoutDescribe, avGetCodecName, type Stream } from 'node-av/lib';
import type { Frames, Seconds } from '../../common/base/units.js';
import { defaultLayout } from './ffmpeg.js';
import { InputFile } from './input.js';
import { lengthClaim } from './reading/claim.js';
import type { PcmEncoding, PcmLayout } from './reading/pcm-layout.js';
import { readStemBox } from './stem-box.js';
import { readTags } from './tags.js';
import type { AudioInfo, AudioTrack, SampleKind } from './types.js';

/** Reads what a file says about itself; decodes nothing. */
export function probeFile(path: string, track?: number): AudioInfo {
  const input = InputFile.open(path);
  try {
    return describe(input, track);
  } finally {
    input.dispose();
  }
}

/** What `describe` knows about the samples alone. */
export type AudioFacts = Pick<
  AudioInfo,
  'container' | 'codec' | 'sampleRate' | 'channels' | 'channelLayout' | 'sampleKind' | 'bitDepth'
>;

/** The AudioInfo of an open file, seen from one of its tracks. */
export function describe(input: InputFile, track = input.defaultTrack): AudioInfo {
  input.checkTrack(track);
  const { pcm } = input.survey;
  const stream = pcm ? null : input.track(track);
  const facts = pcm ? pcmFacts(pcm) : streamFacts(input, input.track(track));
  const length = possibleLength(input, stream);
  const bitRate = stream
    ? Number(stream.codecpar.bitRate) || Number(input.format?.bitRate ?? 0n)
    : pcmBitRate(pcm!);
  return {
    path: input.path,
    ...facts,
    frames: length.frames,
    durationSeconds: length.seconds,
    bitRate: bitRate > 0 ? bitRate : null,
    tags: readTags(input, stream ?? input.format?.streams[0] ?? null),
    hasCover: input.cover !== undefined,
    tracks: pcm ? [pcmTrack(pcm)] : input.audio.map(describeTrack),
    stems: input.container === 'mov' ? readStemBox(input.path) : null,
  };
}

function streamFacts(input: InputFile, stream: Stream): AudioFacts {
  const { sampleRate, channels } = stream.codecpar;
  const { kind, bits } = sampleKind(stream);
  return {
    container: input.container,
    codec: codecName(stream),
    sampleRate,
    channels,
    channelLayout: layoutName(stream),
    sampleKind: kind,
    bitDepth: bits,
  };
}

function pcmFacts({ container, sampleRate, channels, encoding }: PcmLayout): AudioFacts {
  const { kind, bits } = encoding;
  const layout = channels <= 8 ? avChannelLayoutDescribe(defaultLayout(channels)) : null;
  return {
    container,
    codec: pcmName(encoding),
    sampleRate,
    channels,
    channelLayout: layout ?? `${channels} channels`,
    sampleKind: kind === 'float' ? 'float' : 'int',
    bitDepth: bits,
  };
}

/** FFmpeg's name for the same samples. */
function pcmName({ kind, bytes, littleEndian }: PcmEncoding): string {
  const letter = { signed: 's', unsigned: 'u', float: 'f' }[kind];
  return `pcm_${letter}${8 * bytes}${bytes === 1 ? '' : littleEndian ? 'le' : 'be'}`;
}

function pcmBitRate({ sampleRate, channels, encoding }: PcmLayout): number {
  return sampleRate * channels * encoding.bytes * 8;
}

function pcmTrack(pcm: PcmLayout): AudioTrack {
  const { sampleRate, channels, encoding } = pcm;
  return { index: 0, codec: pcmName(encoding), isDefault: false, sampleRate, channels };
}

/** The claimed length, but no more than the file can have: headers lie. */
function possibleLength(
  input: InputFile,
  stream: Stream | null,
): { frames: Frames | null; seconds: Seconds | null } {
  const { pcm, ogg } = input.survey;
  if (pcm) return { frames: pcm.frames, seconds: pcm.frames / pcm.sampleRate };
  // A chain's length is known when its parts have been read.
  if (ogg && ogg.links.length > 1) return { frames: null, seconds: null };
  const { frames, seconds } = lengthClaim(input, stream);
  return { frames, seconds };
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
