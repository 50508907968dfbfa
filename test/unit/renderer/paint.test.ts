import { describe, expect, it } from 'vitest';
import { TileMask } from '../../../src-main/common/separation/edits/tile-mask.js';
import { axisFor, hertzAt } from '../../../src-renderer/picture/axis.js';
import {
  columnFrames,
  maskColumns,
  maskLevels,
  maskPixels,
  rowBins,
  visibleArea,
} from '../../../src-renderer/picture/painted/raster.js';
import { paintLine, paintOvertones, straightOn } from '../../../src-renderer/picture/painted/stroke.js';
import { areaMask, boundsOf, edgeCells, maskGrid } from '../../../src-renderer/state/edit-area.js';

const rate = 40_960;
/** 10 Hz a bin. */
const binHertz = rate / maskGrid.nFft;
const { hop } = maskGrid;
const brush = { frames: 2, bins: 3, hardness: 1, strength: 1 };

describe('pixels and the mask', () => {
  it('pixels wider than frames have all frames that begin in them, none twice', () => {
    const span = { start: 3 * hop, framesPerPixel: 2.5 * hop, width: 8 };
    const ranges = Array.from({ length: 8 }, (_, x) => columnFrames(x, span, hop));
    expect(ranges[0][0]).toBe(3);
    for (let x = 1; x < 8; x++) expect(ranges[x][0]).toBe(ranges[x - 1][1]);
    expect(ranges[7][1]).toBe(23);
  });

  it('pixels narrower than frames have the frame that is nearest', () => {
    const span = { start: 0, framesPerPixel: hop / 4, width: 8 };
    const ranges = Array.from({ length: 8 }, (_, x) => columnFrames(x, span, hop));
    expect(ranges.map(([first]) => first)).toEqual([0, 0, 1, 1, 1, 1, 2, 2]);
    expect(ranges.every(([first, end]) => end === first + 1)).toBe(true);
  });

  it.each(['log', 'mel', 'bark', 'linear'] as const)('rows of a %s axis have the bins they show', (kind) => {
    const axis = axisFor(kind, rate, { low: 500, high: 8000 });
    const height = 50;
    for (const y of [0, 10, 49]) {
      const [low, high] = rowBins(y, height, axis, binHertz);
      const [bottom, top] = [1 - (y + 1) / height, 1 - y / height].map((at) => hertzAt(axis, at) / binHertz);
      expect(Math.abs(low - bottom)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(high - Math.max(top, low + 1))).toBeLessThanOrEqual(0.5);
    }
    expect(rowBins(0, height, axis, binHertz)[1]).toBe(800);
    expect(rowBins(height - 1, height, axis, binHertz)[0]).toBe(50);
  });

  it('what is on screen is known in frames and bins', () => {
    const span = { start: 10 * hop, framesPerPixel: 2 * hop, width: 20 };
    const axis = axisFor('linear', rate, { low: 1000, high: 2000 });
    expect(visibleArea(span, axis, rate, maskGrid)).toEqual({ start: 10, end: 50, low: 100, high: 201 });
  });
});

describe('the picture of a mask', () => {
  const axis = axisFor('linear', rate, { low: 0, high: 2000 });
  /** A pixel is two frames wide and five bins high. */
  const span = { start: 0, framesPerPixel: 2 * hop, width: 40 };
  const height = 40;

  function picture(mask: TileMask): Float32Array {
    const columns = maskColumns(mask, span);
    return columns ? maskLevels(columns, height, axis, binHertz) : new Float32Array(40 * height);
  }

  it('shows the strongest value of each pixel, where it is', () => {
    const mask = new TileMask(maskGrid);
    mask.set(21, 103, 0.4);
    mask.set(20, 101, 1);
    mask.set(79, 0, 0.2);
    mask.set(80, 0, 1);
    const levels = picture(mask);
    const shown = [...levels.entries()].filter(([, level]) => level > 0);
    // Bins 100 to 104 are the twentieth row from the bottom, counted from 0.
    expect(shown.map(([at]) => [at % 40, Math.floor(at / 40)])).toEqual([
      [10, 19],
      [39, 39],
    ]);
    expect(shown[0][1]).toBe(1);
    expect(shown[1][1]).toBeCloseTo(0.2, 2);
  });

  it('shows nothing of what is off the screen', () => {
    const mask = new TileMask(maskGrid);
    expect(maskColumns(mask, span)).toBeNull();
    mask.set(200, 10, 1);
    expect(maskColumns(mask, span)).toBeNull();
    mask.set(10, 900, 1);
    expect(Math.max(...picture(mask))).toBe(0);
  });

  it('reads long stretches in full', () => {
    const mask = new TileMask(maskGrid);
    for (let t = 0; t < 1000; t += 7) mask.set(t, 5, 1);
    const columns = maskColumns(mask, { start: 0, framesPerPixel: hop, width: 1000 });
    const bins = columns?.bins ?? 0;
    const shown = Array.from({ length: 1000 }, (_, x) => columns?.values[x * bins + 5]);
    expect(shown).toEqual(shown.map((_, x) => (x % 7 === 0 ? 1 : 0)));
  });

  it('is translucent inside and has a line around what is covered by half', () => {
    const levels = new Float32Array(25);
    for (const y of [1, 2, 3]) for (const x of [1, 2, 3]) levels[5 * y + x] = 1;
    levels[0] = 0.25;
    const pixels = maskPixels(levels, 5, 5);
    const alpha = (x: number, y: number): number => pixels[4 * (5 * y + x) + 3];
    expect([alpha(1, 1), alpha(2, 1), alpha(3, 3)]).toEqual([255, 255, 255]);
    expect(alpha(2, 2)).toBe(110);
    expect(alpha(0, 0)).toBe(28);
    expect(alpha(4, 4)).toBe(0);
  });
});

describe('strokes', () => {
  it('a long line is as one that is painted at once', () => {
    const mask = new TileMask(maskGrid);
    paintLine(mask, { frame: 5, bin: 20 }, { frame: 105, bin: 70 }, brush);
    for (const t of [5, 25, 55, 105]) expect(mask.get(t, 20 + (t - 5) / 2)).toBe(1);
    expect([mask.get(55, 40), mask.get(2, 20), mask.get(108, 70)]).toEqual([0, 0, 0]);
  });

  it('a way is straight on the screen, on any axis', () => {
    const [from, to] = [
      { frame: 0, bin: 10, pressure: 0 },
      { frame: 64, bin: 640, pressure: 1 },
    ];
    const log = axisFor('log', rate, { low: 50, high: 8000 });
    const way = straightOn(log, binHertz, from, to);
    expect(way.length).toBeGreaterThan(40);
    // 10 to 640 are six octaves, evenly in time.
    for (const { frame, bin, pressure } of way) {
      expect(bin).toBeCloseTo(10 * 2 ** ((6 * frame) / 64), 6);
      expect(pressure).toBeCloseTo(frame / 64, 6);
    }
    expect(way.at(-1)).toBe(to);
    const linear = axisFor('linear', rate);
    expect(straightOn(linear, binHertz, from, to)).toEqual([to]);
    // Nothing is below an axis that has no 0 Hz.
    const low = straightOn(log, binHertz, { frame: 0, bin: 0 }, { frame: 32, bin: 40 });
    expect(low[0].bin).toBeGreaterThan(5);
    expect(low[0].bin).toBeLessThan(6);
  });

  it('a pen’s pressure rises along a line', () => {
    const mask = new TileMask(maskGrid);
    paintLine(mask, { frame: 0, bin: 20, pressure: 0 }, { frame: 160, bin: 20, pressure: 1 }, brush);
    const along = [40, 80, 120].map((t) => mask.get(t, 20));
    along.forEach((value, i) => expect(Math.abs(value - (i + 1) / 4)).toBeLessThan(0.06));
  });

  it('the harmonic brush takes the multiples of a line drawn either way', () => {
    for (const back of [false, true]) {
      const mask = new TileMask(maskGrid);
      const ends = [
        { frame: 10, bin: 50 },
        { frame: 30, bin: 60 },
      ];
      if (back) ends.reverse();
      paintOvertones(mask, ends[0], ends[1], { ...brush, strength: 0.6 }, 3);
      for (const n of [1, 2, 3]) expect(mask.get(20, 55 * n)).toBeCloseTo(0.6, 2);
      expect([mask.get(20, 220), mask.get(20, 82), mask.get(7, 50), mask.get(33, 60)]).toEqual([0, 0, 0, 0]);
      expect([mask.get(9, 50), mask.get(31, 60)].every((value) => value > 0.5)).toBe(true);
    }
  });

  it('an overtone that is faint takes nothing from what is painted', () => {
    const mask = new TileMask(maskGrid);
    mask.set(20, 50, 0.9);
    mask.set(20, 90, 0.5);
    paintOvertones(mask, { frame: 20, bin: 50 }, { frame: 20, bin: 50 }, { ...brush, strength: 0.2 }, 2);
    expect(mask.get(20, 50)).toBeCloseTo(0.9, 2);
    expect(mask.get(20, 90)).toBeCloseTo(0.5, 2);
    expect(mask.get(20, 100)).toBeCloseTo(0.2, 2);
  });
});

describe('areas', () => {
  it('the bounds of a mask are tight, in samples and Hz', () => {
    const mask = new TileMask(maskGrid);
    expect(boundsOf(mask, 100 * hop, rate)).toBeNull();
    mask.set(10, 30, 1);
    mask.set(12, 33, 0.5);
    expect(boundsOf(mask, 100 * hop, rate)).toEqual({
      start: 9.5 * hop,
      end: 12.5 * hop,
      band: { low: 295, high: 335 },
    });
    mask.set(0, 0, 1);
    mask.set(100, 2048, 1);
    expect(boundsOf(mask, 100 * hop, rate)).toEqual({
      start: 0,
      end: 100 * hop,
      band: { low: 0, high: rate / 2 },
    });
  });

  it('a rectangle is added to what is painted', () => {
    const mask = new TileMask(maskGrid);
    mask.set(50, 500, 1);
    const none = { seconds: 0, hertz: 0 };
    const area = { start: 10 * hop, end: 12 * hop, band: { low: 100, high: 120 } };
    expect(areaMask(area, rate, none, mask)).toBe(mask);
    expect([mask.get(10, 10), mask.get(11, 12), mask.get(50, 500)]).toEqual([1, 1, 1]);
    expect([mask.get(9, 10), mask.get(12, 10), mask.get(10, 9), mask.get(10, 13)]).toEqual([0, 0, 0, 0]);
  });

  it('widths become frames and bins', () => {
    expect(edgeCells({ seconds: 0.05, hertz: 42 }, rate)).toEqual({ frames: 2, bins: 4 });
  });
});
