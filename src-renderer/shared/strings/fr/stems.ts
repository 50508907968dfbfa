import type { stems as english } from '../en/stems.js';

/** What the stems of known models are called in French. */
export const stems: Readonly<Record<keyof typeof english, string>> = {
  'stem.vocals': 'voix',
  'stem.drums': 'batterie',
  'stem.bass': 'basse',
  'stem.guitar': 'guitare',
  'stem.piano': 'piano',
  'stem.other': 'autres',
  'stem.accompaniment': 'accompagnement',
  'stem.harmonic': 'harmonique',
  'stem.percussive': 'percussif',
  'stem.centre': 'centre',
  'stem.sides': 'côtés',
  'stem.residual': 'résidu',
  'stem.rest': 'reste',
  'stem.removed': 'retiré',
  'stem.without': 'sans {name}',
};
