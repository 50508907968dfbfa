import type { SeparatorSummary } from '../../src-main/common/contract/models.js';
import { partNames, splitMethods } from '../../src-main/common/separation/classic/bench-methods.js';

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

/** The method with the options that stand behind its name in a chosen id: they may say what its stems are. */
export function withOptions(model: SeparatorSummary, chosen: string | null): SeparatorSummary {
  const options = new Map(chosen?.split(':').map((part) => part.split('=') as [string, string | undefined]));
  if (!hasOptions(model, chosen)) return model;
  const method = splitMethods.find((name) => name === options.get('method'));
  if (model.id === 'bench' && method) return { ...model, stems: partNames(method) };
  return withComponents(model, Number(options.get('components')));
}

function hasOptions({ id }: Pick<SeparatorSummary, 'id'>, chosen: string | null): chosen is string {
  return chosen?.startsWith(`${id}:`) ?? false;
}

/** The id of a method as the engine takes it: with so many components, else with the options that were chosen for it. */
export function idWithComponents(
  model: SeparatorSummary | undefined,
  count: number | null,
  chosen: string | null = null,
): string | undefined {
  if (model && count !== null && componentCounts(model).includes(count))
    return `${model.id}:components=${count}`;
  return model && hasOptions(model, chosen) ? chosen : model?.id;
}
