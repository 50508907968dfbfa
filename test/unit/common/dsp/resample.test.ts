import fc from '../../../support/fc.js';
import { describe, expect, test } from 'vitest';
import { createResampler, type Resampler } from '../../../../src-main/common/dsp/resample.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

/** Output frames [start, start + count) of the endless signal `at(input frame)`. */
function run(resampler: Resampler, at: (i: number) => number, start: number, count: number): Float32Array {
  const range = resampler.inputRange(start, count);
  const input = Float32Array.from({ length: range.count }, (_, i) => at(range.start + i));
  const output = new Float32Array(count);
  resampler.process(input, range.start, start, count, output);
  return output;
}

/** One pair for each kind of filter, up and down: tabled phases, interpolated phases, none tabled. */
const pairs: [number, number][] = [
  [44100, 48000],
  [48000, 44100],
  [44100, 22050],
  [8000, 44100],
  [44100, 44101],
  [96000, 44099],
  [768000, 44100],
  [1, 44100],
  [44100, 30],
];

describe.each(pairs)('%i Hz to %i Hz', (from, to) => {
  const resampler = createResampler(from, to);
  const low = Math.min(from, to);
  const count = to < 100 ? 12 : 1500;

  test.each([0.01, 0.25, 0.4, 0.45])('a sine at %f of the lower rate keeps amplitude and phase', (share) => {
    const sine = (rate: number) => (i: number) => Math.sin((2 * Math.PI * share * low * i) / rate + 0.3);
    const output = run(resampler, sine(from), 100, count);
    const expected = Float32Array.from({ length: count }, (_, i) => sine(to)(100 + i));
    expect(errorDb(output, expected)).toBeLessThan(-100);
  });

  test('a constant stays that constant', () => {
    for (const value of run(resampler, () => 0.75, 0, count)) {
      expect(Math.abs(value - 0.75)).toBeLessThan(1e-6);
    }
  });
});

test.each(pairs.filter(([from, to]) => from > 1.2 * to))(
  '%i Hz to %i Hz: a sine above the new Nyquist frequency is 100 dB down',
  (from, to) => {
    const count = to < 100 ? 12 : 1500;
    for (const share of [0.5, 0.52, 0.7]) {
      const sine = (i: number): number => Math.sin((2 * Math.PI * share * to * i) / from + 1);
      const output = run(createResampler(from, to), sine, 0, count);
      // Against a sine's own power, ½.
      const power = output.reduce((a, x) => a + x * x, 0) / count;
      expect(10 * Math.log10(2 * power)).toBeLessThan(-100);
    }
  },
);

test.each(pairs.filter(([from, to]) => from < to))(
  '%i Hz to %i Hz: images above the old Nyquist frequency are 100 dB down',
  (from, to) => {
    // At the edge of the pass band the first image is closest; nothing but the sine may be in the output.
    const tone = (rate: number) => (i: number) => Math.cos((2 * Math.PI * 0.4535 * from * i) / rate);
    const output = run(createResampler(from, to), tone(from), 0, 1500);
    const expected = Float32Array.from({ length: 1500 }, (_, i) => tone(to)(i));
    expect(errorDb(output, expected)).toBeLessThan(-100);
  },
);

test('any blocking gives identical samples', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs.slice(0, 6)),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 100_000 }),
      ([from, to], blocks, start) => {
        const resampler = createResampler(from, to);
        const wave = noise(3001, 4);
        const at = (i: number): number => wave[((i % 3001) + 3001) % 3001];
        const total = blocks.reduce((a, b) => a + b, 0);
        const whole = run(resampler, at, start, total);
        let done = 0;
        for (const block of blocks) {
          expect(run(resampler, at, start + done, block)).toEqual(whole.slice(done, done + block));
          done += block;
        }
      },
    ),
    { numRuns: 40, seed: 2 },
  );
});

test('long runs, in several kernel blocks, are identical to short ones', () => {
  const resampler = createResampler(48000, 44100);
  const at = (i: number): number => Math.sin(i * i * 1e-6);
  const whole = run(resampler, at, 0, 600_000);
  expect(run(resampler, at, 499_000, 1000)).toEqual(whole.slice(499_000, 500_000));
});

test('there and back again gives band-limited noise within 100 dB', () => {
  const [up, down] = [createResampler(44100, 48000), createResampler(48000, 44100)];
  const at = (i: number): number =>
    [0.01, 0.11, 0.23, 0.4].reduce((a, f) => a + Math.sin(2 * Math.PI * f * i), 0);
  const middle = run(up, at, -2000, 8000);
  const back = run(down, (i) => middle[i + 2000] ?? 0, 0, 4000);
  expect(
    errorDb(
      back,
      Float32Array.from({ length: 4000 }, (_, i) => at(i)),
    ),
  ).toBeLessThan(-100);
});

test('one rate for both is a copy', () => {
  const resampler = createResampler(44100, 44100);
  const wave = noise(100);
  expect(resampler.inputRange(10, 20)).toEqual({ start: 10, count: 20 });
  const output = new Float32Array(20);
  resampler.process(wave, 0, 10, 20, output);
  expect(output).toEqual(wave.slice(10, 30));
});

test('the output is as long as the input lasts, rounded up', () => {
  expect(createResampler(44100, 48000).outputLength(44100)).toBe(48000);
  expect(createResampler(44100, 48000).outputLength(1)).toBe(2);
  expect(createResampler(48000, 44100).outputLength(1)).toBe(1);
  expect(createResampler(768000, 1).outputLength(768001)).toBe(2);
  expect(createResampler(44100, 44100).outputLength(7)).toBe(7);
  expect(createResampler(44100, 48000).outputLength(0)).toBe(0);
});

test('positions stay exact hours into a file', () => {
  const resampler = createResampler(44100, 44101);
  const day = 86400 * 44101;
  const tone = (rate: number, whole: number) => (i: number) =>
    Math.sin((2 * Math.PI * 1000 * (i - whole)) / rate);
  const output = run(resampler, tone(44100, 86400 * 44100), day, 100);
  const expected = Float32Array.from({ length: 100 }, (_, i) => tone(44101, day)(day + i));
  expect(errorDb(output, expected)).toBeLessThan(-100);
});

test('missing input, a short output and impossible rates are refused', () => {
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  const resampler = createResampler(44100, 48000);
  const { start, count } = resampler.inputRange(0, 10);
  expect(() => resampler.process(new Float32Array(count - 1), start, 0, 10, new Float32Array(10))).toThrow(
    wrong,
  );
  expect(() => resampler.process(new Float32Array(count), start + 1, 0, 10, new Float32Array(10))).toThrow(
    wrong,
  );
  expect(() => resampler.process(new Float32Array(count), start, 0, 10, new Float32Array(9))).toThrow(wrong);
  for (const rate of [0, -1, 44100.5, 768001, NaN]) {
    expect(() => createResampler(rate, 44100)).toThrow(wrong);
    expect(() => createResampler(44100, rate)).toThrow(wrong);
  }
});
