import fc from '../../../support/fc.js';
import { describe, expect, test } from 'vitest';
import { createRealFft } from '../../../fixtures/reference-fft.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

/** The definition, O(n²). */
function dft(input: Float32Array): { re: Float64Array; im: Float64Array } {
  const n = input.length;
  const bins = Math.floor(n / 2) + 1;
  const [re, im] = [new Float64Array(bins), new Float64Array(bins)];
  for (let k = 0; k < bins; k++) {
    for (let i = 0; i < n; i++) {
      const angle = (-2 * Math.PI * ((k * i) % n)) / n;
      re[k] += input[i] * Math.cos(angle);
      im[k] += input[i] * Math.sin(angle);
    }
  }
  return { re, im };
}

describe.each([1, 2, 3, 4, 5, 6, 8, 9, 15, 16, 20, 45, 60, 125, 128, 375, 480, 512])('%i points', (n) => {
  const fft = createRealFft(n);
  const input = noise(n, n);
  const [re, im] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
  fft.forward(input, re, im);

  test('the forward transform equals the definition below -280 dB', () => {
    const expected = dft(input);
    expect(errorDb([...re, ...im], [...expected.re, ...expected.im])).toBeLessThan(-280);
  });

  test('the inverse gives the input back below -280 dB', () => {
    const output = new Float64Array(n);
    fft.inverse(re, im, output);
    expect(errorDb(output, input)).toBeLessThan(-280);
  });

  test('imaginary parts of DC and Nyquist are ignored by the inverse', () => {
    const output = new Float64Array(n);
    const dirty = im.slice();
    dirty[0] = 7;
    if (n % 2 === 0) dirty[n / 2] = -3;
    fft.inverse(re, dirty, output);
    expect(errorDb(output, input)).toBeLessThan(-280);
  });
});

test('energy is kept for every length of factors 2, 3, 5 (Parseval)', () => {
  const factors = fc.array(fc.constantFrom(2, 3, 5), { maxLength: 6 });
  fc.assert(
    fc.property(factors, fc.integer({ min: 1, max: 1000 }), (primes, seed) => {
      const n = primes.reduce((a, b) => a * b, 1);
      const fft = createRealFft(n);
      const input = noise(n, seed);
      const [re, im] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
      fft.forward(input, re, im);
      let energy = 0;
      re.forEach((value, k) => {
        const twice = k === 0 || 2 * k === n ? 1 : 2;
        energy += (twice * (value ** 2 + im[k] ** 2)) / n;
      });
      expect(energy / input.reduce((a, x) => a + x * x, 0)).toBeCloseTo(1, 12);
    }),
    { numRuns: 50, seed: 3 },
  );
});

test.each([0, 7, 14, 22, 1025 * 3 * 7, 2.5, -4])('a length of %d is refused', (n) => {
  expect(() => createRealFft(n)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
