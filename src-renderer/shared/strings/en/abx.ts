/** A blind test of two sounds, in the app and in reports. */
export const abx = {
  'abx.title': 'ABX test',
  'abx.note':
    'Can you hear a difference? X is A or B, drawn at random each time. Ten answers or more make the result meaningful.',
  'abx.begin': 'Begin ABX test',
  'abx.isA': 'X is A',
  'abx.isB': 'X is B',
  'abx.score': '{right} of {all} right.',
  'abx.chance': 'Chance of this score by guessing: {percent} % (p-value).',
  'abx.end': 'End ABX test',
} as const;
