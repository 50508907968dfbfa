import type { Reading } from './reading.js';
import type { StemParents } from './stem-pieces.js';

export interface WrittenStem {
  readonly stem: string;
  readonly path: string;
  readonly bytes: number;
  /** Largest magnitude written, linear. */
  readonly peak: number;
}

/** What became of one source. */
export interface FileResult {
  readonly source: string;
  readonly status: 'done' | 'skipped';
  readonly outputs: readonly WrittenStem[];
  /** Null test of the stems as computed (float32), dB relative to the source; −999 means no error at all. */
  readonly nullDb: number;
  /** The same of the files as written and read back, lossy or not; null when they are not the whole set. */
  readonly writtenNullDb: number | null;
  /** The one gain applied to every output, dB. */
  readonly gainDb: number;
  readonly model: string;
  readonly provider: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
  /** Seconds of audio, and of work: reading, separating, writing (with reading back). */
  readonly audioSeconds: number;
  readonly readSeconds: number;
  readonly separateSeconds: number;
  readonly writeSeconds: number;
  readonly warnings: readonly string[];
  /** What `unbraid verify` reads; a mix has none. */
  readonly sidecar?: string | undefined;
  /** How far the source's decode can be vouched for; missing in results of older versions. */
  readonly reading?: Reading | undefined;
}

/** A mix of stems in one file. */
export interface RemixResult {
  readonly source: string;
  readonly path: string;
  readonly stems: readonly string[];
  /** What a recipe has separated them from. */
  readonly parents?: StemParents;
  /** The gain applied against clipping or for a loudness target, dB. */
  readonly gainDb: number;
  readonly peak: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
}
