import { z } from 'zod';
import { editPhaseSchema } from '../document/records.js';
import { settingsSchema } from '../jobs/settings.js';
import { beatCommandSchemas, type BeatCommandResults } from './beats.js';
import type { ExportReport } from './session.js';

const job = z.string().min(1).max(100);
const handle = z.string().regex(/^[0-9a-f]{32}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const track = z.string().min(1).max(200);
const frame = z.number().int().min(0);

/** Furthest a wand reaches from where it was put, seconds to each side. */
export const wandReach = 30;

/** How a selection is found in the sound itself. */
const pick = z.discriminatedUnion('kind', [
  /** Bins that are connected with one and are at most `below` dB quieter; frames of the song, Hz. */
  z.strictObject({
    kind: z.literal('wand'),
    track,
    frame,
    hertz: z.number().min(0),
    below: z.number().min(0).max(120),
  }),
  /** Bins where a stem has at least this share of the power of all stems. */
  z.strictObject({ kind: z.literal('stem'), track, share: z.number().min(0).max(1) }),
  /** A mask with the overtones of what it covers, `count` multiples of the fundamental with itself. */
  z.strictObject({ kind: z.literal('overtones'), track, mask: hash, count: z.number().int().min(1).max(64) }),
]);

/** A masked part of a track: `mask` is the hash that `POST /mask` gave. */
const part = {
  ...{ session: handle, track, mask: hash },
  strength: z.number().min(0).max(1).default(1),
  phase: editPhaseSchema.optional(),
};

/** Commands of painted selections, and of what else is found in the sound; masks themselves travel by `/mask` (see session.ts). */
export const maskCommandSchemas = {
  ...beatCommandSchemas,
  /** With a range (frames) or a band (Hz) only what lies inside; a wand also stays within `wandReach`. */
  pickMask: z.strictObject({
    job,
    session: handle,
    pick,
    range: z.strictObject({ start: frame, count: z.number().int().min(1) }).optional(),
    band: z.strictObject({ low: z.number().min(0), high: z.number().min(0) }).optional(),
  }),
  /**
   * What of a stem, in a selection, the other stems dominate: with an amount of 1 all in which another is louder, with
   * less only what another is louder in by up to 30 dB.
   */
  findBleed: z.strictObject({ job, session: handle, track, mask: hash, amount: z.number().min(0).max(1) }),
  /**
   * Places of a track that are like what a mask covers, which may be up to `wandReach` long: those whose normalised
   * cross-correlation with it is at least `least`.
   */
  findSimilar: z.strictObject({ job, session: handle, track, mask: hash, least: z.number().min(0).max(1) }),
  /** Makes what an edit would take out of a track, to be read by `/pcm`; the one rendered before is forgotten. */
  renderSelection: z.strictObject({ job, ...part }),
  /** The same as one file, from the selection's first sample to its last. */
  exportSelection: z.strictObject({ job, ...part, settings: settingsSchema }),
  /** A mask as .npy or 16-bit .png, and a side file that describes its STFT. */
  exportMask: z.strictObject({ job, session: handle, mask: hash, format: z.enum(['npy', 'png']) }),
  /** Each stem's share of the magnitudes as .npy, each with a side file. */
  exportStemMasks: z.strictObject({ job, session: handle }),
  /**
   * Takes a mask in from an uploaded .npy or .png file; one on another STFT, described by its side file, is
   * resampled.
   */
  importMask: z.strictObject({ job, session: handle, upload: handle, side: handle.optional() }),
} as const;

/** What can be listened to: a track for `/pcm` as long as the song, silent outside of the frames. */
export interface RenderedSelection {
  readonly track: string;
  readonly start: number;
  readonly count: number;
  /** Largest absolute sample. */
  readonly peak: number;
}

/** What a stem dominates of another one. */
export interface BleedPart {
  readonly track: string;
  readonly mask: string;
}

/** A place that is like another one: how much later, frames of the song, and the correlation, 0 … 1. */
export interface SimilarPlace {
  readonly later: number;
  readonly score: number;
}

export interface MaskCommandResults extends BeatCommandResults {
  pickMask: { readonly mask: string };
  /** The best first, 200 at most. */
  findSimilar: { readonly places: readonly SimilarPlace[] };
  /** Stems that dominate nothing are not among them. */
  findBleed: { readonly parts: readonly BleedPart[] };
  renderSelection: RenderedSelection;
  exportSelection: ExportReport;
  exportMask: ExportReport;
  exportStemMasks: ExportReport;
  importMask: { readonly mask: string };
}
