import type { Disposable } from '../base/disposal.js';
import { check, UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { applyDiff, isEmptyDiff, squashDiffs, type RecordsDiff } from './diff.js';
import { recordSchema, type DocumentRecord, type RecordOf, type RecordType } from './records.js';

export type DocumentDiff = RecordsDiff<DocumentRecord>;

/** What an edit may do; every call sees what the ones before it did. */
export interface Transaction {
  get(id: string): DocumentRecord | undefined;
  ofType<T extends RecordType>(type: T): RecordOf<T>[];
  /** Adds a record, or replaces the one with its id. Throws `invalid-argument` for one that breaks the schema. */
  put(record: DocumentRecord): void;
  /** Changes some fields of a record. Throws `invalid-argument` when it is not there. */
  update<T extends RecordType>(type: T, id: string, change: Partial<Omit<RecordOf<T>, 'id' | 'type'>>): void;
  /** Nothing happens when it is not there. */
  remove(id: string): void;
}

type Listener = (diff: DocumentDiff) => void;

function checked(record: DocumentRecord): DocumentRecord {
  const parsed = recordSchema.safeParse(record);
  if (parsed.success) return parsed.data;
  const { where, says } = firstFault(parsed.error);
  throw new UnbraidError('invalid-argument', `The record "${record.id}" is not valid: ${where}: ${says}`);
}

/** A document's records, and the listeners to their changes. Changes are transactions: whole or not at all. */
export class DocumentStore {
  private records: ReadonlyMap<string, DocumentRecord>;
  private readonly listeners = new Set<Listener>();
  /** What the transaction under way has done so far; null between transactions. */
  private pending: DocumentDiff[] | null = null;

  /** The records are taken as they are: `loadDocument` checks those that come from outside. */
  constructor(records: readonly DocumentRecord[] = []) {
    this.records = new Map(records.map((record) => [record.id, record]));
  }

  get(id: string): DocumentRecord | undefined {
    return this.records.get(id);
  }

  /** All records in the order in which they came. The map is a value: later changes make another. */
  all(): ReadonlyMap<string, DocumentRecord> {
    return this.records;
  }

  ofType<T extends RecordType>(type: T): RecordOf<T>[] {
    return [...this.records.values()].filter((record): record is RecordOf<T> => record.type === type);
  }

  /** Calls back after every transaction that changed something. */
  listen(listener: Listener): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** Runs an edit; when it throws, nothing has changed. Inside of another edit it becomes part of that one. */
  change(edit: (transaction: Transaction) => void): DocumentDiff {
    if (this.pending !== null) {
      const from = this.pending.length;
      edit(this.transaction());
      return squashDiffs(this.pending.slice(from));
    }
    const before = this.records;
    this.pending = [];
    try {
      edit(this.transaction());
    } catch (error) {
      this.records = before;
      this.pending = null;
      throw error;
    }
    const diff = squashDiffs(this.pending);
    this.pending = null;
    this.tell(diff);
    return diff;
  }

  /** Does what a diff says. Throws `internal` when it starts from other records. */
  apply(diff: DocumentDiff): void {
    this.step(diff);
    if (this.pending === null) this.tell(diff);
  }

  private step(diff: DocumentDiff): void {
    this.records = applyDiff(this.records, diff);
    this.pending?.push(diff);
  }

  private tell(diff: DocumentDiff): void {
    if (isEmptyDiff(diff)) return;
    for (const listener of [...this.listeners]) listener(diff);
  }

  private transaction(): Transaction {
    const put = (record: DocumentRecord): void => {
      const next = checked(record);
      const before = this.records.get(next.id);
      check(before === undefined || before.type === next.type, `"${next.id}" is a ${before?.type} already`);
      if (before === undefined) this.step({ added: { [next.id]: next }, updated: {}, removed: {} });
      else this.step({ added: {}, updated: { [next.id]: [before, next] }, removed: {} });
    };
    return {
      get: (id) => this.get(id),
      ofType: (type) => this.ofType(type),
      put,
      update: (type, id, change) => {
        const before = this.records.get(id);
        check(before?.type === type, `There is no ${type} "${id}"`);
        put({ ...before, ...change });
      },
      remove: (id) => {
        const before = this.records.get(id);
        if (before) this.step({ added: {}, updated: {}, removed: { [id]: before } });
      },
    };
  }
}
