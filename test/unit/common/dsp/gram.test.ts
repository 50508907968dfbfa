import { expect, test } from 'vitest';
import { gramMatrix } from '../../../../src-main/common/dsp/gram.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

test.each([
  [1, 1],
  [2, 3],
  [5, 4],
  [31, 7],
  [32, 16],
  [33, 17],
  [100, 513],
])('%i rows of %i equal the scalar products below -120 dB, and the matrix is symmetric', (n, k) => {
  const rows = noise(n * k, n + k);
  const expected = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let c = 0; c < k; c++) expected[i * n + j] += rows[i * k + c] * rows[j * k + c];
    }
  }
  const into = new Float32Array(n * n).fill(NaN);
  expect(gramMatrix(rows, n, k, into)).toBe(into);
  expect(errorDb(into, expected)).toBeLessThan(-120);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) expect(into[i * n + j]).toBe(into[j * n + i]);
  }
});

test('no rows make an empty matrix, and other sizes are refused', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  expect(gramMatrix(new Float32Array(0), 0, 5)).toHaveLength(0);
  expect(() => gramMatrix(new Float32Array(9), 2, 5)).toThrow(wrong);
  expect(() => gramMatrix(new Float32Array(10), 2, 5, new Float32Array(3))).toThrow(wrong);
});
