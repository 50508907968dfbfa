import { z } from 'zod';
import { settingsSchema } from '../jobs/settings.js';
import { path } from './path.js';

const job = z.string().min(1).max(100);

/** W and H of factorizations: for the command line as a file, for a page as curves. */
export const factorsCommandSchemas = {
  /** Writes those of every piece of a song as a NumPy file (.npz), as a separation with these settings finds them. */
  factors: z.strictObject({ job, source: path, output: path, settings: settingsSchema }),
  /** Those of the stems that an open song has, of the piece around a second of the song. */
  sessionFactors: z.strictObject({
    job,
    session: z.string().regex(/^[0-9a-f]{32}$/),
    at: z.number().min(0).max(1e6),
  }),
} as const;

export interface FactorsFile {
  readonly source: string;
  readonly path: string;
  readonly bytes: number;
  /** Segments of groups of channels; each has its own factors. */
  readonly pieces: number;
  readonly components: number;
}

/** One component as curves, each relative to its greatest value, 0 … 1. */
export interface ComponentCurves {
  readonly stem: string;
  /** Its spectrum, a column of W, at `SessionFactors.hertz`. */
  readonly spectrum: readonly number[];
  /** Its gains over time, a row of H, at `SessionFactors.seconds`. */
  readonly gains: readonly number[];
}

/** The factors of one piece of a song, with as many values as a drawing needs: the greatest of those that fall together. */
export interface SessionFactors {
  readonly model: string;
  /** The part of the song that the piece speaks for, seconds. */
  readonly from: number;
  readonly to: number;
  readonly piece: number;
  readonly pieces: number;
  /** Rising, in equal steps of pitch. */
  readonly hertz: readonly number[];
  readonly seconds: readonly number[];
  /** In the order of their stems. */
  readonly components: readonly ComponentCurves[];
}

export interface FactorsCommandResults {
  factors: FactorsFile;
  sessionFactors: SessionFactors;
}
