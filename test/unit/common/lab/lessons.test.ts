import { describe, expect, it } from 'vitest';
import type { NumberKey, Settings } from '../../../../src-main/common/lab/lesson.js';
import { startSettings } from '../../../../src-main/common/lab/lesson.js';
import { lessonIds, lessons, type LessonId } from '../../../../src-main/common/lab/lessons.js';
import { songMaterial, songPcm } from '../../../../src-main/common/lab/material.js';
import { add, band, harmony, labRate, labSamples, voice } from '../../../../src-main/common/lab/sounds.js';
import { TinyNet } from '../../../../src-main/common/lab/tiny-net.js';

/** A number of a lesson, with some settings unlike those of its start. */
function value(id: LessonId, key: NumberKey, change: Settings = {}): number {
  const { numbers } = lessons[id].run({ ...startSettings(lessons[id]), ...change });
  return numbers.find((number) => number.key === key)!.value;
}

describe('the sounds', () => {
  it('are a band that comes again every second and a voice that does not', () => {
    const again = (x: Float64Array): number => {
      let most = 0;
      for (let i = 0; i < labSamples - labRate; i++) most = Math.max(most, Math.abs(x[i] - x[i + labRate]));
      return most;
    };
    expect(again(band())).toBeLessThan(1e-9);
    expect(again(harmony(false))).toBeGreaterThan(0.1);
    expect(again(voice())).toBeGreaterThan(0.1);
    // The voice is given to everyone as it is: nobody changes it.
    const before = voice().slice();
    for (const id of lessonIds) lessons[id].run(startSettings(lessons[id]));
    expect(voice()).toEqual(before);
    expect(add(Float64Array.of(1, 2), Float64Array.of(3, 4), -1)).toEqual(Float64Array.of(-2, -2));
  });
});

describe('the lessons say what is true', () => {
  it('spectrogram: 2048 samples are the shortest window that shows two lines', () => {
    expect(value('spectrogram', 'valley', { length: 1024 })).toBeGreaterThan(-1);
    expect(value('spectrogram', 'valley', { length: 2048 })).toBeLessThan(-6);
    expect(value('spectrogram', 'binWidth')).toBeCloseTo(21.533, 3);
  });

  it('windows: Hann is free of error at whole fractions up to a half, Blackman up to a quarter', () => {
    const free = (window: string): number[] =>
      [12.5, 25, 37.5, 50, 62.5, 75, 100].filter((hop) => value('windows', 'error', { window, hop }) < -119);
    expect([free('hann'), free('blackman'), free('sqrt-hann')]).toEqual([[12.5, 25, 50], [12.5, 25], []]);
    expect(value('windows', 'ripple', { hop: 100 })).toBeCloseTo(200, 6);
    expect(value('windows', 'error', { broken: true })).toBeGreaterThan(0);
  });

  it('mixture: subtraction is exact, one sample late it is not, and the wrong sign doubles the band', () => {
    expect(value('mixture', 'error')).toBeLessThan(-119);
    expect(value('mixture', 'error', { delay: 1 })).toBeGreaterThan(-20);
    const power = (x: Float64Array): number => x.reduce((sum, s) => sum + s * s, 0);
    const doubled = 10 * Math.log10((4 * power(band())) / power(voice()));
    expect(value('mixture', 'error', { broken: true })).toBeCloseTo(doubled, 9);
  });

  it('masks: they pass the null test whatever their floor, unless they are not divided by their sum', () => {
    for (const floor of [0, 0.1, 0.3]) expect(value('masks', 'nullTest', { floor })).toBeLessThan(-119);
    expect(value('masks', 'nullTest', { floor: 0.3, broken: true })).toBeGreaterThan(-10);
    expect(value('masks', 'voiceSdr', { floor: 0.3 })).toBeLessThan(
      value('masks', 'voiceSdr', { floor: 0 }) - 8,
    );
    expect(value('masks', 'voiceSdr', { broken: true })).toBeGreaterThan(value('masks', 'voiceSdr'));
  });

  it('binary: the best exponent is in between, and one bin in twenty costs more than being binary', () => {
    const soft = [0.5, 1.5, 10].map((exponent) => value('binary', 'voiceSdr', { exponent }));
    const hard = value('binary', 'voiceSdr', { mask: 'binary' });
    expect(soft[1]).toBeGreaterThan(Math.max(soft[0], soft[2], hard));
    expect(value('binary', 'undecided', { mask: 'binary' })).toBe(0);
    expect(value('binary', 'voiceSdr', { broken: true })).toBeLessThan(hard - 3);
  });

  it('oracle: complex before phase-sensitive before ratios, and a late mask is useless', () => {
    const [cirm, psm, irm2, irm1, ibm] = ['cirm', 'psm', 'irm2', 'irm1', 'ibm'].map((oracle) =>
      value('oracle', 'voiceSdr', { oracle }),
    );
    expect(psm).toBeGreaterThan(Math.max(irm1, irm2, ibm));
    expect([cirm > psm + 3, psm > irm2 + 1, cirm < 60]).toEqual([true, true, true]);
    expect(value('oracle', 'voiceSdr', { broken: true })).toBeLessThan(3);
  });

  it('phase: true phases are exact, errors and zeros are not, the mixture’s do well', () => {
    expect(value('phase', 'voiceSdr')).toBeGreaterThan(119);
    expect(value('phase', 'voiceSdr', { phase: 'mixture' })).toBeGreaterThan(20);
    expect(value('phase', 'voiceSdr', { noise: 90 })).toBeLessThan(7);
    expect(value('phase', 'voiceSdr', { broken: true })).toBeLessThan(0);
  });

  it('Griffin-Lim: the distance never rises and never reaches zero; without overlap it is zero at once', () => {
    const [curve] = lessons['griffin-lim'].run(startSettings(lessons['griffin-lim'])).curves!;
    curve.y.forEach((y, i) => expect(i === 0 || y <= curve.y[i - 1] + 1e-9).toBe(true));
    expect(curve.y.at(-1)).toBeGreaterThan(-30);
    expect(value('griffin-lim', 'misfit', { momentum: 'fast' })).toBeLessThan(value('griffin-lim', 'misfit'));
    expect(value('griffin-lim', 'misfit', { broken: true, iterations: 0 })).toBeLessThan(-119);
  });

  it('NMF: the divergence never rises, falls with more components, and zeros stay', () => {
    const costs = [0, 1, 2, 5, 10, 20].map((iterations) => value('nmf', 'divergence', { iterations }));
    costs.forEach((cost, i) => expect(i === 0 || cost <= costs[i - 1] + 1e-9).toBe(true));
    expect(value('nmf', 'divergence', { components: 5 })).toBeLessThan(value('nmf', 'divergence') / 2);
    expect(value('nmf', 'divergence', { broken: true })).toBeGreaterThan(100);
  });

  it('NMF: of three components each is a note, at the times at which it is played', () => {
    const found = [1, 2, 3].map((component) => {
      const { curves } = lessons.nmf.run({ ...startSettings(lessons.nmf), component });
      const [spectrum, gains] = curves!;
      const heard = (t: number): boolean =>
        gains.y.some((y, i) => Math.abs(gains.x[i] - t - 0.08) < 0.04 && y > 0.5);
      return {
        hertz: spectrum.x[spectrum.y.indexOf(1)],
        places: Array.from({ length: 8 }, (_, place) => place).filter((place) => heard(place / 2)),
      };
    });
    found.sort((a, b) => a.hertz - b.hertz);
    [261.6, 329.6, 392].forEach((hertz, i) => expect(Math.abs(found[i].hertz - hertz)).toBeLessThan(22));
    expect(found.map(({ places }) => places)).toEqual([
      [0, 3, 4, 6],
      [1, 3, 5, 6],
      [2, 4, 5, 6],
    ]);
  });

  it('repetition: a second is best, half of it almost works, and it needs a band that repeats', () => {
    const at = (period: number, broken = false): number =>
      value('repetition', 'voiceSdr', { period, broken });
    const others = [0.3, 0.4, 0.6, 0.8, 0.9, 1.1, 1.2, 1.4].map((period) => at(period));
    expect(at(1)).toBeGreaterThan(at(0.5) + 5);
    expect(at(0.5)).toBeGreaterThan(Math.max(...others));
    expect(at(1, true)).toBeLessThan(at(1) - 5);
    expect(value('repetition', 'beat', { period: 1 })).toBeGreaterThan(value('repetition', 'beat') + 30);
  });

  it('networks: training goes on falling, unseen frames do not, and other answers teach the other source', () => {
    const run = (steps: number) => lessons.networks.run({ steps, broken: false }).curves![0].y.at(-1)!;
    expect(run(400)).toBeLessThan(run(100) / 2);
    expect(value('networks', 'loss', { steps: 100 })).toBeLessThan(
      value('networks', 'loss', { steps: 0 }) / 2,
    );
    expect(value('networks', 'loss', { steps: 400 })).toBeGreaterThan(
      value('networks', 'loss', { steps: 100 }) + 0.5,
    );
    expect(value('networks', 'voiceSdr', { broken: true })).toBeLessThan(0);
  });

  it('measuring: a gain moves SDR and not SI-SDR; twenty samples are below zero for both', () => {
    for (const fault of ['bleed', 'hiss', 'holes']) {
      const quiet = { fault, gain: -12 };
      expect(value('measuring', 'siSdr', quiet)).toBeCloseTo(value('measuring', 'siSdr', { fault }), 9);
      expect(value('measuring', 'voiceSdr', quiet)).toBeLessThan(3);
      for (const key of ['voiceSdr', 'siSdr'] as const)
        expect(value('measuring', key, { fault, broken: true })).toBeLessThan(0);
    }
  });
});

describe('the small network', () => {
  it('goes down the gradient of its error', () => {
    const inputs = Float64Array.of(0.3, -0.7, 1.1, 0.2, -0.4, 0.9);
    const targets = Float64Array.of(1, 0, 0, 1, 1, 1);
    const losses = new TinyNet(2, 3).train({ inputs, targets, width: 2 }, 3, 2000);
    expect(losses).toHaveLength(2001);
    losses.slice(1, 50).forEach((loss, i) => expect(loss).toBeLessThan(losses[i]));
    expect(losses.at(-1)).toBeLessThan(0.02);
  });
});

describe('a piece of a song as material', () => {
  const rate = 44_100;
  const wave = (hertz: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: 2 * rate }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / rate));
  const [low, high, hit] = [wave(110), wave(880), wave(300)];
  const mix = low.map((x, i) => x + high[i] + hit[i]);
  const at = (x: Float64Array, hertz: number): number =>
    Math.max(
      ...x
        .subarray(2000, -2000)
        .map((value, i) => Math.abs(value - 0.3 * Math.sin((2 * Math.PI * hertz * (i + 2000)) / labRate))),
    );

  it('is at the rate of the lessons, in parts that add up', () => {
    const whole = songMaterial(songPcm({ rate, mix, voice: high, drums: hit }));
    expect(whole.samples).toBe(2 * labRate);
    expect(at(whole.voice, 880)).toBeLessThan(1e-4);
    expect(whole.parts).toHaveLength(3);
    expect(at(whole.parts[1], 110)).toBeLessThan(1e-4);
    expect(at(whole.parts[2], 300)).toBeLessThan(1e-4);
    expect(add(whole.parts[1], whole.parts[2])).toEqual(whole.band);
    expect(add(whole.voice, whole.band)).toEqual(whole.one);
  });

  it('without stems it is one sound, and what is too loud is held', () => {
    const pcm = songPcm({ rate, mix: mix.map((x) => 4 * x) });
    expect(pcm.drums).toBeNull();
    expect(Math.max(...pcm.voice)).toBe(0);
    expect([Math.max(...pcm.rest), Math.min(...pcm.rest)]).toEqual([32_767, -32_768]);
    const { numbers } = lessons.windows.run(startSettings(lessons.windows), songMaterial(pcm));
    expect(numbers[0].value).toBeLessThan(-119);
  });
});
