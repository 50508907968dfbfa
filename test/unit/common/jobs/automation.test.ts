import { describe, expect, it } from 'vitest';
import {
  edgeFrames,
  fillGains,
  type AutomationRegion,
  type Envelope,
} from '../../../../src-main/common/jobs/automation.js';
import { automationRegionSchema } from '../../../../src-main/common/jobs/automation-schema.js';

const edge = 4;
const region = (
  kind: AutomationRegion['kind'],
  start: number,
  end: number,
  points: AutomationRegion['points'] = [],
): AutomationRegion => ({ kind, start, end, points });

/** Factors of frames [start, start + count). */
function gains(envelope: Envelope, start: number, count: number): number[] | null {
  const out = new Float32Array(count).fill(7);
  return fillGains(envelope, edge, start, count, out) ? [...out] : null;
}
const f32 = (values: readonly number[]): number[] => values.map(Math.fround);
const db = (level: number): number => 10 ** (level / 20);

describe('automation', () => {
  it('ramps take 5 ms', () => {
    expect([44_100, 48_000, 8000].map(edgeFrames)).toEqual([221, 240, 40]);
  });

  it('nothing means nothing to do, and the buffer is left as it was', () => {
    const out = new Float32Array([7, 7]);
    expect(fillGains([], edge, 0, 2, out)).toBe(false);
    expect(fillGains([region('mute', 20, 30)], edge, 14, 2, out)).toBe(false);
    expect(fillGains([region('mute', 20, 30)], edge, 34, 2, out)).toBe(false);
    expect([...out]).toEqual([7, 7]);
  });

  it('a mute is silent in all of its frames, with ramps before and after them', () => {
    expect(gains([region('mute', 20, 23)], 14, 15)).toEqual(
      f32([1, 1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0.2, 0.4, 0.6, 0.8, 1, 1].map((x) => Number(x.toFixed(12)))),
    );
  });

  it('a mute from the first frame has nothing before it', () => {
    expect(gains([region('mute', 0, 2)], 0, 4)).toEqual(
      f32([0, 0, 0.2, 0.4].map((x) => Number(x.toFixed(12)))),
    );
  });

  it('a gain is linear in dB between points, level outside of them, and ramps to unity in amplitude', () => {
    const points = [
      { frame: 102, db: -6 },
      { frame: 106, db: -18 },
    ];
    const inside = [-6, -6, -6, -9, -12, -15, -18, -18].map(db);
    const near = (x: number, steps: number): number => 1 + (x - 1) * (1 - steps / 5);
    const heard = gains([region('gain', 100, 108, points)], 96, 16)!;
    const wanted = [
      ...[4, 3, 2, 1].map((k) => near(db(-6), k)),
      ...inside,
      ...[1, 2, 3, 4].map((k) => near(db(-18), k)),
    ];
    heard.forEach((x, i) => expect(x).toBeCloseTo(wanted[i], 6));
  });

  it('two points on one frame are a step, and −60 dB is silence', () => {
    const points = [
      { frame: 0, db: 6 },
      { frame: 2, db: 6 },
      { frame: 2, db: -60 },
      { frame: 4, db: -60 },
    ];
    expect(gains([region('gain', 0, 4, points)], 0, 4)).toEqual(f32([db(6), db(6), 0, 0]));
  });

  it('fades are linear in amplitude, from and to silence; together they are one', () => {
    expect(gains([region('fade-in', 8, 12)], 8, 4)).toEqual([0, 0.25, 0.5, 0.75]);
    expect(gains([region('fade-out', 8, 12)], 8, 4)).toEqual([1, 0.75, 0.5, 0.25]);
    expect(gains([region('fade-in', 8, 12)], 4, 4)).toEqual(f32([4, 3, 2, 1].map((k) => 1 - (1 - k / 5))));
  });

  it('regions that overlap multiply, and neighbours leave no gap between them', () => {
    const half = [{ frame: 0, db: 20 * Math.log10(0.5) }];
    expect(gains([region('gain', 0, 100, half), region('gain', 50, 100, half)], 60, 2)).toEqual([0.25, 0.25]);
    expect(gains([region('mute', 10, 20), region('mute', 20, 30)], 14, 12)).toEqual(Array(12).fill(0));
  });

  it('a block is the same whichever way it is cut', () => {
    const envelope = [
      region('mute', 20, 40),
      region('gain', 30, 70, [
        { frame: 35, db: -3 },
        { frame: 60, db: 3 },
      ]),
      region('fade-out', 55, 80),
    ];
    const whole = gains(envelope, 0, 100)!;
    const parts = new Float32Array(100).fill(1);
    for (let at = 0; at < 100; at += 7) {
      const count = Math.min(7, 100 - at);
      if (!fillGains(envelope, edge, at, count, parts, at)) parts.fill(1, at, at + count);
    }
    expect([...parts]).toEqual(whole);
    expect(new Set(whole).size).toBeGreaterThan(40);
  });

  it('never jumps by more than an edge does', () => {
    const wide = 240;
    const out = new Float32Array(3000);
    fillGains([region('mute', 1000, 1001), region('mute', 2000, 2500)], wide, 0, 3000, out);
    const jumps = [...out].slice(1).map((x, i) => Math.abs(x - out[i]));
    expect(Math.max(...jumps)).toBeLessThan(1.01 / wide);
  });
});

describe('automation in commands', () => {
  const point = { frame: 12, db: -6 };
  it.each([
    region('mute', 10, 20),
    region('gain', 10, 20, [point, { frame: 12, db: 0 }]),
    region('fade-in', 0, 1),
  ])('%j is taken as it is', (value) => {
    expect(automationRegionSchema.parse(value)).toEqual(value);
  });

  it.each([
    region('mute', 20, 20),
    region('mute', -1, 20),
    region('mute', 0.5, 20),
    region('gain', 10, 20),
    region('gain', 10, 20, [point, { frame: 11, db: 0 }]),
    region('gain', 10, 20, [{ frame: 12, db: Number.NaN }]),
    region('gain', 10, 20, [{ frame: 12, db: 61 }]),
    { ...region('mute', 10, 20), id: 'automation:a' },
    { ...region('mute', 10, 20), kind: 'echo' },
  ])('%j is refused', (value) => {
    expect(automationRegionSchema.safeParse(value).success).toBe(false);
  });
});
