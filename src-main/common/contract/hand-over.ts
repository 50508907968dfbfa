import { z } from 'zod';
import { highestTempo, longestBar, lowestTempo } from '../document/records.js';

/** The stems that another program gets as tracks, in their order. */
export const handOverTracks = z
  .array(
    z.strictObject({
      stem: z.string().min(1).max(200),
      name: z.string().min(1).max(200),
      colour: z.string().regex(/^#[0-9a-f]{6}$/i),
    }),
  )
  .min(1)
  .max(64);

/** Named places, frames of the song; those outside of what is handed over stay here. */
export const handOverMarkers = z
  .array(z.strictObject({ name: z.string().max(200), frame: z.number().int().min(0) }))
  .max(10_000)
  .default([]);

/** The song's own tempo, beats a minute, and its bar; without one, what the file says of itself. */
export const handOverTempo = z
  .strictObject({
    bpm: z.number().min(lowestTempo).max(highestTempo),
    perBar: z.number().int().min(1).max(longestBar),
  })
  .nullable()
  .default(null);
