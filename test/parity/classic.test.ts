import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nmf, product, type Beta } from '../../src-main/common/dsp/nmf.js';
import { ft2d, repeatingByPeaks } from '../../src-main/common/separation/classic/ft2d.js';
import {
  beatSpectrum,
  medianOfPeriods,
  repeatingPeriod,
} from '../../src-main/common/separation/classic/repet.js';
import { errorDb } from '../fixtures/signals.js';

interface Goldens {
  readonly nmf: {
    readonly frames: number;
    readonly bins: number;
    readonly v: readonly number[];
    readonly cases: readonly { beta: Beta; costs: number[]; model: number[]; w: number[] }[];
  };
  readonly repet: {
    readonly frames: number;
    readonly bins: number;
    readonly v: readonly number[];
    readonly beat: readonly number[];
    readonly period: number;
    readonly background: readonly number[];
  };
  readonly ft2d: { readonly background: readonly number[] };
}

const goldens = JSON.parse(readFileSync(new URL('goldens/classic.json', import.meta.url), 'utf8')) as Goldens;
const f32 = (numbers: readonly number[]): Float32Array => Float32Array.from(numbers);

describe('NMF against NumPy (make_classic_goldens.py)', () => {
  const { frames, bins, cases } = goldens.nmf;
  const v = f32(goldens.nmf.v);
  it.each(cases)('β = $beta: the model, the templates and the cost of each iteration', (golden) => {
    const options = { components: 5, iterations: 12, beta: golden.beta, seed: 7 };
    const { templates, activations, costs } = nmf(v, frames, bins, options, true);
    expect(errorDb(product(templates, activations, 5), f32(golden.model))).toBeLessThan(-90);
    expect(errorDb(templates, f32(golden.w))).toBeLessThan(-80);
    costs.forEach((cost, i) => expect(cost / golden.costs[i]).toBeCloseTo(1, 3));
    for (let i = 1; i < costs.length; i++) expect(costs[i]).toBeLessThanOrEqual(costs[i - 1] * (1 + 1e-6));
  });

  it('given templates stay, and their activations are found again', () => {
    const templates = nmf(v, frames, bins, { components: 3, iterations: 30, beta: 1, seed: 1 }).templates;
    const gains = Float32Array.from({ length: 40 * 3 }, (_, i) => ((i * 7919) % 13) / 4);
    const mix = product(templates, gains, 3);
    const options = { components: 3, iterations: 3000, beta: 1, seed: 2, templates } as const;
    const found = nmf(mix, 40, bins, options);
    expect(found.templates).toEqual(templates);
    expect(errorDb(product(templates, found.activations, 3), mix)).toBeLessThan(-50);
  });
});

describe('REPET and 2DFT against NumPy', () => {
  const { frames, bins, beat, period, background } = goldens.repet;
  const v = f32(goldens.repet.v);

  it('REPET: beat spectrum, period and the median of whole periods', () => {
    const found = beatSpectrum(v, frames, bins);
    beat.forEach((value, lag) => expect(found[lag]).toBeCloseTo(value, 6));
    expect(repeatingPeriod(found, 4, 30)).toBe(period);
    expect(errorDb(medianOfPeriods(v, frames, bins, period), f32(background))).toBeLessThan(-120);
  });

  it('2DFT: the background of the peaks', () => {
    const made = repeatingByPeaks(v, frames, bins, 3).background;
    expect(errorDb(made, f32(goldens.ft2d.background))).toBeLessThan(-110);
    expect(ft2d().stems).toEqual(['vocals', 'accompaniment']);
  });
});
