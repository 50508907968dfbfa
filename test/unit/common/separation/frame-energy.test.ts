import { expect, it } from 'vitest';
import { frameEnergy } from '../../../../src-main/common/separation/host-plans.js';
import { createWindow } from '../../../../src-main/common/dsp/windows.js';

it.each([
  [16, 4, 3],
  [16, 4, 5],
  [16, 4, 40],
  [16, 5, 33],
  [12, 12, 9],
])('Σ w² of frames of %i samples every %i: %i of them, summed one by one', (nFft, hop, frames) => {
  const energy = frameEnergy({ nFft, hop, window: 'hamming', winLength: nFft - 2 }, frames);
  const window = createWindow('hamming', nFft - 2, 'periodic');
  const wanted = new Float32Array((frames - 1) * hop + nFft);
  for (let f = 0; f < frames; f++) window.forEach((w, i) => (wanted[f * hop + 1 + i] += w * w));
  expect(energy).toEqual(wanted);
});
