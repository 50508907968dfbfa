/** Texts of the tour at the first start. */
export const tour = {
  'tour.label': 'Tour',
  'tour.step': 'Step {step} of 3',
  'tour.open.title': 'Open a song',
  'tour.open': 'Drop a file anywhere in the window, or begin with the demo song.',
  'tour.separate.title': 'Separate it',
  'tour.separate': 'Press “Separate”. The stems appear below the song, and always add up to it.',
  'tour.change.title': 'Listen and change',
  'tour.change':
    'Mute or solo stems. Drag on a stem to select a part, move it to another stem, then export. The null meter shows that nothing is lost.',
  'tour.next': 'Next',
  'tour.leave': 'Skip the tour',
  'tour.done': 'Done',
  'tour.again': 'Show the tour',
} as const;
