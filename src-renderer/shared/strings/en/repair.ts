/** Texts of repairs. */
export const repair = {
  'verbs.debleed': 'De-bleed',
  'verbs.debleed.help': 'Moves what another stem dominates to that stem',
  'verbs.bleed': 'De-bleed, amount',
  'verbs.bleed.help':
    '0 %: only where another stem is at least 30 dB louder; 100 %: wherever another stem is louder',
  'verbs.nothing': 'Nothing to do here',
  'step.edit.debleed': 'De-bleed {name}',
  'shortcut.debleed': 'De-bleed the selection',
} as const;
