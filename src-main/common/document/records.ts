import { z } from 'zod';

const frame = z.number().int().min(0);
/** The type, a colon and what tells records of that type apart; the colon keeps ids off the names of objects. */
const id = z
  .string()
  .max(300)
  .regex(/^[a-z-]+:./);

/** Faders and points stand for silence here and below, dB; and their top. */
export const lowestDb = -60;
export const highestDb = 12;
const db = z.number().min(lowestDb).max(highestDb);

/** Limits of a lane's height, CSS pixels. */
export const lowestHeight = 84;
export const highestHeight = 600;
export const longestName = 80;

/** A lane: the source, or a stem. Found again by the stem's name after another separation. */
const trackSchema = z.strictObject({
  type: z.literal('track'),
  id,
  /** Name of the stem as the separator gives it; `source` for the song itself. */
  stem: z.string().min(1).max(200),
  /** What a person calls it; null as long as it has no name. */
  name: z.string().min(1).max(longestName).nullable(),
  /** `#rrggbb`; null for the colour that goes with the stem. */
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .nullable(),
  /** Lanes are sorted by it, ascending; equal ones by id. */
  order: z.number(),
  mute: z.boolean(),
  solo: z.boolean(),
  /** Not silenced by the solo of others. */
  soloSafe: z.boolean(),
  gainDb: db,
  /** −1 left … 0 centre … 1 right. */
  pan: z.number().min(-1).max(1),
  /** How clean (to 1) or full (to −1) the stem is made; absent is as separated. */
  clean: z.number().min(-1).max(1).optional(),
  hidden: z.boolean(),
  /** CSS pixels; null shares the window with the others. */
  height: z.number().min(lowestHeight).max(highestHeight).nullable(),
});

/** Something that happens to one track's level in frames [start, end) of the source. */
const automationSchema = z
  .strictObject({
    type: z.literal('automation'),
    id,
    /** Id of the track's record. */
    track: id,
    kind: z.enum(['mute', 'gain', 'fade-in', 'fade-out']),
    start: frame,
    end: frame,
    /** Only of `gain`: the level, linear in dB between points, level before the first and after the last. */
    points: z.array(z.strictObject({ frame, db })).max(1000),
  })
  .refine(({ start, end }) => end > start, { message: 'the region is empty', path: ['end'] })
  .refine(({ kind, points }) => (kind === 'gain') === points.length > 0, {
    message: 'only gain regions have points, and at least one',
    path: ['points'],
  })
  .refine(
    ({ start, end, points }) =>
      points.every((point, i) => point.frame >= (points[i - 1]?.frame ?? start) && point.frame <= end),
    { message: 'the points are out of order or outside of the region', path: ['points'] },
  );

/** The phase of what an edit takes out, where it is not the source's own. */
export const editPhaseSchema = z.strictObject({
  method: z.enum(['griffin-lim', 'misi']),
  iterations: z.number().int().min(1).max(200),
});

/** What an edit does, and what each kind needs besides its mask; see common/separation/edits. */
export const editKinds = ['move', 'copy', 'attenuate', 'heal', 'clone'] as const;
export const editWaySchema = z.object({
  kind: z.enum(editKinds),
  sources: z.array(z.string().min(1).max(200)).min(1).max(32),
  /** The stem that gets it; only `move` and `copy` have one. */
  target: z.string().min(1).max(200).nullable(),
  strength: z.number().min(0).max(1),
  phase: editPhaseSchema.optional(),
  /** Only of `heal`: the hole is filled from before and after, or from below and above. */
  fill: z.enum(['time', 'frequency']).optional(),
  /** Only of `clone`: how much later than its mask it acts, frames of the source; negative for earlier. */
  shift: z.number().int().optional(),
  /** SHA-256 of the mask's bytes. */
  mask: z.string().regex(/^[0-9a-f]{64}$/),
});

export type EditWay = z.output<typeof editWaySchema>;

/** What is wrong with an edit; null for nothing. */
export function editFault(edit: EditWay): string | null {
  const { kind, target, fill, shift, phase } = edit;
  if ((kind === 'move' || kind === 'copy') === (target === null))
    return 'edits that move or copy need a target, and no others';
  if ((kind === 'heal') !== (fill !== undefined))
    return 'what heals says where it fills from, and nothing else';
  if ((kind === 'clone') !== (shift !== undefined))
    return 'a clone says how far it is shifted, and nothing else';
  if (phase && (fill || shift !== undefined)) return 'what heals or clones has the phase of its stem';
  return null;
}

/** A mask that moves energy between stems (see common/separation/edits); applied in order where it is on. */
const editSchema = z
  .strictObject({
    type: z.literal('edit'),
    id,
    order: z.number(),
    enabled: z.boolean(),
    ...editWaySchema.shape,
    /** Where it acts, for people: frames of the source, and Hz. */
    start: frame,
    end: frame,
    low: z.number().min(0),
    high: z.number().min(0),
  })
  .superRefine((edit, context) => {
    const message = editFault(edit);
    if (message !== null) context.addIssue({ code: 'custom', message, path: ['kind'] });
  });

/** A place in the song that a person has marked. */
const markerSchema = z.strictObject({
  type: z.literal('marker'),
  id,
  /** Empty as long as it has no name: then its number is shown. */
  name: z.string().max(longestName),
  frame,
});

/** A range that is played over and over, kept under one of nine numbers; frames [start, end) of the source. */
const loopSchema = z
  .strictObject({
    type: z.literal('loop'),
    id,
    slot: z.number().int().min(1).max(9),
    start: frame,
    end: frame,
  })
  .refine(({ start, end }) => end > start, { message: 'the loop is empty', path: ['end'] })
  .refine(({ id, slot }) => id === `loop:${slot}`, {
    message: 'the slot is not that of the id',
    path: ['slot'],
  });

/** Limits of a tempo, beats a minute, of a bar, and of how many beats are kept one by one: an hour at 400 and some. */
export const [lowestTempo, highestTempo] = [20, 400];
export const longestBar = 16;
const mostBeats = 50_000;

/** Where the beats of a song are: an even grid, or the beats one by one. There is one such record at most. */
const beatsSchema = z
  .strictObject({
    type: z.literal('beats'),
    id: z.literal('beats:grid'),
    /** Beats a minute; of beats that are kept one by one, the median. */
    bpm: z.number().min(lowestTempo).max(highestTempo),
    /** A beat that begins a bar. */
    first: frame,
    perBar: z.number().int().min(1).max(longestBar),
    /** All beats, ascending; null for an even grid. */
    tracked: z.array(frame).min(2).max(mostBeats).nullable(),
  })
  .refine(({ tracked }) => tracked?.every((at, i) => i === 0 || at > tracked[i - 1]) ?? true, {
    message: 'the beats are out of order',
    path: ['tracked'],
  })
  .refine(({ first, tracked }) => tracked?.includes(first) ?? true, {
    message: 'the bar does not begin on a beat',
    path: ['first'],
  });

/** Everything a document consists of; a new kind of edit is one more member. */
export const recordSchema = z.discriminatedUnion('type', [
  trackSchema,
  automationSchema,
  editSchema,
  markerSchema,
  loopSchema,
  beatsSchema,
]);

export type TrackRecord = Readonly<z.output<typeof trackSchema>>;
export type AutomationRecord = Readonly<z.output<typeof automationSchema>>;
export type EditRecord = Readonly<z.output<typeof editSchema>>;
export type MarkerRecord = Readonly<z.output<typeof markerSchema>>;
export type LoopRecord = Readonly<z.output<typeof loopSchema>>;
export type BeatsRecord = Readonly<z.output<typeof beatsSchema>>;
export type DocumentRecord =
  TrackRecord | AutomationRecord | EditRecord | MarkerRecord | LoopRecord | BeatsRecord;
export type RecordType = DocumentRecord['type'];
export type RecordOf<T extends RecordType> = Extract<DocumentRecord, { readonly type: T }>;

/** The id of a stem's track record: the same after every separation. */
export function trackId(stem: string): string {
  return `track:${stem}`;
}

/** The stem that holds what edits took away. It belongs to no mix unless a person says so. */
export const removedStem = 'removed';

/** A track as it is before anyone has touched it. What was taken away is silent. */
export function newTrack(stem: string, order: number): TrackRecord {
  return {
    type: 'track',
    id: trackId(stem),
    stem,
    order,
    ...{ name: null, colour: null, hidden: false, height: null },
    ...{ mute: stem === removedStem, solo: false, soloSafe: false, gainDb: 0, pan: 0 },
  };
}
