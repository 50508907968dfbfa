import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import { readMarks } from '../../../../src-main/common/document/history-schema.js';
import { History } from '../../../../src-main/common/document/history.js';
import { withoutStems } from '../../../../src-main/common/document/marks.js';
import { documentVersion } from '../../../../src-main/common/document/migrations.js';
import { newTrack } from '../../../../src-main/common/document/records.js';
import { DocumentStore } from '../../../../src-main/common/document/store.js';
import { contents, edits, perform } from './records-of.js';

const vocals = newTrack('vocals', 0);
const gain = (history: History<string>, gainDb: number, gesture?: string): void =>
  history.step('gain', (tx) => tx.update('track', vocals.id, { gainDb }), gesture);

function start(): { store: DocumentStore; history: History<string>; db(): number } {
  const store = new DocumentStore([vocals]);
  const db = (): number => store.ofType('track')[0].gainDb;
  return { store, history: new History<string>(store), db };
}

describe('the history', () => {
  it('D9: undoing everything leads to the start, redoing everything to the end, and every step between is met', () => {
    const step = fc.record({
      group: fc.array(edits, { minLength: 1, maxLength: 3 }),
      gesture: fc.constantFrom(null, null, 'x', 'y'),
      then: fc.constantFrom('go on', 'go on', 'end', 'undo', 'undo and redo'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const store = new DocumentStore([vocals]);
        const first = contents(store.all());
        const history = new History<string>(store);
        for (const { group, gesture, then } of steps) {
          history.step('s', (tx) => group.forEach((edit) => perform(tx, edit)), gesture);
          if (then === 'end') history.endGesture();
          if (then.startsWith('undo')) history.undo();
          if (then.endsWith('redo')) history.redo();
        }
        while (history.redo() !== null);
        const last = contents(store.all());
        const way = [last];
        while (history.undo() !== null) way.push(contents(store.all()));
        expect(contents(store.all())).toEqual(first);
        for (const before of way.reverse().slice(1)) {
          history.redo();
          expect(contents(store.all())).toEqual(before);
        }
        expect(history.redo()).toBeNull();
        expect(contents(store.all())).toEqual(last);
      }),
    );
  });

  it('D10: steps have names, and there is no limit to them', () => {
    const { history, db } = start();
    for (let i = 1; i <= 5000; i++)
      history.step(`step ${i}`, (tx) => tx.update('track', vocals.id, { gainDb: -(i % 50) - 1 }));
    expect(history.undoName).toBe('step 5000');
    expect(history.redoName).toBeNull();
    expect(history.undo()).toBe('step 5000');
    expect([history.undoName, history.redoName]).toEqual(['step 4999', 'step 5000']);
    let count = 1;
    while (history.undo() !== null) count++;
    expect(count).toBe(5000);
    expect(db()).toBe(0);
    expect(history.undoName).toBeNull();
    expect(history.redo()).toBe('step 1');
  });

  it('D11: a change clears what could be redone; a step that changes nothing does not, and leaves no mark', () => {
    const { history, db } = start();
    gain(history, -1);
    gain(history, -2);
    history.undo();
    gain(history, -1);
    expect([history.undoName, history.redoName]).toEqual(['gain', 'gain']);
    history.redo();
    expect(db()).toBe(-2);
    history.undo();
    gain(history, -5);
    expect(history.redoName).toBeNull();
    history.undo();
    expect(db()).toBe(-1);
    history.undo();
    expect(history.undo()).toBeNull();
  });

  it('D11: a step that throws leaves no mark and changes nothing', () => {
    const { history, db } = start();
    expect(() => gain(history, 99)).toThrow(/gainDb/);
    expect(history.undoName).toBeNull();
    expect(db()).toBe(0);
  });

  it('D12: a gesture is one mark', () => {
    const { history, db } = start();
    for (let i = 1; i <= 30; i++) gain(history, -i, 'fader');
    history.undo();
    expect(db()).toBe(0);
    expect(history.undo()).toBeNull();
    history.redo();
    expect(db()).toBe(-30);
  });

  it.each<[string, (history: History<string>) => void, number]>([
    ['with endGesture', (history) => history.endGesture(), -1],
    ['with another gesture', (history) => gain(history, -7, 'other'), -7],
    ['with a step without one', (history) => gain(history, -7), -7],
    ['with undo and redo', (history) => void (history.undo(), history.redo()), -1],
  ])('D12: a gesture ends %s', (_, between, before) => {
    const { history, db } = start();
    gain(history, -1, 'fader');
    between(history);
    gain(history, -2, 'fader');
    history.undo();
    expect(db()).toBe(before);
  });

  it('D12: a gesture that comes back to its beginning leaves no mark, and takes none with it', () => {
    const { history, db } = start();
    gain(history, -9);
    for (const value of [-8, -7, -9, -6]) gain(history, value, 'fader');
    history.undo();
    expect(db()).toBe(-9);
    history.redo();
    history.undo();
    for (const value of [-8, -7, -9]) gain(history, value, 'fader');
    history.endGesture();
    expect(history.undo()).toBe('gain');
    expect(db()).toBe(0);
    expect(history.undo()).toBeNull();
  });

  it('D13: tracks of new stems are not a step, and those that are there keep their settings', () => {
    const { store, history } = start();
    gain(history, -3);
    history.addQuietly([newTrack('vocals', 5), newTrack('drums', 6)]);
    expect(store.ofType('track').map(({ stem, gainDb, order }) => [stem, gainDb, order])).toEqual([
      ['vocals', -3, 0],
      ['drums', 0, 6],
    ]);
    history.undo();
    expect(history.undo()).toBeNull();
    expect(store.ofType('track').map(({ stem, gainDb }) => [stem, gainDb])).toEqual([
      ['vocals', 0],
      ['drums', 0],
    ]);
    expect(history.redo()).toBe('gain');
  });

  it('D21: a step to other stems changes no record, is undone and redone in its place, and is read back', () => {
    const { history, db } = start();
    const [from, to, other] = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    gain(history, -3);
    history.useStems('separate', { from, to });
    gain(history, -6);
    expect([history.undo(), history.undo(), db()]).toEqual(['gain', 'separate', -3]);
    expect(history.marks.undone.at(-1)?.stems).toEqual({ from, to });
    expect(history.redo()).toBe('separate');
    const named = JSON.parse(
      JSON.stringify(history.marks).replaceAll(/"name":"(\w+)"/g, '"name":{"text":"step.$1"}'),
    ) as unknown;
    expect(readMarks(named, documentVersion).done.map(({ stems }) => stems)).toEqual([
      undefined,
      { from, to },
    ]);
    expect(withoutStems(history.marks, other).left).toEqual(history.marks);
    for (const gone of [from, to])
      expect(withoutStems(history.marks, gone)).toEqual({
        left: { done: history.marks.done.slice(0, 1), undone: history.marks.undone },
        stays: { done: [true, false], undone: [true] },
      });
  });
});
