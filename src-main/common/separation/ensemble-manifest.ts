import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { combinings, type BandWeight } from './combine.js';
import { stemName } from './stem-name.js';

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
    stems: z.strictObject({ order: z.array(stemName).min(1), residual: stemName }),
    /**
     * `mean` of the samples by weight; `median` of the samples; of each bin of the spectrum the estimate with the
     * smallest (`min`) or largest (`max`) magnitude. Only the mean looks at how large a weight is.
     */
    combine: z.enum(combinings).default('mean'),
    members: z
      .array(
        z.strictObject({
          /** The id of a model or a classic method. */
          separator: name,
          /** How much its estimate of each stem counts; a stem that is left out counts 0. */
          weights: z.record(name, z.number().min(0)),
          /** Other weights from a frequency on, Hz; those left out stay. */
          bands: z
            .array(
              z.strictObject({ above: z.number().positive(), weights: z.record(name, z.number().min(0)) }),
            )
            .default([]),
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
    const edges = [0, ...ensemble.members.flatMap(({ bands }) => bands.map(({ above }) => above))];
    for (const stem of ensemble.stems.order) {
      const silent = edges.find(
        (edge) => !ensemble.members.some((member) => weightAt(bandWeights(member, stem), edge) > 0),
      );
      if (silent !== undefined && silent > 0)
        context.addIssue({
          ...{ code: 'custom', path: ['members'] },
          message: `no member estimates "${stem}" above ${silent} Hz`,
        });
    }
    for (const { separator, weights, bands } of ensemble.members) {
      const fail = (message: string): void =>
        context.addIssue({ code: 'custom', path: ['members', separator], message });
      const named = [weights, ...bands.map((band) => band.weights)].flatMap(Object.keys);
      const unknown = named.find((stem) => !ensemble.stems.order.includes(stem));
      if (unknown !== undefined) fail(`no stem "${unknown}"`);
      if (bands.some(({ above }, i) => i > 0 && above <= bands[i - 1].above))
        fail('bands must go from low to high');
      if (bands.length > 0 && ensemble.combine !== 'mean') fail('only a mean has bands');
    }
  });

type Weighing = Pick<EnsembleManifest['members'][number], 'weights' | 'bands'>;

/** A member's weights of one stem, from low to high; the first one from 0 Hz on. */
export function bandWeights({ weights, bands }: Weighing, stem: string): BandWeight[] {
  const list: BandWeight[] = [{ above: 0, weight: weights[stem] ?? 0 }];
  for (const { above, weights: own } of bands)
    list.push({ above, weight: own[stem] ?? list[list.length - 1].weight });
  return list;
}

function weightAt(bands: readonly BandWeight[], hertz: number): number {
  return bands.findLast(({ above }) => above <= hertz)?.weight ?? 0;
}

export type EnsembleManifest = z.output<typeof ensembleSchema>;

/** Validates an ensemble. Throws `model-manifest-invalid` that names the field and the file. */
export function parseEnsemble(json: unknown, file?: string): EnsembleManifest {
  const result = ensembleSchema.safeParse(json);
  if (result.success) return result.data;
  const { where, says } = firstFault(result.error);
  throw new UnbraidError(
    'model-manifest-invalid',
    `The ensemble is not valid at ${where || 'its start'}: ${says}`,
    {
      file,
      hint: 'Correct the manifest; models/README.md says what an ensemble needs.',
    },
  );
}
