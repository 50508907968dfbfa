/** Texts of the list of steps. */
export const history = {
  'history.title': 'History: steps done and undone',
  'history.start': 'Before the first step',
  'history.undone': '{step} (undone)',
  'history.status': 'Step {at} of {count}',
  'history.earlier': 'Show {count} earlier steps',
  'history.more': '{step}, and {count} more',
  'history.move': 'Moved {seconds} s from {from} to {to}',
  'history.copy': 'Copied {seconds} s from {from} to {to}',
  'history.attenuate': 'Took {seconds} s away from {from}',
  'history.quieter': 'Attenuated {seconds} s of {from}',
  'history.debleed': 'De-bled {seconds} s of {from}',
  'history.heal': 'Healed {seconds} s of {from}',
  'history.clone': 'Cloned {seconds} s in {from}',
  'shortcut.history': 'List of all steps',
} as const;
