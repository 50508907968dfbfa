import { describe, expect, test } from 'vitest';
import { createRealFft } from '../../../fixtures/reference-fft.js';
import { reflectIndex } from '../../../../src-main/common/dsp/padding.js';
import {
  allocateSpectrum,
  checkCola,
  Stft,
  type Spectrum,
  type StftConfig,
} from '../../../../src-main/common/dsp/stft.js';
import { createWindow } from '../../../../src-main/common/dsp/windows.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

/** The definition, frame by frame, with the float64 reference transform. */
function slowStft(stft: Stft, signal: Float32Array): Spectrum {
  const { nFft, hop, winLength, window, symmetry, centre, pad, normalised } = stft.config;
  const taper = createWindow(window, winLength, symmetry);
  const fft = createRealFft(nFft);
  const result = allocateSpectrum(stft.frameCount(signal.length), fft.bins);
  for (let f = 0; f < result.frames; f++) {
    const frame = new Float64Array(nFft);
    for (let i = 0; i < winLength; i++) {
      const n = Math.floor((nFft - winLength) / 2) + i;
      const t = f * hop + n - (centre ? Math.floor(nFft / 2) : 0);
      const mirrored = centre && pad === 'reflect' ? reflectIndex(t, signal.length) : t;
      frame[n] = (signal[mirrored] ?? 0) * taper[i];
      if (normalised === 'sqrt-n') frame[n] /= Math.sqrt(nFft);
    }
    const row = [f * fft.bins, (f + 1) * fft.bins];
    fft.forward(frame, result.re.subarray(...row), result.im.subarray(...row));
  }
  return result;
}

const configs: StftConfig[] = [
  { nFft: 1, hop: 1, window: 'rectangular' },
  { nFft: 2, hop: 1, window: 'rectangular' },
  { nFft: 4, hop: 1 },
  { nFft: 15, hop: 5 },
  { nFft: 20, hop: 5 },
  { nFft: 30, hop: 7, pad: 'zero' },
  { nFft: 45, hop: 9, centre: false },
  { nFft: 64, hop: 16, winLength: 50, window: 'blackman', symmetry: 'symmetric' },
  { nFft: 81, hop: 20, winLength: 80, normalised: 'sqrt-n' },
  { nFft: 384, hop: 96, centre: false, window: 'sine' },
  { nFft: 1000, hop: 250, normalised: 'sqrt-n' },
];

describe.each(configs)('$nFft points every $hop', (config) => {
  const stft = new Stft(config);
  const long = noise(40 * config.nFft + 3);

  test.each([1, 2, config.nFft, 40 * config.nFft + 3])('forward of %i samples equals the definition', (n) => {
    const signal = long.subarray(0, n);
    const expected = slowStft(stft, signal);
    const actual = stft.forward(signal);
    expect(errorDb([...actual.re, ...actual.im], [...expected.re, ...expected.im])).toBeLessThan(-145);
  });

  test('frames on both sides of the kernel blocks belong to one signal', () => {
    // More frames than one block of 32768 / nFft pairs holds.
    const signal = noise(150_000 + 1, 5);
    const spectrum = stft.forward(signal);
    const skip = config.centre === false ? config.nFft : 0;
    const back = stft.inverse(spectrum, signal.length);
    expect(errorDb(back.subarray(skip), signal.subarray(skip))).toBeLessThan(-140);
  });
});

describe('STFT and inverse give the signal back below -140 dB, or to the last float32 digit', () => {
  const windows = ['hann', 'sqrt-hann', 'hamming', 'blackman', 'blackman-harris', 'sine'] as const;
  const cases = [...windows, 'rectangular' as const, 'triangular' as const].flatMap((window) =>
    (['periodic', 'symmetric'] as const).flatMap((symmetry) =>
      [16, 45, 128, 250].map((nFft) => ({ window, symmetry, nFft })),
    ),
  );
  const long = noise(2000, 9);

  test.each(cases)('$window, $symmetry, $nFft points, every length around its frame borders', (c) => {
    for (const share of [2, 4, 8, 2.7]) {
      const hop = Math.round(c.nFft / share);
      for (const winLength of [c.nFft, Math.ceil(c.nFft * 0.9)]) {
        const { nola } = checkCola({ ...c, hop, winLength });
        if (winLength === c.nFft) expect(nola).toBe(true);
        if (!nola) continue;
        const stft = new Stft({ ...c, hop, winLength });
        const borders = [1, 2, 3, hop - 1, hop, hop + 1, c.nFft / 2, c.nFft, 3 * hop + c.nFft, 7 * c.nFft];
        for (const border of borders) {
          for (const n of [border - 1, border, border + 1]) {
            const signal = long.subarray(0, Math.max(1, Math.round(n)));
            const back = stft.inverse(stft.forward(signal), signal.length);
            const lastDigit = signal.every((x, i) => Math.abs(x - back[i]) <= Math.abs(x) * 2 ** -23);
            if (!lastDigit) expect(errorDb(back, signal), `hop ${hop}, ${n} samples`).toBeLessThan(-140);
          }
        }
      }
    }
  });

  test.each([4096, 5120, 6144, 7680, 2048])('%i points', (nFft) => {
    const signal = noise(5 * nFft + 77, 3);
    for (const hop of [nFft / 2, nFft / 4, 1024, 441]) {
      const stft = new Stft({ nFft, hop });
      const back = stft.inverse(stft.forward(signal), signal.length);
      expect(errorDb(back, signal)).toBeLessThan(-140);
    }
  });

  test('without centring, from the first sample that all frames cover', () => {
    for (const n of [1000, 1001, 1099, 1100, 1101]) {
      const signal = noise(n, n);
      const stft = new Stft({ nFft: 200, hop: 100, centre: false });
      const back = stft.inverse(stft.forward(signal), n);
      expect(back[0]).toBe(0);
      expect(errorDb(back.subarray(100), signal.subarray(100))).toBeLessThan(-140);
    }
  });
});

test('a centred STFT has as many frames as PyTorch gives it', () => {
  const stft = new Stft({ nFft: 4096, hop: 1024 });
  for (const [samples, frames] of [
    [1, 1],
    [1023, 1],
    [1024, 2],
    [347136, 340],
    [441000, 431],
  ]) {
    expect(stft.frameCount(samples)).toBe(frames);
  }
  expect(new Stft({ nFft: 4096, hop: 1024, centre: false }).frameCount(4097)).toBe(5);
});

test('an end under a weak window gets one more frame', () => {
  const stft = new Stft({ nFft: 64, hop: 32 });
  expect(stft.frameCount(320)).toBe(11);
  expect(stft.frameCount(320 + 31)).toBe(12);
});

test('no samples make silent frames, and come back as no samples', () => {
  const stft = new Stft({ nFft: 64, hop: 16 });
  const spectrum = stft.forward(new Float32Array(0));
  expect(spectrum.re.every((x) => x === 0)).toBe(true);
  expect(stft.inverse(spectrum, 0)).toHaveLength(0);
});

test('a given spectrum and signal are filled and returned', () => {
  const stft = new Stft({ nFft: 64, hop: 16 });
  const signal = noise(500);
  const into = allocateSpectrum(stft.frameCount(500), stft.bins);
  into.re.fill(9);
  const wave = new Float32Array(500).fill(9);
  expect(stft.forward(signal, into)).toBe(into);
  expect(stft.inverse(into, 500, wave)).toBe(wave);
  expect(errorDb(wave, signal)).toBeLessThan(-140);
});

test('a spectrum of too few frames leaves silence behind its end', () => {
  const stft = new Stft({ nFft: 64, hop: 16 });
  const back = stft.inverse(stft.forward(noise(200)), 1000);
  expect(back.subarray(300).every((x) => x === 0)).toBe(true);
});

test('windows that leave gaps are refused as not-cola', () => {
  expect(() => new Stft({ nFft: 64, hop: 65, window: 'rectangular' })).toThrow(
    expect.objectContaining({ code: 'not-cola' }),
  );
  expect(() => new Stft({ nFft: 64, hop: 63 })).toThrow(expect.objectContaining({ code: 'not-cola' }));
  expect(() => new Stft({ nFft: 64, hop: 32, winLength: 20 })).toThrow(
    expect.objectContaining({ code: 'not-cola' }),
  );
});

test('windows that leave gaps can be looked at, frame by frame, but not turned back', () => {
  const shape = { nFft: 64, hop: 64, winLength: 16, centre: false, forwardOnly: true } as const;
  const signal = noise(256);
  const spectrum = new Stft(shape).forward(signal);
  const close = new Stft({ ...shape, hop: 8, forwardOnly: false }).forward(signal);
  expect(spectrum.frames).toBe(4);
  for (let f = 0; f < 4; f++) {
    const [from, to] = [f, 8 * f].map((frame) => frame * 33);
    expect([...spectrum.re.subarray(from, from + 33)]).toEqual([...close.re.subarray(to, to + 33)]);
  }
  expect(() => new Stft(shape).inverse(spectrum, 256)).toThrow(expect.objectContaining({ code: 'not-cola' }));
});

test('COLA and NOLA are what SciPy calls them', () => {
  expect(checkCola({ nFft: 64, hop: 16 })).toEqual({ cola: true, nola: true });
  expect(checkCola({ nFft: 64, hop: 24 })).toEqual({ cola: false, nola: true });
  expect(checkCola({ nFft: 64, hop: 16, symmetry: 'symmetric' })).toEqual({ cola: false, nola: true });
  expect(checkCola({ nFft: 64, hop: 64, window: 'rectangular' })).toEqual({ cola: true, nola: true });
  expect(checkCola({ nFft: 64, hop: 80, window: 'rectangular' }).nola).toBe(false);
});

test.each([
  { nFft: 0, hop: 1 },
  { nFft: 64, hop: 0 },
  { nFft: 64, hop: 1.5 },
  { nFft: 64, hop: 16, winLength: 65 },
  { nFft: 14, hop: 2 },
])('the sizes %o are refused', (config) => {
  expect(() => new Stft(config)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('a spectrum or output of another shape is refused', () => {
  const stft = new Stft({ nFft: 64, hop: 16 });
  const wrong = expect.objectContaining({ code: 'invalid-argument' });
  expect(() => stft.forward(noise(100), allocateSpectrum(1, 33))).toThrow(wrong);
  expect(() => stft.inverse(allocateSpectrum(3, 32), 10)).toThrow(wrong);
  expect(() => stft.inverse(allocateSpectrum(3, 33), 10, new Float32Array(9))).toThrow(wrong);
});

test('NaN in one frame stays in the frames that see it', () => {
  const stft = new Stft({ nFft: 64, hop: 16 });
  const signal = noise(1000);
  signal[500] = NaN;
  const back = stft.inverse(stft.forward(signal), 1000);
  expect(errorDb(back.subarray(0, 400), signal.subarray(0, 400))).toBeLessThan(-140);
  expect(errorDb(back.subarray(600), signal.subarray(600))).toBeLessThan(-140);
});

test('configurations keep working after their tables had to make room', () => {
  const first = new Stft({ nFft: 4096, hop: 1024 });
  const others = [2, 3, 4, 5, 6].map(
    (i) => new Stft({ nFft: 2 ** 19, hop: 2 ** 17, winLength: 2 ** 19 - i }),
  );
  const signal = noise(9000);
  expect(others).toHaveLength(5);
  expect(errorDb(first.inverse(first.forward(signal), 9000), signal)).toBeLessThan(-140);
});
