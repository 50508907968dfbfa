import { UnbraidError } from '../../common/base/errors.js';
import { gainToDb } from '../../common/base/units.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { TemplateValues } from '../../common/jobs/naming.js';
import type { AudioInfo, OutputFormat, SampleFormat } from '../audio/types.js';

/** File name endings. */
const endings: Readonly<Record<OutputFormat, string>> = {
  wav: 'wav',
  flac: 'flac',
  mp3: 'mp3',
  aac: 'm4a',
  alac: 'm4a',
  opus: 'opus',
  vorbis: 'ogg',
  aiff: 'aiff',
  'stem.mp4': 'stem.mp4',
  'stem.m4a': 'stem.m4a',
};

export function endingOf(format: OutputFormat): string {
  return endings[format];
}

/** Formats that hold exactly what is written. */
export function isLossless(format: OutputFormat): boolean {
  return format === 'wav' || format === 'flac' || format === 'alac' || format === 'aiff';
}

/** The sample format of an output: what the user asks for, else the source's depth, never less. */
export function sampleFormat(
  format: OutputFormat,
  depth: SeparationSettings['depth'],
  info: Pick<AudioInfo, 'sampleKind' | 'bitDepth'>,
): SampleFormat | undefined {
  const floatAllowed = format === 'wav';
  if (format.startsWith('stem.')) return depth === '16' ? 's16' : depth === '24' ? 's24' : undefined;
  if (!isLossless(format)) return undefined;
  if (depth === '32f') {
    if (floatAllowed) return 'f32';
    throw new UnbraidError('unsupported-format', `${format} holds no 32-bit float samples here`, {
      hint: 'Use --depth 24, or --format wav.',
    });
  }
  if (depth) return depth === '16' ? 's16' : 's24';
  const bits = info.sampleKind === 'int' ? (info.bitDepth ?? 32) : 32;
  if (bits <= 16) return 's16';
  if (bits <= 24) return 's24';
  return floatAllowed ? 'f32' : 's24';
}

/** Largest magnitude that cannot clip in a format; room for two LSB of dither on integer grids. */
function ceiling(sample: SampleFormat | undefined): number {
  if (sample === 'f32') return Infinity;
  if (sample === undefined) return 1;
  return 1 - 3 / 2 ** (sample === 's16' ? 15 : 23);
}

/**
 * The common gain of a set of outputs: the wanted gain, lowered until the loudest fits; the warning says by
 * how much. One gain for all keeps the balance, and the sum stays gain · source.
 */
export function commonGain(
  peaks: readonly number[],
  wanted: number,
  sample: SampleFormat | undefined,
): { readonly gain: number; readonly warning?: string } {
  const highest = Math.max(0, ...peaks) * wanted;
  const limit = ceiling(sample);
  if (highest <= limit) return { gain: wanted };
  const gain = (wanted * limit) / highest;
  const lowered = gainToDb(gain / wanted).toFixed(2);
  return {
    gain,
    warning: `All outputs lowered by ${lowered} dB so that none clips; 32-bit float needs no gain`,
  };
}

/** The tags of an output: the source's, with the stem in the title. */
export function stemTags(
  tags: Readonly<Record<string, string>>,
  name: string,
  stem: string,
): Record<string, string> {
  return { ...tags, title: `${tags['title'] ?? name} [${stem}]` };
}

/** What a naming template can say about a song. */
export function templateValues(
  tags: Readonly<Record<string, string>>,
  name: string,
  model: string,
  format: OutputFormat,
): TemplateValues {
  const number = (text: string | undefined): string | undefined =>
    text?.split('/')[0].trim().padStart(2, '0');
  return {
    name,
    model,
    ext: endingOf(format),
    artist: tags['artist'],
    album_artist: tags['album_artist'],
    album: tags['album'],
    title: tags['title'],
    track: number(tags['track']),
    disc: number(tags['disc']),
    date: tags['date'],
    year: /\d{4}/.exec(tags['date'] ?? '')?.[0],
    genre: tags['genre'],
  };
}
