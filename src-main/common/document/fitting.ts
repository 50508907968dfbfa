import { reverseDiff, startsFrom, statesOf, writeDiff } from './diff.js';
import type { Mark, Marks } from './marks.js';
import type { DocumentRecord } from './records.js';
import type { DocumentDiff } from './store.js';

/**
 * The newest marks that can be taken from these records, one after the other, and that are `usable`; the first that
 * cannot goes, with all behind it. Undo and redo of what is left never throw.
 */
export function fittingMarks<Name>(
  records: ReadonlyMap<string, DocumentRecord>,
  { done, undone }: Marks<Name>,
  usable: (mark: Mark<Name>) => boolean = () => true,
): Marks<Name> {
  const fitting = (side: readonly Mark<Name>[], way: (diff: DocumentDiff) => DocumentDiff) => {
    const state = new Map(records);
    let first = side.length;
    while (first > 0 && usable(side[first - 1]) && takes(state, way(side[first - 1].diff))) first--;
    return side.slice(first);
  };
  return { done: fitting(done, reverseDiff), undone: fitting(undone, (diff) => diff) };
}

/**
 * The newest marks that take no more than `most` characters as JSON, those to be done again first: what is stored and
 * sent needs a limit. The same marks when all of them fit.
 */
export function marksWithin<Name>(marks: Marks<Name>, most: number): Marks<Name> {
  let left = most;
  const within = (side: readonly Mark<Name>[]): readonly Mark<Name>[] => {
    let first = side.length;
    while (first > 0 && (left -= JSON.stringify(side[first - 1]).length) >= 0) first--;
    return first === 0 ? side : side.slice(first);
  };
  const undone = within(marks.undone);
  const done = within(marks.done);
  return done === marks.done && undone === marks.undone ? marks : { done, undone };
}

/** Does what a diff says to `state`; false when it does not fit, or leaves automation without its track. */
function takes(state: Map<string, DocumentRecord>, diff: DocumentDiff): boolean {
  if (!startsFrom(state, diff)) return false;
  writeDiff(state, diff);
  const isTrack = (id: string): boolean => state.get(id)?.type === 'track';
  for (const [id, [from, to]] of statesOf(diff)) {
    if (to?.type === 'automation' && !isTrack(to.track)) return false;
    if (from?.type !== 'track' || to !== undefined) continue;
    for (const record of state.values())
      if (record.type === 'automation' && record.track === id) return false;
  }
  return true;
}
