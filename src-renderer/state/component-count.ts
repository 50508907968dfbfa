import type { SeparatorSummary } from '../../src-main/common/contract/models.js';

/** How many components a person can choose, by the method that has them. */
const counts: Readonly<Record<string, readonly number[]>> = {
  nmf: [10, 20, 30, 50, 80],
  'nmf-components': [4, 6, 8, 12, 16],
};

export function componentCounts({ id }: Pick<SeparatorSummary, 'id'>): readonly number[] {
  return Object.hasOwn(counts, id) ? counts[id] : [];
}

/** The method with so many components; itself where none were chosen, or it has none. */
export function withComponents(model: SeparatorSummary, count: number | null): SeparatorSummary {
  if (count === null || !componentCounts(model).includes(count) || model.id !== 'nmf-components')
    return model;
  return { ...model, stems: Array.from({ length: count }, (_, k) => `component-${k + 1}`) };
}

/** The id of a method with so many components, as the engine takes it. */
export function idWithComponents(
  model: SeparatorSummary | undefined,
  count: number | null,
): string | undefined {
  if (!model || count === null || !componentCounts(model).includes(count)) return model?.id;
  return `${model.id}:components=${count}`;
}
