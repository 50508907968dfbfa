import { z } from 'zod';
import type { BeatsRecord } from '../document/records.js';

/** Commands about the beats of a song. */
export const beatCommandSchemas = {
  /** Hears where the beats of the source are; nothing is kept. Rejects with `no-beat` where nothing repeats. */
  findBeats: z.strictObject({
    job: z.string().min(1).max(100),
    session: z.string().regex(/^[0-9a-f]{32}$/),
  }),
} as const;

/** Where the beats of a song are. */
export type BeatsFound = Readonly<Omit<BeatsRecord, 'type' | 'id'>>;

export interface BeatCommandResults {
  findBeats: BeatsFound;
}
