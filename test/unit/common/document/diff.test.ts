import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import {
  applyDiff,
  isEmptyDiff,
  reverseDiff,
  squashDiffs,
  statesOf,
  type RecordsDiff,
} from '../../../../src-main/common/document/diff.js';
import type { DocumentRecord } from '../../../../src-main/common/document/records.js';
import { DocumentStore } from '../../../../src-main/common/document/store.js';
import { emptyDiff } from '../../../fixtures/diffs.js';
import { contents, edits, perform } from './records-of.js';

interface Plain {
  readonly id: string;
  readonly value: number;
}
const record = (id: string, value: number): Plain => ({ id, value });
const mapOf = (...records: Plain[]): Map<string, Plain> => new Map(records.map((r) => [r.id, r]));
const change = (parts: Partial<RecordsDiff<Plain>>): RecordsDiff<Plain> => ({
  ...emptyDiff<Plain>(),
  ...parts,
});

/** The diffs of a sequence of edits, and the documents before, between and after them. */
function history(sequence: readonly (readonly Parameters<typeof perform>[1][])[]): {
  diffs: RecordsDiff<DocumentRecord>[];
  states: ReadonlyMap<string, DocumentRecord>[];
} {
  const store = new DocumentStore();
  const states = [store.all()];
  const diffs = sequence.map((group) => {
    const diff = store.change((tx) => group.forEach((edit) => perform(tx, edit)));
    states.push(store.all());
    return diff;
  });
  return { diffs, states };
}
const sequences = fc.array(fc.array(edits, { maxLength: 4 }), { maxLength: 12 });

describe('diffs', () => {
  it('D4: say what was added, updated and removed, and nothing of what stayed', () => {
    const store = new DocumentStore();
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 6 }), (group) => {
        const before = store.all();
        const diff = store.change((tx) => group.forEach((edit) => perform(tx, edit)));
        const after = store.all();
        for (const id of new Set([...before.keys(), ...after.keys()])) {
          const [from, to] = [before.get(id), after.get(id)];
          const same = JSON.stringify(from) === JSON.stringify(to);
          expect(statesOf(diff).get(id)).toEqual(same ? undefined : [from, to]);
        }
        const ids = [diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('D5: a diff and its reverse leave the records as they were', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        const { diffs, states } = history(sequence);
        diffs.forEach((diff, i) => {
          const there = applyDiff(states[i], diff);
          expect(contents(there)).toEqual(contents(states[i + 1]));
          expect(contents(applyDiff(there, reverseDiff(diff)))).toEqual(contents(states[i]));
        });
      }),
    );
  });

  it('D6: squashed diffs do what they do one after the other', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        const { diffs, states } = history(sequence);
        const all = squashDiffs(diffs);
        expect(contents(applyDiff(states[0], all))).toEqual(contents(states.at(-1)!));
        expect(squashDiffs([all, reverseDiff(all)])).toEqual(emptyDiff());
      }),
    );
  });

  it('D6: what cancels out is left out', () => {
    const [one, two] = [record('a', 1), record('a', 2)];
    expect(squashDiffs([change({ added: { a: one } }), change({ updated: { a: [one, two] } })])).toEqual(
      change({ added: { a: two } }),
    );
    expect(squashDiffs([change({ added: { a: one } }), change({ removed: { a: one } })])).toEqual(
      emptyDiff(),
    );
    expect(squashDiffs([change({ updated: { a: [one, two] } }), change({ removed: { a: two } })])).toEqual(
      change({ removed: { a: one } }),
    );
    expect(squashDiffs([change({ removed: { a: one } }), change({ added: { a: two } })])).toEqual(
      change({ updated: { a: [one, two] } }),
    );
    const back = squashDiffs([
      change({ updated: { a: [one, two] } }),
      change({ updated: { a: [two, one] } }),
    ]);
    expect(isEmptyDiff(back)).toBe(true);
    expect(isEmptyDiff(change({ removed: { a: one } }))).toBe(false);
  });

  it.each([
    ['adds what is there', change({ added: { a: record('a', 1) } })],
    ['updates what is not there', change({ updated: { b: [record('b', 1), record('b', 2)] } })],
    ['updates another state', change({ updated: { a: [record('a', 7), record('a', 2)] } })],
    ['removes what is not there', change({ removed: { b: record('b', 1) } })],
    ['removes another state', change({ removed: { a: record('a', 7) } })],
  ])('D7: a diff that %s is refused', (_, diff) => {
    const records = mapOf(record('a', 1));
    expect(() => applyDiff(records, diff)).toThrow(/does not fit/);
    expect([...records.values()]).toEqual([record('a', 1)]);
  });
});
