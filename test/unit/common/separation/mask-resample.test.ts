import { describe, expect, it } from 'vitest';
import {
  mixCells,
  mixMask,
  resampleRows,
  type Cells,
} from '../../../../src-main/common/separation/edits/mask-resample.js';

const cells = (step: number, count: number, first = 0): Cells => ({ step, first, count });

/** One row through the mix of its cells. */
function mixed(values: readonly number[], of: Cells, to: Cells, hold = false): number[] {
  const out: number[] = [];
  const one = [{ from: 0, weights: [1] }];
  const row = Float32Array.from(values);
  resampleRows(
    () => row,
    one,
    mixCells(of, to, hold),
    (_, made) => out.push(...made),
  );
  return out;
}

describe('cells of a mask', () => {
  it('that are the same come out bit by bit', () => {
    const values = Array.from({ length: 20 }, (_, i) => Math.fround(Math.abs(Math.sin(i))));
    expect(mixed(values, cells(3.3, 20), cells(3.3, 20))).toEqual(values);
  });

  it('are means of what a wider cell covers, by how much of it', () => {
    // A cell of 2 around 2 covers half of 1, all of 2 and half of 3.
    expect(mixed([0, 1, 0, 0.5, 0.5], cells(1, 5), cells(2, 3))).toEqual([
      Math.fround((0 + 0.5 * 1) / 1.5),
      Math.fround(0.25 * 1 + 0.25 * 0.5),
      0.5,
    ]);
  });

  it('lie on the line between two centres where they get narrower', () => {
    expect(mixed([0, 1, 0.5], cells(4, 3), cells(1, 9))).toEqual([
      0, 0.25, 0.5, 0.75, 1, 0.875, 0.75, 0.625, 0.5,
    ]);
  });

  it.each([0.37, 0.8, 1, 1.25, 7.3])('keep a constant, at %f of the width', (step) => {
    for (const value of [0.5, 0.3, 1]) {
      const made = mixed(
        new Array<number>(50).fill(value),
        cells(1, 50),
        cells(step, Math.floor(49 / step) + 1),
      );
      expect(new Set(made)).toEqual(new Set([Math.fround(value)]));
    }
  });

  it.each([0.21, 0.5, 0.93, 1.4, 3, 6.5])('keep the borders of a box within half a cell, at %f', (step) => {
    const box = Array.from({ length: 120 }, (_, i) => (i >= 30 && i < 81 ? 1 : 0));
    const made = mixed(box, cells(1, 120), cells(step, Math.floor(119 / step) + 1));
    const on = made.flatMap((value, j) => (value >= 0.5 ? [j] : []));
    const half = Math.max(1, step) / 2 + 1e-9;
    expect(Math.abs((on[0] - 0.5) * step - 29.5)).toBeLessThanOrEqual(half);
    expect(Math.abs((on.at(-1)! + 0.5) * step - 80.5)).toBeLessThanOrEqual(half);
    expect(on).toHaveLength(on.at(-1)! - on[0] + 1);
  });

  it('outside of the others are nothing, or the outermost one when it is held', () => {
    expect(mixed([0.25, 1], cells(2, 2), cells(1, 7, -1))).toEqual([0.25, 0.25, 0.625, 1, 1, 0, 0]);
    expect(mixed([0.25, 1], cells(2, 2), cells(1, 7, -2), true)).toEqual([0.25, 0.25, 0.25, 0.625, 1, 1, 1]);
    // A wide cell beyond the end is as the last one that still lies within.
    expect(mixed([0.25, 1], cells(1, 2), cells(2, 4), true).slice(1)).toEqual([0.75, 0.75, 0.75]);
  });
});

describe('rows of a mask', () => {
  it('are asked for once, in order, and mixed in both directions', () => {
    const asked: number[] = [];
    const rows: number[][] = [];
    resampleRows(
      (row) => (asked.push(row), Float32Array.of(row / 8, 1 - row / 8)),
      mixCells(cells(1, 8), cells(2, 4)),
      mixCells(cells(2, 2), cells(1, 3)),
      (row, values) => (rows[row] = [...values]),
    );
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(rows.slice(1)).toEqual([2, 4, 6].map((row) => [row / 8, 0.5, 1 - row / 8]));
  });
});

describe('the mask of a song', () => {
  const song = { samples: 44_100, sampleRate: 44_100 };

  it('is made of one on another rate by seconds and Hz, and has nothing above that one’s band', () => {
    const grid = { nFft: 2048, hop: 512, sampleRate: 22_050, centred: true };
    const { frames, bins } = mixMask(grid, 44, song);
    // Both STFTs are the same in seconds and Hz.
    expect(frames).toEqual(Array.from({ length: 44 }, (_, from) => ({ from, weights: [1] })));
    const within = Array.from({ length: 1025 }, (_, from) => ({ from, weights: [1] }));
    expect(bins.slice(0, 1025)).toEqual(within);
    expect(bins.slice(1025)).toEqual(new Array(1024).fill({ from: 0, weights: [] }));
  });

  it('begins half a window late when it is not centred', () => {
    const grid = { nFft: 4096, hop: 1024, sampleRate: 44_100, centred: false };
    const { frames } = mixMask(grid, 40, song);
    expect(frames.map(({ from }) => from)).toEqual(
      Array.from({ length: 44 }, (_, t) => Math.min(39, Math.max(0, t - 2))),
    );
  });
});
