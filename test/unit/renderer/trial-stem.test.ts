import { expect, it } from 'vitest';
import { excerptStart, mostShared } from '../../../src-renderer/state/trial-stem.js';

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

it.each([
  ['at the playhead', 5, 100, 5],
  ['earlier where the song ends before', 95, 100, 90],
  ['earlier at the very end', 100, 100, 90],
  ['with the song where that is shorter', 3, 4, 0],
])('an excerpt begins %s', (_, position, length, start) => {
  const info = { frames: length * 48_000, sampleRate: 48_000 };
  expect(excerptStart({ player: { position: position * 48_000 }, info }, 10)).toBe(start);
});
