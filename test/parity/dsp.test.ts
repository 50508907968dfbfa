import { describe, expect, test } from 'vitest';
import { melFilterbank, type MelConfig } from '../../src-main/common/dsp/mel.js';
import { createResampler } from '../../src-main/common/dsp/resample.js';
import { Stft, type Spectrum, type StftConfig } from '../../src-main/common/dsp/stft.js';
import { wienerEm, type WienerOptions } from '../../src-main/common/dsp/wiener.js';
import { createWindow, type WindowName, type WindowSymmetry } from '../../src-main/common/dsp/windows.js';
import { errorDb } from '../fixtures/signals.js';
import { golden, goldenNames } from './goldens.js';

/** `[2][…][frames][bins]` (real, then imaginary parts) as spectra in row-major order of the middle axes. */
function spectra(name: string): Spectrum[] {
  const { values, meta } = golden(name);
  const [frames, bins] = meta.shape.slice(-2);
  const size = frames * bins;
  const half = values.length / 2;
  return Array.from({ length: half / size }, (_, i) => ({
    frames,
    bins,
    re: values.slice(i * size, (i + 1) * size),
    im: values.slice(half + i * size, half + (i + 1) * size),
  }));
}

describe('windows equal those of scipy.signal.get_window below -145 dB', () => {
  test.each(goldenNames('window/'))('%s', (name) => {
    const { values, meta } = golden(name);
    const window = createWindow(meta.window as WindowName, values.length, meta.symmetry as WindowSymmetry);
    expect(errorDb(window, values)).toBeLessThan(-145);
  });
});

describe('spectra equal those of torch.stft below -140 dB', () => {
  test.each(goldenNames('stft/'))('%s', (name) => {
    const { meta } = golden(name);
    const config = meta.config as StftConfig;
    const stride = meta.binStride as number;
    const [reference] = spectra(name);
    const spectrum = new Stft(config).forward(golden('signal').values);
    // Without centring there are more frames at the end than PyTorch's, never other ones.
    if (config.centre !== false) expect(spectrum.frames).toBe(reference.frames);
    const pick = (plane: Float32Array): Float32Array =>
      Float32Array.from(reference.re, (_, i) => {
        const [frame, bin] = [Math.floor(i / reference.bins), i % reference.bins];
        return plane[frame * spectrum.bins + bin * stride];
      });
    expect(errorDb(pick(spectrum.re), reference.re)).toBeLessThan(-140);
    expect(errorDb(pick(spectrum.im), reference.im)).toBeLessThan(-140);
  });
});

test('the inverse of a masked spectrum equals that of torch.istft below -140 dB', () => {
  const { meta } = golden('istft/spectrum');
  const [spectrum] = spectra('istft/spectrum');
  const signal = new Stft(meta.config as StftConfig).inverse(spectrum, meta.samples as number);
  expect(errorDb(signal, golden('istft/signal').values)).toBeLessThan(-140);
});

test.each(goldenNames('mel/'))("the filterbank %s equals librosa's formulas below -140 dB", (name) => {
  const { values, meta } = golden(name);
  expect(errorDb(melFilterbank(meta.config as MelConfig), values)).toBeLessThan(-140);
});

describe('the Wiener filter equals a direct evaluation of its formulas below -120 dB', () => {
  const cases = goldenNames('wiener/').filter((name) => 'options' in golden(name).meta);
  test.each(cases)('%s', (name) => {
    const channels = Number(name.split('/')[1]);
    const mix = spectra(`wiener/${channels}/mix`);
    const flat = spectra(`wiener/${channels}/estimates`);
    const estimates = Array.from({ length: flat.length / channels }, (_, j) =>
      flat.slice(j * channels, (j + 1) * channels),
    );
    const before = structuredClone({ mix, estimates });
    const result = wienerEm(mix, estimates, golden(name).meta.options as WienerOptions).flat();
    const reference = spectra(name);
    expect(result).toHaveLength(reference.length);
    result.forEach((spectrum, i) => {
      expect(errorDb(spectrum.re, reference[i].re)).toBeLessThan(-120);
      expect(errorDb(spectrum.im, reference[i].im)).toBeLessThan(-120);
    });
    expect({ mix, estimates }).toEqual(before);
  });
});

describe('resampling a periodic signal equals scipy.signal.resample below -105 dB', () => {
  test.each(goldenNames('resample/').filter((name) => name.endsWith('out')))('%s', (name) => {
    const { values, meta } = golden(name);
    const [from, to] = meta.rates as [number, number];
    const period = golden(name.replace('/out', '/in')).values;
    const resampler = createResampler(from, to);
    const { start, count } = resampler.inputRange(0, values.length);
    const wrap = (i: number): number => ((i % period.length) + period.length) % period.length;
    const input = Float32Array.from({ length: count }, (_, i) => period[wrap(start + i)]);
    const output = new Float32Array(values.length);
    resampler.process(input, start, 0, values.length, output);
    expect(errorDb(output, values)).toBeLessThan(-105);
  });
});
