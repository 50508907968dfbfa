import type { EditWay } from '../document/records.js';
import type { Progress } from '../jobs/progress.js';
import type { StemParents } from '../jobs/stem-pieces.js';
import type { SeparationSettings } from '../jobs/settings.js';

/** A lane of the editor: the source, or a stem of it. Gains and mutes are the page's own. */
export interface TrackInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: 'source' | 'stem';
  /** Largest absolute sample. */
  readonly peak: number;
}

/** How the stems of a session were made; the null figure is dB relative to the source, −999 for an exact sum. */
export interface SeparationInfo {
  readonly model: string;
  readonly provider: string;
  readonly nullDb: number;
  readonly seconds: number;
  /** The frames that were separated, when it was not the whole song. */
  readonly range: { readonly start: number; readonly count: number } | null;
  readonly warnings: readonly string[];
  /** The stem that each stem was separated from, where a recipe says so; missing for stems of an older Unbraid. */
  readonly parents?: StemParents | undefined;
  /** When they were made, milliseconds since 1970; missing for stems of an older Unbraid. */
  readonly at?: number | undefined;
}

/** Stems that another separation has replaced; they can be brought back. */
export interface EarlierStems {
  readonly id: string;
  readonly stems: readonly string[];
  readonly separation: SeparationInfo;
  readonly settings: SeparationSettings;
  /** Room that they take, bytes. */
  readonly bytes: number;
}

/** An open song as the page knows it: handles and facts, never paths. */
export interface SessionInfo {
  readonly session: string;
  readonly name: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Length in samples of one channel. */
  readonly frames: number;
  readonly codec: string;
  readonly bitDepth: number | null;
  /** What the file says of the song, by lower-case names: title, artist, album, … */
  readonly tags: Readonly<Record<string, string>>;
  /** The file has a picture, which `/cover` may give. */
  readonly hasCover: boolean;
  /** The file brings its stems, as a .stem.mp4 does. */
  readonly hasStems: boolean;
  /** The source first, then the stems in their order. */
  readonly tracks: readonly TrackInfo[];
  /** The stems among the tracks are still being made: `separation` and `stems` are about those before them. */
  readonly growing: boolean;
  readonly separation: SeparationInfo | null;
  /** Id of the stems that the song has; null before it is separated. */
  readonly stems: string | null;
  /** Those it had before, the newest first. */
  readonly earlier: readonly EarlierStems[];
  readonly warnings: readonly string[];
}

/** A finished file the page may fetch from `/download/{download}`. */
export interface ExportedDownload {
  readonly name: string;
  readonly bytes: number;
  readonly download: string;
}

export interface ExportReport {
  readonly files: readonly ExportedDownload[];
  readonly gainDb: number;
  readonly writtenNullDb: number | null;
  readonly warnings: readonly string[];
}

/** One edit of the stems, as the page's document has it; see common/separation/edits. */
export interface StemEdit extends Readonly<Omit<EditWay, 'sources'>> {
  readonly id: string;
  readonly sources: readonly string[];
}

/** What became of the stems after their edits changed. */
export interface EditReport {
  readonly info: SessionInfo;
  /** Frames whose samples changed, by track. */
  readonly changed: Readonly<Record<string, readonly { readonly start: number; readonly count: number }[]>>;
  /** Ids of edits that name a stem the song does not have. */
  readonly skipped: readonly string[];
}

/** What a session's job sends while it works. */
export interface SessionEvent {
  readonly session: string;
  readonly job: string;
  readonly progress: Progress;
  /** Frames from the start whose stems can be read already. */
  readonly doneFrames: number;
}

/** Frames of all stems of a session that have become cleaner or fuller; more may follow. */
export interface ShapeEvent {
  readonly shaped: string;
  readonly start: number;
  readonly count: number;
}

/** An open song of the host, as other pages see it. */
export interface OpenSong {
  readonly session: string;
  readonly name: string;
  readonly separated: boolean;
  /** A separation runs. */
  readonly running: boolean;
  /** Another living page writes it. */
  readonly elsewhere: boolean;
}

/** A page writes a song from now on; every other can only look at it. */
export interface ClaimEvent {
  readonly claim: string;
  readonly page: string;
}

export interface Diagnostics {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly providers: readonly { readonly name: string; readonly bundled: boolean }[];
  /** Devices that were tried for a model and are not used. */
  readonly refused: readonly { readonly model: string; readonly provider: string; readonly why: string }[];
  /** The provider of the last separation; null before the first. */
  readonly usedProvider: string | null;
  readonly log: readonly string[];
}

/** Sides of a spectrogram tile: columns (frames) and rows (bins). */
export const tileSize = 512;

/**
 * One tile: `GET /tile?session&track&nFft&hop&window&channels&method&level&column&row`, answered as uint8 [tileSize][tileSize],
 * one row of bins after the other from `row · tileSize` up, columns in time. A column of level L is the maximum
 * over 2^L frames. 0 is −120 dB or less, 255 is 0 dB: the level of a full-scale sine.
 */
/** What of a song's channels a picture shows: the mean power of all, one of the first two, or half their sum or difference. */
export const channelViews = ['all', 'left', 'right', 'mid', 'side'] as const;
export type ChannelView = (typeof channelViews)[number];

/**
 * How a picture is made: by one window, `nFft` long; by windows of several lengths, `nFft` for low frequencies and shorter ones
 * for high frequencies; or reassigned, with a window of half of `nFft` (see common/dsp/reassign.ts).
 */
export const spectrumMethods = ['window', 'combined', 'reassigned'] as const;
export type SpectrumMethod = (typeof spectrumMethods)[number];

export interface TileRequest {
  readonly session: string;
  readonly track: string;
  readonly nFft: number;
  readonly hop: number;
  readonly window: 'hann' | 'hamming' | 'blackman' | 'blackman-harris' | 'sine' | 'rectangular';
  readonly channels: ChannelView;
  readonly method: SpectrumMethod;
  readonly level: number;
  readonly column: number;
  readonly row: number;
  /** A first picture, from two frames of each column of a level above 0 instead of all 2^L. */
  readonly coarse?: boolean;
}

/**
 * `GET /pcm?session&track&start&count`: float32, `[channels][count]`, zeros outside the song. With `&bare=true` a stem
 * has its edits, and is neither cleaner nor fuller than it was separated.
 *
 * `stems` and `removed` say which tracks the page shows: the set of stems, and whether a track for what was taken away is
 * among them. While the song has others already, the page gets the stems of its set as they were separated, and silence
 * for what was taken away: whatever it has not heard of yet, its tracks add up to the song.
 */
export interface PcmRequest {
  readonly session: string;
  readonly track: string;
  readonly start: number;
  readonly count: number;
  readonly stems?: string;
  readonly removed?: boolean;
}

/**
 * `GET /peaks?session&track&columns`: float32 [columns][2], minimum and maximum over all channels. With `&split=true` of
 * each channel: [channels][columns][2].
 */
export interface PeaksRequest {
  readonly session: string;
  readonly track: string;
  readonly columns: number;
  readonly split?: boolean;
}

/**
 * `GET /cover?session`, or `GET /cover?file` with the handle of a project's cover: a JPEG, PNG or GIF as it is in
 * the song's file; `file-not-found` without one.
 */
export interface CoverRequest {
  readonly session?: string;
  readonly file?: string;
}

/** Longest answer of `/pcm`, frames. */
export const maxPcmFrames = 1 << 20;

/**
 * Longest mask, bytes: an hour of every bin at 4096/1024. `POST /mask?session`, whose body is a mask as
 * common/separation/edits/tile-mask.ts writes it, is answered `{ mask: hash }`; `GET /mask?session&mask` gives
 * those bytes back.
 */
export const maxMaskBytes = 512 * 2 ** 20;
