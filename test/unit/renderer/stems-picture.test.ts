import { describe, expect, it } from 'vitest';
import { cursorSteps, moveCursor } from '../../../src-renderer/editor/cursor.js';
import { heatHigh, rgbOf } from '../../../src-renderer/picture/gl/stem-blend.js';
import * as blend from '../../fixtures/stem-blend.js';

const look = { scale: 'db', gainDb: 0, rangeDb: 60 } as const;

describe('shades of levels', () => {
  it('are even in dB, from the range to full', () => {
    expect([-60, -30, 0].map((db) => blend.shadeOf(db, look))).toEqual([0, 0.5, 1]);
    expect(blend.shadeOf(-30, { ...look, gainDb: 15 })).toBe(0.75);
    expect([blend.shadeOf(null, look), blend.shadeOf(20, look)]).toEqual([0, 1]);
  });

  it('are even in amplitude or in power, black at the range', () => {
    const half = 20 * Math.log10(0.5);
    expect(blend.shadeOf(half, { ...look, scale: 'magnitude', rangeDb: 120 })).toBeCloseTo(0.5, 5);
    expect(blend.shadeOf(half, { ...look, scale: 'power', rangeDb: 120 })).toBeCloseTo(0.25, 9);
    expect(blend.shadeOf(-20, { ...look, scale: 'magnitude', rangeDb: 20 })).toBeCloseTo(0, 12);
    expect(blend.shadeOf(-14, { ...look, scale: 'magnitude', rangeDb: 20 })).toBeCloseTo(
      (10 ** -0.7 - 0.1) / 0.9,
      12,
    );
  });
});

describe('all stems on one picture', () => {
  it('mix their colours by power, as bright as all of them are loud', () => {
    const [red, green] = [rgbOf('#FF0000'), rgbOf('#00FF80')];
    expect(green).toEqual([0, 1, 128 / 255]);
    expect(blend.blendStems([-30, null], [red, green], look)).toEqual([0.5, 0, 0]);
    expect(blend.blendStems([null, null], [red, green], look)).toEqual([0, 0, 0]);
    // 3/4 and 1/4 of the power of −12 dB: 0.8 of the range.
    const levels = [0.75, 0.25].map((share) => -12 + 10 * Math.log10(share));
    const mixed = blend.blendStems(levels, [red, green], look);
    [0.6, 0.2, (0.2 * 128) / 255].forEach((value, c) => expect(mixed[c]).toBeCloseTo(value, 12));
  });

  it('compete where the two loudest have the same power, as loud as both are together', () => {
    const both = 10 * Math.log10(2);
    expect(blend.competition([-30 - both, -30 - both, -90], look)).toBeCloseTo(0.5, 12);
    expect(blend.competition([-20, null], look)).toBe(0);
    expect(blend.competition([-80, -80], look)).toBe(0);
    expect(blend.competition([null, null], look)).toBe(0);
    // A third of the power: 1 − (3 − 1) / (3 + 1), whatever their order.
    const third = -10 - 10 * Math.log10(3);
    const loudness = 1 + (10 * Math.log10(0.1 + 0.1 / 3)) / 60;
    for (const levels of [
      [-10, third],
      [third, -40, -10],
    ])
      expect(blend.competition(levels, look)).toBeCloseTo(0.5 * loudness, 12);
  });

  it('are dim under the heat, a colour map grey, and covered where it is most', () => {
    blend.heatOver([0, 1, 0], 0, false).forEach((value) => expect(value).toBeCloseTo(0.4 * 0.7152, 12));
    expect(blend.heatOver([0, 1, 0], 0, true)).toEqual([0, 0.4, 0]);
    expect(blend.heatOver([0, 1, 0], 1, false)).toEqual([...heatHigh]);
    expect(blend.heatOver([0, 0, 0], 0.5, true)[0]).toBeCloseTo(0.5 * 0.9, 12);
  });
});

describe('the cursor of a lane', () => {
  const grid = { nFft: 2048, hop: 512, length: 1_000_000 };
  const steps = cursorSteps(grid, 44_100, 1100);
  const move = (frame: number, hertz: number, key: string, large = false) =>
    moveCursor({ frame, hertz }, key, large, steps);

  it('moves by a column of what is drawn, ten of them with Ctrl, and stays in the song', () => {
    expect(steps.columnFrames).toBe(1024);
    expect(move(5000, 440, 'ArrowRight')).toEqual({ frame: 6024, hertz: 440 });
    expect(move(50_000, 440, 'ArrowLeft', true)).toEqual({ frame: 39_760, hertz: 440 });
    expect(move(300, 440, 'ArrowLeft')!.frame).toBe(0);
    expect(move(999_900, 440, 'ArrowRight')!.frame).toBe(999_999);
  });

  it('moves by a semitone, at least a bin, and by an octave with Ctrl', () => {
    expect(move(0, 1000, 'ArrowUp')!.hertz).toBeCloseTo(1000 * 2 ** (1 / 12), 9);
    expect(move(0, 1000, 'ArrowDown')!.hertz).toBeCloseTo(1000 / 2 ** (1 / 12), 9);
    expect(move(0, 100, 'ArrowUp')!.hertz).toBeCloseTo(100 + 44_100 / 2048, 9);
    expect(move(0, 440, 'ArrowUp', true)!.hertz).toBe(880);
    expect(move(0, 440, 'ArrowDown', true)!.hertz).toBe(220);
    expect(move(0, 30, 'ArrowDown')!.hertz).toBeCloseTo(44_100 / 2048, 9);
    expect(move(0, 21_000, 'ArrowUp', true)!.hertz).toBeCloseTo(22_050 - 44_100 / 2048, 9);
    expect(move(0, 440, 'm')).toBeNull();
  });
});
