import { UnbraidError } from '../../common/base/errors.js';
import type { Frames, Hertz } from '../../common/base/units.js';
import type { OutputFormat, SampleFormat } from './types.js';

/** What is to be written: samples as they are, without a rate or channels of the format's own. */
export interface FormatDemand {
  readonly format: OutputFormat;
  readonly sample?: SampleFormat | undefined;
  readonly channels: number;
  readonly rate: Hertz;
  /** Of one track. */
  readonly frames: Frames;
}

/** ISO/IEC 11172-3, 13818-3 and the usual extension to the lowest rates. */
const mp3Rates = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000];
// The padding note of an MP3 counts within one packet; what is left of two after the decoder's delay cannot be cut.
const shortestMp3 = 47;
/** ISO/IEC 14496-3, table of sampling frequencies. */
const aacRates = [7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000];
const maxChannels: Readonly<Record<OutputFormat, number>> = {
  wav: 64,
  aiff: 64,
  flac: 8,
  alac: 8,
  mp3: 2,
  aac: 8,
  opus: 8,
  vorbis: 8,
  'stem.mp4': 2,
  'stem.m4a': 2,
};
const integerOnly = new Set<OutputFormat>(['flac', 'alac', 'stem.mp4', 'stem.m4a']);
// AIFF counts bytes in 32 bits; WAV has RF64 for more.
const aiffBytes = 2 ** 32 - 2 ** 20;

/**
 * Refuses what a format cannot hold, so that it is known before the work begins and not after.
 *
 * @throws unsupported-format naming `file`, with what to choose instead
 */
export function checkFormat(demand: FormatDemand, file: string): void {
  const refusal = refusalOf(demand);
  if (!refusal) return;
  const [message, hint = 'Choose WAV or FLAC.'] = refusal;
  throw new UnbraidError('unsupported-format', message, { file, hint });
}

function refusalOf(demand: FormatDemand): readonly [message: string, hint?: string] | null {
  const { format, channels, sample, frames } = demand;
  if (channels > maxChannels[format])
    return [`${labelOf(format)} holds at most ${maxChannels[format]} channels, not ${channels}`];
  if (sample === 'f32' && integerOnly.has(format))
    return [`${labelOf(format)} holds integers only`, 'Choose s16 or s24, or WAV for float samples.'];
  if (format === 'mp3' && frames < shortestMp3) return [`MP3 cannot hold fewer than ${shortestMp3} frames`];
  if (format === 'aiff' && frames * channels * bytesOf(sample) > aiffBytes)
    return ['AIFF holds at most 4 GB', 'Choose WAV or FLAC.'];
  return rateRefusal(demand);
}

function rateRefusal({
  format,
  rate,
  sample,
}: FormatDemand): readonly [message: string, hint?: string] | null {
  if (format.startsWith('stem.') && rate !== 44100 && rate !== 48000) {
    const hint = 'Resample the song first, or choose plain files.';
    return [`Stem files hold 44,100 or 48,000 Hz, not ${rate}`, hint];
  }
  const aac = format === 'aac' || (format.startsWith('stem.') && !sample);
  if (format === 'mp3' && !mp3Rates.includes(rate)) return [`MP3 cannot hold ${rate} Hz (48,000 Hz at most)`];
  if (aac && !aacRates.includes(rate)) return [`AAC cannot hold ${rate} Hz (96,000 Hz at most)`];
  if (format === 'flac' && rate > 655350) return ['FLAC holds at most 655,350 Hz', 'Choose WAV.'];
  if (format === 'vorbis' && rate > 200000) return ['Vorbis holds at most 200,000 Hz'];
  return null;
}

function bytesOf(sample: SampleFormat | undefined): number {
  return sample === 'f32' ? 4 : sample === 's16' ? 2 : 3;
}

function labelOf(format: OutputFormat): string {
  return format.startsWith('stem.') ? 'A stem file' : format.toUpperCase();
}
