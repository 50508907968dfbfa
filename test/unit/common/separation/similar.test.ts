import { describe, expect, it } from 'vitest';
import { PatchFinder } from '../../../../src-main/common/separation/edits/similar.js';
import { fillRectangle } from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { noise } from '../../../fixtures/signals.js';

const grid = { nFft: 1024, hop: 256 };
const bins = 513;
const frames = 300;

/** Powers of a song: a quiet ground, and decaying hits of 10 bins at some frames, each with a level. */
function song(hits: readonly (readonly [frame: number, bin: number, level: number])[]): Float32Array {
  const powers = noise(frames * bins, 5).map((x) => 1e-8 * (1.1 + x));
  for (const [frame, bin, level] of hits)
    for (let t = 0; t < 12; t++)
      for (let f = -5; f < 5; f++)
        powers[(frame + t) * bins + bin + f] += (level * 0.5 ** t) / (1 + Math.abs(f));
  return powers;
}

function finder(powers: Float32Array, mask: TileMask): PatchFinder {
  const found = new PatchFinder(mask, frames);
  const [start, end] = mask.frameRange()!;
  found.setFloor(powers.subarray(start * bins, end * bins));
  // In blocks, as a song is read.
  for (let t = 0; t < frames; t += 128) found.add(t, powers.subarray(t * bins, (t + 128) * bins));
  return found;
}

function around(frame: number, bin: number): TileMask {
  const mask = new TileMask(grid);
  fillRectangle(mask, { start: frame - 2, end: frame + 12, low: bin - 8, high: bin + 8 });
  return mask;
}

describe('similar places', () => {
  const powers = song([
    [40, 100, 1e-3],
    [90, 100, 1e-3],
    [151, 100, 2e-4],
    [200, 300, 1e-3],
    [250, 100, 1e-3],
  ]);

  it('are where the same was, to the frame, however loud; not what has another pitch, nor the patch itself', () => {
    const found = finder(powers, around(90, 100)).matches(0.7, 10);
    expect(found.map(({ later }) => later).sort((a, b) => a - b)).toEqual([-50, 61, 160]);
    expect(Math.min(...found.map(({ score }) => score))).toBeGreaterThan(0.85);
    expect(found[0].score).toBeGreaterThan(0.97);
  });

  it('are the best first, no more than are asked for, and none where nothing is like it', () => {
    const found = finder(powers, around(90, 100)).matches(0.5, 2);
    expect(found).toHaveLength(2);
    expect(found[0].score).toBeGreaterThanOrEqual(found[1].score);
    expect(finder(powers, around(200, 300)).matches(0.6, 10)).toEqual([]);
  });

  it('count what the mask covers only', () => {
    // Something else sounds at the same time, outside of the mask.
    const covered = powers.slice();
    for (let t = 245; t < 265; t++) covered.fill(1e-2, t * bins + 200, t * bins + 220);
    const wide = new TileMask(grid);
    fillRectangle(wide, { start: 88, end: 102, low: 92, high: 230 });
    const scoreAt = (mask: TileMask): number =>
      finder(covered, mask)
        .matches(0, 400)
        .find(({ later }) => later === 160)?.score ?? 0;
    expect(scoreAt(around(90, 100))).toBeGreaterThan(0.95);
    expect(scoreAt(wide)).toBeLessThan(0.7);
  });

  it('ask whether to go on', () => {
    const stop = (): void => {
      throw new Error('stopped');
    };
    expect(() => finder(powers, around(90, 100)).matches(0.5, 2, stop)).toThrow('stopped');
  });
});

describe('a mask some frames later', () => {
  it('is the same, without what would lie before the song', () => {
    const mask = around(90, 100);
    const [later, earlier] = [mask.later(200), mask.later(-95)];
    expect(later.frameRange()).toEqual([288, 302]);
    expect(later.get(290, 95)).toBe(mask.get(90, 95));
    expect(earlier.frameRange()).toEqual([0, 7]);
    expect(mask.frameRange()).toEqual([88, 102]);
  });
});
