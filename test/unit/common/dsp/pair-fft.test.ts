import { expect, test } from 'vitest';
import { createRealFft } from '../../../fixtures/reference-fft.js';
import { PairFft, allocatePair, fastLength } from '../../../../src-main/common/dsp/pair-fft.js';
import { noise } from '../../../fixtures/signals.js';

test.each([1, 2, 30, 64, 375, 1024, 5120])('%i points: both spectra and both inverses', (size) => {
  const fft = new PairFft(size);
  const [a, b] = [noise(size, 1), noise(Math.ceil(size / 2), 2)];
  const spectrum = allocatePair(size);
  fft.forward(a, b, spectrum);
  const reference = createRealFft(size);
  for (const [signal, re, im] of [
    [a, spectrum.aRe, spectrum.aIm],
    [b, spectrum.bRe, spectrum.bIm],
  ] as const) {
    const whole = new Float64Array(size);
    whole.set(signal);
    const [trueRe, trueIm] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
    reference.forward(whole, trueRe, trueIm);
    trueRe.forEach((value, k) => expect(Math.abs(re[k] - value)).toBeLessThan(1e-11 * size));
    trueIm.forEach((value, k) => expect(Math.abs(im[k] - value)).toBeLessThan(1e-11 * size));
  }
  const [back, half] = [new Float64Array(size), new Float64Array(b.length)];
  fft.inverse(spectrum, back, half);
  back.forEach((value, n) => expect(Math.abs(value - a[n])).toBeLessThan(1e-12));
  half.forEach((value, n) => expect(Math.abs(value - b[n])).toBeLessThan(1e-12));
});

test('fast lengths hold 2, 3 and 5 only and are as short as can be', () => {
  expect([1, 64, 65, 44611, 46080].map(fastLength)).toEqual([64, 64, 128, 46080, 46080]);
});
