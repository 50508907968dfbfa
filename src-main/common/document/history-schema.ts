import { z } from 'zod';
import { diffSchema } from './diff-schema.js';
import type { HistoryChange, Mark, Marks } from './marks.js';
import { migrate, type Migration } from './migrations.js';

/**
 * What a step is called: the key of a text, and the stem it is about. Whoever shows it turns it into words; keys that
 * a page does not know come from a newer one.
 */
const stepNameSchema = z.strictObject({
  text: z
    .string()
    .max(100)
    .regex(/^step\./),
  stem: z.string().max(200).optional(),
});
export type StepName = Readonly<z.output<typeof stepNameSchema>>;

const setId = z.string().regex(/^[0-9a-f]{32}$/);
const markSchema = z.strictObject({
  name: stepNameSchema,
  diff: diffSchema,
  stems: z.strictObject({ from: setId, to: setId }).optional(),
}) satisfies z.ZodType<Mark<StepName>>;
const side = z.array(markSchema).readonly();

/** Marks that come from outside. Whether they fit the records is checked by `fittingMarks`. */
export const marksSchema = z.strictObject({ done: side, undone: side }) satisfies z.ZodType<Marks<StepName>>;
export type StepMarks = Marks<StepName>;

/** A change that comes from outside: a page's, or of a journal. */
export const historyChangeSchema = z.discriminatedUnion('kind', [
  // Changes are compared by their text: the order of the keys is that of the page.
  z.strictObject({ kind: z.enum(['step', 'merge']), ...markSchema.shape }),
  z.strictObject({ kind: z.enum(['undo', 'redo']) }),
  z.strictObject({ kind: z.literal('quiet'), diff: diffSchema }),
]) satisfies z.ZodType<HistoryChange<StepName>>;
export type StepChange = HistoryChange<StepName>;

/** A mark as an older version wrote it: its records are not migrated yet. */
const olderMarkSchema = z.strictObject({
  name: z.unknown(),
  diff: z.strictObject({
    added: z.record(z.string(), z.unknown()),
    updated: z.record(z.string(), z.array(z.unknown())),
    removed: z.record(z.string(), z.unknown()),
  }),
  stems: z.unknown().optional(),
});

/**
 * The marks of a stored document of `version`, this or an older one: each of their records is migrated by itself.
 * Throws nothing: a mark that is damaged goes, with those behind it, and the document does not suffer.
 */
export function readMarks(raw: unknown, version: number, steps?: readonly Migration[]): StepMarks {
  const { done, undone } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  return { done: newest(done, version, steps), undone: newest(undone, version, steps) };
}

function newest(raw: unknown, version: number, steps?: readonly Migration[]): Mark<StepName>[] {
  const marks: Mark<StepName>[] = [];
  for (const entry of Array.isArray(raw) ? [...(raw as unknown[])].reverse() : []) {
    const older = olderMarkSchema.safeParse(entry);
    const parsed = older.success && markSchema.safeParse(migrated(older.data, version, steps));
    if (!parsed || !parsed.success) break;
    marks.push(parsed.data);
  }
  return marks.reverse();
}

function migrated(
  { name, diff, stems }: z.output<typeof olderMarkSchema>,
  version: number,
  steps?: readonly Migration[],
): unknown {
  const one = (record: unknown): unknown => migrate([record], version, steps)[0];
  const all = <T>(records: Readonly<Record<string, T>>, way: (value: T) => unknown): unknown =>
    Object.fromEntries(Object.entries(records).map(([id, value]) => [id, way(value)]));
  const { added, updated, removed } = diff;
  return {
    name,
    ...(stems !== undefined && { stems }),
    diff: {
      added: all(added, one),
      updated: all(updated, (pair) => pair.map(one)),
      removed: all(removed, one),
    },
  };
}
