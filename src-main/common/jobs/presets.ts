import { check } from '../base/errors.js';
import type { MixerStrip } from './mixer.js';
import { piecesOf, type StemParents } from './stem-pieces.js';

/** Mixes that people ask for by name; each starts from a neutral mixer. */
export const mixPresets = ['karaoke', 'acappella', 'drumless', 'practice'] as const;
export type MixPreset = (typeof mixPresets)[number];

/** How far the practised stem steps back, dB. */
export const practiceDb = -6;

/** The stem a preset is about; null for `practice`, whose stem is chosen. */
export const presetStem: Readonly<Record<MixPreset, string | null>> = {
  karaoke: 'vocals',
  acappella: 'vocals',
  drumless: 'drums',
  practice: null,
};

/** Whether a song with these stems has what a preset is about, whole or in pieces. */
export function canMix(preset: MixPreset, stems: readonly string[], parents?: StemParents): boolean {
  const own = presetStem[preset];
  return own === null || piecesOf(own, stems, parents).length > 0;
}

/**
 * A preset's mixer; stems it does not name are neutral. Throws `invalid-argument` when `practice` is given no stem,
 * or another preset is given one.
 */
export function presetMixer(preset: MixPreset, stem?: string): Record<string, Partial<MixerStrip>> {
  const own = presetStem[preset];
  check(
    own === null || stem === undefined,
    `The preset "${preset}" is about ${own ?? ''}`,
    'Name no stem with it.',
  );
  const name = own ?? stem;
  check(name, `The preset "${preset}" needs a stem`, `Name it like ${preset}=bass.`);
  if (preset === 'acappella') return { [name]: { solo: true } };
  if (preset === 'practice') return { [name]: { gainDb: practiceDb } };
  return { [name]: { mute: true } };
}
