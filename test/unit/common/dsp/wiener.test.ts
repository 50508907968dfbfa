import { describe, expect, test } from 'vitest';
import type { Spectrum } from '../../../../src-main/common/dsp/stft.js';
import { wienerEm, withPhaseOf } from '../../../../src-main/common/dsp/wiener.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

const [frames, bins] = [20, 9];

function spectrum(seed: number, gain = 1): Spectrum {
  const scaled = (s: number): Float32Array => noise(frames * bins, s).map((x) => x * gain);
  return { frames, bins, re: scaled(2 * seed), im: scaled(2 * seed + 1) };
}

function sum(spectra: readonly Spectrum[]): Float64Array {
  const total = new Float64Array(2 * frames * bins);
  for (const { re, im } of spectra) [...re, ...im].forEach((x, i) => (total[i] += x));
  return total;
}

describe.each([1, 2])('%i channels', (channels) => {
  const mixOf = (gain: number): Spectrum[] =>
    Array.from({ length: channels }, (_, c) => spectrum(50 + c, gain));
  const estimates = [1, 2, 3].map((j) => Array.from({ length: channels }, (_, c) => spectrum(10 * j + c)));

  test.each([1, 2, 3])('the sources of %i iterations add up to the mixture', (iterations) => {
    const mix = mixOf(1);
    const result = wienerEm(mix, estimates, { iterations });
    for (let c = 0; c < channels; c++) {
      // Short of it by the share √eps of the regularisation.
      expect(errorDb(sum(result.map((source) => source[c])), sum([mix[c]]))).toBeLessThan(-80);
    }
  });

  test('with the residual, the first estimates add up to the mixture', () => {
    const mix = mixOf(1);
    const result = wienerEm(mix, estimates, { iterations: 0, residual: true });
    expect(result).toHaveLength(4);
    expect(errorDb(sum(result.map((source) => source[0])), sum([mix[0]]))).toBeLessThan(-130);
  });

  test('the input is left alone, also when it is scaled down', () => {
    const mix = mixOf(1000);
    const before = structuredClone({ mix, estimates });
    wienerEm(mix, estimates, { iterations: 2, residual: true });
    expect({ mix, estimates }).toEqual(before);
  });

  test('the result may take the place of the estimates, beside one of the residual', () => {
    const mix = mixOf(1000);
    const options = { iterations: 2, residual: true, windowFrames: 7 };
    const expected = wienerEm(mix, estimates, options);
    const own = structuredClone(estimates);
    const rest = structuredClone(mix);
    const result = wienerEm(mix, own, { ...options, into: [...own, rest] });
    expect([...own, rest]).toEqual(expected);
    expect(result[0][0]).toBe(own[0][0]);
    expect(() => wienerEm(mix, own, { ...options, into: own })).toThrow('a place for each source');
  });

  test('each excerpt is filtered as if it were alone', () => {
    const mix = mixOf(1);
    const head = (s: Spectrum): Spectrum => ({
      frames: 8,
      bins,
      re: s.re.slice(0, 8 * bins),
      im: s.im.slice(0, 8 * bins),
    });
    const whole = wienerEm(mix, estimates, { windowFrames: 8 });
    const alone = wienerEm(
      mix.map(head),
      estimates.map((source) => source.map(head)),
    );
    alone.forEach((source, j) =>
      source.forEach((s, c) => expect(s.re).toEqual(whole[j][c].re.slice(0, 8 * bins))),
    );
  });

  test('silence stays silence', () => {
    const quiet = mixOf(0);
    for (const softmask of [false, true]) {
      for (const source of wienerEm(quiet, [quiet, quiet], { softmask, iterations: 2 })) {
        for (const { re } of source) expect(re.every((x) => x === 0)).toBe(true);
      }
    }
  });
});

test('the phase of the mixture goes to a magnitude', () => {
  const mix = { frames: 1, bins: 3, re: Float32Array.of(3, 0, 0), im: Float32Array.of(-4, 2, 0) };
  const { re, im } = withPhaseOf(mix, Float32Array.of(10, 5, 7));
  expect([...re]).toEqual([6, 0, 7]);
  expect([...im]).toEqual([-8, 5, 0]);
});

test('three channels, no source and shapes that differ are refused', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  const s = spectrum(1);
  expect(() => wienerEm([s, s, s], [[s, s, s]])).toThrow(wrong);
  expect(() => wienerEm([s], [])).toThrow(wrong);
  expect(() => wienerEm([s, s], [[s]])).toThrow(wrong);
  expect(() => wienerEm([s], [[{ ...s, frames: 10, bins: 18 }]])).toThrow(wrong);
});
