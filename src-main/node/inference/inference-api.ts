import type { EnsembleManifest } from '../../common/separation/ensemble-manifest.js';
import type { Averaging } from '../../common/separation/averaging.js';
import type { ModelManifest } from '../../common/separation/manifest.js';
import type { SegmentQuality } from '../../common/separation/quality.js';
import type { BlockCheck, StemPlan } from '../../common/separation/conservation.js';
import type { Device } from '../../common/jobs/settings.js';
import type { ChannelGroups } from '../../common/separation/channel-map.js';
import type { SongStats } from '../../common/separation/separator.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { AloneBlocks } from './song-schedule.js';
import type { SumTask } from './sum-up.js';

/** Settings a user may change on any separator; absent ones keep the manifest's. */
export interface QualitySettings extends SegmentQuality {
  /** Ways to hear each segment, whose results are averaged. */
  readonly averaging?: readonly Averaging[];
}

/** A single separator: a classic method by id, or a model with the folder of its files. */
export type SingleSpec =
  | { readonly kind: 'classic'; readonly id: string; readonly quality: QualitySettings }
  | {
      readonly kind: 'model';
      readonly manifest: ModelManifest;
      readonly folder: string;
      readonly device: Device;
      /** A GPU that an earlier probe has found good. */
      readonly trusted?: string | undefined;
      /** Intra-op threads of the session. */
      readonly threads: number;
      readonly quality: QualitySettings;
    };

/** Which separator a process holds; `quality` of an ensemble is that of its segments. */
export type SeparatorSpec =
  | SingleSpec
  | {
      readonly kind: 'ensemble';
      readonly ensemble: EnsembleManifest;
      readonly members: readonly SingleSpec[];
      readonly quality: QualitySettings;
    };

/** One song on its way through: where its audio is, and where results go. All plain data. */
export interface SongSpec {
  readonly source: PcmCacheRef;
  readonly groups: ChannelGroups;
  readonly stems: StemPlan;
  /** Windows are heard first, and then separated in excerpts (see `ListeningSeparator`). */
  readonly shared: boolean;
  /** Folder for the results of single segments. */
  readonly scratch: string;
  /** One PCM cache folder for each of `stems.names`. */
  readonly stemDirs: readonly string[];
}

/** A device that was tried for a model and is not used, and why. */
export interface Refusal {
  readonly provider: string;
  readonly why: string;
  /** Memory was short: that may be otherwise next time. */
  readonly passing?: boolean;
}

export interface OpenResult {
  readonly provider: string;
  /** Everything that is a model runs on the provider. */
  readonly alike: boolean;
  readonly warnings: readonly string[];
  /** What `auto` tried and left. */
  readonly refused: readonly Refusal[];
  /** Segments may have another length than the manifest's. */
  readonly dynamic: boolean;
}

/** What came out of a block: its null sums and the stems' peaks. */
export type FinishResult = BlockCheck;

/** Pairs of segment and slot: in which scratch file the result of a segment lies. */
export type SegmentSlots = readonly (readonly [segment: number, slot: number])[];

/** What an inference process does; one call at a time. Audio goes through files, never through messages. */
export type InferenceApi = {
  /** Tells which GPU is tried before it is: its driver may end the process. */
  open: { params: SeparatorSpec; result: OpenResult; event: { readonly trying: string } };
  /** The song that the next calls are about; null lets go of its files. */
  song: { params: SongSpec | null; result: null; event: never };
  stats: { params: null; result: SongStats; event: never };
  /** One part of a separator hears a window of one channel group, and keeps what it hears in the scratch folder. */
  hear: { params: { window: number; part: number; group: number }; result: null; event: never };
  /** Separates one segment of one channel group into the scratch folder; what it finishes alone goes to the stems. */
  segment: {
    params: { index: number; group: number; slot: number; stats: SongStats; alone: AloneBlocks | null };
    result: readonly FinishResult[];
    event: never;
  };
  /** Merges, resamples, conserves and writes the block of source frames `[start, start + count)`. */
  finish: {
    params: { start: number; count: number; slots: SegmentSlots };
    result: FinishResult;
    event: never;
  };
  /** How well the stems of several songs add up; needs no separator. */
  sumUp: { params: SumTask; result: BlockCheck; event: never };
  /** Runs the stored golden segment; the largest difference from its stored output. */
  golden: { params: null; result: { maxAbs: number | null; tolerance: number }; event: never };
  /** The most memory that the process has used so far. */
  usage: { params: null; result: { peakBytes: number }; event: never };
  providers: { params: null; result: readonly { name: string; bundled: boolean }[]; event: never };
};
