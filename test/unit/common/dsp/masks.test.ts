import fc from '../../../support/fc.js';
import { expect, test } from 'vitest';
import {
  applyMask,
  binaryMask,
  binaryMasks,
  ratioMasks,
  softMask,
} from '../../../../src-main/common/dsp/masks.js';

const level = fc.oneof(
  fc.constant(0),
  fc.float({ min: 0, max: Math.fround(1e30), noNaN: true }),
  fc.float({ min: 0, max: Math.fround(1e-30), noNaN: true }),
);

test('ratio masks add up to 1 for any magnitudes, exponent and number of sources', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(level, level, level), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(0.5, 1, 2, 4),
      (bins, exponent) => {
        const planes = [0, 1, 2].map((j) => Float32Array.from(bins, (bin) => bin[j]));
        const masks = ratioMasks(planes, exponent);
        bins.forEach((_, i) => {
          expect(masks[0][i] + masks[1][i] + masks[2][i]).toBeCloseTo(1, 6);
        });
      },
    ),
    { seed: 1 },
  );
});

test('a ratio mask is v^p over the sum of powers', () => {
  const [a, b] = ratioMasks([Float32Array.of(3, 1, 0), Float32Array.of(4, 1, 0)], 2);
  expect([...a].map((x) => x.toFixed(6))).toEqual(['0.360000', '0.500000', '0.500000']);
  expect([...b].map((x) => x.toFixed(6))).toEqual(['0.640000', '0.500000', '0.500000']);
  expect([...softMask(Float32Array.of(3), Float32Array.of(1), 1)]).toEqual([0.75]);
});

test('binary masks give each bin to the loudest source, the first of equals', () => {
  const masks = binaryMasks([Float32Array.of(1, 2, 5), Float32Array.of(3, 2, 4)]);
  expect(masks.map((mask) => [...mask])).toEqual([
    [0, 1, 1],
    [1, 0, 0],
  ]);
});

test('a binary mask opens only above its margin', () => {
  const [voice, rest] = [Float32Array.of(1, 2, 4), Float32Array.of(1, 1, 1)];
  expect([...binaryMask(voice, rest)]).toEqual([0, 1, 1]);
  expect([...binaryMask(voice, rest, 7)]).toEqual([0, 0, 1]);
});

test('a mask scales both parts, in place too', () => {
  const spectrum = { frames: 1, bins: 2, re: Float32Array.of(2, 4), im: Float32Array.of(-6, 8) };
  const result = applyMask(Float32Array.of(0.5, 0), spectrum);
  expect([[...result.re], [...result.im]]).toEqual([
    [1, 0],
    [-3, 0],
  ]);
  expect([...spectrum.re]).toEqual([2, 4]);
  expect(applyMask(Float32Array.of(2, 1), spectrum, spectrum)).toBe(spectrum);
  expect([...spectrum.im]).toEqual([-12, 8]);
});

test('planes of different lengths and exponents that are not positive are refused', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  expect(() => ratioMasks([new Float32Array(2), new Float32Array(3)])).toThrow(wrong);
  expect(() => ratioMasks([new Float32Array(2)], 0)).toThrow(wrong);
  expect(() => binaryMasks([new Float32Array(2), new Float32Array(3)])).toThrow(wrong);
});
