import { describe, expect, it } from 'vitest';
import type { SeparatorSummary } from '../../../src-main/common/contract/models.js';
import type { ComponentChoice } from '../../../src-main/common/separation/classic/component-options.js';
import { createClassic } from '../../../src-main/common/separation/classic/registry.js';
import {
  idWithOptions,
  nmfValues,
  readOptions,
  withOptions,
} from '../../../src-renderer/state/method-options.js';

const [grouped, lanes, bench] = [{ id: 'nmf' }, { id: 'nmf-components' }, { id: 'bench' }];
const all: ComponentChoice = {
  ...{ components: 12, iterations: 40, seed: 7 },
  divergence: 'is',
  start: 'random',
  grouping: 'kmeans',
};
const whole = 'nmf:components=12:iterations=40:divergence=is:seed=7:grouping=kmeans';

describe('the options of NMF', () => {
  it('are in the id where they differ from what the method has, and the engine takes it', () => {
    expect(idWithOptions(grouped, {})).toBe('nmf');
    expect(idWithOptions(grouped, { components: 30, divergence: 'kl', seed: 1 })).toBe('nmf');
    expect(idWithOptions(grouped, all)).toBe(whole);
    expect(idWithOptions(lanes, all)).toBe('nmf-components:components=12:iterations=40:divergence=is:seed=7');
    // Only a random start has a seed.
    expect(idWithOptions(grouped, { start: 'nndsvd', seed: 7 })).toBe('nmf:start=nndsvd');
    for (const method of [grouped, lanes]) {
      const id = idWithOptions(method, all)!;
      expect(createClassic(id).info.stems.length).toBe(method === lanes ? 12 : 3);
    }
  });

  it('are left out where the method does not take them', () => {
    // 40 lanes are too many; a method's own number is another one for each.
    expect(idWithOptions(lanes, { components: 40, grouping: 'kmeans' })).toBe('nmf-components');
    expect(idWithOptions(lanes, { components: 16 })).toBe('nmf-components:components=16');
    expect(nmfValues(lanes, { components: 40 })).toEqual({
      ...{ components: 8, iterations: 100, divergence: 'kl', start: 'random', seed: 1 },
    });
    expect(nmfValues(grouped, { components: 1, iterations: 2.5 })).toMatchObject({
      ...{ components: 30, iterations: 100, grouping: 'archetypes' },
    });
    expect(idWithOptions({ id: 'hpss' }, all, 'nmf:seed=3')).toBe('hpss');
    expect(idWithOptions(undefined, all)).toBeUndefined();
  });

  it('are read from an id and make the same one again', () => {
    expect(readOptions(whole)).toEqual({
      ...{ components: 12, iterations: 40, divergence: 'is', seed: 7, grouping: 'kmeans' },
    });
    expect(idWithOptions(grouped, readOptions(whole))).toBe(whole);
    expect(readOptions('nmf-components:components=40:grouping=kmeans:start=nndsvd')).toEqual({
      start: 'nndsvd',
    });
    expect(readOptions('nmf:seed=:components=many:divergence:other=3')).toEqual({});
    for (const id of ['nmf', 'hpss:components=12', 'bench:method=nmf', null]) {
      expect(readOptions(id)).toEqual({});
    }
  });

  it('say what the stems are; the bench keeps what stands behind its name', () => {
    const summary = (id: string): SeparatorSummary => ({ id, stems: ['one', 'two'] }) as never;
    const stems = (id: string, ...chosen: [ComponentChoice, (string | null)?]): readonly string[] =>
      withOptions(summary(id), ...chosen).stems;
    expect(stems('nmf-components', { components: 2 })).toEqual(['component-1', 'component-2']);
    expect(stems('nmf-components', {})).toHaveLength(8);
    expect(stems('nmf', all)).toEqual(['one', 'two']);
    const id = 'bench:method=repet:mask=binary';
    expect(stems('bench', all, id)).toEqual(['vocals', 'accompaniment']);
    expect(stems('bench', all, 'nmf:method=repet')).toEqual(['one', 'two']);
    expect(stems('own', all, 'own:method=repet')).toEqual(['one', 'two']);
    expect(idWithOptions(bench, all, id)).toBe(id);
    expect(idWithOptions(bench, all, 'bench')).toBe('bench');
  });
});
