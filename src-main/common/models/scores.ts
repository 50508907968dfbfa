import { z } from 'zod';

const name = z.string().min(1);

/** The sets on which what comes with the program was measured; the page has words for each. */
export const scoreSets = ['mixed', 'demo', 'duet'] as const;

const scoreSchema = z.strictObject({
  stem: name,
  /** The true stems whose sum it was compared with. */
  truth: z.array(name).min(1),
  /** Higher is better, dB. */
  db: z.number().min(-100).max(200),
});

/**
 * What the models and methods that come with the program score. uSDR is 10 log₁₀ of the energy of the true stem over that of
 * the error (Mitsufuji et al. 2022, "Music Demixing Challenge 2021").
 */
const scoresSchema = z.strictObject({
  schema: z.literal('unbraid-scores/1'),
  sets: z.array(
    z.strictObject({
      set: z.enum(scoreSets),
      measure: z.literal('uSDR'),
      /** What to run to measure it again. */
      command: z.string().min(1),
      /** By the id of the model or method. */
      scores: z.record(name, z.array(scoreSchema).min(1)),
    }),
  ),
});

/** One stem of a model or method that comes with the program, measured on one set. */
export interface BundledScore extends z.output<typeof scoreSchema> {
  readonly set: (typeof scoreSets)[number];
  readonly measure: 'uSDR';
}

/** Scores by the id of the model or method. Throws for anything but the file that ships. */
export function parseScores(value: unknown): ReadonlyMap<string, readonly BundledScore[]> {
  const found = new Map<string, BundledScore[]>();
  for (const { set, measure, scores } of scoresSchema.parse(value).sets) {
    for (const [id, list] of Object.entries(scores)) {
      const own = list.map((score) => ({ ...score, set, measure }));
      found.set(id, [...(found.get(id) ?? []), ...own]);
    }
  }
  return found;
}
