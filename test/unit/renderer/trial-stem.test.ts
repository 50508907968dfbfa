import { expect, it } from 'vitest';
import { mostShared } from '../../../src-renderer/state/trial-stem.js';

it.each([
  [[['harmonic', 'percussive'], ['vocals', 'accompaniment'], ['accompaniment']], 'accompaniment'],
  [
    [
      ['harmonic', 'percussive'],
      ['vocals', 'accompaniment'],
    ],
    'vocals',
  ],
  [
    [
      ['drums', 'vocals'],
      ['vocals', 'drums'],
    ],
    'vocals',
  ],
  [[['left', 'right'], ['right']], 'right'],
  [[['left', 'right']], 'left'],
  [[], ''],
])('of the stems %j, %s is heard first', (models, stem) => {
  expect(mostShared(models)).toBe(stem);
});
