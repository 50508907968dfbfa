import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import type { StepChange } from '../../../../src-main/common/document/history-schema.js';
import { historyChangeSchema, readMarks } from '../../../../src-main/common/document/history-schema.js';
import { History } from '../../../../src-main/common/document/history.js';
import { doChanges, noMarks, withChange } from '../../../../src-main/common/document/marks.js';
import { documentVersion } from '../../../../src-main/common/document/migrations.js';
import { newTrack, recordSchema, type TrackRecord } from '../../../../src-main/common/document/records.js';
import { DocumentStore, type DocumentDiff } from '../../../../src-main/common/document/store.js';
import { contents } from './records-of.js';
import { actions, ends, grouped, live, plain } from './lives.js';

// As stores have it: the order of a record's fields counts.
const vocals = recordSchema.parse(newTrack('vocals', 0)) as TrackRecord;
const name = { text: 'step.gain', stem: 'vocals' };
const gain = (from: number, to: number): DocumentDiff => ({
  ...{ added: {}, removed: {} },
  updated: {
    [vocals.id]: [
      { ...vocals, gainDb: from },
      { ...vocals, gainDb: to },
    ],
  },
});
const start = { records: new Map([[vocals.id, vocals]]), marks: noMarks };

describe('what happens to a document and its history', () => {
  it('D20: told change by change, it leads to the same records and marks', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(actions, (sequence) => {
        const { start, changes, states } = live(sequence, [vocals]);
        let now = start;
        changes.forEach((change, i) => {
          kinds.add(change.kind);
          now = doChanges(now, [historyChangeSchema.parse(JSON.parse(JSON.stringify(change)))]);
          expect(plain(now)).toEqual(plain(states[i]));
        });
      }),
      { numRuns: 400 },
    );
    expect([...kinds].sort()).toEqual(['merge', 'quiet', 'redo', 'step', 'undo']);
  });

  it('D20: changes that are sent together lead there too, with the steps of a gesture joined', () => {
    let joined = 0;
    fc.assert(
      fc.property(actions, ends, (sequence, ends) => {
        const { start, changes, states } = live(sequence, [vocals]);
        const groups = grouped(changes, ends);
        joined += changes.length - groups.flat().length;
        const last = groups.reduce((state, group) => doChanges(state, group), start);
        expect(plain(last)).toEqual(plain(states.at(-1) ?? start));
      }),
    );
    expect(joined).toBeGreaterThan(0);
  });

  it('D20: a gesture that comes back joins to nothing, and what could be redone is gone all the same', () => {
    const before = doChanges(start, [{ kind: 'step', name, diff: gain(0, 1) }, { kind: 'undo' }]);
    expect(before.marks.undone).toHaveLength(1);
    const sent = [
      { kind: 'step', name, diff: gain(0, 2) },
      { kind: 'merge', name, diff: gain(2, 0) },
    ].reduce<StepChange[]>((list, change) => withChange(list, change as StepChange), []);
    expect(sent).toHaveLength(1);
    const after = doChanges(before, sent);
    expect(after.marks).toEqual({ done: [], undone: [] });
    expect([...after.records.values()]).toEqual([vocals]);
  });

  it.each([
    [{ kind: 'undo' }],
    [{ kind: 'redo' }],
    [{ kind: 'merge', name, diff: gain(0, 1) }],
    [{ kind: 'step', name, diff: gain(3, 1) }],
    [{ kind: 'quiet', diff: gain(3, 1) }],
  ] as const)('D20: what does not fit is refused, and nothing changes (%#)', (change) => {
    const quiet = { kind: 'quiet', diff: gain(0, 0.5) } as const;
    expect(() => doChanges(start, [change])).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(() => doChanges(start, [quiet, change])).toThrow(expect.objectContaining({ code: 'internal' }));
    expect([...start.records.values()]).toEqual([vocals]);
    expect(noMarks).toEqual({ done: [], undone: [] });
  });

  it('D21: a stored history goes on where it was: all back to the start, all forward to the end, by name', () => {
    fc.assert(
      fc.property(actions, (sequence) => {
        const { history, store, start } = live(sequence, [vocals]);
        const marks = readMarks(JSON.parse(JSON.stringify(history.marks)), documentVersion);
        const again = new DocumentStore([...store.all().values()]);
        const later = new History<(typeof marks)['done'][number]['name']>(again);
        later.load(marks);
        for (;;) {
          expect([later.undoName, later.redoName]).toEqual([history.undoName, history.redoName]);
          if (later.redo() === null) break;
          history.redo();
          expect(contents(again.all())).toEqual(contents(store.all()));
        }
        while (later.undo() !== null) {
          history.undo();
          expect([later.undoName, later.redoName]).toEqual([history.undoName, history.redoName]);
          expect(contents(again.all())).toEqual(contents(store.all()));
        }
        // Only what the program added by itself is there beside the start.
        const own = contents(again.all()).filter(([id]) => !/horns|choir/.test(id));
        expect(own).toEqual(contents(start.records));
      }),
    );
  });
});
