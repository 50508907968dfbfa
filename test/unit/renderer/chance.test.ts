import { expect, it } from 'vitest';
import { chanceByGuessing } from '../../../src-renderer/base/chance.js';

it('the p-value of an ABX test is the tail of the binomial distribution', () => {
  expect(chanceByGuessing(0, 0)).toBe(1);
  expect(chanceByGuessing(1, 1)).toBe(0.5);
  expect(chanceByGuessing(0, 7)).toBe(1);
  // By hand: (1 + 10 + 45) / 1024, and (120 + 45 + 10 + 1) / 1024.
  expect(chanceByGuessing(8, 10)).toBeCloseTo(56 / 1024, 12);
  expect(chanceByGuessing(7, 10)).toBeCloseTo(176 / 1024, 12);
  expect(chanceByGuessing(16, 16)).toBeCloseTo(2 ** -16, 12);
  // By symmetry half of all even splits, and the middle.
  expect(chanceByGuessing(51, 100)).toBeCloseTo(0.4602, 4);
});
