import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';

const name = z.string().min(1);

/**
 * Several separators whose estimates are averaged. Their errors differ, and so the mean is often better than the
 * best of them (Uhlich et al. 2017, "Improving music source separation … through data augmentation and network blending").
 */
export const ensembleSchema = z
  .strictObject({
    schema: z.literal('unbraid-ensemble/1'),
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, dots, dashes'),
    name,
    description: z.string().default(''),
    stems: z.strictObject({ order: z.array(name).min(1), residual: name }),
    members: z
      .array(
        z.strictObject({
          /** The id of a model or a classic method. */
          separator: name,
          /** How much its estimate of each stem counts; a stem that is left out counts 0. */
          weights: z.record(name, z.number().min(0)),
          /** Its own names of stems, where they differ: `{"drums": "percussive"}`. */
          names: z.record(name, name).default({}),
        }),
      )
      .min(1),
  })
  .superRefine((ensemble, context) => {
    for (const stem of ensemble.stems.order) {
      const total = ensemble.members.reduce((sum, member) => sum + (member.weights[stem] ?? 0), 0);
      if (!(total > 0))
        context.addIssue({ code: 'custom', path: ['members'], message: `no member estimates "${stem}"` });
    }
    for (const { separator, weights } of ensemble.members) {
      const unknown = Object.keys(weights).find((stem) => !ensemble.stems.order.includes(stem));
      if (unknown !== undefined)
        context.addIssue({ code: 'custom', path: ['members', separator], message: `no stem "${unknown}"` });
    }
  });

export type EnsembleManifest = z.output<typeof ensembleSchema>;

/** Validates an ensemble. Throws `model-manifest-invalid` that names the field and the file. */
export function parseEnsemble(json: unknown, file?: string): EnsembleManifest {
  const result = ensembleSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue.path.join('.') || 'the manifest';
  throw new UnbraidError(
    'model-manifest-invalid',
    `The ensemble is not valid at ${where}: ${issue.message}`,
    {
      file,
      hint: 'Correct the manifest; models/README.md says what an ensemble needs.',
    },
  );
}
