import { describe, expect, it } from 'vitest';
import { logSpectralGain } from '../../../../../src-main/common/separation/classic/denoise.js';
import { createClassic } from '../../../../../src-main/common/separation/classic/registry.js';
import { errorDb, noise, sine } from '../../../../fixtures/signals.js';

const rate = 44_100;
const length = 8 * rate;

async function parts(mix: readonly Float32Array[]): Promise<readonly (readonly Float32Array[])[]> {
  return await createClassic('denoise').separate(mix, { mean: 0, std: 1 });
}

const level = (x: Float32Array): number => 10 * Math.log10(x.reduce((sum, v) => sum + v * v, 0) / x.length);

const hiss = (seed: number): Float32Array => noise(length, seed).map((x) => 0.03 * x);

/** Added sample by sample. */
const sum = (a: Float32Array, b: Float32Array): Float32Array => a.map((x, i) => x + b[i]);

/** Partials of a chord, each struck anew every second, or sounding without an end. */
function chord(steady: boolean): Float32Array {
  const pitches = [110, 220, 277.2, 329.6, 440, 660, 880, 1318, 2637];
  return pitches
    .map((pitch) => sine(length, pitch, rate, 0.04))
    .reduce(sum)
    .map((x, i) => (steady ? x : x * Math.exp((-6 * (i % rate)) / rate)));
}

describe('de-noise', () => {
  it('the gain is that of Ephraim & Malah 1985, eq. 20, as SciPy has it', () => {
    const expected = [
      [1, 1, 0.66149002],
      [0.1, 2, 0.1742628],
      [100, 50, 0.9900990099],
      [0.01, 0.01, 0.74562425],
      [3, 9, 0.75004745],
    ] as const;
    for (const [prior, posterior, gain] of expected)
      expect(logSpectralGain(prior, posterior)).toBeCloseTo(gain, 4);
    expect(logSpectralGain(10, 0.5)).toBe(1);
  });

  it('takes white noise from notes, in both channels and as they stand', async () => {
    const clean = chord(false);
    const mix = [1, 2].map((seed) => sum(clean, hiss(seed)));
    const [[left, right], [taken]] = await parts(mix);
    for (const [ch, plane] of [left, right].entries())
      expect(errorDb(plane, clean)).toBeLessThan(errorDb(mix[ch], clean) - 8);
    expect(
      errorDb(
        taken,
        mix[0].map((x, i) => x - clean[i]),
      ),
    ).toBeLessThan(-5);
    expect(errorDb(sum(left, taken), mix[0])).toBeLessThan(-110);
  });

  it('noise alone goes away, but for a rest that covers what single bins would do', async () => {
    const [[clean]] = await parts([hiss(1), hiss(2)]);
    expect(level(clean) - level(hiss(1))).toBeLessThan(-18);
    expect(level(clean) - level(hiss(1))).toBeGreaterThan(-26);
  });

  it('a chord that never ends is no noise', async () => {
    const steady = chord(true);
    const [, [taken]] = await parts([steady, steady]);
    expect(level(taken) - level(steady)).toBeLessThan(-45);
  });

  it('silence around a noisy part does not hide the noise', async () => {
    const part = hiss(1).map((x, i) => (i > length / 3 && i < (2 * length) / 3 ? x : 0));
    const [[clean]] = await parts([part, part]);
    expect(level(clean) - level(part)).toBeLessThan(-12);
    const nothing = new Float32Array(length);
    for (const [plane] of await parts([nothing, nothing])) expect(plane.every((x) => x === 0)).toBe(true);
  });
});
