import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { stemName } from './stem-name.js';

const name = z.string().min(1);

/**
 * A recipe of separations one after the other: a step separates the song, or a stem of an earlier step, with any model,
 * method or ensemble. What a step's other stems leave of its parent goes to its residual, so that the stems that are not
 * separated further always add up to the song.
 */
export const chainSchema = z
  .strictObject({
    schema: z.literal('unbraid-chain/1'),
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, dots, dashes'),
    name,
    description: z.string().default(''),
    steps: z
      .array(
        z.strictObject({
          /** The stem of an earlier step that is separated; the song when left out. */
          of: name.optional(),
          /** The id of a model, a classic method or an ensemble. */
          separator: name,
          /** What the step gives; the residual, the last of `order` when left out, takes what the others leave. */
          stems: z.strictObject({ order: z.array(stemName).min(1), residual: stemName.optional() }),
          /** The separator's own names of stems, where they differ: `{"lead": "vocals"}`. */
          names: z.record(name, name).default({}),
        }),
      )
      .min(1)
      .max(16),
  })
  .superRefine((chain, context) => {
    const known = new Set<string>();
    const split = new Set<string | undefined>();
    for (const [i, { of, stems, names }] of chain.steps.entries()) {
      const fail = (message: string): void =>
        context.addIssue({ code: 'custom', path: ['steps', i], message });
      if (i === 0 && of !== undefined) fail('the first step separates the song');
      else if (of !== undefined && !known.has(of)) fail(`no earlier step gives "${of}"`);
      if (split.has(of))
        fail(of === undefined ? 'an earlier step separates the song' : `"${of}" is separated already`);
      split.add(of);
      const given = stemsOf({ stems });
      if (given.length < 2) fail('a step gives two stems at least');
      const twice = given.find((stem, s) => known.has(stem) || given.indexOf(stem) < s);
      if (twice !== undefined) fail(`two stems are called "${twice}"`);
      const unknown = Object.keys(names).find((stem) => !given.includes(stem));
      if (unknown !== undefined) fail(`no stem "${unknown}"`);
      for (const stem of given) known.add(stem);
    }
  });

export type ChainManifest = z.output<typeof chainSchema>;
export type ChainStep = ChainManifest['steps'][number];

/** The stem that takes what the others of a step leave. */
export function residualOf({ stems }: Pick<ChainStep, 'stems'>): string {
  return stems.residual ?? stems.order[stems.order.length - 1];
}

/** Everything that a step gives, the residual too. */
export function stemsOf(step: Pick<ChainStep, 'stems'>): readonly string[] {
  const { order } = step.stems;
  const residual = residualOf(step);
  return order.includes(residual) ? order : [...order, residual];
}

/** Validates a chain. Throws `model-manifest-invalid` that names the field and the file. */
export function parseChain(json: unknown, file?: string): ChainManifest {
  const result = chainSchema.safeParse(json);
  if (result.success) return result.data;
  const { where, says } = firstFault(result.error);
  throw new UnbraidError(
    'model-manifest-invalid',
    `The chain is not valid at ${where || 'its start'}: ${says}`,
    { file, hint: 'Correct the manifest; models/README.md says what a chain needs.' },
  );
}
