import { expect, it } from 'vitest';
import { isAudioName } from '../../../../src-main/common/jobs/audio-names.js';

it.each([
  ['song.wav', true],
  ['Song.FLAC', true],
  ['a.stem.mp4', true],
  ['.hidden.wav', false],
  ['.wav', false],
  ['wav', false],
  ['notes.txt', false],
  ['', false],
])('%s: %s', (name, audio) => {
  expect(isAudioName(name)).toBe(audio);
});
