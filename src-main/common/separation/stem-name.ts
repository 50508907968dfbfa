import { z } from 'zod';

/** Tracks that a song has besides its stems: the song itself, and what edits took away. */
const reserved: readonly string[] = ['source', 'removed'];

/** The name of a stem in a manifest. */
export const stemName = z
  .string()
  .min(1)
  .refine((name) => !reserved.includes(name), {
    error: ({ input }) => `a stem cannot be called "${String(input)}": every song has a track of this name`,
  });
