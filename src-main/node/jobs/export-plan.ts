import { fixed } from '../../common/base/figures.js';
import { UnbraidError } from '../../common/base/errors.js';
import { gainToDb } from '../../common/base/units.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { factsOf, isStemFile, type OutputFormat } from '../../common/jobs/formats.js';
import { warning } from '../../common/jobs/warnings.js';
import type { AudioInfo, SampleFormat } from '../audio/types.js';

/** The sample format of an output: what the user asks for, else the source's depth, never less. */
export function sampleFormat(
  format: OutputFormat,
  depth: SeparationSettings['depth'],
  info: Pick<AudioInfo, 'sampleKind' | 'bitDepth'>,
): SampleFormat | undefined {
  const { lossless, depths, name } = factsOf(format);
  const floatAllowed = depths.includes('32f');
  if (depth === '32f' && depths.length > 0 && !floatAllowed) {
    throw new UnbraidError('unsupported-format', `${name} holds no 32-bit float samples here`, {
      hint: 'Choose 24 bits, or WAV.',
    });
  }
  if (isStemFile(format)) return depth === '16' ? 's16' : depth === '24' ? 's24' : undefined;
  if (!lossless) return undefined;
  if (depth === '32f') return 'f32';
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
  const lowered = fixed(gainToDb(gain / wanted), 2);
  return { gain, warning: warning('lowered', { decibels: lowered }) };
}

/** The tags of an output: the source's, with the stem in the title. */
export function stemTags(
  tags: Readonly<Record<string, string>>,
  name: string,
  stem: string,
): Record<string, string> {
  return { ...tags, title: `${tags['title'] ?? name} [${stem}]` };
}
