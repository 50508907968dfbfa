import { describe, expect, test } from 'vitest';
import { createWindow, type WindowName } from '../../../../src-main/common/dsp/windows.js';

const names: WindowName[] = [
  'hann',
  'sqrt-hann',
  'hamming',
  'blackman',
  'blackman-harris',
  'sine',
  'rectangular',
  'triangular',
];

describe.each(names)('%s', (name) => {
  test.each([1, 2, 3, 16, 375, 4096])(
    'a symmetric window of %i samples is its own mirror image',
    (length) => {
      const window = createWindow(name, length, 'symmetric');
      const mirrored = window.toReversed();
      window.forEach((value, i) => expect(value).toBeCloseTo(mirrored[i], 14));
    },
  );

  test('a periodic window is the longer symmetric one without its last sample', () => {
    expect(createWindow(name, 30)).toEqual(createWindow(name, 31, 'symmetric').slice(0, 30));
  });

  test('values lie in [0, 1] and are numbers', () => {
    for (const length of [1, 2, 5, 64]) {
      for (const value of createWindow(name, length)) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
  });
});

test('the square root of Hann, squared, is Hann', () => {
  const root = createWindow('sqrt-hann', 1024);
  const hann = createWindow('hann', 1024);
  hann.forEach((value, i) => expect(root[i] ** 2).toBeCloseTo(value, 14));
});

test.each([0, -1, 1.5, NaN])('a length of %d is refused', (length) => {
  expect(() => createWindow('hann', length)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
