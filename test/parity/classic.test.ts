import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { robustPca } from '../../src-main/common/dsp/low-rank.js';
import { nmf, product, type Beta } from '../../src-main/common/dsp/nmf.js';
import { nndsvd } from '../../src-main/common/dsp/nndsvd.js';
import type { Spectrum } from '../../src-main/common/dsp/spectrum.js';
import { clusterComponents } from '../../src-main/common/separation/classic/components.js';
import {
  nearestPlaces,
  placeHistogram,
  strongestPlaces,
} from '../../src-main/common/separation/classic/duet.js';
import {
  melodyPath,
  melodySalience,
  type SalienceGrid,
} from '../../src-main/common/separation/classic/melody.js';
import {
  fitSources,
  projectedMagnitudes,
  projectionGains,
  projetGrid,
  sourceMatrices,
} from '../../src-main/common/separation/classic/projet.js';
import { IcaSeparator } from '../../src-main/common/separation/classic/ica.js';
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
  readonly nndsvd: { readonly w: readonly number[]; readonly h: readonly number[] };
  readonly kmeans: { readonly points: readonly number[]; readonly labels: readonly number[] };
  readonly rpca: {
    readonly rows: number;
    readonly cols: number;
    readonly d: readonly number[];
    readonly low: readonly number[];
    readonly sparse: readonly number[];
  };
  readonly duet: {
    readonly frames: number;
    readonly bins: number;
    readonly planes: readonly (readonly number[])[];
    readonly histogram: readonly number[];
    readonly nearest: readonly number[];
  };
  readonly melody: {
    readonly frames: number;
    readonly bins: number;
    readonly grid: SalienceGrid;
    readonly v: readonly number[];
    readonly salience: readonly number[];
    readonly path: readonly number[];
  };
  readonly projet: {
    readonly re: readonly (readonly number[])[];
    readonly im: readonly (readonly number[])[];
    readonly costs: readonly number[];
  };
  readonly ica: { readonly x: readonly (readonly number[])[]; readonly left: readonly (readonly number[])[] };
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

describe('the start and the groups of NMF against NumPy', () => {
  const { frames, bins, v } = goldens.nmf;

  it('NNDSVD: templates and activations, and the start of the updates', () => {
    const { templates, activations } = nndsvd(f32(v), frames, bins, 5);
    expect(errorDb(templates, f32(goldens.nndsvd.w))).toBeLessThan(-90);
    expect(errorDb(activations, f32(goldens.nndsvd.h))).toBeLessThan(-90);
    const options = { components: 5, iterations: 20, beta: 1, seed: 7, start: 'nndsvd' } as const;
    const begun = nmf(f32(v), frames, bins, { ...options, iterations: 0 });
    expect(errorDb(begun.activations, activations)).toBeLessThan(-120);
    // Whatever the seed.
    expect(nmf(f32(v), frames, bins, options)).toEqual(nmf(f32(v), frames, bins, { ...options, seed: 8 }));
    const costs = [0, 1, 2].map(
      (beta) => nmf(f32(v), frames, bins, { ...options, beta: beta as Beta }, true).costs,
    );
    for (const one of costs)
      for (let i = 1; i < one.length; i++) expect(one[i]).toBeLessThanOrEqual(one[i - 1] * (1 + 1e-6));
  });

  it('k-means of centroid, flatness and periodicity, from the archetypes', () => {
    const { points, labels } = goldens.kmeans;
    const features = labels.map((_, i) => ({
      ...{ pitch: points[3 * i], tone: points[3 * i + 1], period: points[3 * i + 2] },
      // Does not count here.
      burst: i % 2,
    }));
    expect(clusterComponents(features)).toEqual(labels);
    expect(new Set(labels).size).toBe(3);
  });
});

describe('RPCA, DUET and ICA against NumPy', () => {
  it('RPCA: the low-rank and the sparse part, which add up', () => {
    const { rows, cols, d, low, sparse } = goldens.rpca;
    const made = robustPca(Float64Array.from(d), rows, cols, { iterations: 100, tolerance: 1e-7 });
    expect(errorDb(f32([...made.lowRank]), f32(low))).toBeLessThan(-70);
    expect(errorDb(f32([...made.sparse]), f32(sparse))).toBeLessThan(-70);
    expect(errorDb(f32(d.map((_, i) => made.lowRank[i] + made.sparse[i])), f32(d))).toBeLessThan(-130);
    const nothing = robustPca(new Float64Array(12), 3, 4, { iterations: 9, tolerance: 1e-7 });
    expect(nothing.lowRank.every((x) => x === 0)).toBe(true);
  });

  it('DUET: the histogram of places, and whom each bin belongs to', () => {
    const { frames, bins, planes, histogram, nearest } = goldens.duet;
    const [lRe, lIm, rRe, rIm] = planes.map(f32);
    const spectrum = (re: Float32Array, im: Float32Array): Spectrum => ({ re, im, frames, bins });
    const analysis = { frames, bins, spectra: [spectrum(lRe, lIm), spectrum(rRe, rIm)] };
    const found = placeHistogram(analysis);
    expect(errorDb(f32([...found]), f32(histogram))).toBeLessThan(-90);
    const made = nearestPlaces(analysis, strongestPlaces(found));
    expect([...made]).toEqual(nearest);
    expect(new Set(nearest)).toEqual(new Set([0, 1, 2]));
  });

  it('PROJET: what each source gives to the left channel, and the divergence never rises', () => {
    const { frames, bins, planes } = goldens.duet;
    const [lRe, lIm, rRe, rIm] = planes.map(f32);
    const spectra = [
      { re: lRe, im: lIm, frames, bins },
      { re: rRe, im: rIm, frames, bins },
    ];
    const { projections, places } = projetGrid;
    const gains = projectionGains(projections, places);
    const projected = projectedMagnitudes(spectra, projections);
    const sources = fitSources(projected, gains, places, goldens.projet.costs.length);
    const matrices = sourceMatrices(sources, gains, projections);
    matrices.forEach(([a, b], source) => {
      const left = (l: Float32Array, r: Float32Array): Float32Array =>
        l.map((x, i) => a[i] * x + b[i] * r[i]);
      expect(errorDb(left(lRe, rRe), f32(goldens.projet.re[source]))).toBeLessThan(-80);
      expect(errorDb(left(lIm, rIm), f32(goldens.projet.im[source]))).toBeLessThan(-80);
    });
    const falls = goldens.projet.costs.map((cost, i, all) => i === 0 || cost <= all[i - 1] + 1e-12);
    expect(falls.every(Boolean)).toBe(true);
  });

  it('ICA: the sources as they stand in both channels', async () => {
    const x = goldens.ica.x.map(f32);
    const [left, right] = await new IcaSeparator().separate(x);
    goldens.ica.left.forEach((image, ch) => {
      expect(errorDb(left[ch], f32(image))).toBeLessThan(-80);
      expect(
        errorDb(
          left[ch].map((y, i) => y + right[ch][i]),
          x[ch],
        ),
      ).toBeLessThan(-120);
    });
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

describe('melodies against NumPy (make_classic_goldens.py)', () => {
  const { frames, bins, grid, v, salience, path } = goldens.melody;
  it('how salient each pitch is, and the best path through them', () => {
    const found = melodySalience(f32(v), frames, bins, grid);
    expect(errorDb(found, f32(salience))).toBeLessThan(-90);
    expect([...melodyPath(found, frames, grid.pitches)]).toEqual(path);
  });
});
