import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import { diffSchema } from '../../../../src-main/common/document/diff-schema.js';
import { fittingMarks, marksWithin } from '../../../../src-main/common/document/fitting.js';
import { History } from '../../../../src-main/common/document/history.js';
import {
  marksSchema,
  readMarks,
  type StepMarks,
} from '../../../../src-main/common/document/history-schema.js';
import type { Mark } from '../../../../src-main/common/document/marks.js';
import { checkOwners, documentVersion } from '../../../../src-main/common/document/migrations.js';
import {
  newTrack,
  recordSchema,
  type DocumentRecord,
  type TrackRecord,
} from '../../../../src-main/common/document/records.js';
import { DocumentStore, type DocumentDiff } from '../../../../src-main/common/document/store.js';
import { actions, live } from './lives.js';
import { region } from './records-of.js';

type Name = StepMarks['done'][number]['name'];
// As stores have it: the order of a record's fields counts.
const vocals = recordSchema.parse(newTrack('vocals', 0)) as TrackRecord;
const at = (gainDb: number): DocumentRecord => ({ ...vocals, gainDb });
const gain = (from: number, to: number): Mark<Name> => ({
  name: { text: `step.${from}-${to}` },
  diff: { added: {}, updated: { [vocals.id]: [at(from), at(to)] }, removed: {} },
});
const mapOf = (...records: DocumentRecord[]): Map<string, DocumentRecord> =>
  new Map(records.map((record) => [record.id, record]));
const texts = ({ done, undone }: StepMarks): string[][] =>
  [done, undone].map((side) => side.map(({ name }) => name.text));

/** Undoes all, redoes all: throws where a mark does not fit, or leaves automation without its track. */
function walk(records: ReadonlyMap<string, DocumentRecord>, marks: StepMarks): number {
  const store = new DocumentStore([...records.values()]);
  const history = new History<Name>(store);
  history.load(marks);
  let steps = 0;
  for (const way of ['undo', 'redo', 'undo'] as const)
    for (; history[way]() !== null; steps++) checkOwners(store.all());
  return steps;
}

describe('marks that fit', () => {
  it('D22: all of a history that is its document’s own', () => {
    fc.assert(
      fc.property(actions, (sequence) => {
        const { history, store } = live(sequence, [vocals]);
        expect(fittingMarks(store.all(), history.marks)).toEqual(history.marks);
      }),
    );
  });

  it('D22: with a history of another document, undo and redo never throw', () => {
    let kept = 0;
    fc.assert(
      fc.property(actions, actions, (one, other) => {
        const { store } = live(one, [vocals]);
        const { history } = live(other, [vocals]);
        const marks = fittingMarks(store.all(), history.marks);
        kept += marks.done.length;
        expect(walk(store.all(), marks)).toBeGreaterThanOrEqual(marks.done.length);
      }),
      { numRuns: 300 },
    );
    expect(kept).toBeGreaterThan(0);
  });

  it('D22: the newest of each side stay, up to the first that does not fit', () => {
    const marks = {
      done: [gain(7, 8), gain(1, 2), gain(2, 3)],
      undone: [gain(9, 10), gain(4, 5), gain(3, 4)],
    };
    expect(texts(fittingMarks(mapOf(at(3)), marks))).toEqual([
      ['step.1-2', 'step.2-3'],
      ['step.4-5', 'step.3-4'],
    ]);
    expect(texts(fittingMarks(mapOf(at(2)), marks))).toEqual([[], []]);
    expect(texts(fittingMarks(mapOf(at(3)), marks, ({ name }) => name.text !== 'step.2-3'))).toEqual([
      [],
      ['step.4-5', 'step.3-4'],
    ]);
  });

  it('D22: one that would leave automation without its track goes', () => {
    const diff = (part: Partial<DocumentDiff>): StepMarks => ({
      done: [],
      undone: [{ name: { text: 'step.x' }, diff: { added: {}, updated: {}, removed: {}, ...part } }],
    });
    const mine = region('a', 0, 5);
    const kept = (records: Map<string, DocumentRecord>, marks: StepMarks): number =>
      fittingMarks(records, marks).undone.length;
    expect(kept(mapOf(), diff({ added: { [mine.id]: mine } }))).toBe(0);
    expect(kept(mapOf(vocals), diff({ added: { [mine.id]: mine } }))).toBe(1);
    expect(kept(mapOf(vocals, mine), diff({ removed: { [vocals.id]: vocals } }))).toBe(0);
    expect(kept(mapOf(vocals, mine), diff({ removed: { [vocals.id]: vocals, [mine.id]: mine } }))).toBe(1);
    expect(kept(mapOf(vocals), diff({ removed: { [vocals.id]: vocals } }))).toBe(1);
  });
});

it('D21: beyond a length the oldest marks go, and the same ones stay while there is room', () => {
  const marks = { done: [gain(0, 1), gain(1, 2), gain(2, 3)], undone: [gain(4, 5), gain(3, 4)] };
  const one = JSON.stringify(marks.done[0]).length;
  expect(marksWithin(marks, 5 * one)).toBe(marks);
  expect(texts(marksWithin(marks, 5 * one - 1))).toEqual([
    ['step.1-2', 'step.2-3'],
    ['step.4-5', 'step.3-4'],
  ]);
  expect(texts(marksWithin(marks, 3 * one))).toEqual([['step.2-3'], ['step.4-5', 'step.3-4']]);
  expect(texts(marksWithin(marks, one))).toEqual([[], ['step.3-4']]);
  expect(texts(marksWithin(marks, one - 1))).toEqual([[], []]);
  expect(marks.done).toHaveLength(3);
});

describe('stored marks', () => {
  const good = { name: { text: 'step.gain', stem: 'vocals' }, diff: gain(0, 1).diff };

  it.each([
    ['text that is not a step', { ...good, name: { text: 'open' } }],
    ['a text without an end', { ...good, name: { text: `step.${'x'.repeat(200)}` } }],
    ['more than that', { ...good, more: 1 }],
    ['something that is not a diff', { ...good, diff: { added: 1 } }],
    ['a record that breaks the schema', { ...good, diff: gain(0, 13).diff }],
    ['nothing', null],
  ])('D22: %s takes its mark with it and those behind, and nothing else', (_, bad) => {
    expect(marksSchema.safeParse({ done: [bad], undone: [] }).success).toBe(false);
    const raw = { done: [good, bad, good, good], undone: [bad] };
    expect(readMarks(raw, documentVersion)).toEqual({ done: [good, good], undone: [] });
  });

  it.each([[undefined], [null], [7], [{ done: 'all' }]])('D22: no history is an empty one (%#)', (raw) => {
    expect(readMarks(raw, documentVersion)).toEqual({ done: [], undone: [] });
  });

  it('D18: the records in them are migrated as those of the document', () => {
    const older = (gainDb: number): object => ({ ...vocals, gainDb: undefined, level: gainDb });
    const [from, to] = [older(0), older(1)].map((record) => JSON.parse(JSON.stringify(record)) as object);
    const step = (records: readonly unknown[]): unknown[] =>
      records.map((record) => {
        const { level, ...rest } = record as { level: number };
        return { ...rest, gainDb: level };
      });
    const old = { name: good.name, diff: { added: {}, updated: { [vocals.id]: [from, to] }, removed: {} } };
    const added = { name: good.name, diff: { added: { [vocals.id]: from }, updated: {}, removed: {} } };
    expect(readMarks({ done: [added, old], undone: [old] }, 1, [step])).toEqual({
      done: [{ ...good, diff: { added: { [vocals.id]: vocals }, updated: {}, removed: {} } }, good],
      undone: [good],
    });
  });

  it('D4: a diff that names a record twice is refused: it could not be taken back', () => {
    const twice = { added: { [vocals.id]: at(1) }, updated: {}, removed: { [vocals.id]: vocals } };
    expect(diffSchema.safeParse(twice).success).toBe(false);
    expect(diffSchema.safeParse({ ...twice, removed: {} }).success).toBe(true);
  });
});
