import { z } from 'zod';
import type { WireError } from '../base/errors.js';
import type { Availability, CatalogueEntry } from '../models/catalogue.js';
import type { BundledScore } from '../models/scores.js';
import type { StemParents } from '../jobs/stem-pieces.js';
import type { DownloadInfo } from '../models/download-state.js';
import { path } from './path.js';

export interface SeparatorSummary {
  readonly id: string;
  readonly name: string;
  readonly kind: 'classic' | 'model' | 'ensemble' | 'chain';
  /** Made to show an idea, not to be the best. */
  readonly study: boolean;
  readonly description: string;
  readonly stems: readonly string[];
  /** The stem that each of them is separated from, where a recipe says so. */
  readonly parents: StemParents;
  readonly license: string;
  readonly sampleRate: number;
  readonly installed: boolean;
  readonly bytes: number | null;
  /** It lies in the person's folder, and can be deleted. */
  readonly removable: boolean;
  /** What it scores, if it comes with the program and was measured. */
  readonly scores: readonly BundledScore[];
}

export interface ModelCheck {
  readonly id: string;
  readonly provider: string;
  /** Largest difference from the stored golden output; null when the manifest stores none. */
  readonly goldenMaxAbs: number | null;
  readonly tolerance: number;
}

/** A model of the catalogue, and what this machine has of it. */
export interface CatalogueModel {
  readonly entry: CatalogueEntry;
  readonly availability: Availability;
  /** Bytes of all files; null when not known. */
  readonly bytes: number | null;
  /** What `modelGet` wants to hear about the licence. */
  readonly licence: string;
  /** The separator it is here as; null when it is not here, or cannot be used. */
  readonly installed: string | null;
  /** Why it is here but cannot be used. */
  readonly problem: WireError | null;
  /** Whether the hash of a file is one that nobody has published. */
  readonly recorded: boolean;
  /** Bytes of an earlier download that was not finished. */
  readonly unfinished: number | null;
}

export interface ModelCatalogue {
  /** The recommended one first. */
  readonly models: readonly CatalogueModel[];
  readonly downloads: readonly DownloadInfo[];
  /** The day of the newest list; where it came from, null for the program's own; what it says about itself. */
  readonly updated: string;
  readonly from: string | null;
  readonly note: string;
  /** Where a newer list may be. */
  readonly address: string | null;
  readonly broken: readonly { readonly file: string; readonly error: WireError }[];
  readonly folder: string;
  /** What says where models are kept; what the environment says cannot be set here. */
  readonly folderBy: 'environment' | 'setting' | 'default';
  /** Bytes free there; null when that cannot be found out. */
  readonly free: number | null;
}

/** What came of checking the files of one model. */
export interface ModelVerification {
  readonly id: string;
  readonly files: readonly {
    readonly name: string;
    readonly state: 'right' | 'missing' | 'changed';
    /** The hash was taken from the first download, because nobody has published one. */
    readonly recorded: boolean;
  }[];
}

/** What became of one thing that was imported. */
export interface ImportedItem {
  readonly source: string;
  /** `unknown`: no catalogue and no manifest says what it is. */
  readonly state: 'model' | 'unusable' | 'catalogue' | 'unknown' | 'failed';
  readonly id: string | null;
  readonly name: string | null;
  /** The licence as the catalogue has it. */
  readonly licence: string | null;
  readonly error: WireError | null;
}

/** A model was tried on a piece of a song: a file for each stem. */
export interface TriedModel {
  readonly id: string;
  readonly name: string;
  readonly stems: readonly { readonly name: string; readonly download: string }[];
  readonly seconds: number;
  readonly error: WireError | null;
}

export interface ModelTrial {
  readonly start: number;
  readonly seconds: number;
  /** The piece itself. */
  readonly source: string;
  readonly models: readonly TriedModel[];
}

/** A download has a new state, or the list of models has changed. */
export type ModelEvent =
  { readonly models: 'download'; readonly download: DownloadInfo } | { readonly models: 'list' };

const job = z.string().min(1).max(100);
const handle = z.string().regex(/^[0-9a-f]{32}$/);
const id = z.string().min(1).max(200);

/** Seconds of a song that models are tried on, at most. */
export const longestTrial = 30;

/** Commands about models that can be fetched, and about the folder they are kept in. */
export const modelCommandSchemas = {
  modelCatalogue: z.strictObject({}),
  /** Fetches the catalogue of the address that was set, and lists it. */
  catalogueUpdate: z.strictObject({}),
  /** Where newer catalogues are; null goes back to the program's own. */
  catalogueAddress: z.strictObject({
    address: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .nullable(),
  }),
  catalogueSchema: z.strictObject({}),
  /** Puts a model in the line of downloads. `accepted`: the licence's text as the catalogue gave it. */
  modelGet: z.strictObject({ id, accepted: z.string().max(10_000) }),
  /** Stops a download; what has come is kept. */
  modelPause: z.strictObject({ id }),
  /** Takes a download off the list, with what has come. */
  modelDiscard: z.strictObject({ id }),
  /** Deletes a model of the person's folder. */
  modelRemove: z.strictObject({ id }),
  /** Reads files again and compares their hashes; of all models when none is named. */
  modelVerify: z.strictObject({ job, ids: z.array(id).max(1000).optional() }),
  /** Files or archives that were uploaded, or files and folders by handle. */
  modelImport: z.strictObject({
    job,
    uploads: z.array(handle).max(1000).default([]),
    files: z.array(handle).max(1000).default([]),
  }),
  modelImportPaths: z.strictObject({ job, paths: z.array(path).min(1).max(1000) }),
  /** The folder models are kept in; the platform's own when left out. */
  modelFolder: z.strictObject({ folder: handle.optional() }),
  modelFolderPath: z.strictObject({ folder: path.optional() }),
  /** Separates a piece of an open song with several models, to be heard side by side; `start` in seconds. */
  modelTry: z.strictObject({
    job,
    session: handle,
    models: z.array(id).min(1).max(8),
    start: z.number().min(0).max(1e6),
    seconds: z.number().min(1).max(longestTrial).default(10),
  }),
  /** The same of a file, into a folder: `MODEL/STEM.wav`. */
  modelTryPath: z.strictObject({
    job,
    source: path,
    output: path,
    models: z.array(id).min(1).max(8),
    start: z.number().min(0).max(1e6).default(0),
    seconds: z.number().min(1).max(longestTrial).default(10),
  }),
} as const;

export interface ModelCommandResults {
  modelCatalogue: ModelCatalogue;
  catalogueUpdate: ModelCatalogue;
  catalogueAddress: ModelCatalogue;
  catalogueSchema: unknown;
  modelGet: DownloadInfo;
  modelPause: null;
  modelDiscard: null;
  modelRemove: null;
  modelVerify: readonly ModelVerification[];
  modelImport: readonly ImportedItem[];
  modelImportPaths: readonly ImportedItem[];
  modelFolder: ModelCatalogue;
  modelFolderPath: ModelCatalogue;
  modelTry: ModelTrial;
  /** `download` of its stems are paths here. */
  modelTryPath: ModelTrial;
}
