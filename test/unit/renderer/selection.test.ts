import { describe, expect, it } from 'vitest';
import { barPlace } from '../../../src-renderer/editor/edits/bar-place.js';
import { cursorOf, dragGrip, gripAt, type Grip } from '../../../src-renderer/editor/gestures/grips.js';
import { selectionOutline } from '../../../src-renderer/editor/selection-outline.js';
import { axisFor } from '../../../src-renderer/picture/axis.js';
import { sameVerb, shareOf } from '../../../src-renderer/state/verb-edits.js';

const outline = { left: 100, right: 200, top: 40, bottom: 80 };
const inside: Grip = { time: null, band: null };

describe('the grips of a selection', () => {
  it('are its edges, its corners and its inside, a few pixels wide', () => {
    const at = (x: number, y: number): Grip | null => gripAt(outline, true, x, y);
    expect(at(150, 60)).toEqual(inside);
    expect(at(103, 60)).toEqual({ time: 'start', band: null });
    expect(at(204, 60)).toEqual({ time: 'end', band: null });
    expect(at(150, 44)).toEqual({ time: null, band: 'high' });
    expect(at(150, 83)).toEqual({ time: null, band: 'low' });
    expect(at(97, 38)).toEqual({ time: 'start', band: 'high' });
    expect([at(94, 60), at(206, 60), at(150, 34), at(150, 86)]).toEqual([null, null, null, null]);
  });

  it('of a time range are its sides only, at every height', () => {
    expect(gripAt(outline, false, 150, 5)).toEqual(inside);
    expect(gripAt(outline, false, 100, 300)).toEqual({ time: 'start', band: null });
  });

  it('have the pointer that says where they go', () => {
    const shapes = [inside, { time: 'end', band: null }, { time: null, band: 'low' }] as const;
    expect(shapes.map(cursorOf)).toEqual(['move', 'ew-resize', 'ns-resize']);
    expect(cursorOf({ time: 'start', band: 'high' })).toBe('nwse-resize');
    expect(cursorOf({ time: 'end', band: 'low' })).toBe('nwse-resize');
    expect(cursorOf({ time: 'start', band: 'low' })).toBe('nesw-resize');
  });

  const held = { start: 1000, end: 2000, band: { low: 200, high: 400 } };
  const axis = axisFor('log', 48_000);
  const drag = (grip: Grip, frame: number, hertz: number): typeof held =>
    dragGrip(held, grip, { frame: 1500, hertz: 300 }, { frame, hertz }, axis, 10_000) as typeof held;

  it('are dragged to where the pointer is, past each other too', () => {
    expect(drag({ time: 'start', band: null }, 500, 900)).toEqual({ ...held, start: 500 });
    expect(drag({ time: 'start', band: null }, 2500, 300)).toEqual({ ...held, start: 2000, end: 2500 });
    expect(drag({ time: 'end', band: 'high' }, 1800, 900)).toEqual({
      ...{ start: 1000, end: 1800 },
      band: { low: 200, high: 900 },
    });
    expect(drag({ time: null, band: 'low' }, 9999, 500)).toEqual({ ...held, band: { low: 400, high: 500 } });
  });

  it('inside take all along, by the same way on the axis, and stop at the ends of the song', () => {
    const octave = drag(inside, 1600, 600);
    expect([octave.start, octave.end]).toEqual([1100, 2100]);
    expect(octave.band.low).toBeCloseTo(400, 6);
    expect(octave.band.high).toBeCloseTo(800, 6);
    const out = drag(inside, -9000, 1e-3);
    expect([out.start, out.end]).toEqual([0, 1000]);
    expect(out.band.low).toBeCloseTo(30, 6);
    expect(out.band.high).toBeCloseTo(60, 6);
    expect(drag(inside, 1e6, 300)).toEqual({ start: 9000, end: 10_000, band: held.band });
  });
});

describe('a selection in a lane', () => {
  const view = { pixelOf: (frame: number): number => frame / 10 };

  it('lies at its frequencies, or over the whole height', () => {
    const axis = axisFor('linear', 48_000);
    const band = { low: 6000, high: 12_000 };
    expect(selectionOutline(view, { start: 100, end: 300, band }, axis, 80)).toEqual({
      ...{ left: 10, right: 30 },
      ...{ top: 40, bottom: 60 },
    });
    const whole = { left: 10, right: 30, top: 0, bottom: 80 };
    expect(selectionOutline(view, { start: 100, end: 300, band: null }, axis, 80)).toEqual(whole);
    expect(selectionOutline(view, { start: 100, end: 300, band }, null, 80)).toEqual(whole);
  });

  it('has its bar below, else above it and its name, else beside it, else over its end; none off the screen', () => {
    const bar = { width: 120, height: 30 };
    const room = { top: 100, height: 200, from: 50, to: 400 };
    expect(barPlace(outline, bar, room, 500)).toEqual({ left: 100, top: 86 });
    expect(barPlace({ ...outline, left: 450, right: 480 }, bar, room, 500)).toEqual({ left: 376, top: 86 });
    // 30 pixels, 18 of the name, and the gap.
    expect(barPlace({ ...outline, top: 100, bottom: 280 }, bar, room, 500)).toEqual({ left: 100, top: 46 });
    // Another lane has room, but is not to be covered: beside it there is more, on one side or the other.
    const high = { ...outline, top: 20, bottom: 190 };
    expect(barPlace(high, bar, room, 500)).toEqual({ left: outline.right + 6, top: 160 });
    expect(barPlace({ ...high, left: 200, right: 400 }, bar, room, 500)).toEqual({ left: 74, top: 160 });
    const wide = { left: 60, right: 480 };
    expect(barPlace({ ...high, ...wide }, bar, room, 500)).toEqual({ left: 60, top: 154 });
    const full = { ...wide, top: 0, bottom: 200 };
    expect(barPlace(full, bar, { ...room, from: 100, to: 320 }, 500)).toEqual({ left: 60, top: 164 });
    // Beside it only below its name, which stands in the selection where there is no room above.
    const low = { ...room, height: 60 };
    expect(barPlace({ ...outline, top: 5, bottom: 53 }, bar, low, 500)).toEqual({ left: 206, top: 23 });
    expect(barPlace({ ...outline, top: 5, bottom: 52 }, bar, low, 500)).toEqual({ left: 100, top: 16 });
    expect(barPlace({ ...outline, left: -90, right: 0 }, bar, room, 500)).toBeNull();
    expect(barPlace({ ...outline, left: 500, right: 600 }, bar, room, 500)).toBeNull();
  });
});

describe('verbs', () => {
  it('are the same with the same target', () => {
    const move = { kind: 'move', target: 'bass' } as const;
    expect(sameVerb(move, { ...move })).toBe(true);
    expect(sameVerb(move, { kind: 'copy', target: 'bass' })).toBe(false);
    expect(sameVerb(move, { kind: 'move', target: 'drums' })).toBe(false);
    expect(sameVerb({ kind: 'takeAway' }, { kind: 'takeAway' })).toBe(true);
    expect(sameVerb({ kind: 'takeAway' }, null)).toBe(false);
  });

  it('take the share of an amplitude that makes it quieter by so many dB', () => {
    expect(shareOf(0)).toBe(0);
    expect(20 * Math.log10(1 - shareOf(6))).toBeCloseTo(-6, 12);
  });
});
