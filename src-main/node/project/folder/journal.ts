import { createHash } from 'node:crypto';
import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, lstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { UnbraidError, toUnbraidError } from '../../../common/base/errors.js';
import type { Disposable } from '../../../common/base/disposal.js';
import { diffSchema } from '../../../common/document/diff-schema.js';
import { fittingMarks } from '../../../common/document/fitting.js';
import {
  historyChangeSchema,
  type StepChange,
  type StepName,
} from '../../../common/document/history-schema.js';
import { doChanges, type MarkedRecords } from '../../../common/document/marks.js';
import { checkOwners } from '../../../common/document/migrations.js';
import { syncFolder } from '../../files/atomic-file.js';
import { writeAll } from '../../files/bytes.js';
import { noFollow, readSmallFile } from '../../files/file-bytes.js';

/** A document and what can be undone in it. */
export type DocumentState = MarkedRecords<StepName>;

/** What a journal adds to the document it was kept for. */
export interface Replay {
  readonly state: DocumentState;
  /** Number of the last change that holds. */
  readonly sequence: number;
  /** What `digestOf` says of it; undefined without one in the journal. */
  readonly latest: string | undefined;
  /** Changes that were applied. */
  readonly applied: number;
  /** Bytes from the start that hold; all after them is torn, damaged, or does not fit. */
  readonly goodBytes: number;
  /** Lines after those, also half of one. */
  readonly lostLines: number;
}

const linePattern = /^\{"sum":"([0-9a-f]{16})","entry":(.*)\}$/;
const number = z.number().int().min(1);
const entrySchema = z.union([
  z.strictObject({ sequence: number, changes: z.array(historyChangeSchema).readonly() }),
  // Of projects of version 1, which kept no history.
  z.strictObject({ sequence: number, diff: diffSchema }),
]);
type Entry = z.output<typeof entrySchema>;

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Tells changes that are sent a second time from others: SHA-256 of their JSON, in the order of their schema. */
export function digestOf(changes: readonly StepChange[]): string {
  return createHash('sha256').update(JSON.stringify(changes)).digest('hex');
}

/** One line: its number and its changes, under a checksum of both (the start of their SHA-256). */
export function journalLine(sequence: number, changes: readonly StepChange[]): string {
  const entry = JSON.stringify({ sequence, changes });
  return `{"sum":"${checksum(entry)}","entry":${entry}}\n`;
}

/** The entry of a line; null for one that is torn or damaged. */
function readLine(line: string): Entry | null {
  const match = linePattern.exec(line);
  if (!match || checksum(match[2]) !== match[1]) return null;
  const parsed = entrySchema.safeParse(JSON.parse(match[2]));
  return parsed.success ? parsed.data : null;
}

/** The document after changes; throws typed errors when one does not fit, or they leave automation without its track. */
export function changed(state: DocumentState, changes: readonly StepChange[]): DocumentState {
  const next = doChanges(state, changes);
  checkOwners(next.records);
  return next;
}

/** The document after a line; one without names clears what could be redone, as the step it was did. */
function afterEntry(state: DocumentState, entry: Entry): DocumentState {
  if ('changes' in entry) return changed(state, entry.changes);
  const { records, marks } = changed(state, [{ kind: 'quiet', diff: entry.diff }]);
  return { records, marks: { done: marks.done, undone: [] } };
}

/**
 * Replays a journal from the change after number `saved` on: earlier ones are in `records` already.
 * It ends at the first line that is not whole, not in sequence, or does not fit. Steps that do not fit what comes of
 * it cannot be undone any more, and are left out. Throws nothing.
 */
export function replay(bytes: Buffer, start: DocumentState, saved: number): Replay {
  let [state, sequence, applied, at] = [start, saved, 0, 0];
  let latest: Entry | undefined;
  for (let end = bytes.indexOf(10, at); end >= 0; end = bytes.indexOf(10, at)) {
    const entry = readLine(bytes.toString('utf8', at, end));
    if (entry === null || entry.sequence > sequence + 1) break;
    if (entry.sequence === sequence + 1) {
      try {
        state = afterEntry(state, entry);
      } catch {
        break;
      }
      latest = entry;
      sequence++;
      applied++;
    }
    at = end + 1;
  }
  const rest = bytes.toString('utf8', at);
  const lostLines = rest === '' ? 0 : rest.replace(/\n$/, '').split('\n').length;
  const marks = fittingMarks(state.records, state.marks);
  return {
    ...{ state: { ...state, marks }, sequence, applied, goodBytes: at, lostLines },
    latest: latest && 'changes' in latest ? digestOf(latest.changes) : undefined,
  };
}

/** Longest journal that is read, bytes; a save empties it. */
const maxJournalBytes = 1 << 29;

/** The bytes of a journal; empty when there is no file. Throws `project-damaged` for a folder in its place. */
export function readJournal(file: string): Buffer {
  try {
    return readSmallFile(file, maxJournalBytes);
  } catch (error) {
    const typed = toUnbraidError(error, file);
    if (typed.code === 'file-not-found') return Buffer.alloc(0);
    if (typed.code !== 'invalid-argument') throw typed;
    throw new UnbraidError('project-damaged', typed.message, {
      file,
      hint: 'Move it out of the project’s folder, and open the project again.',
    });
  }
}

function linked(file: string): UnbraidError {
  return new UnbraidError('project-damaged', 'The journal of the project is a link', {
    file,
    hint: 'Put the file itself there, or remove the link: then what the project had been saved with opens.',
  });
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
      // Whoever made the folder may have put a link there: what it leads to is not cut or written to.
      if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) throw linked(file);
      this.fd = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow);
      syncFolder(dirname(file));
      this.bytes = goodBytes;
      this.cut(goodBytes);
    } catch (error) {
      throw toUnbraidError(error, file);
    }
  }

  /** On the disk when it returns. After a failure the journal is as it was. Throws typed system errors. */
  append(sequence: number, changes: readonly StepChange[]): void {
    const line = Buffer.from(journalLine(sequence, changes));
    try {
      writeAll(this.fd, line);
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
