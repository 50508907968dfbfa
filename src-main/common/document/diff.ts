import { assert } from '../base/errors.js';

/** Anything a document keeps: records are values, never changed in place. */
export interface Identified {
  readonly id: string;
}

/** What a change did, record by record; each id is in one of the three at most. */
export interface RecordsDiff<R extends Identified> {
  readonly added: Readonly<Record<string, R>>;
  readonly updated: Readonly<Record<string, readonly [from: R, to: R]>>;
  readonly removed: Readonly<Record<string, R>>;
}

export function isEmptyDiff(diff: RecordsDiff<Identified>): boolean {
  return [diff.added, diff.updated, diff.removed].every((part) => Object.keys(part).length === 0);
}

/** Whether two records say the same: they are plain data, so their text decides. Key order counts. */
export function sameRecord(a: Identified, b: Identified): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The difference between a record's two states; undefined stands for its absence. */
function between<R extends Identified>(
  states: ReadonlyMap<string, readonly [from: R | undefined, to: R | undefined]>,
): RecordsDiff<R> {
  const added: Record<string, R> = {};
  const updated: Record<string, readonly [R, R]> = {};
  const removed: Record<string, R> = {};
  for (const [id, [from, to]] of states) {
    if (from === undefined && to !== undefined) added[id] = to;
    else if (from !== undefined && to === undefined) removed[id] = from;
    else if (from !== undefined && to !== undefined && !sameRecord(from, to)) updated[id] = [from, to];
  }
  return { added, updated, removed };
}

/** Every record a diff touches, with its state before and after. */
export function statesOf<R extends Identified>(
  diff: RecordsDiff<R>,
): Map<string, [R | undefined, R | undefined]> {
  const states = new Map<string, [R | undefined, R | undefined]>();
  for (const [id, record] of Object.entries(diff.removed)) states.set(id, [record, undefined]);
  for (const [id, [from, to]] of Object.entries(diff.updated)) states.set(id, [from, to]);
  for (const [id, record] of Object.entries(diff.added)) states.set(id, [undefined, record]);
  return states;
}

/** The diff that takes back what `diff` did. */
export function reverseDiff<R extends Identified>(diff: RecordsDiff<R>): RecordsDiff<R> {
  const updated = Object.entries(diff.updated).map(([id, [from, to]]) => [id, [to, from]] as const);
  return { added: diff.removed, updated: Object.fromEntries(updated), removed: diff.added };
}

/** One diff that does what all of them do one after the other; what cancels out is left out. */
export function squashDiffs<R extends Identified>(diffs: readonly RecordsDiff<R>[]): RecordsDiff<R> {
  const states = new Map<string, [R | undefined, R | undefined]>();
  for (const diff of diffs) {
    for (const [id, [from, to]] of statesOf(diff))
      states.set(id, [states.has(id) ? states.get(id)![0] : from, to]);
  }
  return between(states);
}

/** Whether a diff starts from these records: what it adds is not there, and what it updates or removes is the same. */
export function startsFrom<R extends Identified>(
  records: ReadonlyMap<string, R>,
  diff: RecordsDiff<R>,
): boolean {
  return misfit(records, diff) === null;
}

/** Applies a diff to the caller's own map, in place; nothing is checked. */
export function writeDiff<R extends Identified>(records: Map<string, R>, diff: RecordsDiff<R>): void {
  for (const [id, [, to]] of statesOf(diff)) {
    if (to === undefined) records.delete(id);
    else records.set(id, to);
  }
}

/**
 * The records after a change; `records` stays as it is. Throws `internal` when the diff does not start from these
 * records: what it adds is there already, or what it updates or removes is missing or different.
 */
export function applyDiff<R extends Identified>(
  records: ReadonlyMap<string, R>,
  diff: RecordsDiff<R>,
): Map<string, R> {
  const wrong = misfit(records, diff);
  assert(wrong === null, `the change does not fit the record "${wrong}"`);
  const next = new Map(records);
  writeDiff(next, diff);
  return next;
}

/** The first record that is not what a diff starts from; null when all are. */
function misfit<R extends Identified>(records: ReadonlyMap<string, R>, diff: RecordsDiff<R>): string | null {
  for (const [id, [from]] of statesOf(diff)) {
    const here = records.get(id);
    const fits = from === undefined ? here === undefined : here !== undefined && sameRecord(here, from);
    if (!fits) return id;
  }
  return null;
}
