import { z } from 'zod';
import { UnbraidError } from '../../../common/base/errors.js';
import { projectViewSchema } from '../../../common/contract/project.js';
import { readMarks, type StepMarks } from '../../../common/document/history-schema.js';
import { noMarks } from '../../../common/document/marks.js';
import {
  documentVersion,
  readSnapshot,
  versionOf,
  type DocumentSnapshot,
} from '../../../common/document/migrations.js';
import { settingsSchema } from '../../../common/jobs/settings.js';

/**
 * A project is a folder:
 *
 *   project.json            all but the newest changes, with what can be undone; replaced as a whole
 *   project.previous.json   the one before it, for when the first is damaged
 *   journal.ndjson          one line a change since then
 *   blobs/<sha256>          masks of edits, never changed
 *   stems/<id>/<n>/<c>.f32  stem n, channel c, of one separation: raw float32, never changed
 *   source/                 the song itself, where it had no lasting place
 *   lock                    who has it open
 *
 * `projectMigrations[v − 1]` takes the JSON of version v to v + 1.
 *
 *   2   has a history
 */
const projectMigrations: readonly ((raw: Record<string, unknown>) => Record<string, unknown>)[] = [
  (raw) => ({ ...raw, version: 2, history: noMarks }),
];
export const projectVersion = projectMigrations.length + 1;

const frame = z.number().int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Where the song was, and how to know it again. */
const sourceSchema = z.object({
  name: z.string().min(1),
  absolute: z.string().min(1),
  /** From the project's folder, with slashes; null on another drive. */
  relative: z.string().min(1).nullable(),
  bytes: z.number().int().min(0),
  sha256: hash,
});
export type ProjectSource = Readonly<z.output<typeof sourceSchema>>;

const separationSchema = z.object({
  /** Folder below `stems`. */
  folder: z.string().regex(/^[0-9a-f]{32}$/),
  /** Layout of the samples: float32 in the byte order of the machine that wrote them. */
  samples: z.enum(['f32le', 'f32be']),
  stems: z.array(
    z.object({
      name: z.string().min(1).max(200),
      peak: z.number(),
      channels: z.number().int().min(1),
      sampleRate: z.number().positive(),
      frames: frame,
    }),
  ),
  settings: settingsSchema,
  info: z.object({
    model: z.string(),
    provider: z.string(),
    /** dB relative to the source; −999 for an exact sum. */
    nullDb: z.number(),
    seconds: z.number(),
    range: z.object({ start: frame, count: frame }).nullable(),
    warnings: z.array(z.string()),
    /** The stem that each stem was separated from. */
    parents: z.record(z.string(), z.string()).optional(),
    /** Milliseconds since 1970; missing in older files. */
    at: z.number().optional(),
  }),
});
export type ProjectSeparation = Readonly<z.output<typeof separationSchema>>;

const fileSchema = z.object({
  project: z.literal('unbraid'),
  version: z.literal(projectVersion),
  app: z.string(),
  name: z.string().min(1),
  /** Milliseconds since 1970. */
  savedAt: z.number(),
  source: sourceSchema,
  separation: separationSchema.nullable(),
  /** Stems that were replaced and can be brought back, the newest first. */
  earlier: z.array(separationSchema).default([]),
  view: projectViewSchema.nullable(),
  document: z.unknown(),
  history: z.unknown(),
  /** Number of the last change in the document; the journal continues after it. */
  sequence: z.number().int().min(0),
  /** SHA-256 of that change, to know it when it is sent again; missing in older files. */
  latest: hash.optional(),
});

/** `project.json`; its document is of this version and whole, its history is not checked against it. */
export type ProjectFile = Readonly<Omit<z.output<typeof fileSchema>, 'document' | 'history'>> & {
  readonly document: DocumentSnapshot;
  readonly history: StepMarks;
};

/** A `project.json` as it was read; `older` says that an earlier version wrote it. */
export interface StoredProject {
  readonly file: ProjectFile;
  readonly older: boolean;
}

/**
 * Reads the text of a `project.json`. Throws `unsupported-format` for one of a newer Unbraid, `project-damaged` for
 * other files.
 */
export function parseProject(text: string, steps = projectMigrations): StoredProject {
  const raw = asObject(text);
  const version = raw['version'];
  if (raw['project'] !== 'unbraid' || typeof version !== 'number' || version < 1) throw damaged('');
  if (version > steps.length + 1) {
    throw new UnbraidError(
      'unsupported-format',
      `This project has version ${version}, and this Unbraid reads versions up to ${steps.length + 1}`,
      { hint: 'Open it with a newer Unbraid. Nothing in it was changed.' },
    );
  }
  const newest = steps.slice(version - 1).reduce((sum, step) => step(sum), raw);
  const parsed = fileSchema.safeParse(newest);
  if (!parsed.success) throw damaged(`: ${parsed.error.issues[0].path.join('.')}`);
  try {
    const { data } = parsed;
    const document = {
      document: 'unbraid',
      version: documentVersion,
      records: readSnapshot(data.document),
    } as const;
    const history = readMarks(data.history, versionOf(data.document));
    return { file: { ...data, document, history }, older: version <= steps.length };
  } catch (error) {
    if (error instanceof UnbraidError && error.code === 'unsupported-format') throw error;
    throw damaged(': document', error);
  }
}

function asObject(text: string): Record<string, unknown> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw damaged('', error);
  }
  if (typeof raw !== 'object' || raw === null) throw damaged('');
  return raw as Record<string, unknown>;
}

function damaged(where: string, cause?: unknown): UnbraidError {
  return new UnbraidError('project-damaged', `The project's file is damaged${where}`, {
    hint: 'Restore the folder from a backup.',
    cause,
  });
}
