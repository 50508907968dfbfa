import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OverlapAdd } from '../../../../src-main/common/dsp/overlap-add.js';
import { noise } from './signals.js';

const block = fc.record({
  start: fc.integer({ min: 0, max: 300 }),
  weights: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 120 }),
});

test('a constant comes out constant for any plan, and 0 where no weight fell', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 8 }), fc.integer({ min: 1, max: 64 }), (plan, span) => {
      const sum = new OverlapAdd(1, span);
      const covered = new Float64Array(500);
      for (const { start, weights } of plan) {
        sum.add(start, [new Float32Array(weights.length).fill(0.3)], Float64Array.from(weights));
        weights.forEach((w, i) => (covered[start + i] += w));
      }
      const [output] = sum.drain(500);
      const constant = Math.fround(0.3);
      // Weights below the smallest normal number round products to nothing; they are no plan.
      output.forEach((value, i) => {
        if (covered[i] === 0) expect(value).toBe(0);
        else if (covered[i] > 1e-290) expect(Math.abs(value - constant)).toBeLessThan(1e-7);
      });
    }),
    { seed: 4 },
  );
});

test('the output is the weighted mean of the blocks, in any order and drained in any pieces', () => {
  const blocks = [0, 40, 80, 120].map((start, i) => ({
    start,
    planes: [noise(80, i + 1), noise(80, i + 9)],
    weights: Float64Array.from({ length: 80 }, (_, n) => Math.min(n + 1, 80 - n)),
  }));
  const expected = [0, 1].map((c) =>
    Float32Array.from({ length: 200 }, (_, t) => {
      let [sum, weight] = [0, 0];
      for (const { start, planes, weights } of blocks) {
        if (t < start || t >= start + 80) continue;
        sum += weights[t - start] * planes[c][t - start];
        weight += weights[t - start];
      }
      return sum / weight;
    }),
  );
  const atOnce = new OverlapAdd(2, 8);
  for (const { start, planes, weights } of blocks) atOnce.add(start, planes, weights);
  expect(atOnce.drain(200)).toEqual(expected);
  const streaming = new OverlapAdd(2, 8);
  const pieces = blocks.map(({ start, planes, weights }) => {
    streaming.add(start, planes, weights);
    return streaming.drain(start + 40);
  });
  pieces.push(streaming.drain(200));
  const joined = [0, 1].map((c) => Float32Array.from(pieces.flatMap((piece) => [...piece[c]])));
  expect(joined).toEqual(expected);
  expect(streaming.position).toBe(200);
});

test('what starts before the drained end keeps only its later part', () => {
  const sum = new OverlapAdd(1);
  sum.drain(10);
  sum.add(5, [Float32Array.from({ length: 10 }, (_, i) => i)], new Float32Array(10).fill(1));
  expect([...sum.drain(16)[0]]).toEqual([5, 6, 7, 8, 9, 0]);
});

test('a weight of 0 silences what is not finite', () => {
  const sum = new OverlapAdd(1);
  sum.add(0, [Float32Array.of(NaN, 1, Infinity)], Float32Array.of(0, 1, 0));
  expect([...sum.drain(3)[0]]).toEqual([0, 1, 0]);
});

test('other channel counts and blocks shorter than their weights are refused', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  const sum = new OverlapAdd(2);
  expect(() => sum.add(0, [new Float32Array(4)], new Float32Array(4))).toThrow(wrong);
  expect(() => sum.add(0, [new Float32Array(4), new Float32Array(3)], new Float32Array(4))).toThrow(wrong);
  expect(() => sum.drain(5, [new Float32Array(5), new Float32Array(4)])).toThrow(wrong);
});
