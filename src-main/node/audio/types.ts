import type { OutputFormat } from '../../common/jobs/formats.js';
import type { Decibels, Frames, Hertz, Seconds } from '../../common/base/units.js';
import type { Reading } from '../../common/jobs/reading.js';
import type { PcmCacheRef } from './pcm-cache.js';

/** How the stored samples are coded: on an integer grid, as floating point, or by a lossy codec. */
export type SampleKind = 'int' | 'float' | 'lossy';

/** One audio stream of a file; `index` counts the audio streams from 0. */
export interface AudioTrack {
  index: number;
  codec: string;
  title?: string;
  language?: string;
  isDefault: boolean;
  sampleRate: Hertz;
  channels: number;
}

/** A stem as the `stem` box of a .stem.mp4 names it; `track` is its AudioTrack index. */
export interface StemTrack {
  name: string;
  color: string;
  track: number;
}

/** What a file says about itself, before anything is decoded. */
export interface AudioInfo {
  path: string;
  container: string;
  codec: string;
  sampleRate: Hertz;
  channels: number;
  /** 'mono', 'stereo', '5.1', '7.1', '4 channels' … */
  channelLayout: string;
  sampleKind: SampleKind;
  /** Bits of one sample; null for lossy codecs. */
  bitDepth: number | null;
  /** Exact length after gapless trimming where the container tells it, else null. */
  frames: Frames | null;
  durationSeconds: Seconds | null;
  /** Bits a second. */
  bitRate: number | null;
  /** Lower-case keys as FFmpeg names them (title, artist, album, track, date, genre, comment …). */
  tags: Record<string, string>;
  hasCover: boolean;
  tracks: AudioTrack[];
  stems: StemTrack[] | null;
}

export interface DecodeRequest {
  path: string;
  /** The cache folder to create. */
  dir: string;
  /** AudioTrack index; the default track when left out. */
  track?: number;
  /** Largest cache, in bytes; 16 GiB when left out. */
  maxBytes?: number;
}

export interface DecodeResult {
  ref: PcmCacheRef;
  info: AudioInfo;
  /** What the file claims, what was decoded, and whether the two agree. */
  reading: Reading;
  /** The notes of `reading` that a person should see. */
  warnings: string[];
  /** Largest magnitude of a sample. */
  peak: number;
  /** Samples that were NaN or infinite and became 0. */
  nonFinite: number;
}

/** For wav and aiff; flac and alac hold s16 and s24. */
export type SampleFormat = 's16' | 's24' | 'f32';

export interface EncodeInput {
  ref: PcmCacheRef;
  /** Amplitude factor. */
  gain: number;
}

export interface EncodeOutput {
  /** A temporary path that must not exist; the caller renames. */
  path: string;
  format: OutputFormat;
  sample?: SampleFormat;
  /** Bits a second, for lossy formats. */
  bitRate?: number;
  /** One, or five for stem files: the master, then the four stems. */
  inputs: EncodeInput[];
  /** All tags to write; the caller merges. */
  tags: Record<string, string>;
  /** Which set of stems it belongs to, for `idTags`. */
  setId?: string;
  /** A file whose cover picture is carried over where both containers can hold one. */
  coverFrom?: string;
  /** Four, for stem files. */
  stemNames?: { name: string; color: string }[];
}

/** A range of frames `[start, start + count)`. */
export interface FrameRange {
  start: Frames;
  count: Frames;
}

/** Joint quantisation of a complete stem set whose sum is `gain · source`. */
export interface Conserve {
  source: PcmCacheRef;
  gain: number;
  /** Index of the output that absorbs the rounding of the others. */
  balance: number;
}

export interface EncodeSetRequest {
  outputs: EncodeOutput[];
  /** All frames when left out. */
  range?: FrameRange;
  dither: 'tpdf' | 'none';
  /** The same seed gives the same dither, so the same bytes. */
  seed: number;
  /** Applies when every output is one integer grid (same sample format); ignored for float and lossy sets. */
  conserve?: Conserve;
}

export interface EncodedFile {
  path: string;
  /** Length in the file, at `sampleRate`. */
  frames: Frames;
  /** The file's rate: the inputs' rate, except that Opus is always 48 kHz. */
  sampleRate: Hertz;
  bytes: number;
  /** Largest magnitude that was written, before any lossy codec. */
  peak: number;
}

export interface EncodeSetResult {
  outputs: EncodedFile[];
}

/** EBU R 128 measures of the sum of some caches. */
export interface Loudness {
  /** Gated programme loudness; −70 for silence and for anything shorter than 0.4 s. */
  integratedLufs: number;
  /** Loudness range; 0 where there is too little audio to tell. */
  rangeLu: number;
  /** dBTP, over all channels; −200 for digital silence. */
  truePeakDb: Decibels;
  /** Largest magnitude of a sample, linear. */
  samplePeak: number;
}

export interface VerifyOutput {
  path: string;
  track?: number;
  expectFrames: Frames;
  sampleRate: Hertz;
  channels: number;
  /** A track that is read through and not part of the sum: the master of a stem file. */
  apart?: boolean;
}

/** A range of frames of an audio file's track. */
export interface SourceRange extends FrameRange {
  path: string;
  track?: number;
}

export interface VerifyRequest {
  source: PcmCacheRef | SourceRange | null;
  gain: number;
  /** First frame of `source` (a cache) that the outputs hold; 0 when left out. */
  start?: Frames;
  outputs: VerifyOutput[];
  /** Whether the outputs are a complete set that must sum to `gain · source`. */
  sum: boolean;
}

export interface VerifyResult {
  /** 10·log10(Σ(Σoutputs − gain·source)² / Σ(gain·source)²), clamped to ±999; null when not asked for. */
  nullDb: number | null;
  /** Digests as `PcmDigest` makes them: of every output, */
  pcm: string[];
  /** of the source where there is one, */
  sourcePcm: string | null;
  /** and of the sum, rounded to float32, where one was asked for. */
  sumPcm: string | null;
}
