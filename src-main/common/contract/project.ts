import { z } from 'zod';
import { historyChangeSchema, marksSchema, type StepMarks } from '../document/history-schema.js';
import type { DocumentSnapshot } from '../document/migrations.js';
import { settingsSchema } from '../jobs/settings.js';
import { keptDrawnSchema, type KeptDrawn } from './drawn.js';
import type { ExportReport, SessionInfo } from './session.js';

const frame = z.number().int().min(0);
const job = z.string().min(1).max(100);
const handle = z.string().regex(/^[0-9a-f]{32}$/);

const projectName = z.string().trim().min(1).max(120);

/** The part of the song on screen, the selection and the playhead; frames of the source. */
export const projectViewSchema = z.strictObject({
  start: z.number(),
  framesPerPixel: z.number().positive(),
  selection: z.strictObject({ start: frame, end: frame }).nullable(),
  position: frame,
});
export type ProjectView = Readonly<z.output<typeof projectViewSchema>>;

/** A separation that was under way when the program ended; `range` in frames, null for the whole song. */
export const interruptedSchema = z.object({
  settings: settingsSchema,
  range: z.object({ start: frame, count: z.number().int().min(1) }).nullable(),
});
export type Interrupted = Readonly<z.output<typeof interruptedSchema>>;

/** Room for unnamed songs, bytes. */
const limit = z
  .number()
  .int()
  .min(2 ** 28);

/** The commands about songs that are kept as projects. */
export const projectCommandSchemas = {
  /** The projects this host knows, the newest first. */
  projects: z.strictObject({}),
  /** Asks for a project's folder with the system's dialog; null when the person cancels. */
  chooseProject: z.strictObject({}),
  /**
   * Saves an open song where it is kept. The first time, and with `copy`, it gets a new folder: in `folder`, or
   * among the host's own projects. With `unnamed` it is kept in a folder of the program's own until it is saved
   * without; then that folder goes. `document` is a snapshot, `history` what can be undone and done again.
   */
  saveProject: z.strictObject({
    session: handle,
    page: handle.optional(),
    document: z.unknown(),
    history: marksSchema,
    view: projectViewSchema.nullable(),
    /**
     * The `sequence` of the last answer that `document` includes: changes that were kept since then are applied on
     * top of it. Without it the snapshot counts as it is.
     */
    since: z.number().int().min(0).optional(),
    copy: z.boolean().default(false),
    unnamed: z.boolean().default(false),
    /** The song's own name when left out. */
    name: projectName.optional(),
    folder: handle.nullable().default(null),
  }),
  /** The whole project with its song as one zip, whether it was saved or not. */
  collectProject: z.strictObject({
    job,
    session: handle,
    document: z.unknown(),
    history: marksSchema,
    view: projectViewSchema.nullable(),
  }),
  /** Takes a zip that was collected, and uploaded, into the host's own projects. */
  unpackProject: z.strictObject({ upload: handle }),
  /**
   * Keeps changes of the document and its history, in their order and all or none; they are on the disk when the
   * answer comes. Only of a song that was saved. With `after`, the number they follow, they may be sent again when the
   * answer was lost on the way: what is kept already is not done twice.
   */
  appendJournal: z.strictObject({
    session: handle,
    page: handle.optional(),
    after: z.number().int().min(0).optional(),
    changes: z.array(historyChangeSchema).min(1).readonly(),
  }),
  /** Keeps what is drawn in a song that is a project, in place of what it kept before; masks that are files are sent first. */
  keepDrawn: z.strictObject({ session: handle, page: handle.optional(), drawn: keptDrawnSchema }),
  /**
   * `source` or `upload` is the song itself, when it is not where the project says. A project whose song another living
   * page writes stays with that page (`project-open`), unless `take` says otherwise; any other open song that has it
   * belongs to a page that was left, or to this one, and loses it. A program without a page takes it from whoever has it.
   */
  openProject: z.strictObject({
    project: handle,
    source: handle.optional(),
    upload: handle.optional(),
    page: handle.optional(),
    take: z.boolean().default(false),
  }),
  /** The newest unnamed project of the same file as an open song's, unless another living page writes it. */
  earlierProject: z.strictObject({ session: handle, page: handle.optional() }),
  /** An unnamed song that gets a name moves to the host's own projects. */
  renameProject: z.strictObject({ project: handle, name: projectName }),
  /** Deletes a project's files for good; one that a living page has open is refused (`project-open`). */
  deleteProject: z.strictObject({ project: handle }),
  /** The room that unnamed songs take, and the oldest that are too many for the limit. */
  unnamedSpace: z.strictObject({}),
  /** With `mayDelete` the oldest go by themselves from now on, and those that are too many at once. */
  setUnnamedSpace: z.strictObject({ limit: limit.optional(), mayDelete: z.boolean().optional() }),
} as const;

/** A project, by an opaque handle, which is the same after another start of the program. */
export interface ProjectEntry {
  readonly handle: string;
  readonly name: string;
  /** The last save or change, milliseconds since 1970. */
  readonly changedAt: number;
  /** False for a song that nobody has saved: it may go when the room for such songs is used up. */
  readonly named: boolean;
  /** Length of the song; null when it is not known. */
  readonly seconds: number | null;
  readonly stems: readonly string[];
  /** The song's outline: peaks of equal parts, 0 … 255; empty without one. */
  readonly picture: readonly number[];
  /** What the song's file says it is: title and artist, each may be empty. */
  readonly title: string;
  readonly artist: string;
  /** Handle of the cover picture for `/cover`; null without one. */
  readonly cover: string | null;
  /** The song is open in this host, and is being separated. */
  readonly running: boolean;
}

/** Room for songs without a name, bytes. */
export interface UnnamedRoom {
  readonly bytes: number;
  readonly limit: number;
  /** Whether the oldest may go by themselves; null as long as nobody was asked. */
  readonly mayDelete: boolean | null;
  /** Names of those that are too many, the oldest first. */
  readonly tooMany: readonly string[];
}

/** What opening a project had to put right. */
export interface ProjectRecovery {
  /** Changes that were made after the last save, and are there again. */
  readonly applied: number;
  /** Changes at the end that could not be read; their text is kept in the project's folder. */
  readonly lost: number;
  /** The project's file was damaged: this is the state before its last save. */
  readonly previous: boolean;
  /** Things of the project that could not be restored. */
  readonly missing: readonly ('stems' | 'masks' | 'drawing')[];
}

export interface OpenedProject {
  readonly info: SessionInfo;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly named: boolean;
  /** The project's handle, by which it is found after another start. */
  readonly project: string;
  readonly document: DocumentSnapshot;
  readonly history: StepMarks;
  readonly view: ProjectView | null;
  /** What is drawn, and the steps that drew it; null when nothing was ever drawn. */
  readonly drawn: KeptDrawn | null;
  /** Number of the last change that is kept. */
  readonly sequence: number;
  readonly recovery: ProjectRecovery;
  /** A separation of the song that runs in this host. */
  readonly running: RunningSeparation | null;
  /** One that ended with the program. */
  readonly interrupted: Interrupted | null;
}

/** A separation's job, and the frames it has finished. */
export interface RunningSeparation {
  readonly job: string;
  readonly doneFrames: number;
}

/** An open song as a page takes it up. */
export interface ClaimedSession {
  readonly info: SessionInfo;
  /** Whether the page writes it from now on; else another one does. */
  readonly writer: boolean;
  readonly running: RunningSeparation | null;
  /** The project that the song is kept as. */
  readonly project:
    | (Omit<OpenedProject, 'info' | 'recovery' | 'running' | 'interrupted'> &
        Pick<ProjectRecovery, 'missing'>)
    | null;
}

export interface ProjectCommandResults {
  projects: { readonly projects: readonly ProjectEntry[] };
  chooseProject: { readonly project: ProjectEntry | null };
  /** `sequence` is the number of the last change that is kept. */
  saveProject: {
    readonly name: string;
    readonly savedAt: number;
    readonly sequence: number;
    readonly named: boolean;
    /** The project's handle, by which it is found after another start. */
    readonly project: string;
  };
  collectProject: ExportReport;
  unpackProject: { readonly project: ProjectEntry };
  appendJournal: { readonly sequence: number };
  keepDrawn: null;
  openProject: OpenedProject;
  earlierProject: { readonly project: ProjectEntry | null };
  renameProject: { readonly project: ProjectEntry };
  deleteProject: null;
  unnamedSpace: UnnamedRoom;
  setUnnamedSpace: UnnamedRoom;
}
