import { describe, expect, it } from 'vitest';
import { isEmptyDiff } from '../../../../src-main/common/document/diff.js';
import { newTrack, trackId, type DocumentRecord } from '../../../../src-main/common/document/records.js';
import { DocumentStore, type DocumentDiff } from '../../../../src-main/common/document/store.js';
import { region } from './records-of.js';
import { emptyDiff } from '../../../fixtures/diffs.js';

const vocals = newTrack('vocals', 0);

describe('records', () => {
  it.each([
    [{ ...vocals, gainDb: 13 }, /gainDb/],
    [{ ...vocals, gainDb: Number.NaN }, /gainDb/],
    [{ ...vocals, pan: -1.5 }, /pan/],
    [{ ...vocals, colour: 'red' }, /colour/],
    [{ ...vocals, name: '' }, /name/],
    [{ ...vocals, height: 10 }, /height/],
    [{ ...vocals, id: '__proto__' }, /id/],
    [{ ...vocals, extra: 1 } as DocumentRecord, /extra/],
    [{ ...vocals, type: 'mask' } as unknown as DocumentRecord, /type/],
  ])('D1: what breaks the schema does not get in (%#)', (record, message) => {
    const store = new DocumentStore();
    expect(() => store.change((tx) => tx.put(record))).toThrow(message);
    expect(store.all().size).toBe(0);
  });

  it('D1: a record is a value: what is done to the object that was put changes nothing', () => {
    const store = new DocumentStore();
    const mine = region('a', 10, 20, [{ frame: 12, db: -3 }]);
    store.change((tx) => tx.put(mine));
    mine.points[0].db = 0;
    expect(store.get(mine.id)).toEqual(region('a', 10, 20, [{ frame: 12, db: -3 }]));
  });

  it('D2: a record keeps its type, and a stem finds its track again', () => {
    const store = new DocumentStore([vocals]);
    const other = { ...region('a', 0, 1), id: vocals.id };
    expect(() => store.change((tx) => tx.put(other))).toThrow(/is a track already/);
    expect(() => store.change((tx) => tx.update('automation', vocals.id, { start: 0 }))).toThrow(
      /no automation/,
    );
    expect(() => store.change((tx) => tx.update('track', trackId('horns'), { pan: 0 }))).toThrow(/no track/);
    expect(newTrack('vocals', 7).id).toBe(vocals.id);
    expect(trackId('drums')).not.toBe(vocals.id);
  });

  it.each([
    [region('a', 20, 20)],
    [region('a', -1, 20)],
    [region('a', 0.5, 20)],
    [{ ...region('a', 10, 20), kind: 'gain' as const }],
    [{ ...region('a', 10, 20, [{ frame: 12, db: 0 }]), kind: 'fade-in' as const }],
    [region('a', 10, 20, [{ frame: 9, db: 0 }])],
    [region('a', 10, 20, [{ frame: 21, db: 0 }])],
    [
      region('a', 10, 20, [
        { frame: 15, db: 0 },
        { frame: 14, db: 0 },
      ]),
    ],
    [region('a', 10, 20, [{ frame: 12, db: 12.1 }])],
  ])('D3: regions that make no sense are refused (%#)', (record) => {
    expect(() => new DocumentStore().change((tx) => tx.put(record))).toThrow(/not valid/);
  });
});

describe('transactions', () => {
  it('D8: happen whole or not at all', () => {
    const store = new DocumentStore([vocals]);
    const heard: DocumentDiff[] = [];
    store.listen((diff) => heard.push(diff));
    expect(() =>
      store.change((tx) => {
        tx.update('track', vocals.id, { mute: true });
        tx.put(region('a', 0, 5));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect([...store.all().values()]).toEqual([vocals]);
    expect(heard).toEqual([]);
    store.change((tx) => tx.update('track', vocals.id, { mute: true }));
    expect(heard).toEqual([
      { ...emptyDiff(), updated: { [vocals.id]: [vocals, { ...vocals, mute: true }] } },
    ]);
  });

  it('D8: listeners hear of one change, once, afterwards, and of none when nothing changed', () => {
    const store = new DocumentStore([vocals]);
    const seen: unknown[] = [];
    const listening = store.listen(() => seen.push(store.get(vocals.id)));
    store.change((tx) => {
      tx.update('track', vocals.id, { pan: 0.5 });
      tx.update('track', vocals.id, { pan: 1 });
      expect(tx.get(vocals.id)).toEqual({ ...vocals, pan: 1 });
    });
    expect(seen).toEqual([{ ...vocals, pan: 1 }]);
    const nothing = store.change((tx) => {
      tx.put(region('a', 0, 5));
      tx.remove('automation:a');
      tx.update('track', vocals.id, { pan: 1 });
    });
    expect(isEmptyDiff(nothing)).toBe(true);
    expect(seen.length).toBe(1);
    void listening.dispose();
    store.change((tx) => tx.update('track', vocals.id, { pan: 0 }));
    expect(seen.length).toBe(1);
  });

  it('D8: one inside of another is part of it', () => {
    const store = new DocumentStore([vocals]);
    const heard: DocumentDiff[] = [];
    store.listen((diff) => heard.push(diff));
    const outer = store.change((tx) => {
      tx.update('track', vocals.id, { mute: true });
      const inner = store.change((nested) => nested.put(region('a', 0, 5)));
      expect(Object.keys(inner.added)).toEqual(['automation:a']);
      expect(inner.updated).toEqual({});
    });
    expect(heard).toEqual([outer]);
    expect(Object.keys(outer.added)).toEqual(['automation:a']);
    expect(Object.keys(outer.updated)).toEqual([vocals.id]);
  });

  it('D7: a diff of other records is refused, and nothing changes', () => {
    const store = new DocumentStore([vocals]);
    const diff = new DocumentStore([vocals]).change((tx) => tx.update('track', vocals.id, { pan: 1 }));
    store.change((tx) => tx.update('track', vocals.id, { pan: 0.5 }));
    expect(() => store.apply(diff)).toThrow(/does not fit/);
    expect(store.get(vocals.id)).toEqual({ ...vocals, pan: 0.5 });
  });
});
