import { z } from 'zod';

const options = {
  components: z.coerce.number().int().min(2).max(200),
  iterations: z.coerce.number().int().min(1).max(2000),
  /** Euclidean and Kullback-Leibler divergence of magnitudes, Itakura-Saito of powers. */
  divergence: z.enum(['euclidean', 'kl', 'is']),
  start: z.enum(['random', 'nndsvd']),
  /** Of a random start. */
  seed: z.coerce.number().int().min(0).max(1e9),
  grouping: z.enum(['archetypes', 'kmeans']),
};

/** What a person can choose of NMF whose components are grouped; the numbers may come as text. */
export const componentOptions = z.strictObject({
  components: options.components.default(30),
  iterations: options.iterations.default(100),
  divergence: options.divergence.default('kl'),
  start: options.start.default('random'),
  seed: options.seed.default(1),
  grouping: options.grouping.default('archetypes'),
});
export type ComponentOptions = z.output<typeof componentOptions>;

/** The same for components that are not grouped: each is a stem. */
export const laneOptions = componentOptions
  .omit({ grouping: true })
  .extend({ components: z.coerce.number().int().min(2).max(16).default(8) });
export type LaneOptions = z.output<typeof laneOptions>;

/** What was chosen of them; what is left out is as the method has it. */
export const componentChoice = z.object(options).partial();
export type ComponentChoice = Readonly<z.output<typeof componentChoice>>;

/** Whether a separator, with or without options behind its name, is a factorization whose W and H can be shown. */
export function hasFactors(id: string): boolean {
  return ['nmf', 'nmf-components'].includes(id.split(':')[0]);
}
