import { createHash } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { toUnbraidError } from '../../../common/base/errors.js';
import type { Disposable } from '../../../common/base/disposal.js';
import { applyDiff } from '../../../common/document/diff.js';
import { diffSchema } from '../../../common/document/diff-schema.js';
import { checkOwners } from '../../../common/document/migrations.js';
import type { DocumentRecord } from '../../../common/document/records.js';
import type { DocumentDiff } from '../../../common/document/store.js';
import { syncFolder } from '../../jobs/atomic-file.js';

type Records = ReadonlyMap<string, DocumentRecord>;

/** What a journal adds to the document it was kept for. */
export interface Replay {
  readonly records: Records;
  /** Number of the last change that holds. */
  readonly sequence: number;
  /** Changes that were applied. */
  readonly applied: number;
  /** Bytes from the start that hold; all after them is torn, damaged, or does not fit. */
  readonly goodBytes: number;
  /** Lines after those, also half of one. */
  readonly lostLines: number;
}

const linePattern = /^\{"sum":"([0-9a-f]{16})","entry":(.*)\}$/;
const entrySchema = z.strictObject({ sequence: z.number().int().min(1), diff: diffSchema });

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** One line: its number and its diff, under a checksum of both (the start of their SHA-256). */
export function journalLine(sequence: number, diff: DocumentDiff): string {
  const entry = JSON.stringify({ sequence, diff });
  return `{"sum":"${checksum(entry)}","entry":${entry}}\n`;
}

/** The entry of a line; null for one that is torn or damaged. */
function readLine(line: string): z.output<typeof entrySchema> | null {
  const match = linePattern.exec(line);
  if (!match || checksum(match[2]) !== match[1]) return null;
  const parsed = entrySchema.safeParse(JSON.parse(match[2]));
  return parsed.success ? parsed.data : null;
}

/** The records after a change; throws typed errors when it does not fit, or leaves automation without its track. */
export function changed(records: Records, diff: DocumentDiff): Records {
  const next = applyDiff(records, diff);
  checkOwners(next);
  return next;
}

/**
 * Does again what a journal says, from the change after number `saved` on: earlier ones are in `records` already.
 * It ends at the first line that is not whole, not in sequence, or does not fit. Throws nothing.
 */
export function replay(bytes: Buffer, records: Records, saved: number): Replay {
  let [state, sequence, applied, at] = [records, saved, 0, 0];
  for (let end = bytes.indexOf(10, at); end >= 0; end = bytes.indexOf(10, at)) {
    const entry = readLine(bytes.toString('utf8', at, end));
    if (entry === null || entry.sequence > sequence + 1) break;
    if (entry.sequence === sequence + 1) {
      try {
        state = changed(state, entry.diff);
      } catch {
        break;
      }
      sequence++;
      applied++;
    }
    at = end + 1;
  }
  const rest = bytes.toString('utf8', at);
  const lostLines = rest === '' ? 0 : rest.replace(/\n$/, '').split('\n').length;
  return { records: state, sequence, applied, goodBytes: at, lostLines };
}

/** The bytes of a journal; none when there is no file. Throws typed system errors. */
export function readJournal(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw toUnbraidError(error, file);
  }
}

/** A journal that is written to; `goodBytes` of what is there stay. */
export class Journal implements Disposable {
  private readonly fd: number;
  private bytes: number;

  constructor(
    private readonly file: string,
    goodBytes: number,
  ) {
    try {
      this.fd = openSync(file, 'a');
      syncFolder(dirname(file));
      this.bytes = goodBytes;
      this.cut(goodBytes);
    } catch (error) {
      throw toUnbraidError(error, file);
    }
  }

  /** On the disk when it returns. After a failure the journal is as it was. Throws typed system errors. */
  append(sequence: number, diff: DocumentDiff): void {
    const line = Buffer.from(journalLine(sequence, diff));
    try {
      for (let done = 0; done < line.length;) done += writeSync(this.fd, line, done);
      fdatasyncSync(this.fd);
    } catch (error) {
      // A half line would end what can be read, so that later changes would be lost.
      this.cut(this.bytes);
      throw toUnbraidError(error, this.file);
    }
    this.bytes += line.length;
  }

  /** Forgets all changes: they are in the saved document. */
  clear(): void {
    this.cut(0);
  }

  dispose(): void {
    closeSync(this.fd);
  }

  private cut(bytes: number): void {
    if (fstatSync(this.fd).size > bytes) {
      ftruncateSync(this.fd, bytes);
      fdatasyncSync(this.fd);
    }
    this.bytes = bytes;
  }
}
