import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import {
  addPoint,
  addRegion,
  inOrder,
  movePoint,
  moveTrack,
  removePoint,
  resizeRegion,
  setMixer,
  shiftLevel,
  toggleSolo,
  tracksFor,
} from '../../../../src-main/common/document/edits.js';
import { newTrack, trackId, type EditRecord } from '../../../../src-main/common/document/records.js';
import { originsOf, removedEnvelope, removedStrip } from '../../../../src-main/common/document/removed.js';
import { DocumentStore } from '../../../../src-main/common/document/store.js';
import { region } from './records-of.js';

const names = ['source', 'vocals', 'drums', 'bass'];
const fresh = (): DocumentStore => new DocumentStore(names.map((name, i) => newTrack(name, i)));
const orderOf = (store: DocumentStore): string[] => inOrder(store.ofType('track')).map(({ stem }) => stem);
const ids = (...stems: string[]): string[] => stems.map(trackId);

describe('tracks', () => {
  it('D13: new stems come below, in their order, and known ones are left out', () => {
    const store = fresh();
    expect(tracksFor(store, ['source', 'horns', 'vocals', 'keys'])).toEqual([
      newTrack('horns', 4),
      newTrack('keys', 5),
    ]);
    expect(tracksFor(new DocumentStore(), ['source'])).toEqual([newTrack('source', 0)]);
  });

  it.each([
    ['bass', 0, ['bass', 'source', 'vocals', 'drums']],
    ['source', 2, ['vocals', 'drums', 'source', 'bass']],
    ['vocals', 99, ['source', 'drums', 'bass', 'vocals']],
    ['vocals', -5, ['vocals', 'source', 'drums', 'bass']],
  ])('D14: %s goes to place %i', (stem, to, wanted) => {
    const store = fresh();
    store.change((tx) => moveTrack(tx, trackId(stem), to, ids(...names)));
    expect(orderOf(store)).toEqual(wanted);
  });

  it('D14: hidden tracks keep their places', () => {
    const store = fresh();
    store.change((tx) => moveTrack(tx, trackId('bass'), 0, ids('source', 'drums', 'bass')));
    expect(orderOf(store)).toEqual(['bass', 'vocals', 'source', 'drums']);
    expect(() => store.change((tx) => moveTrack(tx, trackId('vocals'), 0, ids('bass')))).toThrow(/no track/);
  });

  it('D15: exclusive solo takes the solo from all others', () => {
    const store = fresh();
    const solos = (): string[] => store.ofType('track').flatMap(({ stem, solo }) => (solo ? [stem] : []));
    store.change((tx) => toggleSolo(tx, trackId('vocals'), false));
    store.change((tx) => toggleSolo(tx, trackId('drums'), false));
    expect(solos()).toEqual(['vocals', 'drums']);
    store.change((tx) => toggleSolo(tx, trackId('drums'), true));
    expect(solos()).toEqual(['drums']);
    store.change((tx) => toggleSolo(tx, trackId('bass'), true));
    expect(solos()).toEqual(['bass']);
    store.change((tx) => toggleSolo(tx, trackId('bass'), false));
    expect(solos()).toEqual([]);
  });

  it('D16: a preset sets the mixer of the tracks it is given, and nothing else of them', () => {
    const store = fresh();
    store.change((tx) => {
      tx.update('track', trackId('source'), { pan: 1 });
      tx.update('track', trackId('vocals'), { solo: true, soloSafe: true, name: 'Lead', gainDb: 3 });
      tx.update('track', trackId('drums'), { pan: -1 });
    });
    store.change((tx) => setMixer(tx, ids('vocals', 'drums', 'bass'), { vocals: { mute: true } }));
    expect(inOrder(store.ofType('track'))).toEqual([
      { ...newTrack('source', 0), pan: 1 },
      { ...newTrack('vocals', 1), mute: true, soloSafe: true, name: 'Lead' },
      newTrack('drums', 2),
      newTrack('bass', 3),
    ]);
  });
});

describe('regions', () => {
  const points = [
    { frame: 100, db: -1 },
    { frame: 150, db: -2 },
    { frame: 200, db: -3 },
  ];
  const withRegion = (): { store: DocumentStore; now(): ReturnType<typeof region> } => {
    const store = new DocumentStore([newTrack('vocals', 0), region('a', 100, 200, points)]);
    return { store, now: () => store.ofType('automation')[0] };
  };

  it('D3: a gain region begins as one level, the others have none', () => {
    const store = new DocumentStore([newTrack('vocals', 0)]);
    const place = { track: trackId('vocals'), start: 5, end: 9 };
    store.change((tx) => addRegion(tx, { id: 'automation:1', kind: 'gain', ...place }, -6));
    store.change((tx) => addRegion(tx, { id: 'automation:2', kind: 'fade-out', ...place }, -6));
    expect(store.ofType('automation').map((r) => r.points)).toEqual([
      [
        { frame: 5, db: -6 },
        { frame: 9, db: -6 },
      ],
      [],
    ]);
  });

  it('D17: points go with the border they lie on and are drawn in when it passes them', () => {
    const { store, now } = withRegion();
    store.change((tx) => resizeRegion(tx, now(), 160, 300));
    expect([now().start, now().end]).toEqual([160, 300]);
    expect(now().points.map(({ frame }) => frame)).toEqual([160, 160, 300]);
    store.change((tx) => resizeRegion(tx, now(), 500, 300));
    expect([now().start, now().end]).toEqual([299, 300]);
    store.change((tx) => resizeRegion(tx, now(), -4, 0));
    expect([now().start, now().end]).toEqual([0, 1]);
  });

  it('D17: a point stays between its neighbours and in the range of levels', () => {
    const { store, now } = withRegion();
    store.change((tx) => movePoint(tx, now(), 1, 1000, -99));
    expect(now().points[1]).toEqual({ frame: 200, db: -60 });
    store.change((tx) => movePoint(tx, now(), 1, 3.4, 99));
    expect(now().points[1]).toEqual({ frame: 100, db: 12 });
    store.change((tx) => movePoint(tx, now(), 0, 0, 0));
    expect(now().points[0]).toEqual({ frame: 100, db: 0 });
  });

  it('D17: a region is raised or lowered as far as all points stay in the range of levels', () => {
    const { store, now } = withRegion();
    const levels = (): number[] => now().points.map(({ db }) => db);
    store.change((tx) => shiftLevel(tx, now(), -4.6));
    expect(levels()).toEqual([-5.6, -6.6, -7.6]);
    store.change((tx) => shiftLevel(tx, now(), 40));
    expect(levels()).toEqual([12, 11, 10]);
    store.change((tx) => shiftLevel(tx, now(), -99));
    expect(levels()).toEqual([-58, -59, -60]);
  });

  it('D17: no sequence of edits leaves the schema', () => {
    const place = fc.integer({ min: -50, max: 400 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), place, place), { maxLength: 20 }), (moves) => {
        const { store, now } = withRegion();
        for (const [kind, a, b] of moves) {
          store.change((tx) => {
            if (kind === 0) resizeRegion(tx, now(), a, b);
            else if (kind === 1) movePoint(tx, now(), Math.abs(a) % now().points.length, b, a);
            else if (kind === 2) addPoint(tx, now(), Math.max(0, a), Math.min(12, Math.max(-60, b)));
            else removePoint(tx, now(), Math.abs(a) % now().points.length);
          });
        }
        expect(now().points.length).toBeGreaterThan(0);
      }),
    );
  });

  it('D17: points are added in order, and the last one stays', () => {
    const { store, now } = withRegion();
    store.change((tx) => addPoint(tx, now(), 120, -9));
    expect(now().points.map(({ db }) => db)).toEqual([-1, -9, -2, -3]);
    for (let i = 0; i < 5; i++) store.change((tx) => removePoint(tx, now(), 0));
    expect(now().points).toEqual([{ frame: 200, db: -3 }]);
  });
});

describe('what was taken away', () => {
  const heard = (change: object = {}): ReturnType<typeof removedStrip> => ({
    ...{ mute: false, solo: false, soloSafe: false },
    ...change,
  });
  const edit = (change: object): EditRecord => ({
    ...{ type: 'edit', id: 'edit:1', order: 0, enabled: true, kind: 'attenuate', sources: ['vocals'] },
    ...{ target: null, strength: 1, mask: 'a'.repeat(64), start: 0, end: 1, low: 0, high: 1 },
    ...change,
  });

  it('D25: is silent from the start, and again after a preset', () => {
    const store = new DocumentStore([...names, 'removed'].map((name, i) => newTrack(name, i)));
    expect(
      store
        .ofType('track')
        .filter(({ mute }) => mute)
        .map(({ stem }) => stem),
    ).toEqual(['removed']);
    store.change((tx) => tx.update('track', trackId('removed'), { mute: false }));
    store.change((tx) => setMixer(tx, [trackId('vocals'), trackId('removed')], { vocals: { gainDb: -6 } }));
    expect(
      store
        .ofType('track')
        .filter(({ mute }) => mute)
        .map(({ stem }) => stem),
    ).toEqual(['removed']);
  });

  it('D25: belongs to the stems that edits which are on took it from', () => {
    const edits = [
      edit({ sources: ['vocals', 'bass'] }),
      edit({ sources: ['drums'], enabled: false }),
      edit({ kind: 'move', sources: ['other'], target: 'bass' }),
      edit({ sources: ['bass'] }),
    ];
    expect(originsOf(edits)).toEqual(['vocals', 'bass']);
  });

  it('D25: is silent with any stem it came from, and heard alone only with all of them', () => {
    expect(removedStrip(heard(), [heard(), heard({ mute: true })]).mute).toBe(true);
    expect(removedStrip(heard(), [heard(), heard()])).toEqual(heard());
    expect(removedStrip(heard({ mute: true }), [heard({ solo: true })])).toEqual(
      heard({ mute: true, solo: true }),
    );
    expect(removedStrip(heard(), [heard({ solo: true }), heard()]).solo).toBe(false);
    expect(removedStrip(heard({ solo: true }), [])).toEqual(heard({ solo: true }));
  });

  it('D25: follows the automation of its one stem, and the mutes of several', () => {
    const [own, mute, gain] = ['fade-in', 'mute', 'gain'].map((kind) => ({ kind }));
    expect(removedEnvelope([own], [[mute, gain]])).toEqual([own, mute, gain]);
    expect(removedEnvelope([own], [[gain], [mute, gain]])).toEqual([own, mute]);
    expect(removedEnvelope([own], [])).toEqual([own]);
  });
});
