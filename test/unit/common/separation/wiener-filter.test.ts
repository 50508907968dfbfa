import { expect, it } from 'vitest';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import { wienerEm } from '../../../../src-main/common/dsp/wiener.js';
import type { Separator, SeparatorInfo } from '../../../../src-main/common/separation/separator.js';
import { WienerSeparator, filtered } from '../../../../src-main/common/separation/wiener-filter.js';
import { noise } from '../../../fixtures/signals.js';

const sampleRate = 44_100;

function separatorOf(
  stems: readonly string[],
  residualStem: string,
  separate: Separator['separate'],
): Separator {
  const segment = { length: 1, fixed: false, align: 1, overlap: 0, window: 'hann' } as const;
  const rest = { windowPower: 1, edge: 0, pad: 'zero', shifts: 0, shiftMaxSeconds: 0 } as const;
  const info: SeparatorInfo = {
    ...{ sampleRate, channels: 2, stems, residualStem, needsStats: false },
    segment: { ...segment, ...rest },
  };
  return { info, separate };
}

/** Two noises, one on the left and one on the right, and a separator that leaves a quarter of each in the other. */
function scene(samples: number) {
  const [a, b] = [noise(samples, 1), noise(samples, 2)];
  const gains = [
    [1, 0.1],
    [0.2, 1],
  ];
  const truth = [a, b].map((wave, s) => gains[s].map((gain) => wave.map((value) => gain * value)));
  const mix = [0, 1].map((ch) => truth[0][ch].map((value, i) => value + truth[1][ch][i]));
  const estimates = truth.map((stem, s) =>
    stem.map((plane, ch) => plane.map((value, i) => 0.75 * value + 0.25 * truth[1 - s][ch][i])),
  );
  return { truth, mix, estimates };
}

const db = (ratio: number): number => 20 * Math.log10(ratio);
const stats = { mean: 0, std: 1 };

function errorDb(made: readonly Float32Array[], truth: readonly Float32Array[]): number {
  let [error, energy] = [0, 0];
  truth.forEach((plane, ch) =>
    plane.forEach((value, i) => {
      error += (made[ch][i] - value) ** 2;
      energy += value * value;
    }),
  );
  return db(Math.sqrt(error / energy));
}

it('gives what the filter gives over one transform of the whole segment', async () => {
  const { mix, estimates } = scene(60_000);
  const separator = separatorOf(['a', 'b'], 'b', () => Promise.resolve(estimates));
  const made = await new WienerSeparator(separator, 2).separate(mix, stats);
  // The same frames: the first begins nFft − hop before the segment.
  const [nFft, hop] = [4096, 1024];
  const padded = (plane: Float32Array) => {
    const frames = Math.ceil((plane.length + nFft - hop) / hop);
    const longer = new Float32Array((frames - 1) * hop + nFft);
    longer.set(plane, nFft - hop);
    return longer;
  };
  const stft = new Stft({ nFft, hop, centre: false });
  const frames = Math.ceil((60_000 + nFft - hop) / hop);
  const spectrum = (plane: Float32Array) => {
    const { bins, re, im } = stft.forward(padded(plane));
    const size = frames * bins;
    return { frames, bins, re: re.subarray(0, size), im: im.subarray(0, size) };
  };
  const expected = wienerEm(
    mix.map(spectrum),
    estimates.map((stem) => stem.map(spectrum)),
    { iterations: 2 },
  ).map((stem) =>
    stem.map((y) => stft.inverse(y, padded(mix[0]).length).subarray(nFft - hop, nFft - hop + 60_000)),
  );
  for (const s of [0, 1]) expect(errorDb(made[s], expected[s])).toBeLessThan(-110);
});

it('takes most of the bleed out of stems that stand left and right, in every window of a long segment', async () => {
  const samples = 700_000;
  const { mix, estimates, truth } = scene(samples);
  const separator = separatorOf(['a', 'b'], 'b', () => Promise.resolve(estimates));
  const made = await new WienerSeparator(separator, 1).separate(mix, stats);
  for (const s of [0, 1]) {
    expect(made[s][0]).toHaveLength(samples);
    for (const from of [0, 200_000, 400_000, 600_000]) {
      const part = (planes: readonly Float32Array[]) => planes.map((p) => p.subarray(from, from + 100_000));
      const before = errorDb(part(estimates[s]), part(truth[s]));
      expect(errorDb(part(made[s]), part(truth[s]))).toBeLessThan(before - 3);
    }
  }
});

it('asks for all stems, and takes what one stem leaves for another source', async () => {
  const { mix, estimates } = scene(30_000);
  let asked: readonly number[] | undefined = [];
  const two = separatorOf(['a', 'b'], 'b', (_mix, _stats, wanted) => {
    asked = wanted;
    return Promise.resolve(estimates);
  });
  const all = await new WienerSeparator(two, 1).separate(mix, stats);
  const some = await new WienerSeparator(two, 1).separate(mix, stats, [1]);
  expect(asked).toBeUndefined();
  expect(errorDb(some[1], all[1])).toBeLessThan(-200);
  // Two sources that add up to the mixture, of which one is estimated: the other is what remains.
  const rest = [mix.map((plane, ch) => plane.map((value, i) => value - estimates[0][ch][i]))];
  const one = separatorOf(['a'], 'other', () => Promise.resolve([estimates[0]]));
  const both = separatorOf(['a', 'other'], 'other', () => Promise.resolve([estimates[0], ...rest]));
  const [alone] = await new WienerSeparator(one, 1).separate(mix, stats);
  const [beside] = await new WienerSeparator(both, 1).separate(mix, stats);
  expect(errorDb(alone, beside)).toBeLessThan(-100);
});

it('is left out where nothing is to be filtered', () => {
  const separator = separatorOf(['a'], 'b', () => Promise.resolve([]));
  expect(filtered(separator)).toBe(separator);
  expect(filtered(separator, 0)).toBe(separator);
  expect(filtered(separator, 1)).toBeInstanceOf(WienerSeparator);
});
