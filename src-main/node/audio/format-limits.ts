import { UnbraidError } from '../../common/base/errors.js';
import type { Frames, Hertz } from '../../common/base/units.js';
import { factsOf, isStemFile, type OutputFormat } from '../../common/jobs/formats.js';
import type { SampleFormat } from './types.js';

/** What is to be written: samples as they are, without a rate or channels of the format's own. */
export interface FormatDemand {
  readonly format: OutputFormat;
  readonly sample?: SampleFormat | undefined;
  readonly channels: number;
  readonly rate: Hertz;
  /** Of one track. */
  readonly frames: Frames;
}

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
  const { name, maxChannels, depths, lossless, minFrames = 0, maxBytes = Infinity } = factsOf(format);
  if (channels > maxChannels) return [`${name} holds at most ${maxChannels} channels, not ${channels}`];
  if (sample === 'f32' && (lossless || isStemFile(format)) && !depths.includes('32f'))
    return [`${name} holds no 32-bit float samples here`, 'Choose 24 bits, or WAV for float samples.'];
  if (frames < minFrames) return [`${name} cannot hold fewer than ${minFrames} frames`];
  if (frames * channels * bytesOf(sample) > maxBytes)
    return [`${name} holds at most 4 GB`, 'Choose WAV or FLAC.'];
  return rateRefusal(demand);
}

function rateRefusal({ format, rate }: FormatDemand): readonly [message: string, hint?: string] | null {
  const { name, rates, maxRate = Infinity } = factsOf(format);
  const hint = isStemFile(format) ? 'Resample the song first, or choose plain files.' : undefined;
  const text = (value: number): string => value.toLocaleString('en-US');
  if (rates && rates.length <= 2 && !rates.includes(rate))
    return [`${name} holds ${rates.map(text).join(' or ')} Hz, not ${rate}`, hint];
  const most = rates ? Math.max(...rates) : maxRate;
  return (rates && !rates.includes(rate)) || rate > most
    ? [`${name} cannot hold ${rate} Hz (${text(most)} Hz at most)`, hint]
    : null;
}

function bytesOf(sample: SampleFormat | undefined): number {
  return sample === 'f32' ? 4 : sample === 's16' ? 2 : 3;
}
