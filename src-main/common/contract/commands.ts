import { z } from 'zod';
import type { BatchItem, BatchSummary } from '../jobs/batch.js';
import type { CheckEvent, CheckReport } from '../jobs/check.js';
import type { Reading } from '../jobs/reading.js';
import type { VerifyReport } from '../jobs/verification.js';
import type { FileResult, RemixResult } from '../jobs/results.js';
import { handOverKinds } from '../jobs/hand-over/hand-over.js';
import { settingsSchema } from '../jobs/settings.js';
import { cleanSchema } from '../jobs/shapes.js';
import { stemEdits } from './stem-edits.js';
import {
  modelCommandSchemas,
  type ModelCheck,
  type ModelCommandResults,
  type ModelEvent,
  type SeparatorSummary,
} from './models.js';
import { maskCommandSchemas, type MaskCommandResults } from './masks.js';
import { projectCommandSchemas, type ClaimedSession, type ProjectCommandResults } from './project.js';
import { queueCommandSchemas, type QueueCommandResults, type QueueEvent } from './queue.js';
import { path, place } from './path.js';
import {
  oracleOfFolder,
  oracleOfUploads,
  scoringCommandSchemas,
  type ScoringCommandResults,
} from './scoring.js';
import { factorsCommandSchemas, type FactorsCommandResults } from './factors.js';
import { recognitionCommandSchemas, type RecognitionCommandResults } from './recognition.js';
import type { Speeds } from '../jobs/speed.js';
import { handOverMarkers, handOverTempo, handOverTracks } from './hand-over.js';
import { mixer } from './mixer.js';
import { hostCommandSchemas, type HostCommandResults, type HostEvent } from './host.js';
import type {
  ClaimEvent,
  Diagnostics,
  EditReport,
  ExportReport,
  OpenSong,
  SessionEvent,
  SessionInfo,
  ShapeEvent,
} from './session.js';
import type { WireError } from '../base/errors.js';

/** What a file says about itself; `loudness` only when asked for, because it needs a whole decode. */
export interface SourceInfo {
  readonly path: string;
  readonly container: string;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly channelLayout: string;
  readonly sampleKind: 'int' | 'float' | 'lossy';
  readonly bitDepth: number | null;
  /** Length in samples of one channel; exact once decoded. */
  readonly frames: number | null;
  readonly durationSeconds: number | null;
  readonly bitRate: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly hasCover: boolean;
  readonly tracks: readonly {
    readonly index: number;
    readonly codec: string;
    readonly title?: string;
    readonly language?: string;
  }[];
  readonly stems: readonly { readonly name: string; readonly color: string; readonly track: number }[] | null;
  readonly loudness: {
    readonly integratedLufs: number;
    readonly rangeLu: number;
    readonly truePeakDb: number;
    readonly samplePeak: number;
  } | null;
  /** What the file claims, what was decoded, and whether they agree; only after a whole decode. */
  readonly reading: Reading | null;
  readonly warnings: readonly string[];
}

export interface BatchReport {
  readonly items: readonly BatchItem<FileResult>[];
  readonly summary: BatchSummary;
}

/** What long commands send while they work; `job` is the id the caller gave. */
export interface JobEvent {
  readonly job: string;
  readonly index: number;
  readonly item: BatchItem<FileResult>;
}

/** How many songs a job has found to do. */
export interface JobSizeEvent {
  readonly job: string;
  readonly songs: number;
}

/** How many workers the queue of a batch has; a worker sends it once, when it is one of them. */
export interface JobWorkersEvent {
  readonly job: string;
  readonly workers: number;
}

/** The life of a job; its result is the result of its command. */
export interface JobStateEvent {
  readonly job: string;
  readonly state: 'started' | 'done' | 'failed' | 'cancelled';
}

/** Everything a client can subscribe to. */
export type EngineEvent =
  | CheckEvent
  | JobEvent
  | JobSizeEvent
  | JobWorkersEvent
  | SessionEvent
  | ShapeEvent
  | ClaimEvent
  | JobStateEvent
  | HostEvent
  | QueueEvent
  | ModelEvent;

/** Tells the events of open songs from the others. */
export function isSessionEvent(event: EngineEvent): event is SessionEvent {
  return 'session' in event;
}

/** Tells the events of files and batches from the others. */
export function isItemEvent(event: EngineEvent): event is JobEvent {
  return 'item' in event;
}

/** Tells how many songs a job has. */
export function isSizeEvent(event: EngineEvent): event is JobSizeEvent {
  return 'songs' in event;
}

/** Tells how many workers a queue has. */
export function isWorkersEvent(event: EngineEvent): event is JobWorkersEvent {
  return 'workers' in event;
}

const job = z.string().min(1).max(100);
const session = z.string().regex(/^[0-9a-f]{32}$/);
const stemsId = z.string().regex(/^[0-9a-f]{32}$/);
const pageId = z.string().regex(/^[0-9a-f]{32}$/);
/** The page that asks; a program has none. */
const page = pageId.optional();
const range = z.strictObject({ start: z.number().int().min(0), count: z.number().int().min(1) });
/** Where a queue is, like `redis://host:6379`. */
const server = z.string().min(1).max(2000);
const globs = z.array(z.string().min(1));

/** Every command once: the schema of its argument here, its result in `CommandResults`; all else derives. */
export const commandSchemas = {
  /** With `job`, `cancel` ends it; `track` counts from 0. */
  info: z.strictObject({
    source: path,
    loudness: z.boolean().default(false),
    track: z.number().int().min(0).max(1000).optional(),
    job: job.optional(),
  }),
  /** Reads files, or the songs below folders, and keeps nothing: what can be vouched for. */
  check: z.strictObject({
    job,
    paths: z.array(path).min(1),
    recursive: z.boolean().default(true),
    include: globs.default([]),
    exclude: globs.default([]),
  }),
  /** Proves from sidecars that stems add up; `source` is a file or a folder of sources. */
  verify: z.strictObject({ job, folder: path, source: path.optional() }),
  sidecarSchema: z.strictObject({}),
  models: z.strictObject({}),
  manifestSchema: z.strictObject({}),
  checkModel: z.strictObject({ id: z.string().min(1), device: settingsSchema.shape.device }),
  /** Files named one by one, into one folder; with `oracle` one song, from its true stems in the folder `truth`. */
  separate: z.strictObject({
    ...{ job, sources: z.array(path).min(1), output: path, settings: settingsSchema },
    oracle: oracleOfFolder.optional(),
  }),
  /** A folder and what is below it; `only` limits a run to some of its files (a watcher's). */
  batch: z.strictObject({
    job,
    folder: place,
    output: place,
    settings: settingsSchema,
    recursive: z.boolean().default(true),
    include: globs.default([]),
    exclude: globs.default([]),
    /** A mix of each song in place of its stems. */
    mix: z
      .strictObject({ label: z.string().min(1).max(100), mixer })
      .nullable()
      .default(null),
    only: z.array(path).optional(),
    /** Only the songs of this part, of `count` parts that together are the folder; `index` from 1. */
    shard: z
      .strictObject({ index: z.number().int().min(1), count: z.number().int().min(1).max(1_000_000) })
      .refine(({ index, count }) => index <= count, 'the index is above the count')
      .optional(),
    /** The Redis server whose workers separate; this process when left out. */
    queue: server.optional(),
  }),
  /** Separates what others put into a queue, until it is cancelled; `patience` in seconds. */
  work: z.strictObject({
    job,
    queue: server,
    concurrency: z.number().int().min(1).max(64).default(2),
    patience: z.number().int().min(2).max(3600).default(30),
    device: settingsSchema.shape.device.removeDefault().optional(),
    workers: settingsSchema.shape.workers,
  }),
  remix: z.strictObject({
    job,
    input: path,
    output: path,
    mixer,
    label: z.string().min(1).max(100).optional(),
    settings: settingsSchema,
  }),
  ...scoringCommandSchemas,
  ...factorsCommandSchemas,
  cancel: z.strictObject({ job }),
  /** Opens a file that was uploaded, by the handle the upload gave. */
  openUpload: z.strictObject({ upload: z.string().regex(/^[0-9a-f]{32}$/) }),
  openDemo: z.strictObject({}),
  session: z.strictObject({ session }),
  /** With `whenDone` a separation that runs is finished and kept first, unless a page claims the song meanwhile. */
  closeSession: z.strictObject({ session, page, whenDone: z.boolean().default(false) }),
  /** The open songs of this host, and whether another page than this one writes them. */
  openSongs: z.strictObject({ page }),
  /**
   * A page wants to write a song. It may unless another living page does; with `take` it may in any case. A page that
   * may not can look; commands that change the song refuse it (`session-elsewhere`).
   */
  claimSession: z.strictObject({ session, page: pageId, take: z.boolean().default(false) }),
  /** A page is still there; one that is silent for too long loses its songs. */
  pageAlive: z.strictObject({ page: pageId }),
  /** A page is closed or reloaded: another one, or the same, may write its songs at once. */
  pageGone: z.strictObject({ page: pageId }),
  /** With `range` (frames) only that part: the stems keep what they were outside of it. With `oracle` from true stems. */
  separateSession: z.strictObject({
    ...{ job, session, page, range: range.optional(), settings: settingsSchema },
    oracle: oracleOfUploads.optional(),
  }),
  /**
   * Brings earlier stems of a song back, by their id, with these edits; those it has now are earlier ones from then on.
   * Edits that fail leave the stems as they were separated.
   */
  useStems: z.strictObject({ session, page, stems: stemsId, edits: stemEdits.default([]) }),
  /** Deletes earlier stems of a song for good. */
  deleteStems: z.strictObject({ session, page, stems: stemsId }),
  /** Stems as files, or the mix as heard; `range` in frames. */
  exportSession: z.strictObject({
    job,
    session,
    what: z.enum(['stems', 'mix']),
    mixer: mixer.default({}),
    /** What a mix is called in its file's name. */
    label: z.string().min(1).max(100).default('mix'),
    range: range.optional(),
    settings: settingsSchema,
  }),
  /**
   * The stems as a project of another program, with what the mixer says of them; `tracks` in their order, those left
   * out stay here. The range in frames. The sound is WAV, whatever format the settings name.
   */
  handOver: z.strictObject({
    job,
    session,
    to: z.enum(handOverKinds),
    tracks: handOverTracks,
    mixer: mixer.default({}),
    ...{ markers: handOverMarkers, tempo: handOverTempo },
    range: range.optional(),
    settings: settingsSchema,
  }),
  /** Makes the stems those of these edits. */
  editSession: z.strictObject({
    job,
    session,
    page,
    edits: stemEdits,
  }),
  /**
   * Makes the stems as clean or full as these values say (0 for those that are not named), on top of their edits. What
   * lies from frame `at` on comes first; `ShapeEvent`s tell of it. A newer call ends an older one with `cancelled`.
   */
  shapeSession: z.strictObject({
    session,
    page,
    clean: z.record(z.string().min(1).max(200), cleanSchema),
    at: z.number().int().min(0),
  }),
  diagnostics: z.strictObject({}),
  /** Speeds measured on this machine, by `speedKey`. */
  speeds: z.strictObject({}),
  ...maskCommandSchemas,
  ...modelCommandSchemas,
  ...projectCommandSchemas,
  ...queueCommandSchemas,
  ...recognitionCommandSchemas,
  ...hostCommandSchemas,
} as const;

export type CommandName = keyof typeof commandSchemas;
export type CommandInput<C extends CommandName> = z.input<(typeof commandSchemas)[C]>;
export type CommandArgs<C extends CommandName> = z.output<(typeof commandSchemas)[C]>;

export interface CommandResults
  extends
    FactorsCommandResults,
    HostCommandResults,
    MaskCommandResults,
    ModelCommandResults,
    ProjectCommandResults,
    QueueCommandResults,
    RecognitionCommandResults,
    ScoringCommandResults {
  info: SourceInfo;
  check: CheckReport;
  verify: VerifyReport;
  sidecarSchema: unknown;
  models: {
    readonly separators: readonly SeparatorSummary[];
    readonly broken: readonly { readonly file: string; readonly error: WireError }[];
    readonly userFolder: string;
  };
  manifestSchema: unknown;
  checkModel: ModelCheck;
  separate: BatchReport;
  batch: BatchReport;
  work: BatchReport;
  remix: RemixResult;
  cancel: null;
  openUpload: SessionInfo;
  openDemo: SessionInfo;
  session: SessionInfo;
  closeSession: null;
  openSongs: { readonly songs: readonly OpenSong[] };
  claimSession: ClaimedSession;
  pageAlive: null;
  pageGone: null;
  separateSession: SessionInfo;
  useStems: SessionInfo;
  deleteStems: SessionInfo;
  exportSession: ExportReport;
  handOver: ExportReport;
  editSession: EditReport;
  shapeSession: EditReport;
  diagnostics: Diagnostics;
  speeds: Speeds;
}

/** Commands with paths, or servers, are for the command line; a page has handles only. Found by their schemas, so none is forgotten. */
const pathCommands: ReadonlySet<string> = new Set(
  Object.entries(commandSchemas).flatMap(([name, { shape }]) =>
    Object.values(shape).some((field) => holdsPath(field)) ? [name] : [],
  ),
);

function holdsPath(field: unknown): boolean {
  if (field === path || field === place || field === server) return true;
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault) return holdsPath(field.unwrap());
  return field instanceof z.ZodArray && holdsPath(field.element);
}

/** Commands that say which page asks. */
export const commandsOfPages: ReadonlySet<string> = new Set(
  Object.entries(commandSchemas).flatMap(([name, { shape }]) => ('page' in shape ? [name] : [])),
);

/** Whether there is such a command and a page may use it. */
export function isPageCommand(command: string): command is CommandName {
  return Object.hasOwn(commandSchemas, command) && !pathCommands.has(command);
}

/** Commands that carry a document, or all edits or regions of one: thousands of records. */
const documentCommands: ReadonlySet<CommandName> = new Set<CommandName>([
  'editSession',
  'useStems',
  'saveProject',
  'collectProject',
  'appendJournal',
  'keepDrawn',
  'exportSession',
  'handOver',
]);

/** Longest argument of a command as JSON, bytes. */
export function longestArgument(command: CommandName): number {
  return documentCommands.has(command) ? 64 << 20 : 1 << 20;
}

/** The handlers of a host: one for each command; a missing one is a compile error. */
export type Endpoints = {
  readonly [C in CommandName]: (args: CommandArgs<C>) => Promise<CommandResults[C]>;
};
