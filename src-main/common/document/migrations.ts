import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { recordSchema, type DocumentRecord } from './records.js';
import type { DocumentStore } from './store.js';

/** Takes the records of one version to the next; they are as that version wrote them, nothing checked. */
export type Migration = (records: readonly unknown[]) => readonly unknown[];

const same: Migration = (records) => records;

/**
 * `migrations[v - 1]` takes version v to v + 1.
 *
 *   2   edits may have a `phase`: those of version 1 have none, which means the source's own
 *   3   tracks may have `clean`: those before have none, which means as separated
 *   4   there may be markers and loops: those before have none
 *   5   edits may heal and clone: those before do not
 *   6   there may be beats: those before have none
 */
const migrations: readonly Migration[] = [same, same, same, same, same];

/** The version that is written now. */
export const documentVersion = migrations.length + 1;

/** A document as it is stored. */
export interface DocumentSnapshot {
  readonly document: 'unbraid';
  readonly version: number;
  readonly records: readonly DocumentRecord[];
}

const envelope = z.object({
  document: z.literal('unbraid'),
  version: z.number().int().min(1),
  records: z.array(z.unknown()),
});

export function snapshot(store: DocumentStore): DocumentSnapshot {
  return { document: 'unbraid', version: documentVersion, records: [...store.all().values()] };
}

/** The records of `version` as the last of `steps` leaves them. Throws `unsupported-format` for a newer one. */
export function migrate(
  records: readonly unknown[],
  version: number,
  steps: readonly Migration[] = migrations,
): readonly unknown[] {
  const newest = steps.length + 1;
  if (version > newest) {
    throw new UnbraidError(
      'unsupported-format',
      `This document has version ${version}, and this Unbraid reads versions up to ${newest}`,
      { hint: 'Open it with a newer Unbraid.' },
    );
  }
  return steps.slice(version - 1).reduce((sum, step) => step(sum), records);
}

/** The version of a stored document. Throws `invalid-argument` for anything else. */
export function versionOf(raw: unknown): number {
  const parsed = envelope.safeParse(raw);
  if (!parsed.success) throw new UnbraidError('invalid-argument', 'This is not a document of Unbraid');
  return parsed.data.version;
}

/**
 * The records of a stored document of this or an older version. Throws `unsupported-format` for a newer version,
 * `invalid-argument` for what is not a document, for records that break the schema or come twice, and for automation
 * of a track that is not there.
 */
export function readSnapshot(raw: unknown): DocumentRecord[] {
  const parsed = envelope.safeParse(raw);
  if (!parsed.success) throw new UnbraidError('invalid-argument', 'This is not a document of Unbraid');
  const result = z.array(recordSchema).safeParse(migrate(parsed.data.records, parsed.data.version));
  if (!result.success) {
    const { where, says } = firstFault(result.error);
    throw new UnbraidError('invalid-argument', `The document is damaged: record ${where}: ${says}`);
  }
  const ids = new Set<string>();
  for (const { id } of result.data) {
    if (ids.has(id))
      throw new UnbraidError('invalid-argument', `The document is damaged: "${id}" is in it twice`);
    ids.add(id);
  }
  checkOwners(new Map(result.data.map((record) => [record.id, record])));
  return result.data;
}

/** Throws `invalid-argument` for automation of a track that is not there. */
export function checkOwners(records: ReadonlyMap<string, DocumentRecord>): void {
  for (const record of records.values()) {
    if (record.type !== 'automation' || records.get(record.track)?.type === 'track') continue;
    throw new UnbraidError(
      'invalid-argument',
      `The document is damaged: "${record.id}" belongs to no track ("${record.track}")`,
    );
  }
}
