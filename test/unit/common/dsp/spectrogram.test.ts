import { expect, test } from 'vitest';
import {
  hertzToMel,
  melFilterbank,
  melSpectrogram,
  melToHertz,
} from '../../../../src-main/common/dsp/mel.js';
import {
  magnitude,
  magnitudeToDecibels,
  power,
  powerToDecibels,
} from '../../../../src-main/common/dsp/spectrogram.js';

const spectrum = { frames: 1, bins: 3, re: Float32Array.of(3, 0, -1), im: Float32Array.of(4, 0, 0) };

test('magnitude is |X| and power |X|²', () => {
  expect([...magnitude(spectrum)]).toEqual([5, 0, 1]);
  expect([...power(spectrum)]).toEqual([25, 0, 1]);
});

test('levels are relative to the reference and stop at the floor; a broken bin is silent', () => {
  expect([...powerToDecibels(Float32Array.of(100, 1, 0, NaN), -80, 1)]).toEqual([20, 0, -80, -80]);
  expect([...magnitudeToDecibels(Float32Array.of(100, 1, 1e-9), -60, 10)]).toEqual([20, -20, -60]);
});

test.each(['htk', 'slaney'] as const)('%s mel and hertz are inverse functions', (scale) => {
  for (const hertz of [0, 50, 999, 1000, 1001, 8000, 22050]) {
    expect(melToHertz(hertzToMel(hertz, scale), scale)).toBeCloseTo(hertz, 8);
  }
});

test('1000 Hz is 15 mel of Slaney and about 1000 mel of HTK', () => {
  expect(hertzToMel(1000, 'slaney')).toBeCloseTo(15, 12);
  expect(hertzToMel(1000, 'htk')).toBeCloseTo(999.99, 1);
});

test('a mel spectrogram is the product of spectrogram and bank', () => {
  const bank = melFilterbank({ sampleRate: 8000, nFft: 64, bands: 6, norm: 'none' });
  const frames = Float32Array.from({ length: 2 * 33 }, (_, i) => Math.abs(Math.sin(i)));
  const mel = melSpectrogram(frames, 33, bank);
  for (let f = 0; f < 2; f++) {
    for (let b = 0; b < 6; b++) {
      let sum = 0;
      for (let k = 0; k < 33; k++) sum += frames[f * 33 + k] * bank[b * 33 + k];
      expect(mel[f * 6 + b]).toBeCloseTo(sum, 5);
    }
  }
});

test('planes of another length, and bands between no frequencies, are refused', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  expect(() => magnitude(spectrum, new Float32Array(2))).toThrow(wrong);
  expect(() => melFilterbank({ sampleRate: 8000, nFft: 64, bands: 6, low: 5000 })).toThrow(wrong);
  expect(() => melSpectrogram(new Float32Array(34), 33, new Float32Array(33))).toThrow(wrong);
});
