import type { SeparatorSummary } from '../../src-main/common/contract/models.js';
import { partNames, splitMethods } from '../../src-main/common/separation/classic/bench-methods.js';
import {
  componentOptions,
  laneOptions,
  type ComponentChoice,
} from '../../src-main/common/separation/classic/component-options.js';

type Method = Pick<SeparatorSummary, 'id'>;

/** The options of a method of NMF; undefined for other separators. */
export function nmfOptions({ id }: Method): typeof componentOptions | typeof laneOptions | undefined {
  return id === 'nmf' ? componentOptions : id === 'nmf-components' ? laneOptions : undefined;
}

/** Those of a choice that a method takes: each method has other limits, and not all options. */
function fitting(method: Method, chosen: Readonly<Record<string, unknown>>): ComponentChoice {
  const options = nmfOptions(method);
  if (!options) return {};
  const known = Object.entries(options.shape).filter(
    ([key, option]) => chosen[key] !== undefined && option.safeParse(chosen[key]).success,
  );
  return Object.fromEntries(known.map(([key, option]) => [key, option.parse(chosen[key])]));
}

/** All options of a method of NMF with a choice of them; what does not fit is as the method has it. */
export function nmfValues(method: Method, chosen: ComponentChoice): ComponentChoice {
  return nmfOptions(method)?.parse(fitting(method, chosen)) ?? {};
}

const partsOf = (id: string): Readonly<Record<string, string>> =>
  // An empty value is not a number, so `seed=` is not 0.
  Object.fromEntries(
    id
      .split(':')
      .slice(1)
      .map((part) => part.split('=', 2))
      .filter(([, value]) => value),
  );

/** What an id says of the options of NMF, such as `nmf:components=40:divergence=is`. */
export function readOptions(id: string | null): ComponentChoice {
  return id === null ? {} : fitting({ id: id.split(':')[0] }, partsOf(id));
}

/** A separator with the stems that its options make: those of NMF, or those behind its name in the chosen id. */
export function withOptions(
  model: SeparatorSummary,
  chosen: ComponentChoice,
  id: string | null = null,
): SeparatorSummary {
  if (model.id === 'nmf-components') {
    const { components } = nmfValues(model, chosen);
    return { ...model, stems: Array.from({ length: components ?? 0 }, (_, k) => `component-${k + 1}`) };
  }
  const options = isOf(model, id) ? partsOf(id) : {};
  const method = splitMethods.find((name) => name === options.method);
  return model.id === 'bench' && method ? { ...model, stems: partNames(method) } : model;
}

function isOf({ id }: Method, chosen: string | null): chosen is string {
  return chosen?.startsWith(`${id}:`) ?? false;
}

/**
 * The id of a separator as the engine takes it: with the options of NMF that differ from what the method has, else with
 * those that stand behind its name in the chosen id.
 */
export function idWithOptions(
  model: Method | undefined,
  chosen: ComponentChoice,
  id: string | null = null,
): string | undefined {
  if (!model || !nmfOptions(model)) return model && isOf(model, id) ? id : model?.id;
  const values = nmfValues(model, chosen);
  const own: Readonly<Record<string, unknown>> = nmfValues(model, {});
  const differ = Object.entries(values)
    .filter(([key, value]) => value !== own[key])
    // Only a random start has a seed.
    .filter(([key]) => key !== 'seed' || values.start === 'random');
  return [model.id, ...differ.map(([key, value]) => `${key}=${value}`)].join(':');
}
