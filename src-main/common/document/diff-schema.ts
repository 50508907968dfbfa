import { z } from 'zod';
import { recordSchema, type DocumentRecord } from './records.js';
import type { DocumentDiff } from './store.js';

const part = z
  .record(z.string(), recordSchema)
  .refine((records) => Object.entries(records).every(([id, record]) => record.id === id), {
    message: 'a record is filed under the id of another',
  });

const sameIds = (id: string, [from, to]: readonly [DocumentRecord, DocumentRecord]): boolean =>
  from.id === id && to.id === id && from.type === to.type;

/** A diff that comes from outside: a page's, or a line of a journal. Whether it fits is checked by `applyDiff`. */
export const diffSchema = z
  .strictObject({
    added: part,
    updated: z
      .record(z.string(), z.tuple([recordSchema, recordSchema]).readonly())
      .refine((pairs) => Object.entries(pairs).every(([id, pair]) => sameIds(id, pair)), {
        message: 'an update changes the id or type of a record',
      }),
    removed: part,
  })
  .refine(({ added, updated, removed }) => !hasTwice([added, updated, removed]), {
    message: 'a record is changed twice',
  }) satisfies z.ZodType<DocumentDiff>;

/** A diff that has a record twice could be done and not taken back. */
function hasTwice(parts: readonly object[]): boolean {
  const ids = parts.flatMap((records) => Object.keys(records));
  return new Set(ids).size < ids.length;
}
