import type { StemParents } from '../../common/jobs/stem-pieces.js';
import type { Device } from '../../common/jobs/settings.js';
import type { ResidualPolicy } from '../../common/separation/conservation.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { QualitySettings } from './inference-api.js';
import type { AvailableSeparator } from './model-store.js';
import type { SongJobOptions } from './song-job.js';
import type { Urgency } from './turns.js';

export interface SeparateRequest<S extends AvailableSeparator = AvailableSeparator> {
  readonly source: PcmCacheRef;
  /** FFmpeg's name of the source's channel layout. */
  readonly channelLayout: string;
  readonly separator: S;
  readonly device: Device;
  readonly quality: QualitySettings;
  readonly residual: ResidualPolicy;
  /** The only stems wanted beside one of everything else; all when left out. */
  readonly keep?: readonly string[] | undefined;
  /**
   * Stems that are wanted at all: a chain leaves out the steps that they do not need, and the stems that these would
   * have separated stay whole.
   */
  readonly only?: readonly string[] | undefined;
  /** An existing folder for the stems' caches and scratch files; the caller deletes it. */
  readonly tempDir: string;
  /** Inference processes for this song, in place of the engine's own number. */
  readonly workers?: number | undefined;
}

export interface SeparateOptions extends SongJobOptions {
  /** Asked before each piece of work; while its promise is pending, others may use the engine. */
  readonly pass?: () => Promise<void> | undefined;
  /** Batches give way to interactive work between two pieces of theirs; interactive when left out. */
  readonly urgency?: Urgency;
  /** The song waits for its turn, at this place in the line. */
  readonly onWaiting?: (place: number) => void;
  /** Called once, before the work: where the stems are going to be. */
  readonly onStems?: (stems: readonly Omit<SeparatedStem, 'peak'>[]) => void;
}

export interface SeparatedStem {
  readonly name: string;
  readonly ref: PcmCacheRef;
  /** Largest absolute sample. */
  readonly peak: number;
}

/** Stems as caches at the source's rate, length and channels, with the null-test figure of their sum. */
export interface SeparatedSong {
  readonly stems: readonly SeparatedStem[];
  /** What a recipe has separated them from. */
  readonly parents?: StemParents;
  readonly nullDb: number;
  readonly provider: string;
  readonly warnings: readonly string[];
  /** Seconds of work, without the wait for a turn. */
  readonly workSeconds: number;
}
