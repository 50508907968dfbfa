import { describe, expect, it } from 'vitest';
import { mixFrames, rampFrames, rampGain, type MixSource } from '../../../src-renderer/playback/kernel.js';

function source(values: number[][], now: number[], target: number[], from = 0): MixSource {
  return {
    planes: values.map((plane) => Float32Array.from(plane)),
    from,
    now: Float32Array.from(now),
    target: Float32Array.from(target),
    factors: null,
  };
}

const noise = (seed: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.fround(Math.sin(seed * 12.9898 + i * 78.233) * 0.7));

describe('the mixing kernel', () => {
  it('sums gain · sample of every source, rounded once', () => {
    const [a, b, c] = [noise(1, 64), noise(2, 64), noise(3, 64)];
    const out = [new Float32Array(64), new Float32Array(64)];
    const gains = [0.3, -1.7, 1].map(Math.fround);
    mixFrames(
      out,
      0,
      64,
      [a, b, c].map((x, s) => source([x, x], [gains[s], 0], [gains[s], 0])),
      0,
    );
    const wanted = a.map((_, i) => Math.fround(gains[0] * a[i] + gains[1] * b[i] + gains[2] * c[i]));
    expect([...out[0]]).toEqual(wanted);
    expect([...out[1]]).toEqual(wanted.map(() => 0));
  });

  it('multiplies the factors of the automation, counted like the ramp', () => {
    const out = [new Float32Array(8)];
    const x = noise(5, 8);
    const factors = Float32Array.from({ length: rampFrames }, (_, i) => i / 100);
    mixFrames(out, 2, 3, [{ ...source([x], [1], [0.5]), factors }], 10);
    const at = (i: number): number =>
      Math.fround(rampGain(1, 0.5, 10 + i, rampFrames) * factors[10 + i] * x[i]);
    expect([...out[0]]).toEqual([0, 0, at(0), at(1), at(2), 0, 0, 0]);
  });

  it('ramps linearly over 128 frames and ends on the target exactly', () => {
    const out = [new Float32Array(rampFrames)];
    mixFrames(out, 0, rampFrames, [source([Array(rampFrames).fill(1)], [0.25], [0.75])], 0);
    expect([...out[0]]).toEqual(
      Array.from({ length: 128 }, (_, i) => Math.fround(0.25 + (0.5 * (i + 1)) / 128)),
    );
    expect(out[0][127]).toBe(0.75);
    expect(rampGain(0.1, 0.7, 127, 128)).toBe(0.7);
  });

  it('goes on in the ramp where a quantum is split', () => {
    const values = noise(4, 128);
    const whole = [new Float32Array(128)];
    mixFrames(whole, 0, 128, [source([values], [0], [1])], 0);
    const split = [new Float32Array(128)];
    mixFrames(split, 0, 50, [source([values], [0], [1])], 0);
    mixFrames(split, 50, 78, [source([values], [0], [1], 50)], 50);
    expect([...split[0]]).toEqual([...whole[0]]);
  });

  it('leaves the output outside its frames alone', () => {
    const out = [Float32Array.from([9, 9, 9, 9])];
    mixFrames(out, 1, 2, [source([[1, 2, 3]], [1], [1], 1)], 0);
    expect([...out[0]]).toEqual([9, 2, 3, 9]);
  });

  it('keeps the highest magnitude of each source, and never lowers what is there', () => {
    const peaks = Float32Array.from([0, 2]);
    mixFrames(
      [new Float32Array(3)],
      0,
      3,
      [source([[0.1, -0.5, 0.2]], [1], [1]), source([[1, 1, 1]], [1], [1])],
      127,
      peaks,
    );
    expect([...peaks]).toEqual([0.5, 2]);
  });

  it('keeps the peaks of each channel apart', () => {
    const peaks = new Float32Array(4);
    const planes = [new Float32Array(2), new Float32Array(2)];
    const left = source(
      [
        [0.5, -0.75],
        [0.25, 0],
      ],
      [1, 1],
      [1, 1],
    );
    const right = source(
      [
        [0, 0],
        [-1, 0.5],
      ],
      [1, 0.5],
      [1, 0.5],
    );
    mixFrames(planes, 0, 2, [left, right], 127, peaks);
    expect([...peaks]).toEqual([0.75, 0.25, 0, 0.5]);
  });
});
