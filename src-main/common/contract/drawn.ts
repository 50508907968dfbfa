import { z } from 'zod';

/** Most that a page keeps of what is drawn, characters of JSON. */
export const longestDrawn = 1 << 23;

const frame = z.number().min(0);
const hertz = z.number().min(0);

const place = z.number().int().min(0);

/** A mask that is a file of the project: one that is long as text. Sent first, as other masks are, by the same hash. */
const maskFile = z.strictObject({ blob: z.string().regex(/^[0-9a-f]{64}$/) });

/** The runs of a mask (`packRuns`) in base64, or what file it is. */
const wholeMask = z.union([z.base64().max(longestDrawn), maskFile]);

/** One that differs little from a mask that is a file, and by what: `TileMask.xor` of both. */
const patchedMask = maskFile.extend({ patch: wholeMask });

export const keptMaskSchema = z.union([wholeMask, patchedMask]);
export type KeptMask = Readonly<z.output<typeof keptMaskSchema>>;

export const drawnStateSchema = z.strictObject({
  selection: z.strictObject({ start: frame, end: frame }).nullable(),
  band: z.strictObject({ low: hertz, high: hertz }).nullable(),
  /** What is painted: a place in `masks`; null for nothing. */
  mask: place.nullable(),
});

/** `from` and `to` are places in `states`. */
export const drawnEntrySchema = z.union([
  z.literal('document'),
  z.strictObject({ text: z.string().max(100), from: place, to: place }),
]);

/**
 * What is selected and painted in a song, and the steps that drew it among those of its document; the next to be undone
 * or done again is the last of each. `revision` grows with every change: of two the larger is the newer.
 */
export const keptDrawnSchema = z
  .strictObject({
    revision: z.number().int().min(1),
    masks: z.array(keptMaskSchema).max(1000),
    states: z.array(drawnStateSchema).min(1).max(1000),
    /** The place of the state that is shown. */
    now: place,
    done: z.array(drawnEntrySchema),
    undone: z.array(drawnEntrySchema),
  })
  .refine(({ masks, states, now, done, undone }) => {
    const used = [...done, ...undone].flatMap((entry) =>
      entry === 'document' ? [] : [entry.from, entry.to],
    );
    return (
      [now, ...used].every((at) => at < states.length) &&
      states.every(({ mask }) => mask === null || mask < masks.length)
    );
  }, 'A place is named that is not there');
export type KeptDrawn = Readonly<z.output<typeof keptDrawnSchema>>;

/** The hashes of the masks, and of their patches, that are files. */
export function maskFilesOf({ masks }: Pick<KeptDrawn, 'masks'>): string[] {
  return masks.flatMap((mask) => {
    if (typeof mask === 'string') return [];
    const { blob, patch } = { patch: '', ...mask };
    return typeof patch === 'string' ? [blob] : [blob, patch.blob];
  });
}
