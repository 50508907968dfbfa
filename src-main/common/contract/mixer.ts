import { z } from 'zod';
import { automationRegionSchema } from '../jobs/automation-schema.js';
import { levelLimit } from '../jobs/mixer.js';

const strip = z.strictObject({
  mute: z.boolean().optional(),
  solo: z.boolean().optional(),
  soloSafe: z.boolean().optional(),
  gainDb: z.number().min(-levelLimit).max(levelLimit).optional(),
  pan: z.number().min(-1).max(1).optional(),
  /** Frames of the whole song, also where only a part is exported. */
  automation: z.array(automationRegionSchema).max(10_000).readonly().optional(),
});

/** What a mixer says of stems, by their names. */
export const mixer = z.record(z.string(), strip);
