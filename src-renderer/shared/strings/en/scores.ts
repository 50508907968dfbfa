/** Texts about scores, which the page and reports share. */
export const scores = {
  'score.own': 'Your stems',
  'score.include': 'My stems, as they are in the editor',
  'score.about':
    'With true stems they are scored, too, edits included. If no model is ticked, nothing is separated.',
  'score.none': 'Separate the song first.',
  'score.figure': 'Figure',
  'score.table': 'Your stems against the true ones',
  'score.stem': 'Stem',
  'score.allBut': 'all but {name}',
  'score.shaky': 'Ill-conditioned: the true stem has no high frequencies',
  'score.band':
    'The true stem {stem} has nothing above {limit} kHz: ISR, SIR and SAR are ill-conditioned there, and rest on a noise floor of 16-bit rounding.',
} as const;
