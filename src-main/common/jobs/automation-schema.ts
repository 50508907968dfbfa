import { z } from 'zod';
import type { AutomationRegion } from './automation.js';
import { levelLimit } from './mixer.js';

const frame = z.number().int().min(0);

/** Automation as commands take it; apart from `automation.ts`, which the audio thread loads too. */
export const automationRegionSchema = z
  .strictObject({
    kind: z.enum(['mute', 'gain', 'fade-in', 'fade-out']),
    start: frame,
    end: frame,
    points: z
      .array(z.strictObject({ frame, db: z.number().min(-levelLimit).max(levelLimit) }).readonly())
      .max(1000)
      .readonly(),
  })
  .refine(({ start, end }) => end > start, { message: 'a region must not be empty' })
  .refine(({ kind, points }) => kind !== 'gain' || points.length > 0, {
    message: 'a gain region needs a point',
  })
  .refine(({ points }) => points.every((point, i) => i === 0 || point.frame >= points[i - 1].frame), {
    message: 'points must be in order',
  })
  .readonly() satisfies z.ZodType<AutomationRegion>;
