import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { recordFile } from '../../common/models/catalogue.js';
import type { ErrorCode, WireError } from '../../common/base/errors.js';
import { writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';

const recordSchema = z.object({
  schema: z.literal('unbraid-record/1'),
  /** The catalogue's id. */
  id: z.string(),
  /** When it came, ISO 8601. */
  at: z.string(),
  files: z.array(
    z.object({
      name: z.string(),
      bytes: z.number(),
      sha256: z.string(),
      /** `published`: it is the hash of the catalogue; `recorded`: nobody published one, this is what came. */
      hash: z.enum(['published', 'recorded']),
      url: z.string().nullable(),
      from: z.string().nullable(),
    }),
  ),
  /** What was accepted. */
  licence: z.string(),
  /** Why it cannot be used; null for a model that ran. */
  problem: z
    .object({
      code: z.custom<ErrorCode>((code) => typeof code === 'string'),
      message: z.string(),
      file: z.string().optional(),
      hint: z.string().optional(),
    })
    .nullable(),
});

/** What is known of a model that was fetched or imported; it lies beside its files. */
export type ModelRecord = Omit<z.output<typeof recordSchema>, 'problem'> & {
  readonly problem: WireError | null;
};

/** Null where no readable record exists. */
export function readRecord(dir: string): ModelRecord | null {
  const file = join(dir, recordFile);
  if (!existsSync(file)) return null;
  try {
    return recordSchema.parse(JSON.parse(readSmallFile(file, 1 << 20).toString('utf8')));
  } catch {
    return null;
  }
}

export function writeRecord(dir: string, record: ModelRecord): void {
  writeAtomically(join(dir, recordFile), `${JSON.stringify(record, null, 2)}\n`);
}
