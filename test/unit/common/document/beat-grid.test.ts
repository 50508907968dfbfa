import { describe, expect, it } from 'vitest';
import {
  beatsId,
  beatsIn,
  beginningAt,
  nearestBeat,
  nextBeat,
  timesFaster,
} from '../../../../src-main/common/document/beat-grid.js';
import { History } from '../../../../src-main/common/document/history.js';
import type { BeatsRecord } from '../../../../src-main/common/document/records.js';
import { DocumentStore } from '../../../../src-main/common/document/store.js';

const rate = 1000;
const even: BeatsRecord = { type: 'beats', id: beatsId, bpm: 120, first: 1250, perBar: 3, tracked: null };
const tracked: BeatsRecord = { ...even, first: 700, tracked: [100, 700, 1200, 1600, 1900] };

describe('a grid of beats', () => {
  it('has even beats on both sides of the first, and bars of three', () => {
    expect(beatsIn(even, rate, 250, 2750)).toEqual([
      { at: 250, bar: false, number: 0 },
      { at: 750, bar: false, number: 0 },
      { at: 1250, bar: true, number: 1 },
      { at: 1750, bar: false, number: 1 },
      { at: 2250, bar: false, number: 1 },
    ]);
    expect(beatsIn(even, rate, 0, 9000, 2).map(({ at, number }) => [at, number])).toEqual([
      [1250, 1],
      [4250, 3],
      [7250, 5],
    ]);
  });

  it('has tracked beats where they are, and none beyond', () => {
    expect(beatsIn(tracked, rate, 0, 5000)).toEqual([
      { at: 100, bar: false, number: 0 },
      { at: 700, bar: true, number: 1 },
      { at: 1200, bar: false, number: 1 },
      { at: 1600, bar: false, number: 1 },
      { at: 1900, bar: true, number: 2 },
    ]);
    expect(beatsIn(tracked, rate, 700, 1600).map(({ at }) => at)).toEqual([700, 1200]);
    expect(beatsIn(tracked, rate, 0, 5000, 1).map(({ at }) => at)).toEqual([700, 1900]);
  });

  it('names the nearest beat, and those before and after a place', () => {
    expect([999, 1001, 0].map((at) => nearestBeat(even, rate, at))).toEqual([750, 1250, 250]);
    expect([399, 401, 0, 9000].map((at) => nearestBeat(tracked, rate, at))).toEqual([100, 700, 100, 1900]);
    const next = (grid: BeatsRecord, at: number): unknown =>
      ([-1, 1] as const).map((way) => nextBeat(grid, rate, at, way, 2000));
    expect([next(even, 750), next(even, 751), next(even, 100), next(even, 1990)]).toEqual([
      [250, 1250],
      [750, 1250],
      [null, 250],
      [1750, null],
    ]);
    expect([next(tracked, 700), next(tracked, 50), next(tracked, 1950)]).toEqual([
      [100, 1200],
      [null, 100],
      [1900, null],
    ]);
  });

  it('goes on from beats that are rounded to samples', () => {
    const odd = { ...even, bpm: 131.3, first: 11 };
    let at = 11;
    for (let n = 1; n < 500; n++) {
      at = nextBeat(odd, rate, at, 1, 1e9)!;
      expect(at).toBe(Math.round(11 + (n * 60_000) / 131.3));
    }
    for (let n = 498; n >= 0; n--) at = nextBeat(odd, rate, at, -1, 1e9)!;
    expect(at).toBe(11);
  });

  it('moves as little as puts a bar at a place', () => {
    expect(beginningAt(even, rate, 1300, 2000)).toEqual({ first: 1300, tracked: null });
    expect(beginningAt(tracked, rate, 1650, 2000)).toEqual({
      first: 1650,
      tracked: [150, 750, 1250, 1650, 1950],
    });
    expect(beginningAt(tracked, rate, 1450, 2000)).toEqual({ first: 1450, tracked: [550, 1050, 1450, 1750] });
  });

  it('is twice as fast, and half, with the first beat where it is', () => {
    expect(timesFaster(even, 2)).toEqual({ bpm: 240, tracked: null });
    expect(timesFaster(tracked, 2)).toEqual({
      bpm: 240,
      tracked: [100, 400, 700, 950, 1200, 1400, 1600, 1750, 1900],
    });
    expect(timesFaster(tracked, 0.5)).toEqual({ bpm: 60, tracked: [700, 1600] });
    expect(timesFaster({ ...tracked, ...timesFaster(tracked, 2) }, 0.5)).toEqual({
      bpm: 120,
      tracked: tracked.tracked,
    });
  });
});

describe('steps of the beats', () => {
  it('D30: are taken back one by one, and taps that follow each other as one', () => {
    const store = new DocumentStore();
    const history = new History<{ readonly text: string }>(store);
    const put = (text: string, grid: BeatsRecord, gesture?: string): void =>
      history.step({ text }, (tx) => tx.put(grid), gesture);
    put('step.beats.detect', tracked);
    for (const bpm of [118, 121, 120.5]) put('step.beats.tap', { ...even, bpm }, 'beats tap');
    history.step({ text: 'step.beats.remove' }, (tx) => tx.remove(beatsId));
    expect(store.get(beatsId)).toBeUndefined();
    history.undo();
    expect(store.get(beatsId)).toEqual({ ...even, bpm: 120.5 });
    history.undo();
    expect(store.get(beatsId)).toEqual(tracked);
    history.redo();
    expect(store.get(beatsId)).toEqual({ ...even, bpm: 120.5 });
    history.undo();
    history.undo();
    expect(store.all().size).toBe(0);
    expect(() => put('step.beats.tempo', { ...even, bpm: 1000 })).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
    expect(store.all().size).toBe(0);
  });
});
