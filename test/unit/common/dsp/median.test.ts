import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import { medianFilterRows, selectMedian, transpose } from '../../../../src-main/common/dsp/median.js';

/** The definition: sort every window; edges repeat the border sample (SciPy's "reflect"). */
function naive(row: readonly number[], size: number): number[] {
  const n = row.length;
  const at = (i: number): number => {
    const folded = ((i % (2 * n)) + 2 * n) % (2 * n);
    return row[folded < n ? folded : 2 * n - 1 - folded];
  };
  return row.map((_, i) => {
    const window = Array.from({ length: size }, (_unused, k) => at(i - (size - 1) / 2 + k));
    return window.sort((a, b) => a - b)[(size - 1) / 2];
  });
}

const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 60 });

describe('medians', () => {
  it('the running median equals sorting every window, ties and edges included', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(1, 3, 5, 17, 31), (row, size) => {
        const out = new Float32Array(row.length);
        medianFilterRows(Float32Array.from(row), 1, row.length, size, out);
        expect([...out]).toEqual(naive(row, size));
      }),
    );
  });

  it('rows do not leak into each other', () => {
    const out = new Float32Array(6);
    medianFilterRows(Float32Array.of(1, 1, 1, 9, 9, 9), 2, 3, 3, out);
    expect([...out]).toEqual([1, 1, 1, 9, 9, 9]);
  });

  it('an even size is refused', () => {
    expect(() => medianFilterRows(new Float32Array(4), 1, 4, 4, new Float32Array(4))).toThrowError(/odd/);
  });

  it('selecting the median equals sorting', () => {
    fc.assert(
      fc.property(values, (list) => {
        const sorted = [...list].sort((a, b) => a - b);
        expect(selectMedian(Float32Array.from(list), list.length)).toBe(sorted[(list.length - 1) >> 1]);
      }),
    );
  });

  it('transposes planes larger than a tile', () => {
    const [rows, columns] = [40, 70];
    const plane = Float32Array.from({ length: rows * columns }, (_, i) => i);
    const out = new Float32Array(rows * columns);
    transpose(plane, rows, columns, out);
    expect(out[5 * rows + 33]).toBe(plane[33 * columns + 5]);
    const back = new Float32Array(rows * columns);
    transpose(out, columns, rows, back);
    expect(back).toEqual(plane);
  });
});
