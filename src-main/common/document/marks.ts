import { assert } from '../base/errors.js';
import { applyDiff, isEmptyDiff, reverseDiff, squashDiffs } from './diff.js';
import type { DocumentRecord } from './records.js';
import type { DocumentDiff } from './store.js';

/** The stems that were in use before a step and after it, by their ids. */
export interface UsedStems {
  readonly from: string;
  readonly to: string;
}

/** One step of a person: what it did, and what the Edit menu calls it. */
export interface Mark<Name> {
  readonly name: Name;
  readonly diff: DocumentDiff;
  /** Only of a step that replaced the stems, which does nothing to the records. */
  readonly stems?: UsedStems | undefined;
}

/** What can be undone and what can be done again; the newest, the next to be taken, is the last of each. */
export interface Marks<Name> {
  readonly done: readonly Mark<Name>[];
  readonly undone: readonly Mark<Name>[];
}

/**
 * What happens to a document and its marks.
 *
 *   step    a new mark: it goes on top of `done`, and `undone` is cleared
 *   merge   the same, but it belongs to the gesture of the newest mark and becomes part of it
 *   undo    the newest mark of `done` is reversed and goes to `undone`;   redo   the other way
 *   quiet   records change, the marks stay
 *
 * A mark that does nothing, or that comes back to where it began, is left out.
 */
export type HistoryChange<Name> =
  | ({ readonly kind: 'step' | 'merge' } & Mark<Name>)
  | { readonly kind: 'undo' | 'redo' }
  | { readonly kind: 'quiet'; readonly diff: DocumentDiff };

/** A document with its marks. */
export interface MarkedRecords<Name> {
  readonly records: ReadonlyMap<string, DocumentRecord>;
  readonly marks: Marks<Name>;
}

export const noMarks: Marks<never> = { done: [], undone: [] };

/** What a change does to the records. Throws `internal` for undo and redo when there is nothing to take. */
export function diffOf<Name>({ done, undone }: Marks<Name>, change: HistoryChange<Name>): DocumentDiff {
  if ('diff' in change) return change.diff;
  const mark = (change.kind === 'undo' ? done : undone).at(-1);
  assert(mark !== undefined, `there is nothing to ${change.kind}`);
  return change.kind === 'undo' ? reverseDiff(mark.diff) : mark.diff;
}

/** The marks after a change. Throws `internal` for undo, redo and merge when there is no mark for them. */
export function moveMarks<Name>(marks: Marks<Name>, change: HistoryChange<Name>): Marks<Name> {
  const { done, undone } = marks;
  switch (change.kind) {
    case 'quiet':
      return marks;
    case 'step':
      return { done: withMark(done, change), undone: [] };
    case 'merge': {
      const earlier = done.at(-1);
      assert(earlier !== undefined, 'there is no step to add to');
      const diff = squashDiffs([earlier.diff, change.diff]);
      return { done: withMark(done.slice(0, -1), { name: change.name, diff }), undone: [] };
    }
    case 'undo':
      return { done: done.slice(0, -1), undone: [...undone, last(done)] };
    case 'redo':
      return { done: [...done, last(undone)], undone: undone.slice(0, -1) };
  }
}

/** How many steps can be undone and done again. */
export function countsOf({ done, undone }: Marks<unknown>): {
  readonly done: number;
  readonly undone: number;
} {
  return { done: done.length, undone: undone.length };
}

/** The marks without those that bring these stems back or replace them, and which of them stay. */
export function withoutStems<Name>(
  { done, undone }: Marks<Name>,
  id: string,
): { readonly left: Marks<Name>; readonly stays: { readonly done: boolean[]; readonly undone: boolean[] } } {
  const stays = ({ stems }: Mark<Name>): boolean => stems?.from !== id && stems?.to !== id;
  return {
    left: { done: done.filter(stays), undone: undone.filter(stays) },
    stays: { done: done.map(stays), undone: undone.map(stays) },
  };
}

/** Does changes one after the other. Throws `internal` for one that does not fit; what was given stays as it is. */
export function doChanges<Name>(
  { records, marks }: MarkedRecords<Name>,
  changes: readonly HistoryChange<Name>[],
): MarkedRecords<Name> {
  for (const change of changes) {
    records = applyDiff(records, diffOf(marks, change));
    marks = moveMarks(marks, change);
  }
  return { records, marks };
}

/** A list of changes and one more, which does the same as all of them; steps of one gesture are joined. */
export function withChange<Name>(
  changes: readonly HistoryChange<Name>[],
  change: HistoryChange<Name>,
): HistoryChange<Name>[] {
  const before = changes.at(-1);
  if (change.kind !== 'merge' || (before?.kind !== 'step' && before?.kind !== 'merge'))
    return [...changes, change];
  const diff = squashDiffs([before.diff, change.diff]);
  return [...changes.slice(0, -1), { kind: before.kind, name: change.name, diff }];
}

/** The diffs that marks or changes bring with them. */
export function diffsIn(entries: readonly (Mark<unknown> | HistoryChange<unknown>)[]): DocumentDiff[] {
  return entries.flatMap((entry) => ('diff' in entry ? [entry.diff] : []));
}

function withMark<Name>(
  done: readonly Mark<Name>[],
  { name, diff, stems }: Mark<Name>,
): readonly Mark<Name>[] {
  if (stems) return [...done, { name, diff, stems }];
  return isEmptyDiff(diff) ? done : [...done, { name, diff }];
}

function last<Name>(side: readonly Mark<Name>[]): Mark<Name> {
  const mark = side.at(-1);
  assert(mark !== undefined, 'there is no step to take');
  return mark;
}
