import { describe, expect, test } from 'vitest';
import { magnitude } from '../../../../src-main/common/dsp/spectrogram.js';
import { Stft, type MaskView, type Spectrum } from '../../../../src-main/common/dsp/stft.js';
import { transpose } from '../../../../src-main/common/dsp/transpose.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

function flat({ re, im }: Spectrum): Float32Array {
  return Float32Array.from([...re, ...im]);
}

describe('single precision', () => {
  test.each([
    { nFft: 4096, hop: 1024 },
    { nFft: 2048, hop: 512 },
    { nFft: 7680, hop: 1024 },
    { nFft: 5120, hop: 1280 },
    { nFft: 16, hop: 4 },
    { nFft: 64, hop: 17 },
    { nFft: 512, hop: 128, centre: false },
    { nFft: 512, hop: 128, normalised: 'sqrt-n' as const },
  ])('$nFft/$hop: spectrum and inverse are those of double precision to -125 dB', (config) => {
    const double = new Stft(config);
    const single = new Stft({ ...config, precision: 'single' });
    // Numbers of frames that fill the four lanes and that do not; several kernel blocks.
    for (const samples of [1, 2 * config.nFft, 5 * config.nFft + config.hop + 1, 70 * config.nFft + 3]) {
      const signal = noise(samples, samples);
      const exact = double.forward(signal);
      const fast = single.forward(signal);
      expect(errorDb(flat(fast), flat(exact))).toBeLessThan(-125);
      const skip = config.centre === false ? config.nFft : 0;
      const back = single.inverse(exact, samples).subarray(skip);
      if (back.length > 0) expect(errorDb(back, signal.subarray(skip))).toBeLessThan(-125);
    }
  });

  test('a size that does not divide by 16 is computed in double precision', () => {
    expect(new Stft({ nFft: 1000, hop: 250, precision: 'single' }).config.precision).toBe('double');
    expect(new Stft({ nFft: 1200, hop: 300, precision: 'single' }).config.precision).toBe('single');
  });
});

describe.each(['single', 'double'] as const)('masks inside the inverse, %s', (precision) => {
  const stft = new Stft({ nFft: 256, hop: 64, precision });

  function masked(x: Spectrum, mask: MaskView): Spectrum {
    const y = { ...x, re: new Float32Array(x.re.length), im: new Float32Array(x.im.length) };
    for (let t = 0; t < x.frames; t++) {
      for (let f = 0; f < mask.bins; f++) {
        const m = mask.data[mask.offset + t * mask.frameStride + f * mask.binStride];
        const i = t * x.bins + mask.firstBin + f;
        y.re[i] = m * x.re[i];
        y.im[i] = m * x.im[i];
      }
    }
    return y;
  }

  test.each([
    { layout: 'frames innermost, all bins', bins: 129, firstBin: 0, inner: 'frames' },
    { layout: 'frames innermost, some bins', bins: 70, firstBin: 3, inner: 'frames' },
    { layout: 'bins innermost, all bins', bins: 129, firstBin: 0, inner: 'bins' },
    { layout: 'bins innermost, some bins', bins: 61, firstBin: 8, inner: 'bins' },
  ])('$layout: the inverse of mask times spectrum', ({ bins, firstBin, inner }) => {
    for (const samples of [4000, 4064, 64 * 1100 + 5]) {
      const signal = noise(samples, 3);
      const x = stft.forward(signal);
      const offset = 7;
      const data = noise(offset + x.frames * bins, 8);
      const strides =
        inner === 'frames' ? { frameStride: 1, binStride: x.frames } : { frameStride: bins, binStride: 1 };
      const mask = { data, offset, ...strides, firstBin, bins };
      const expected = stft.inverse(masked(x, mask), samples);
      expect(errorDb(stft.inverseMasked(x, mask, samples), expected)).toBeLessThan(-140);
    }
  });

  test('a mask that is scattered in both directions is refused', () => {
    const x = stft.forward(noise(1000, 1));
    const mask = {
      data: new Float32Array(1e5),
      offset: 0,
      frameStride: 2,
      binStride: 300,
      firstBin: 0,
      bins: 4,
    };
    expect(() => stft.inverseMasked(x, mask, 1000)).toThrow(/side by side/);
  });

  test('forward gives the magnitudes beside the spectrum', () => {
    const signal = noise(5000, 4);
    const frames = stft.frameCount(signal.length);
    const magnitudes = new Float32Array(frames * stft.bins);
    const spectrum = stft.forward(signal, undefined, magnitudes);
    expect(errorDb(magnitudes, magnitude(spectrum))).toBeLessThan(-140);
  });
});

describe('transpose', () => {
  test.each([
    [1, 1],
    [3, 5],
    [16, 16],
    [17, 33],
    [37, 18],
    [20, 4],
  ])('%i × %i values, inside larger arrays', (rows, columns) => {
    const from = { data: noise(5 + rows * (columns + 2), 1), start: 5, stride: columns + 2 };
    const to = { data: new Float32Array(3 + columns * (rows + 1)).fill(9), start: 3, stride: rows + 1 };
    transpose(from, rows, columns, to);
    for (let c = 0; c < columns; c++) {
      for (let r = 0; r < rows; r++) {
        expect(to.data[3 + c * to.stride + r]).toBe(from.data[5 + r * from.stride + c]);
      }
      expect(to.data[3 + c * to.stride + rows]).toBe(9);
    }
  });
});
