import { expect, it } from 'vitest';
import { fixed } from '../../../../src-main/common/base/figures.js';
import { figureText } from '../../../../src-renderer/report/figures.js';

it('what rounds to zero has no minus, in figures of the command line and of reports', () => {
  expect([-0.004, -0.005, 0, -0, 0.004, -1.5].map((value) => fixed(value, 2))).toEqual([
    ...['0.00', '-0.01', '0.00', '0.00', '0.00', '-1.50'],
  ]);
  expect(fixed(-0.4, 0)).toBe('0');
  expect([-0.04, -0.06].map((value) => figureText(value, { digits: 1 }))).toEqual(['0.0', '−0.1']);
});
