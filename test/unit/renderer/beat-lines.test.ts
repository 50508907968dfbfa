import { describe, expect, it } from 'vitest';
import { beatsId } from '../../../src-main/common/document/beat-grid.js';
import { beatLines } from '../../../src-renderer/editor/beat-lines.js';

const grid = { type: 'beats', id: beatsId, bpm: 60, first: 1000, perBar: 4, tracked: null } as const;
const lines = (framesPerPixel: number, start = 0): ReturnType<typeof beatLines> =>
  beatLines(grid, { start, framesPerPixel, width: 400 }, 1000);

describe('lines of beats', () => {
  it('are all beats where there is room, with the numbers of their bars', () => {
    const { bars, beats } = lines(20);
    expect(bars).toEqual([
      { x: 50, number: 1, shown: true },
      { x: 250, number: 2, shown: true },
    ]);
    expect(beats).toEqual([0, 100, 150, 200, 300, 350]);
    expect(lines(20, 1000).bars[0].x).toBe(0);
  });

  it('are bars where beats would be too close, then each second, fourth, … of them, at least 10 pixels apart', () => {
    const far = lines(200);
    expect(far.beats).toEqual([]);
    expect(far.bars.map(({ x }) => x)).toEqual(Array.from({ length: 20 }, (_, i) => 5 + 20 * i));
    expect(far.bars.filter(({ shown }) => shown).map(({ number }) => number)).toEqual([
      1, 3, 5, 7, 9, 11, 13, 15, 17, 19,
    ]);
    for (const framesPerPixel of [500, 3000, 40_000]) {
      const { bars, beats } = lines(framesPerPixel);
      expect(beats).toEqual([]);
      expect(bars.length).toBeGreaterThan(0);
      expect(bars.length).toBeLessThanOrEqual(41);
      const shown = bars.filter((bar) => bar.shown);
      for (const [i, { x }] of shown.slice(1).entries()) expect(x - shown[i].x).toBeGreaterThanOrEqual(40);
    }
  });
});
