import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import {
  documentVersion,
  migrate,
  readSnapshot,
  snapshot,
} from '../../../../src-main/common/document/migrations.js';
import { newTrack, trackId } from '../../../../src-main/common/document/records.js';
import { DocumentStore } from '../../../../src-main/common/document/store.js';
import { contents, edits, perform, region, stems } from './records-of.js';

const tracks = stems.map((stem, i) => newTrack(stem, i));
const stored = (records: readonly unknown[], version = documentVersion): unknown => ({
  document: 'unbraid',
  version,
  records,
});

describe('stored documents', () => {
  it('D18: older ones are migrated step by step', () => {
    const steps = [
      (records: readonly unknown[]) => records.map((r) => `${r as string}2`),
      (records: readonly unknown[]) => [...records, 'new3'],
    ];
    expect(migrate(['a'], 1, steps)).toEqual(['a2', 'new3']);
    expect(migrate(['a'], 2, steps)).toEqual(['a', 'new3']);
    expect(migrate(['a'], 3, steps)).toEqual(['a']);
  });

  it('D18: a newer one is refused, and says so', () => {
    const newer = (): unknown => readSnapshot(stored([{ type: 'unheard of' }], documentVersion + 1));
    expect(newer).toThrow(/version 7, and this Unbraid reads versions up to 6/);
    expect(newer).toThrow(
      expect.objectContaining({ code: 'unsupported-format', hint: expect.stringContaining('newer') }),
    );
  });

  it('D18: edits of version 1 had no phase, and are the same today', () => {
    const edit = {
      ...{ type: 'edit', id: 'edit:1', order: 0, enabled: true, kind: 'attenuate', sources: ['vocals'] },
      ...{ target: null, strength: 1, mask: 'a'.repeat(64), start: 0, end: 9, low: 0, high: 100 },
    };
    const phased = { ...edit, id: 'edit:2', phase: { method: 'misi', iterations: 3 } };
    expect(readSnapshot(stored([tracks[0], edit, phased], 1))).toEqual([tracks[0], edit, phased]);
    expect(snapshot(new DocumentStore()).version).toBe(6);
  });

  it('D18: tracks of version 2 were neither clean nor full, and are the same today', () => {
    const clean = { ...tracks[1], clean: -0.5 };
    expect(readSnapshot(stored([tracks[0], clean], 2))).toEqual([tracks[0], clean]);
    expect(() => readSnapshot(stored([{ ...tracks[0], clean: 1.5 }]))).toThrow(/record 0\.clean/);
  });

  it('D18, D27: documents of version 3 had no markers and loops; those of a wrong kind are refused', () => {
    const marker = { type: 'marker', id: 'marker:1', name: 'Verse', frame: 44_100 };
    const loop = { type: 'loop', id: 'loop:3', slot: 3, start: 0, end: 10 };
    expect(readSnapshot(stored([tracks[0]], 3))).toEqual([tracks[0]]);
    expect(readSnapshot(stored([marker, loop]))).toEqual([marker, loop]);
    expect(() => readSnapshot(stored([{ ...loop, slot: 4 }]))).toThrow(/record 0\.slot/);
    expect(() => readSnapshot(stored([{ ...loop, end: 0 }]))).toThrow(/the loop is empty/);
    expect(() => readSnapshot(stored([{ ...marker, frame: -1 }]))).toThrow(/record 0\.frame/);
  });

  it('D18, D28: edits of version 4 neither healed nor cloned; those that miss something are refused', () => {
    const edit = {
      ...{ type: 'edit', id: 'edit:1', order: 0, enabled: true, sources: ['vocals'], target: null },
      ...{ strength: 1, mask: 'a'.repeat(64), start: 0, end: 9, low: 0, high: 100 },
    };
    const heal = { ...edit, kind: 'heal', fill: 'frequency' };
    const clone = { ...edit, kind: 'clone', shift: -44_100 };
    for (const record of [heal, clone]) expect(readSnapshot(stored([record]))).toEqual([record]);
    const away = { ...edit, kind: 'attenuate' };
    expect(readSnapshot(stored([away], 4))).toEqual([away]);
    const misi = { method: 'misi', iterations: 3 };
    for (const wrong of [
      { ...edit, kind: 'heal' },
      { ...edit, kind: 'clone' },
      { ...edit, kind: 'move' },
      { ...away, fill: 'time' },
      { ...away, shift: 5 },
      { ...heal, target: 'drums' },
      { ...heal, phase: misi },
      { ...clone, phase: misi },
    ])
      expect(() => readSnapshot(stored([wrong]))).toThrow(/record 0\.kind/);
  });

  it('D18, D30: documents of version 5 had no beats; those that cannot be are refused', () => {
    const even = { type: 'beats', id: 'beats:grid', bpm: 120, first: 441, perBar: 4, tracked: null };
    const tracked = { ...even, tracked: [100, 441, 800] };
    expect(readSnapshot(stored([tracks[0]], 5))).toEqual([tracks[0]]);
    for (const beats of [even, tracked]) expect(readSnapshot(stored([beats]))).toEqual([beats]);
    expect(() => readSnapshot(stored([even, even]))).toThrow(/is in it twice/);
    for (const [wrong, message] of [
      [{ bpm: 0 }, /record 0\.bpm/],
      [{ bpm: 401 }, /record 0\.bpm/],
      [{ first: -1 }, /record 0\.first/],
      [{ perBar: 17 }, /record 0\.perBar/],
      [{ id: 'beats:other' }, /record 0\.id/],
      [{ tracked: [441] }, /record 0\.tracked/],
      [{ tracked: [441, 441] }, /out of order/],
      [{ tracked: [440, 442] }, /does not begin on a beat/],
    ] as const)
      expect(() => readSnapshot(stored([{ ...even, ...wrong }]))).toThrow(message);
  });

  it('D19: what is read back is what was stored', () => {
    fc.assert(
      fc.property(fc.array(edits), (sequence) => {
        const store = new DocumentStore(tracks);
        store.change((tx) =>
          sequence.filter((edit) => edit.do === 'put').forEach((edit) => perform(tx, edit)),
        );
        const read = readSnapshot(JSON.parse(JSON.stringify(snapshot(store))));
        expect(contents(new DocumentStore(read).all())).toEqual(contents(store.all()));
      }),
    );
  });

  it.each([
    [null, /not a document/],
    [{ document: 'other', version: 1, records: [] }, /not a document/],
    [stored([], 0), /not a document/],
    [stored([{ ...tracks[0], gainDb: 'loud' }]), /damaged: record 0\.gainDb/],
    [stored([{ ...tracks[0], type: 'unheard of' }]), /damaged/],
    [stored([tracks[0], tracks[0]]), /"track:vocals" is in it twice/],
    [stored([{ ...region('a', 0, 5), track: trackId('horns') }]), /belongs to no track/],
    [
      stored([region('b', 0, 5), { ...region('a', 0, 5), track: 'automation:b' }, tracks[0]]),
      /belongs to no track/,
    ],
  ])('D19: a damaged one is refused whole (%#)', (raw, message) => {
    expect(() => readSnapshot(raw)).toThrow(message);
    expect(() => readSnapshot(raw)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
