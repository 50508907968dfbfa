import { describe, expect, it } from 'vitest';
import {
  Bench,
  benchMasks,
  benchMethods,
  benchStart,
  type BenchSettings,
} from '../../../../src-main/common/lab/bench.js';
import { benchPicture, representations } from '../../../../src-main/common/lab/bench-picture.js';
import { band, labRate, voice } from '../../../../src-main/common/lab/sounds.js';
import { maskOf } from '../../../../src-main/common/separation/classic/bench.js';
import { quickEnhance } from '../../../../src-main/common/separation/classic/quick-hpss.js';
import { PlanePool, enhance } from '../../../../src-main/common/separation/classic/hpss.js';
import { randoms } from '../../../../src-main/common/dsp/randoms.js';
import { LabKernel, transfersOf } from '../../../../src-renderer/workers/lab-tasks.js';

const parts = [Float32Array.from(voice()), Float32Array.from(band())] as const;
const mix = parts[0].map((x, i) => x + parts[1][i]);
const sound = { rate: labRate, mix, parts };
const run = (change: Partial<BenchSettings>, bench = new Bench(sound)) =>
  bench.run({ ...benchStart, ...change });

describe('the bench', () => {
  it.each(benchMethods)('splits a sound in two that add up to it: %s', (method) => {
    const { sounds, error } = run({ method });
    expect(error).toBeLessThan(-100);
    let most = 0;
    mix.forEach((x, i) => (most = Math.max(most, Math.abs(sounds[0][i] + sounds[1][i] - x))));
    expect(most).toBeLessThan(1e-5);
    const energy = (x: Float32Array): number => x.reduce((sum, s) => sum + s * s, 0);
    expect(energy(sounds[0])).toBeGreaterThan(energy(mix) / 100);
    expect(energy(sounds[1])).toBeGreaterThan(energy(mix) / 100);
  });

  it('knows how good the voice is where true parts are known, the oracle best', () => {
    const scores = (['repet', 'ft2d', 'oracle'] as const).map((method) => run({ method }).sdr!);
    expect(scores[2]).toBeGreaterThan(Math.max(scores[0], scores[1]) + 3);
    // A mask of powers with exponent 1 is one of magnitudes with exponent 2.
    const powers = run({ method: 'oracle', representation: 'power', mask: 'soft' }).sdr!;
    expect(powers).toBeCloseTo(scores[2], 3);
    expect(run({ method: 'oracle', mask: 'binary' }).sdr).not.toBeCloseTo(scores[2], 1);
    const held = run({ method: 'hpss' }).sounds[0];
    const heldByPower = run({ method: 'hpss', representation: 'power', mask: 'soft' }).sounds[0];
    held.forEach((x, i) => expect(Math.abs(heldByPower[i] - x)).toBeLessThan(1e-5));
    expect(run({ method: 'hpss' }).sdr).toBeNull();
    expect(new Bench({ rate: labRate, mix }).run({ ...benchStart, method: 'repet' }).sdr).toBeNull();
  });

  it('measures the windows: Hann at a half adds up, Blackman does not, and a long hop loses a third', () => {
    expect(run({}).overlap.ripple).toBeLessThan(1e-9);
    expect(run({ window: 'blackman' }).overlap.ripple).toBeCloseTo((0.32 / 0.84) * 100, 1);
    const gaps = run({ window: 'rectangular', hop: 1.5 });
    expect(gaps.error).toBeGreaterThan(-7);
    expect(gaps.error).toBeLessThan(-3);
    expect(run({ window: 'rectangular', hop: 1 }).error).toBeLessThan(-100);
  });

  it('gives the same for the same settings, whatever came between', () => {
    const bench = new Bench(sound);
    const first = run({}, bench);
    for (const change of [
      { mask: 'binary' },
      { exponent: 4 },
      { window: 'hamming' },
      { representation: 'power' },
      { method: 'nmf' },
      { length: 512 },
    ] as const) {
      expect(run({}, bench)).toEqual(first);
      const other = run(change, bench);
      expect(other.sounds[0]).toEqual(run(change).sounds[0]);
      expect(other.sounds[0]).not.toEqual(first.sounds[0]);
    }
    expect(run({}, bench)).toEqual(first);
  });

  it('draws the loudest white, the highest frequency in the first row', () => {
    const lengths = new Float32Array(4 * 9);
    lengths[2 * 9 + 8] = 1;
    lengths[0] = 0.1;
    for (const representation of representations.filter((one) => one !== 'mel')) {
      const { columns, rows, levels } = benchPicture(lengths, 9, 8000, representation);
      expect([columns, rows, levels[2]]).toEqual([4, 9, 255]);
      const low = { magnitude: 25, power: 2, log: 191, 'log-power': 127 }[representation];
      expect(levels[8 * 4]).toBe(low);
    }
    expect(benchPicture(new Float32Array(1000 * 1025), 1025, 44_100, 'mel')).toMatchObject({
      ...{ columns: 640, rows: 96 },
    });
  });
});

describe('the quick medians of HPSS', () => {
  it('are the exact ones but for the steps of their levels, silence included', () => {
    const [frames, bins] = [37, 50];
    const random = randoms(4);
    // Over 60 dB, some of it silent.
    const plane = Float32Array.from({ length: frames * bins }, (_, i) =>
      i % bins < 5 ? 0 : 10 ** (-3 * random()),
    );
    const { values, a, b } = quickEnhance(plane, frames, bins, { frames: 9, bins: 7 });
    const [harmonic, percussive] = [a, b].map((levels) =>
      Float32Array.from(levels, (level) => values[level]),
    );
    const options = { harmonicFrames: 9, percussiveBins: 7, power: 2 };
    const exact = enhance({ frames, bins, magnitude: plane }, options, new PlanePool());
    for (const [quick, wanted] of [
      [harmonic, exact.harmonic],
      [percussive, exact.percussive],
    ]) {
      wanted.forEach((x, i) => {
        if (x === 0) expect(quick[i]).toBe(0);
        else expect(Math.abs(Math.log2(quick[i] / x))).toBeLessThan(1 / 16);
      });
    }
    const loud = plane.map((x) => 2 ** 20 * x);
    const louder = quickEnhance(loud, frames, bins, { frames: 9, bins: 7 });
    expect(louder.values[louder.a[bins + 20]]).toBeGreaterThan(100);
    expect(louder.a).toEqual(a);
  });
});

describe('the mask of levels', () => {
  it('is that of the planes they stand for, with every kind of mask', () => {
    const random = randoms(8);
    const draw = (): Uint8Array => Uint8Array.from({ length: 5000 }, () => 256 * random() - 1e-9);
    const levels = {
      values: Float32Array.from({ length: 256 }, (_, i) => (i === 0 ? 0 : 2 ** (i / 16))),
      a: draw(),
      b: draw(),
    };
    levels.a.fill(0, 0, 50);
    levels.b.fill(0, 30, 80);
    const planes = [levels.a, levels.b].map((one) => Float32Array.from(one, (level) => levels.values[level]));
    for (const mask of benchMasks) {
      const options = { mask, exponent: 1.5 };
      expect(maskOf(levels, options)).toEqual(maskOf([planes[0], planes[1]], options));
    }
  });
});

describe('the worker of the Lab', () => {
  it('answers lessons, and benches once it has a sound', () => {
    const kernel = new LabKernel();
    expect(() => kernel.run({ kind: 'bench', ask: benchStart })).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
    expect(kernel.run({ kind: 'load', ask: sound })).toBeNull();
    const task = { kind: 'bench', ask: benchStart } as const;
    const answer = kernel.run(task);
    expect(answer).toEqual(run({}));
    // What travels to the page is not what the bench keeps.
    structuredClone(answer, { transfer: transfersOf(answer) });
    expect(kernel.run(task)).toEqual(run({}));
    const ask = { id: 'mixture', settings: { delay: 1, broken: false }, onSong: false } as const;
    expect(kernel.run({ kind: 'lesson', ask })).toMatchObject({
      numbers: [{ key: 'error' }, { key: 'mixtureSdr' }],
    });
  });
});
