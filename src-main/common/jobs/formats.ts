import type { Hertz } from '../base/units.js';

/** Bits of an integer sample, or 32-bit float. */
export type Depth = '16' | '24' | '32f';

/** Everything there is to know about a format that is written. To add one, add it here, and its encoder. */
export interface FormatFacts {
  /** As people choose it. */
  readonly label: string;
  /** In a sentence. */
  readonly name: string;
  /** Endings that mean it, without the dot; the first is the one that is written. */
  readonly endings: readonly string[];
  /** Whether a file holds exactly what was written. */
  readonly lossless: boolean;
  /** Samples it can hold where it is lossless; a stem file with one of them is ALAC, without AAC. */
  readonly depths: readonly Depth[];
  /** Bits a second it is offered with where it is lossy. */
  readonly bitRates: readonly number[];
  readonly maxChannels: number;
  /** Sample rates it can hold: these, or all up to `maxRate`. */
  readonly rates?: readonly Hertz[];
  readonly maxRate?: Hertz;
  readonly minFrames?: number;
  /** Of samples, where the file counts them. */
  readonly maxBytes?: number;
}

/** ISO/IEC 11172-3, 13818-3 and the usual extension to the lowest rates. */
const mp3Rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];
/** ISO/IEC 14496-3, table of sampling frequencies. */
const aacRates = [7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000];
const usualBitRates = [128_000, 192_000, 256_000, 320_000];
const integers = ['16', '24'] as const;
const stemFile = {
  name: 'A stem file',
  ...{ lossless: false, depths: integers, bitRates: [], maxChannels: 2, rates: [44_100, 48_000] },
} as const;

/** In the order in which they are offered, most used first. */
export const formats = {
  wav: {
    ...{ label: 'WAV', name: 'WAV', endings: ['wav'] },
    ...{ lossless: true, depths: ['16', '24', '32f'], bitRates: [], maxChannels: 64 },
  },
  flac: {
    ...{ label: 'FLAC', name: 'FLAC', endings: ['flac'] },
    ...{ lossless: true, depths: integers, bitRates: [], maxChannels: 8, maxRate: 655_350 },
  },
  aiff: {
    ...{ label: 'AIFF', name: 'AIFF', endings: ['aiff', 'aif'] },
    // It counts bytes in 32 bits; WAV has RF64 for more.
    ...{ lossless: true, depths: ['16', '24', '32f'], bitRates: [], maxChannels: 64 },
    maxBytes: 2 ** 32 - 2 ** 20,
  },
  alac: {
    ...{ label: 'ALAC (.m4a)', name: 'ALAC', endings: ['m4a'] },
    ...{ lossless: true, depths: integers, bitRates: [], maxChannels: 8 },
  },
  mp3: {
    ...{ label: 'MP3', name: 'MP3', endings: ['mp3'] },
    ...{ lossless: false, depths: [], bitRates: usualBitRates, maxChannels: 2, rates: mp3Rates },
    // The padding note counts within one packet; what is left of two after the decoder's delay cannot be cut.
    minFrames: 47,
  },
  aac: {
    ...{ label: 'AAC (.m4a)', name: 'AAC', endings: ['m4a'] },
    ...{ lossless: false, depths: [], bitRates: usualBitRates, maxChannels: 8, rates: aacRates },
  },
  opus: {
    ...{ label: 'Opus', name: 'Opus', endings: ['opus'] },
    ...{ lossless: false, depths: [], bitRates: [96_000, 128_000, 160_000, 256_000], maxChannels: 8 },
  },
  vorbis: {
    ...{ label: 'Ogg Vorbis', name: 'Vorbis', endings: ['ogg'] },
    ...{ lossless: false, depths: [], bitRates: usualBitRates, maxChannels: 8, maxRate: 200_000 },
  },
  'stem.mp4': { ...stemFile, label: 'Stem file (.stem.mp4)', endings: ['stem.mp4'] },
  'stem.m4a': { ...stemFile, label: 'Stem file (.stem.m4a)', endings: ['stem.m4a'] },
} as const satisfies Readonly<Record<string, FormatFacts>>;

export type OutputFormat = keyof typeof formats;

export const outputFormats = Object.keys(formats) as [OutputFormat, ...OutputFormat[]];

export function factsOf(format: OutputFormat): FormatFacts {
  return formats[format];
}

/** The ending of a format's files, without the dot. */
export function endingOf(format: OutputFormat): string {
  return factsOf(format).endings[0];
}

/** Whether a format is one file of a mix and its stems. */
export function isStemFile(format: OutputFormat): boolean {
  return format === 'stem.mp4' || format === 'stem.m4a';
}

/** Formats of single files that an ending (without the dot) means, the usual one first. */
export function formatsOf(ending: string): readonly OutputFormat[] {
  const found = outputFormats.filter(
    (format) => !isStemFile(format) && factsOf(format).endings.includes(ending.toLowerCase()),
  );
  // .m4a means two things; most of them are AAC.
  return found.includes('aac') ? ['aac', ...found.filter((format) => format !== 'aac')] : found;
}
