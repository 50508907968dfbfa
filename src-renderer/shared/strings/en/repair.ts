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
  'verbs.healTime': 'Heal from before and after',
  'verbs.healTime.help':
    'Fills the selection with what comes before and after it; what was there is taken away',
  'verbs.healBand': 'Heal from below and above',
  'verbs.healBand.help':
    'Fills the selection with what lies below and above it in frequency; what was there is taken away',
  'edits.heal': '{from} healed',
  'edits.clone': 'cloned in {from}',
  'step.edit.heal': 'Heal {name}',
  'step.edit.clone': 'Clone in {name}',
  'shortcut.healTime': 'Heal the selection from before and after',
  'shortcut.healBand': 'Heal the selection from below and above',
  'verbs.clone': 'Clone to the playhead',
  'verbs.clone.help':
    'Copies the selection, with its overtones, to the time of the playhead; what was there is taken away',
  'verbs.overtones': 'Clone: overtones, with the fundamental',
  'shortcut.clone': 'Clone the selection to the playhead',
} as const;
