/** What the stems of known models are called; other stems go by the name that their model gives them. */
export const stems = {
  'stem.vocals': 'vocals',
  'stem.drums': 'drums',
  'stem.bass': 'bass',
  'stem.guitar': 'guitar',
  'stem.piano': 'piano',
  'stem.other': 'other',
  'stem.accompaniment': 'accompaniment',
  'stem.harmonic': 'harmonic',
  'stem.percussive': 'percussive',
  'stem.centre': 'centre',
  'stem.sides': 'sides',
  'stem.residual': 'residual',
  'stem.rest': 'rest',
  'stem.removed': 'removed',
  'stem.without': 'no-{name}',
} as const;
