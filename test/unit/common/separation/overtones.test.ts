import { describe, expect, it } from 'vitest';
import { addOvertones } from '../../../../src-main/common/separation/edits/overtones.js';
import { PowerReader } from '../../../../src-main/common/separation/edits/powers.js';
import { fillRectangle } from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../../src-main/common/separation/edits/tile-mask.js';

const grid = { nFft: 1024, hop: 256 };
const bins = 513;

/** A tone between two bins, `fundamental` of them from 0 Hz. */
function powersOf(fundamental: number, frames: number): Float32Array {
  const read = (_: number, start: number, into: Float32Array): void => {
    for (let i = 0; i < into.length; i++)
      into[i] = Math.sin((2 * Math.PI * fundamental * (start + i)) / grid.nFft);
  };
  return new PowerReader(read, 1, grid).powers(10, frames);
}

function withOvertones(mask: TileMask, fundamental: number, count: number): TileMask {
  const into = mask.clone();
  addOvertones(into, mask, { start: 10, rows: powersOf(fundamental, 5) }, count);
  return into;
}

const covered = (mask: TileMask, frame: number): number[] =>
  Array.from({ length: bins }, (_, bin) => bin).filter((bin) => mask.get(frame, bin) > 0);

describe('overtones', () => {
  it('lie at the multiples of the strongest frequency, not of the middle of the mask', () => {
    const mask = new TileMask(grid);
    fillRectangle(mask, { start: 10, end: 13, low: 37, high: 46 });
    const made = withOvertones(mask, 40.4, 3);
    const around = (n: number): number[] =>
      [37, 38, 39, 40, 41, 42, 43, 44, 45].map((bin) => bin + Math.ceil((n - 1) * 40.4 - 1e-6));
    expect(covered(made, 11)).toEqual([...around(1), ...around(2).slice(0, 8), ...around(3).slice(0, 8)]);
    expect(covered(made, 13)).toEqual([]);
    expect(made.get(11, 40)).toBe(1);
  });

  it('end at the highest bin; a count of 1 gives the fundamental alone', () => {
    const mask = new TileMask(grid);
    fillRectangle(mask, { start: 10, end: 13, low: 198, high: 203 });
    expect(Math.max(...covered(withOvertones(mask, 200, 9), 11))).toBe(402);
    expect(covered(withOvertones(mask, 200, 1), 11)).toEqual(covered(mask, 11));
  });

  it('are left out where the mask covers an octave: nothing is the fundamental', () => {
    const mask = new TileMask(grid);
    fillRectangle(mask, { start: 10, end: 13, low: 30, high: 62 });
    expect(covered(withOvertones(mask, 40, 4), 11)).toEqual(covered(mask, 11));
  });
});
