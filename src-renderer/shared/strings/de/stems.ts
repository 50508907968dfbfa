import type { stems as english } from '../en/stems.js';

/** What the stems of known models are called in German. */
export const stems: Readonly<Record<keyof typeof english, string>> = {
  'stem.vocals': 'Gesang',
  'stem.drums': 'Schlagzeug',
  'stem.bass': 'Bass',
  'stem.guitar': 'Gitarre',
  'stem.piano': 'Klavier',
  'stem.other': 'Sonstiges',
  'stem.accompaniment': 'Begleitung',
  'stem.harmonic': 'Harmonisch',
  'stem.percussive': 'Perkussiv',
  'stem.centre': 'Mitte',
  'stem.sides': 'Seiten',
  'stem.residual': 'Residuum',
  'stem.rest': 'Rest',
  'stem.removed': 'Entfernt',
  'stem.without': 'ohne {name}',
};
