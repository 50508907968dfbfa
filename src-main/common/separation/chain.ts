import { UnbraidError } from '../base/errors.js';
import { residualOf, stemsOf, type ChainManifest, type ChainStep } from './chain-manifest.js';
import { planStems } from './conservation.js';
import type { SeparatorInfo } from './separator.js';

/** One separation of a chain, in the separator's own words. */
export interface PlannedStep {
  /** Its place in the recipe. */
  readonly index: number;
  /** The stem it separates; undefined for the song. */
  readonly of: string | undefined;
  /** The separator's own stems that are wanted beside one of everything else. */
  readonly keep: readonly string[];
  /** The chain's names of `keep`, in the same order, and that of the rest. */
  readonly names: readonly string[];
  readonly residual: string;
}

export interface ChainPlan {
  /** The separations that are needed, in their order. */
  readonly steps: readonly PlannedStep[];
  /** The stems that these steps give and do not separate further: together they are the song. */
  readonly stems: readonly string[];
}

/** The stems of a chain: those that no step separates further, in the order of the recipe. */
export function chainStems({ steps }: ChainManifest): readonly string[] {
  return leaves(steps);
}

/** The stem that each stem of a chain is separated from; those of the song itself are left out. */
export function chainParents({ steps }: ChainManifest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    steps.flatMap((step) => {
      const { of } = step;
      return of === undefined ? [] : stemsOf(step).map((stem) => [stem, of] as const);
    }),
  );
}

/** Every stem that is separated further stands for its own stems, at its place. */
function leaves(steps: readonly ChainStep[], of?: string): readonly string[] {
  const step = steps.find((one) => one.of === of);
  return step ? stemsOf(step).flatMap((stem) => leaves(steps, stem)) : of === undefined ? [] : [of];
}

/**
 * The steps that are left when these stems are not separated further, by their places: `drums` of a chain that goes on to
 * the drum kit is what its first step gives.
 */
export function stepsKeeping({ steps }: ChainManifest, whole: readonly string[]): readonly number[] {
  const gone = new Set<string>(whole);
  return [...steps.keys()].filter((index) => {
    const { of } = steps[index];
    if (of === undefined || !gone.has(of)) return true;
    for (const stem of stemsOf(steps[index])) gone.add(stem);
    return false;
  });
}

/** The stem that takes what all others leave: the residual of the residual, and so on. */
export function chainResidual({ steps }: ChainManifest): string {
  let step = steps[0];
  for (;;) {
    const residual = residualOf(step);
    const next = steps.find(({ of }) => of === residual);
    if (!next) return residual;
    step = next;
  }
}

/** Steps take a separator's estimates as they are: what these leave goes where the recipe says, not where it would. */
export const stepPolicy = 'stem';

/** Which separations are needed for these stems (all when left out), and what they give. */
export function planChain(chain: ChainManifest, wanted: readonly string[] = chainStems(chain)): ChainPlan {
  const stems = new Set<string | undefined>(wanted);
  // A step is needed when it gives a stem that is wanted, or one that a needed step separates.
  const needed: ChainStep[] = [];
  for (const step of chain.steps.toReversed()) {
    if (!stemsOf(step).some((stem) => stems.has(stem))) continue;
    needed.unshift(step);
    stems.add(step.of);
  }
  const steps = needed.map((step) => {
    const residual = residualOf(step);
    const names = stemsOf(step).filter((stem) => stem !== residual);
    const keep = names.map((stem) => (Object.hasOwn(step.names, stem) ? step.names[stem] : stem));
    return { index: chain.steps.indexOf(step), of: step.of, keep, names, residual };
  });
  return { steps, stems: leaves(needed) };
}

/**
 * What a chain says of itself without loading anything; `infos` are those of its steps' separators, in their order.
 * Throws `model-incompatible` when a separator has no such stem, or leaves nothing for a step's residual.
 */
export function chainInfo(chain: ChainManifest, infos: readonly SeparatorInfo[]): SeparatorInfo {
  for (const { index, keep } of planChain(chain).steps) {
    const { stems, residualStem } = infos[index];
    const { separator } = chain.steps[index];
    const fail = (message: string): never => {
      throw new UnbraidError('model-incompatible', `The chain ${chain.id}: ${message}`, {
        hint: 'Correct the chain’s manifest.',
      });
    };
    const { complete } = planStems(stems, residualStem, stepPolicy);
    const missing = keep.find((stem) => !complete.includes(stem));
    if (missing !== undefined) fail(`${separator} estimates no "${missing}"`);
    const twice = keep.find((stem, s) => keep.indexOf(stem) < s);
    if (twice !== undefined) fail(`two stems of step ${index + 1} are ${separator}’s "${twice}"`);
    if (keep.length === complete.length)
      fail(`step ${index + 1} leaves nothing for its residual: it takes every stem of ${separator}`);
  }
  return {
    ...infos[0],
    channels: infos.some(({ channels }) => channels === 2) ? 2 : 1,
    stems: chainStems(chain),
    residualStem: chainResidual(chain),
  };
}
