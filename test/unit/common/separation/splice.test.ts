import { describe, expect, it } from 'vitest';
import { spliceBlock, splicePart, spliceWeight } from '../../../../src-main/common/separation/splice.js';
import { noise } from '../../../fixtures/signals.js';

const length = 4000;
const rate = 10_000;

/** Two stems that add up to the source in float32, `[stem][channels][n]`. */
function stemsOf(source: Float32Array, seed: number): Float32Array[][] {
  const one = noise(source.length, seed).map((x) => x / 3);
  return [[one], [source.map((x, i) => x - one[i])]];
}

describe('a part that is separated anew', () => {
  it('is faded over 20 ms at both ends, inside of it, and less where it is short', () => {
    const part = splicePart({ start: 1000, count: 1000 }, rate);
    expect(part.fade).toBe(200);
    const weights = [999, 1000, 1100, 1199, 1200, 1799, 1800, 1999, 2000].map((frame) =>
      spliceWeight(part, length, frame),
    );
    expect(weights).toEqual([0, 0.0025, 0.5025, 0.9975, 1, 1, 0.9975, 0.0025, 0]);
    expect(splicePart({ start: 0, count: 100 }, rate).fade).toBe(50);
  });

  it('is not faded where the song begins or ends', () => {
    const part = splicePart({ start: 0, count: length }, rate);
    expect([0, 1, length - 1].map((frame) => spliceWeight(part, length, frame))).toEqual([1, 1, 1]);
  });

  it('leaves every sample outside as it was, has the new ones in its middle, and adds up everywhere', () => {
    const source = noise(length, 1);
    const earlier = stemsOf(source, 2);
    const fresh = stemsOf(source, 3);
    const before = earlier.map(([plane]) => plane.slice());
    const part = splicePart({ start: 1000, count: 1500 }, rate);
    // In blocks, with the borders inside of some and between others.
    for (let at = 0; at < length; at += 700) {
      const cut = (planes: Float32Array[]): Float32Array[] => [planes[0].subarray(at, at + 700)];
      const into = earlier.map(cut);
      spliceBlock(part, length, at, [source.subarray(at, at + 700)], into, fresh.map(cut));
    }
    earlier.forEach(([plane], s) => {
      expect(plane.subarray(0, 1000)).toEqual(before[s].subarray(0, 1000));
      expect(plane.subarray(2500)).toEqual(before[s].subarray(2500));
      const worst = plane
        .subarray(1200, 2300)
        .reduce((most, x, i) => Math.max(most, Math.abs(x - fresh[s][0][1200 + i])), 0);
      expect(worst).toBeLessThan(2e-7);
      const middle = 1100;
      const mean = spliceWeight(part, length, middle);
      expect(plane[middle]).toBeCloseTo(mean * fresh[s][0][middle] + (1 - mean) * before[s][middle], 6);
    });
    const off = source.reduce(
      (most, x, i) => Math.max(most, Math.abs(earlier[0][0][i] + earlier[1][0][i] - x)),
      0,
    );
    expect(off).toBeLessThan(1.2e-7);
  });
});
