import { describe, expect, it } from 'vitest';
import { factorCurves } from '../../../../../src-main/common/separation/classic/factor-curves.js';
import { MaskSeparator } from '../../../../../src-main/common/separation/classic/masking.js';
import { createClassic } from '../../../../../src-main/common/separation/classic/registry.js';
import { Stft } from '../../../../../src-main/common/dsp/stft.js';
import { errorDb, noise, sine } from '../../../../fixtures/signals.js';

const rate = 44_100;
const length = 2 * rate;
const burst = noise(length, 5).map((x, i) => x * Math.exp(-(i % 11_025) / 400));
const low = sine(length, 110, rate, 0.3).map((x, i) => (i < length / 2 ? x : 0));
const mix = [burst, burst].map((plane, ch) => plane.map((x, i) => 0.3 * x + (1 - 0.5 * ch) * low[i]));

function made(id: string): MaskSeparator {
  const separator = createClassic(id);
  if (!(separator instanceof MaskSeparator)) throw new Error(`${id} makes no masks`);
  return separator;
}

describe('factors of NMF', () => {
  it.each(['nmf:components=6:iterations=30', 'nmf-components:components=3:divergence=is'])(
    'the stems of %s are the mixture times the shares that its W and H have',
    async (id) => {
      const separator = made(id);
      const stems = (await separator.separate(mix, { mean: 0, std: 1 })).map((planes) => planes[1].slice());
      const { components, frames, bins, templates, activations, stems: of } = separator.factors(mix)!;
      const stft = new Stft({ nFft: 2048, hop: 1024 });
      const spectrum = stft.forward(mix[1]);
      expect([frames, bins]).toEqual([spectrum.frames, spectrum.bins]);
      stems.forEach((stem, s) => {
        const shared = { ...spectrum, re: spectrum.re.slice(), im: spectrum.im.slice() };
        for (let i = 0; i < frames * bins; i++) {
          const [f, b] = [Math.floor(i / bins), i % bins];
          let [own, all] = [0, 0];
          for (let k = 0; k < components; k++) {
            const part = activations[f * components + k] * templates[k * bins + b];
            all += part;
            if (of[k] === s) own += part;
          }
          const share = all > 0 ? own / all : s === stems.length - 1 ? 1 : 0;
          shared.re[i] *= share;
          shared.im[i] *= share;
        }
        const wave = stft.inverse(shared, length);
        const worst = wave.reduce((top, x, i) => Math.max(top, Math.abs(x - stem[i])), 0);
        expect(worst).toBeLessThan(1e-5);
      });
    },
  );

  it('W·H is near the magnitudes that were heard', () => {
    const { components, frames, bins, templates, activations } = made('nmf').factors(mix)!;
    const stft = new Stft({ nFft: 2048, hop: 1024 });
    const spectra = mix.map((plane) => stft.forward(plane));
    const heard = Float32Array.from({ length: frames * bins }, (_, i) =>
      Math.sqrt(spectra.reduce((sum, { re, im }) => sum + re[i] ** 2 + im[i] ** 2, 0) / 2),
    );
    const model = heard.map((_, i) => {
      let sum = 0;
      for (let k = 0; k < components; k++)
        sum += activations[Math.floor(i / bins) * components + k] * templates[k * bins + (i % bins)];
      return sum;
    });
    expect(errorDb(model, heard)).toBeLessThan(-12);
  });

  it('other methods have none', () => {
    expect(made('hpss').factors(mix)).toBeNull();
  });
});

describe('curves of factors', () => {
  it('keep what is greatest of the bins and frames that fall together', () => {
    const [frames, bins] = [700, 1025];
    const [templates, activations] = [new Float32Array(2 * bins), new Float32Array(2 * frames)];
    // A line at 1 kHz and a weaker one at 8 kHz; one frame that sounds, and one half as strong.
    templates[46] = 0.8;
    templates[372] = 0.2;
    activations[2 * 301] = 5;
    activations[2 * 650] = 2.5;
    const factors = { components: 2, frames, bins, templates, activations, stems: [0, 1] };
    const grid = { hertzPerBin: rate / 2048, framesPerSecond: rate / 1024 };
    const { hertz, seconds, spectra, gains } = factorCurves(factors, grid);
    const strongest = (values: readonly number[]): number => values.indexOf(Math.max(...values));
    expect(hertz[strongest(spectra[0])] / ((46 * rate) / 2048)).toBeCloseTo(1, 1);
    expect(spectra[0].filter((x) => x === 0.25).length).toBeGreaterThan(0);
    expect(seconds[strongest(gains[0])]).toBeCloseTo((301 * 1024) / rate, 1);
    expect(gains[0].filter((x) => x > 0)).toEqual([1, 0.5]);
    expect(gains[1].every((x) => x === 0)).toBe(true);
    expect([hertz.length, spectra[0].length, seconds.length, gains[0].length]).toEqual([160, 160, 320, 320]);
  });
});
