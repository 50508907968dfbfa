import { describe, expect, it } from 'vitest';
import { griffinLim, misi } from '../../../../src-main/common/dsp/phase.js';
import { Stft, type Spectrum } from '../../../../src-main/common/dsp/stft.js';
import { noise, sine } from '../../../fixtures/signals.js';

const rate = 16000;
const samples = 16000;
const stft = new Stft({ nFft: 1024, hop: 256 });

/** Notes with overtones, each with a decay: what masks tell apart and the mixture's phases blur. */
function notes(pitches: readonly number[], length: number): Float32Array {
  const wave = new Float32Array(samples);
  pitches.forEach((pitch, n) => {
    for (let partial = 1; partial <= 6; partial++) {
      const tone = sine(length, pitch * partial, rate, 0.3 / partial);
      for (let i = 0; i < length && n * length + i < samples; i++)
        wave[n * length + i] += tone[i] * Math.exp((-4 * i) / length);
    }
  });
  return wave;
}

const one = notes([220, 277, 330, 370], 4000);
const two = notes([233, 196, 311, 392, 262], 3200).map((x, i) => x + 0.02 * noise(samples, 3)[i]);
const mix = one.map((x, i) => x + two[i]);

function magnitudes(spectrum: Spectrum): Float32Array {
  return spectrum.re.map((re, i) => Math.hypot(re, spectrum.im[i]));
}
const magnitudesOf = (wave: Float32Array): Float32Array => magnitudes(stft.forward(wave));

/** Energy of b − a relative to a, dB. */
function errorDb(a: Float32Array, b: Float32Array): number {
  let [error, energy] = [0, 0];
  a.forEach((x, i) => {
    error += (b[i] - x) ** 2;
    energy += x * x;
  });
  return 10 * Math.log10(error / energy + 1e-30);
}

describe('Griffin–Lim', () => {
  const target = magnitudesOf(one);

  it('leaves a signal alone that has the magnitudes already', () => {
    const wave = griffinLim(stft, target, stft.forward(one), samples, { iterations: 5 });
    expect(errorDb(one, wave)).toBeLessThan(-110);
  });

  it('comes nearer to the magnitudes with every round', () => {
    const start = stft.forward(mix);
    const errors = [0, 1, 4, 16].map((iterations) =>
      errorDb(target, magnitudesOf(griffinLim(stft, target, start, samples, { iterations }))),
    );
    for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeLessThan(errors[i - 1] - 0.5);
  });

  it('asks before every transform, and stops when asked to', () => {
    let asked = 0;
    const ask = (): void => {
      if (++asked === 5) throw new Error('enough');
    };
    const start = stft.forward(one);
    griffinLim(stft, target, start, samples, { iterations: 2, ask });
    expect(asked).toBe(4);
    expect(() => griffinLim(stft, target, start, samples, { iterations: 1, ask })).toThrow('enough');
    asked = -4;
    expect(() => misi(stft, mix, [target, target], { iterations: 9, ask })).toThrow('enough');
  });

  it('takes the phases of the start, and phase 0 where they have none', () => {
    const start = stft.forward(new Float32Array(samples));
    const wave = griffinLim(stft, target, start, samples, { iterations: 0 });
    const zero = { ...start, re: target, im: new Float32Array(target.length) };
    expect(errorDb(stft.inverse(zero, samples), wave)).toBeLessThan(-140);
  });
});

describe('MISI', () => {
  const targets = [magnitudesOf(one), magnitudesOf(two)];

  it.each([0, 1, 10])('adds up to the mixture after %i rounds', (iterations) => {
    const waves = misi(stft, mix, targets, { iterations });
    const sum = waves[0].map((x, i) => x + waves[1][i]);
    expect(errorDb(mix, sum)).toBeLessThan(-140);
  });

  it('comes nearer to the true sources than the mixture’s phases', () => {
    const [blurred, better] = [0, 20].map((iterations) => misi(stft, mix, targets, { iterations }));
    for (const [s, true_] of [one, two].entries())
      expect(errorDb(true_, better[s])).toBeLessThan(errorDb(true_, blurred[s]) - 3);
  });

  it('does one round as the paper writes it', () => {
    const inverse = (target: Float32Array, phases: Spectrum): Float32Array => {
      const angle = (i: number): number => Math.atan2(phases.im[i], phases.re[i]);
      const re = target.map((m, i) => m * Math.cos(angle(i)));
      const im = target.map((m, i) => m * Math.sin(angle(i)));
      return stft.inverse({ ...phases, re, im }, samples);
    };
    const correct = (waves: Float32Array[]): Float32Array[] =>
      waves.map((wave) => wave.map((x, i) => x + (mix[i] - waves[0][i] - waves[1][i]) / 2));
    const first = correct(targets.map((target) => inverse(target, stft.forward(mix))));
    const second = correct(first.map((wave, s) => inverse(targets[s], stft.forward(wave))));
    misi(stft, mix, targets, { iterations: 1 }).forEach((wave, s) =>
      expect(errorDb(second[s], wave)).toBeLessThan(-110),
    );
  });

  it('of one source is the mixture', () => {
    const [wave] = misi(stft, mix, [targets[0]], { iterations: 2 });
    expect(errorDb(mix, wave)).toBeLessThan(-140);
  });
});
