/** Texts of the sliders that make stems clean or full. */
export const shape = {
  'shape.title': 'Full ↔ clean',
  'shape.slider': 'Clean or full: {name}',
  'shape.clean': '{percent} % clean',
  'shape.full': '{percent} % full',
  'shape.neutral': 'as separated',
  'shape.note':
    'Clean: no sound from other stems. Full: nothing missing. What one stem loses, the others gain.',
  'step.clean': 'Clean or full {name}',
  'step.shape.vocals-clean': 'Vocals clean',
  'step.shape.vocals-full': 'Vocals full',
  'step.shape.balanced': 'Balanced',
  'step.shape.instrumental-clean': 'Instrumental clean',
  'step.shape.instrumental-full': 'Instrumental full',
  'batch.shape': 'Clean or full',
} as const;
