/** A blind test of two sounds, in the app and in reports. */
export const abx = {
  'abx.title': 'ABX test',
  'abx.note':
    'Is there a difference to hear? X is A or B, by lot, again and again. Ten answers or more say something.',
  'abx.begin': 'Begin ABX test',
  'abx.isA': 'X is A',
  'abx.isB': 'X is B',
  'abx.score': '{right} of {all} right.',
  'abx.chance': 'By guessing alone: {percent} % (p).',
  'abx.end': 'End ABX test',
} as const;
