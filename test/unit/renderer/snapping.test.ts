import { describe, expect, it } from 'vitest';
import { dragGrip, type Grip } from '../../../src-renderer/editor/gestures/grips.js';
import { snapDrag, snapPoint, type Snapper } from '../../../src-renderer/editor/gestures/snap-grip.js';
import { axisFor } from '../../../src-renderer/picture/axis.js';
import { nearestCrossing, nearestPlace, type SnapPlace } from '../../../src-renderer/state/snap-places.js';
import { SnapSound } from '../../../src-renderer/state/snap-sound.js';
import type { SnapHint } from '../../../src-renderer/state/snapping.svelte.js';

const marker = (at: number): SnapPlace => ({ at, kind: 'marker' });

describe('places to snap to', () => {
  it('are the nearest within reach, the first of equal ones', () => {
    const places = [marker(100), marker(140), { at: 120, kind: 'playhead' } as const];
    expect(nearestPlace(places, 131, 10)).toEqual(marker(140));
    expect(nearestPlace(places, 130, 10)).toEqual(marker(140));
    expect(nearestPlace(places, 111, 9)).toEqual({ at: 120, kind: 'playhead' });
    expect(nearestPlace(places, 151, 10)).toBeNull();
  });

  it('in a signal are samples before which it was on the other side of zero', () => {
    const signal = Float32Array.from([1, 2, 1, -1, -2, -1, 0, 3, 3, 3]);
    const near = (at: number, reach: number): number | null => nearestCrossing(signal, at, reach);
    expect([near(2, 5), near(3, 5), near(5, 5), near(9, 5)]).toEqual([3, 3, 6, 6]);
    expect([near(9, 1), near(0, 2), near(0, 3)]).toEqual([null, null, 3]);
  });
});

describe('the sound of a lane', () => {
  const length = 400_000;
  /** A click on every hundred thousandth sample, and a square wave that changes sign every 300. */
  const sound = (i: number): number =>
    i < 0 || i >= length
      ? 0
      : i % 100_000 === 0 && i > 0
        ? 0.9
        : Math.floor(i / 300) % 2 === 0
          ? 1e-6
          : -1e-6;
  const reads: [string, number, number][] = [];
  const make = (): SnapSound => {
    reads.length = 0;
    return new SnapSound({ sampleRate: 44_100, channels: 2 }, (track, start, count) => {
      reads.push([track, start, count]);
      const plane = Float32Array.from({ length: count }, (_, i) => sound(start + i));
      return Promise.resolve(Float32Array.from([...plane, ...plane]));
    });
  };

  it('is read page by page, once, and has its onsets where they are in the song', async () => {
    const snap = make();
    expect(snap.onsets('vocals', 100_010, 500)).toEqual([]);
    await Promise.all([snap.load('vocals', 100_010, 500), snap.load('vocals', 100_200, 500)]);
    expect(reads).toEqual([['vocals', (1 << 16) - (1 << 14), (1 << 16) + (1 << 15)]]);
    expect(snap.onsets('vocals', 100_010, 500)).toEqual([{ at: 100_000, kind: 'onset' }]);
    expect(snap.onsets('vocals', 100_010, 9)).toEqual([]);
    expect(snap.onsets('drums', 100_010, 500)).toEqual([]);
    snap.forget();
    expect(snap.onsets('vocals', 100_010, 500)).toEqual([]);
  });

  it('has zero crossings, also in the first page, before which there is nothing', async () => {
    const snap = make();
    expect(snap.crossing('vocals', 1000)).toBeNull();
    await snap.load('vocals', 1000, 0);
    expect(reads).toEqual([['vocals', 0, (1 << 16) + (1 << 14)]]);
    expect(snap.crossing('vocals', 1000)).toEqual({ at: 900, kind: 'zero' });
    expect(snap.crossing('vocals', 1060)).toEqual({ at: 1200, kind: 'zero' });
  });

  it('reads both sides of a border, and tries again what could not be read', async () => {
    const snap = make();
    await snap.load('vocals', 1 << 16, 100);
    expect(reads.map(([, start]) => start)).toEqual([0, (1 << 16) - (1 << 14)]);
    let fails = true;
    const flaky = new SnapSound({ sampleRate: 44_100, channels: 1 }, (_, start, count) =>
      fails
        ? Promise.reject(new Error('gone'))
        : Promise.resolve(Float32Array.from({ length: count }, (__, i) => sound(start + i))),
    );
    await flaky.load('vocals', 1000, 0);
    expect(flaky.crossing('vocals', 1000)).toBeNull();
    fails = false;
    await flaky.load('vocals', 1000, 0);
    expect(flaky.crossing('vocals', 1000)).toEqual({ at: 900, kind: 'zero' });
  });
});

describe('gestures that snap', () => {
  const axis = axisFor('linear', 48_000);
  const hints: Partial<SnapHint>[] = [];
  /** Snaps to frame 1000 within 50, and to 5000 Hz within 300. */
  const snapper: Snapper = {
    frame: (at) => (Math.abs(at - 1000) <= 50 ? marker(1000) : null),
    hertz: (at) => (Math.abs(at - 5000) <= 300 ? 5000 : null),
    show: (hint) => void hints.push(hint),
    onMore: () => undefined,
  };
  const held = { start: 400, end: 960, band: { low: 2000, high: 4000 } };
  const dragged = (grip: Grip, frame: number, hertz: number): { held: unknown; hint: unknown } => {
    const from = { frame: 500, hertz: 3000 };
    const to = snapDrag(held, grip, from, { frame, hertz }, axis, 10_000, snapper);
    return { held: dragGrip(held, grip, from, to, axis, 10_000), hint: hints.at(-1) };
  };

  it('put a corner on both, and say so', () => {
    expect(snapPoint({ frame: 980, hertz: 5100 }, snapper)).toEqual({
      point: { frame: 1000, hertz: 5000 },
      hint: { time: marker(1000), band: 5000 },
    });
    expect(snapPoint({ frame: 940, hertz: null }, snapper)).toEqual({
      point: { frame: 940, hertz: null },
      hint: { time: null, band: null },
    });
  });

  it('move only the edge that is held', () => {
    expect(dragged({ time: 'end', band: null }, 1010, 5000)).toEqual({
      held: { ...held, end: 1000 },
      hint: { time: marker(1000), band: null },
    });
    expect(dragged({ time: null, band: 'high' }, 1010, 4800)).toEqual({
      held: { ...held, band: { low: 2000, high: 5000 } },
      hint: { time: null, band: 5000 },
    });
  });

  it('move all of it by the edge that has the shorter way', () => {
    const { held: moved, hint } = dragged({ time: null, band: null }, 530, 3900) as {
      held: typeof held;
      hint: unknown;
    };
    // The end would be at 990, the higher edge at 4900 Hz.
    expect([moved.start, moved.end]).toEqual([440, 1000]);
    expect(moved.band.low).toBeCloseTo(3000, 6);
    expect(moved.band.high).toBeCloseTo(5000, 6);
    expect(hint).toEqual({ time: marker(1000), band: 5000 });
    // Both edges are near something: the start has 40 frames to go, the end 10.
    const both: Snapper = {
      ...snapper,
      frame: (at) => [1000, 1570].map(marker).find((place) => Math.abs(place.at - at) <= 50) ?? null,
    };
    const [from, to] = [500, 1100].map((frame) => ({ frame, hertz: null }));
    const wide = { start: 440, end: 980, band: null };
    const point = snapDrag(wide, { time: null, band: null }, from, to, axis, 10_000, both);
    expect(dragGrip(wide, { time: null, band: null }, from, point, axis, 10_000)).toEqual({
      ...{ start: 1030, end: 1570, band: null },
    });
    // The start would be at 1020.
    const later = dragged({ time: null, band: null }, 1120, 3000).held as typeof held;
    expect([later.start, later.end]).toEqual([1000, 1560]);
    expect(later.band).toEqual(held.band);
  });
});
