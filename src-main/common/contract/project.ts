import { z } from 'zod';
import { historyChangeSchema, marksSchema, type StepMarks } from '../document/history-schema.js';
import type { DocumentSnapshot } from '../document/migrations.js';
import type { ExportReport, SessionInfo } from './session.js';

const frame = z.number().int().min(0);
const job = z.string().min(1).max(100);
const handle = z.string().regex(/^[0-9a-f]{32}$/);

/** The part of the song on screen, the selection and the playhead; frames of the source. */
export const projectViewSchema = z.strictObject({
  start: z.number(),
  framesPerPixel: z.number().positive(),
  selection: z.strictObject({ start: frame, end: frame }).nullable(),
  position: frame,
});
export type ProjectView = Readonly<z.output<typeof projectViewSchema>>;

/** The commands about songs that are kept as projects. */
export const projectCommandSchemas = {
  /** The projects this host knows, the newest first. */
  projects: z.strictObject({}),
  /** Asks for a project's folder with the system's dialog; null when the person cancels. */
  chooseProject: z.strictObject({}),
  /**
   * Saves an open song where it is kept. The first time, and with `copy`, it gets a new folder: in `folder`, or
   * among the host's own projects. `document` is a snapshot, `history` what can be undone and done again.
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
   * answer comes. Only of a song that was saved.
   */
  appendJournal: z.strictObject({
    session: handle,
    page: handle.optional(),
    changes: z.array(historyChangeSchema).min(1).readonly(),
  }),
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
} as const;

/** A project, by an opaque handle. */
export interface ProjectEntry {
  readonly handle: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
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
  readonly missing: readonly ('stems' | 'masks')[];
}

export interface OpenedProject {
  readonly info: SessionInfo;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly document: DocumentSnapshot;
  readonly history: StepMarks;
  readonly view: ProjectView | null;
  /** Number of the last change that is kept. */
  readonly sequence: number;
  readonly recovery: ProjectRecovery;
}

/** An open song as a page takes it up. */
export interface ClaimedSession {
  readonly info: SessionInfo;
  /** Whether the page writes it from now on; else another one does. */
  readonly writer: boolean;
  /** The job of a separation that runs, and the frames it has finished. */
  readonly running: { readonly job: string; readonly doneFrames: number } | null;
  /** The project that the song is kept as. */
  readonly project: Omit<OpenedProject, 'info' | 'recovery'> | null;
}

export interface ProjectCommandResults {
  projects: { readonly projects: readonly ProjectEntry[] };
  chooseProject: { readonly project: ProjectEntry | null };
  /** `sequence` is the number of the last change that is kept. */
  saveProject: { readonly name: string; readonly savedAt: number; readonly sequence: number };
  collectProject: ExportReport;
  unpackProject: { readonly project: ProjectEntry };
  appendJournal: { readonly sequence: number };
  openProject: OpenedProject;
}
