import {
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S16P,
  AV_SAMPLE_FMT_S32,
  AV_SAMPLE_FMT_S32P,
  type AVSampleFormat,
  type FFEncoderCodec,
} from 'node-av/constants';
import type { GridBits } from '../../common/dsp/quantise.js';
import type { Hertz } from '../../common/base/units.js';
import { UnbraidError } from '../../common/base/errors.js';
import { checkFormat } from './format-limits.js';
import type { OutputFormat } from '../../common/jobs/formats.js';
import type { EncodeOutput, SampleFormat } from './types.js';

/** Everything the encoder needs to know about one output, after the choices of the caller are checked. */
export interface Encoding {
  readonly muxer: string;
  readonly encoder: FFEncoderCodec;
  readonly sampleFormat: AVSampleFormat;
  /** The integer grid, or null for float and lossy outputs. */
  readonly bits: GridBits | null;
  /** The file's sample rate. */
  readonly rate: Hertz;
  /** Channels of each track in the file. */
  readonly channels: number;
  readonly bitRate: number | null;
  /** Encoder quality (FFmpeg's global_quality in units of lambda 118) where no bit rate is asked for. */
  readonly quality: number | null;
  readonly encoderOptions: Readonly<Record<string, string>>;
  readonly muxerOptions: Readonly<Record<string, string>>;
  readonly cover: boolean;
  readonly stemFile: boolean;
}

const opusRate = 48000;
const lossy = {
  bits: null,
  quality: null,
  bitRate: null,
  encoderOptions: {},
  muxerOptions: {},
  cover: false,
  stemFile: false,
};

/**
 * The encoding for an output of `channels` at `rate` and `frames` frames a track.
 *
 * @throws unsupported-format when the format cannot hold that, with what to choose instead
 */
export function planEncoding(output: EncodeOutput, channels: number, rate: Hertz, frames: number): Encoding {
  const sample = output.sample ?? 's24';
  const demand = { format: output.format, sample: output.sample, channels, rate, frames };
  checkFormat(demand, output.path);
  return plans[output.format](output, sample, channels, rate);
}

type Plan = (output: EncodeOutput, sample: SampleFormat, channels: number, rate: Hertz) => Encoding;

const plans: Readonly<Record<OutputFormat, Plan>> = {
  wav: (_, sample, channels, rate) => ({
    ...pcm(sample, 'le'),
    ...{ muxer: 'wav', rate, channels, muxerOptions: { rf64: 'auto' } },
  }),
  aiff: (_, sample, channels, rate) => ({
    ...pcm(sample, 'be'),
    ...{ muxer: 'aiff', rate, channels, muxerOptions: { write_id3v2: '1' } },
  }),
  flac: (_, sample, channels, rate) => ({
    ...integers(sample, false),
    ...{ muxer: 'flac', encoder: 'flac' as FFEncoderCodec, rate, channels, cover: true },
  }),
  alac: (_, sample, channels, rate) => alac(sample, channels, rate),
  mp3: (output, _, channels, rate) => {
    // MPEG-2 and 2.5 Layer III, the lower rates, stop at 160 and 64 kbit/s (ISO/IEC 13818-3).
    const most = rate >= 32000 ? 320000 : rate >= 16000 ? 160000 : 64000;
    const bitRate = Math.min(output.bitRate ?? 320000, most);
    const muxerOptions = { id3v2_version: '3' };
    return {
      ...lossy,
      ...encoder('libmp3lame'),
      muxer: 'mp3',
      bitRate,
      rate,
      channels,
      muxerOptions,
      cover: true,
    };
  },
  aac: (output, _, channels, rate) => aac(output, channels, rate),
  opus: (output, _, channels) => {
    const plan = { ...lossy, muxer: 'opus', bitRate: output.bitRate ?? 192000, rate: opusRate, channels };
    return { ...plan, encoder: 'libopus' as FFEncoderCodec, sampleFormat: AV_SAMPLE_FMT_FLT };
  },
  vorbis: (output, _, channels, rate) => {
    // Quality 8 is about 256 kbit/s for stereo at 44.1 kHz, and unlike a bit rate it fits every sample rate.
    const bitRate = output.bitRate ?? null;
    return {
      ...lossy,
      ...encoder('libvorbis'),
      muxer: 'ogg',
      bitRate,
      quality: bitRate === null ? 8 : null,
      rate,
      channels,
    };
  },
  'stem.mp4': stems,
  'stem.m4a': stems,
};

function stems(output: EncodeOutput, _sample: SampleFormat, _channels: number, rate: Hertz): Encoding {
  if (output.inputs.length !== 5 || output.stemNames?.length !== 4)
    throw new UnbraidError(
      'invalid-argument',
      'A stem file needs the master, four stems and their four names',
      {
        file: output.path,
      },
    );
  const plan = output.sample ? alac(output.sample, 2, rate) : aac(output, 2, rate);
  return { ...plan, stemFile: true };
}

function aac(output: EncodeOutput, channels: number, rate: Hertz): Encoding {
  const bitRate = output.bitRate ?? 256000;
  // At these rates the plain search beats the default one by about 14 dB and has no burst at the start.
  const encoderOptions = { aac_coder: 'fast' };
  return { ...lossy, ...encoder('aac'), muxer: 'ipod', encoderOptions, bitRate, rate, channels, cover: true };
}

function alac(sample: SampleFormat, channels: number, rate: Hertz): Encoding {
  return {
    ...integers(sample, true),
    muxer: 'ipod',
    encoder: 'alac' as FFEncoderCodec,
    rate,
    channels,
    cover: true,
  };
}

function encoder(codec: string): { encoder: FFEncoderCodec; sampleFormat: AVSampleFormat } {
  return { encoder: codec as FFEncoderCodec, sampleFormat: AV_SAMPLE_FMT_FLTP };
}

function integers(
  sample: SampleFormat,
  planar: boolean,
): Omit<Encoding, 'muxer' | 'encoder' | 'rate' | 'channels'> {
  const formats = planar ? [AV_SAMPLE_FMT_S16P, AV_SAMPLE_FMT_S32P] : [AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S32];
  return {
    ...lossy,
    bits: sample === 's16' ? 16 : 24,
    sampleFormat: sample === 's16' ? formats[0] : formats[1],
  };
}

function pcm(sample: SampleFormat, order: 'le' | 'be'): Omit<Encoding, 'muxer' | 'rate' | 'channels'> {
  const codec = `pcm_${sample}${order}` as FFEncoderCodec;
  if (sample === 'f32') return { ...lossy, encoder: codec, sampleFormat: AV_SAMPLE_FMT_FLT };
  return { ...integers(sample, false), encoder: codec };
}
