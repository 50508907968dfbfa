import { describe, expect, it } from 'vitest';
import { createWindow } from '../../../../src-main/common/dsp/windows.js';
import {
  analyse,
  frameCount,
  magnitudes,
  masked,
  overlapAdd,
  overlapOf,
  polar,
  synthesise,
  type FrameConfig,
} from '../../../../src-main/common/lab/frames.js';
import { errorDb, sdr, siSdr } from '../../../../src-main/common/lab/measures.js';
import { randoms } from '../../../../src-main/common/dsp/randoms.js';

const random = randoms(1);
const signal = Float64Array.from({ length: 500 }, () => 2 * random() - 1);

describe('the textbook’s transform', () => {
  it.each([
    { window: 'hann', length: 64, hop: 16 },
    { window: 'hamming', length: 60, hop: 45 },
    { window: 'rectangular', length: 32, hop: 50 },
  ] as const)('is the sum that its docstring says ($window, $length every $hop)', (config) => {
    const { length, hop } = config;
    const { frames, bins, re, im } = analyse(signal, config);
    expect([frames, bins]).toEqual([frameCount(500, config), length / 2 + 1]);
    const window = createWindow(config.window, length);
    for (const [f, k] of [
      [0, 0],
      [1, 3],
      [frames - 2, bins - 1],
      [frames - 1, 7],
    ]) {
      let [x, y] = [0, 0];
      for (let n = 0; n < length; n++) {
        const sample = (signal[f * hop - length + n] ?? 0) * window[n];
        x += sample * Math.cos((2 * Math.PI * k * n) / length);
        y -= sample * Math.sin((2 * Math.PI * k * n) / length);
      }
      expect(re[f * bins + k]).toBeCloseTo(x, 10);
      expect(im[f * bins + k]).toBeCloseTo(y, 10);
    }
  });

  it('comes back by weighted overlap-add at any hop without gaps', () => {
    for (const config of [
      { window: 'hann', length: 64, hop: 16 },
      { window: 'blackman', length: 60, hop: 23 },
      { window: 'rectangular', length: 32, hop: 32 },
    ] as const) {
      const back = synthesise(analyse(signal, config), config, 500);
      signal.forEach((x, i) => expect(back[i]).toBeCloseTo(x, 9));
    }
  });

  it('gives silence where no frame was, and the signal elsewhere', () => {
    const config: FrameConfig = { window: 'rectangular', length: 32, hop: 48 };
    const back = synthesise(analyse(signal, config), config, 500);
    signal.forEach((x, i) => expect(back[i]).toBeCloseTo((i + 32) % 48 < 32 ? x : 0, 9));
  });

  it('comes back by plain overlap-add under COLA only', () => {
    const cola: FrameConfig = { window: 'hann', length: 64, hop: 32 };
    const back = overlapAdd(analyse(signal, cola), cola, 500);
    signal.forEach((x, i) => expect(back[i]).toBeCloseTo(x, 9));
    expect([...overlapOf(createWindow('hann', 64), 32)].every((sum) => Math.abs(sum - 1) < 1e-12)).toBe(true);
    const rippled: FrameConfig = { ...cola, hop: 48 };
    const sums = overlapOf(createWindow('hann', 64), 48);
    const wrong = overlapAdd(analyse(signal, rippled), rippled, 500);
    signal.forEach((x, i) => expect(wrong[i]).toBeCloseTo((x * sums[(i + 64) % 48] * 48) / 32, 9));
  });

  it('takes masks, magnitudes and phases apart and puts them together', () => {
    const config: FrameConfig = { window: 'hann', length: 64, hop: 16 };
    const whole = analyse(signal, config);
    const lengths = magnitudes(whole);
    const phases = whole.re.map((x, i) => Math.atan2(whole.im[i], x));
    const again = polar(whole, lengths, phases);
    again.re.forEach((x, i) => expect(x).toBeCloseTo(whole.re[i], 9));
    const half = synthesise(masked(whole, new Float64Array(lengths.length).fill(0.5)), config, 500);
    half.forEach((x, i) => expect(x).toBeCloseTo(signal[i] / 2, 9));
  });
});

describe('the measures', () => {
  const reference = Float64Array.of(1, -1, 1, -1);

  it('SDR is the ratio of energies, SI-SDR of what is left after scaling', () => {
    expect(sdr(reference, Float64Array.of(0.9, -0.9, 0.9, -0.9))).toBeCloseTo(20, 10);
    expect(errorDb(reference, Float64Array.of(0.9, -0.9, 0.9, -0.9))).toBeCloseTo(-20, 10);
    const off = Float64Array.of(0.6, -0.5, 0.4, -0.5);
    // Half of the reference, and (0.1, 0, -0.1, 0) that is orthogonal to it.
    expect(siSdr(reference, off)).toBeCloseTo(10 * Math.log10(1 / 0.02), 10);
  });

  it('end at 120 dB either way', () => {
    expect([sdr(reference, reference), siSdr(reference, reference)]).toEqual([120, 120]);
    expect(sdr(new Float64Array(4), reference)).toBe(-120);
    expect(sdr(new Float64Array(4), new Float64Array(4))).toBe(120);
  });
});
