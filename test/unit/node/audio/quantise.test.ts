import { describe, expect, it } from 'vitest';
import { Dither, quantise, quantiseJointly } from '../../../../src-main/common/dsp/quantise.js';

const random = (seed: number, count: number, peak: number): Float32Array => {
  const noise = new Dither(seed);
  return Float32Array.from({ length: count }, () => noise.next() * peak);
};

describe('quantise', () => {
  it('keeps samples that are on the grid exactly, to the ends of the range', () => {
    const levels = [-32768, -32767, -1, 0, 1, 255, 32766, 32767];
    const out = new Int32Array(levels.length);
    quantise(
      Float32Array.from(levels, (k) => k / 32768),
      1,
      levels.length,
      16,
      null,
      out,
    );
    expect([...out]).toEqual(levels);
  });

  it('keeps every 24-bit level that float32 holds', () => {
    const levels = [-8388608, -8388607, -1, 0, 1, 8388606, 8388607];
    const out = new Int32Array(levels.length);
    quantise(
      Float32Array.from(levels, (k) => k / 8388608),
      1,
      levels.length,
      24,
      null,
      out,
    );
    expect([...out]).toEqual(levels);
  });

  it('clamps what is beyond the range, and makes NaN silent', () => {
    const out = new Int32Array(4);
    quantise(Float32Array.of(1.5, -1.5, Number.POSITIVE_INFINITY, Number.NaN), 1, 4, 16, null, out);
    expect([...out]).toEqual([32767, -32768, 32767, 0]);
  });

  it('applies the gain before rounding', () => {
    const out = new Int32Array(1);
    quantise(Float32Array.of(3 / 32768), 0.5, 1, 16, null, out);
    expect(out[0]).toBe(2);
  });

  it('dithers with triangular noise: no bias, variance 1/4 LSB² with the rounding, at any level', () => {
    const count = 200_000;
    for (const level of [0, 0.25, 0.5]) {
      const out = new Int32Array(count);
      quantise(new Float32Array(count).fill(level / 32768), 1, count, 16, new Dither(7), out);
      const mean = out.reduce((sum, k) => sum + k, 0) / count;
      const variance = out.reduce((sum, k) => sum + (k - mean) ** 2, 0) / count;
      expect(Math.abs(mean - level)).toBeLessThan(0.01);
      expect(Math.abs(variance - 0.25)).toBeLessThan(0.01);
    }
  });

  it('gives the same noise for the same seed, whatever the blocks, and another for another stream', () => {
    const samples = random(3, 1000, 0.5);
    const whole = new Int32Array(1000);
    const parts = new Int32Array(1000);
    const other = new Int32Array(1000);
    quantise(samples, 1, 1000, 16, new Dither(9, 2), whole);
    const dither = new Dither(9, 2);
    quantise(samples, 1, 300, 16, dither, parts);
    quantise(samples.subarray(300), 1, 700, 16, dither, parts.subarray(300));
    quantise(samples, 1, 1000, 16, new Dither(9, 3), other);
    expect(parts).toEqual(whole);
    expect(other).not.toEqual(whole);
  });
});

describe('quantiseJointly', () => {
  const run = (
    stems: Float32Array[],
    source: Float32Array,
    options: { gain?: number; dither?: boolean } = {},
  ) => {
    const { gain = 1, dither = true } = options;
    const out = stems.map(() => new Int32Array(source.length));
    const unplaced = quantiseJointly(
      {
        ...{
          count: source.length,
          bits: 16 as const,
          stems,
          gains: stems.map(() => gain),
          source,
          sourceGain: gain,
          balance: 1,
        },
        dithers: stems.map((_, s) => (dither ? new Dither(5, s) : null)),
      },
      out,
    );
    return { out, unplaced, sums: source.map((_, i) => out.reduce((sum, plane) => sum + plane[i], 0)) };
  };

  it('makes the integers sum to a source on the grid bit for bit, dithered or not', () => {
    const source = random(1, 5000, 0.9).map((x) => Math.round(x * 32768) / 32768);
    const stems = [0.5, 0.3, 0.2].map((share) => source.map((x) => x * share));
    for (const dither of [true, false]) {
      const { sums, unplaced } = run(stems, source, { dither });
      expect([...sums]).toEqual([...source.map((x) => x * 32768)]);
      expect(unplaced).toBe(0);
    }
  });

  it('sums to the rounded scaled source under a gain', () => {
    const source = random(2, 5000, 0.9);
    const { sums } = run([source.map((x) => x * 0.6), source.map((x) => x * 0.4)], source, { gain: 0.37 });
    expect([...sums]).toEqual([...source].map((x) => Math.floor(0.37 * x * 32768 + 0.5)));
  });

  it('clamps a balance stem that would clip and moves the leftover to stems with room', () => {
    const source = Float32Array.of(0.5, -0.5);
    const stems = [Float32Array.of(-0.9, 0.9), Float32Array.of(1.4, -1.4), Float32Array.of(0, 0)];
    const { out, sums, unplaced } = run(stems, source, { dither: false });
    expect([...sums]).toEqual([16384, -16384]);
    expect([...out[1]]).toEqual([32767, -32768]);
    expect(unplaced).toBe(0);
  });

  it('reports what no stem can take', () => {
    const { unplaced, out } = run([Float32Array.of(0.9), Float32Array.of(0.9)], Float32Array.of(3), {
      dither: false,
    });
    expect(out.map((plane) => plane[0])).toEqual([32767, 32767]);
    expect(unplaced).toBe(3 * 32768 - 2 * 32767);
  });
});
