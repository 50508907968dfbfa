import { z } from 'zod';
import {
  drawnEntrySchema,
  drawnStateSchema,
  keptDrawnSchema,
  keptMaskSchema,
  type KeptDrawn,
} from '../../common/contract/drawn.js';
import { packRuns, unpackRuns } from '../../common/separation/edits/mask-runs.js';
import { TileMask, maskGrid, maskTile } from '../../common/separation/edits/tile-mask.js';

/** The song that something was drawn in. */
export interface DrawnSong {
  readonly frames: number;
  readonly sampleRate: number;
}

/** Whether a mask's file is there and unchanged, and holds bytes that fit; those of an open song are known to. */
export type HasMaskFile = (hash: string, fits: (bytes: Uint8Array) => boolean) => boolean;

/** What could be read; `whole` unless something was left out. */
export interface CheckedDrawn {
  readonly drawn: KeptDrawn | null;
  readonly whole: boolean;
}

const envelope = z.object({
  revision: keptDrawnSchema.shape.revision,
  masks: z.array(z.unknown()).max(1000),
  states: z.array(z.unknown()).min(1).max(1000),
  now: z.unknown(),
  done: z.array(z.unknown()),
  undone: z.array(z.unknown()),
});

type State = KeptDrawn['states'][number];
const nothing: State = { selection: null, band: null, mask: null };
const emptyMask = Buffer.from(packRuns(new TileMask(maskGrid).encode())).toString('base64');

/**
 * What was drawn in a song, out of a file that anybody may have written. A state that does not fit the song, or whose mask
 * cannot be read, is left out, with the steps that lead to it or away from it and what was drawn before them; steps of the document
 * stay.
 */
export function checkDrawn(raw: unknown, song: DrawnSong, hasFile: HasMaskFile): CheckedDrawn {
  const parsed = envelope.safeParse(raw);
  if (!parsed.success) return { drawn: null, whole: false };
  const { revision, masks, states, now, done, undone } = parsed.data;
  const goodMasks = masks.map((mask) => maskIn(mask, song, hasFile));
  const good = states.map((state) => fitting(state, song, goodMasks));
  const fits = (place: unknown): place is number =>
    typeof place === 'number' && (good[place] ?? null) !== null;
  const kept = [done, undone].map((side) => newest(side, fits));
  const whole =
    !goodMasks.includes(null) && !good.includes(null) && fits(now) && kept[0].whole && kept[1].whole;
  // Where what is shown is gone, nothing is: then no step leads to it either.
  const at = fits(now) ? now : good.push(nothing) - 1;
  const drawn = {
    ...{ revision, now: at, done: kept[0].entries, undone: kept[1].entries },
    masks: goodMasks.map((mask) => mask ?? emptyMask),
    states: good.map((state) => state ?? nothing),
  };
  return { drawn: keptDrawnSchema.safeParse(drawn).data ?? null, whole };
}

/** The state, when it lies within the song. */
function fitting(raw: unknown, { frames, sampleRate }: DrawnSong, masks: readonly unknown[]): State | null {
  const parsed = drawnStateSchema.safeParse(raw);
  if (!parsed.success) return null;
  const { selection, band, mask } = parsed.data;
  if (selection && (selection.start > selection.end || selection.end > frames + 1)) return null;
  if (band && (band.low > band.high || band.high > sampleRate)) return null;
  return mask === null || (masks[mask] ?? null) !== null ? parsed.data : null;
}

/** Steps from the newest back to one that is damaged; of those before it, the document's. */
function newest(
  side: readonly unknown[],
  fits: (place: unknown) => boolean,
): { readonly entries: KeptDrawn['done']; readonly whole: boolean } {
  let whole = true;
  const entries = side.toReversed().flatMap((raw): KeptDrawn['done'] => {
    const { data } = drawnEntrySchema.safeParse(raw);
    if (data === 'document') return [data];
    whole &&= data !== undefined && fits(data.from) && fits(data.to);
    return whole && data ? [data] : [];
  });
  return { entries: entries.reverse(), whole };
}

/** What a file says a mask is, when a page of this song may have kept it; else null. */
function maskIn(raw: unknown, song: DrawnSong, hasFile: HasMaskFile): KeptDrawn['masks'][number] | null {
  const { data } = keptMaskSchema.safeParse(raw);
  const isThere = (mask: string | { readonly blob: string }): boolean => {
    if (typeof mask !== 'string') return hasFile(mask.blob, (bytes) => fitsSong(bytes, song));
    try {
      return fitsSong(unpackRuns(Buffer.from(mask, 'base64'), mostBytes(song)), song);
    } catch {
      return false;
    }
  };
  if (data === undefined || !isThere(data)) return null;
  // Where both a mask and what is to be changed in it lie within the song, so does what comes of it.
  return typeof data === 'string' || !('patch' in data) || isThere(data.patch) ? data : null;
}

const columnsOf = ({ frames }: DrawnSong): number => Math.ceil(frames / maskGrid.hop) + 2 * maskTile;

/** Bytes of a mask that covers all of a song. */
function mostBytes(song: DrawnSong): number {
  return (columnsOf(song) / maskTile + 1) * (maskGrid.nFft / 2 / maskTile + 1) * (maskTile ** 2 + 8) + 16;
}

function fitsSong(bytes: Uint8Array, song: DrawnSong): boolean {
  try {
    const mask = TileMask.decode(bytes);
    const { nFft, hop } = mask.grid;
    const end = mask.frameRange()?.[1] ?? 0;
    return nFft === maskGrid.nFft && hop === maskGrid.hop && end <= columnsOf(song);
  } catch {
    return false;
  }
}
