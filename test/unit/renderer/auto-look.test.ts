import { describe, expect, it } from 'vitest';
import { tileSize } from '../../../src-main/common/contract/session.js';
import { LevelCount } from '../../../src-renderer/picture/auto-look.js';

const whole = { columns: [0, tileSize], bins: [0, tileSize] } as const;
/** The texel of a level, dB. */
const texel = (db: number): number => Math.round(((db + 120) / 120) * 255);

/** A tile whose texels are those of a level each, from the lowest bin to the highest. */
function tile(levelOf: (bin: number, column: number) => number): Uint8Array {
  const bytes = new Uint8Array(tileSize * tileSize);
  for (let bin = 0; bin < tileSize; bin++)
    for (let column = 0; column < tileSize; column++)
      bytes[bin * tileSize + column] = texel(levelOf(bin, column));
  return bytes;
}

describe('the range of colours', () => {
  it('goes from the level that a fifth of the view lies below to the loudest but a thousandth', () => {
    const count = new LevelCount();
    count.add(
      tile((bin) => -10 - (80 * bin) / tileSize),
      whole,
    );
    const { gainDb, rangeDb } = count.look()!;
    // −10 … −90 dB: a fifth of that lies below −74.
    expect(gainDb).toBe(9);
    expect(rangeDb).toBe(66);
  });

  it('does not follow a few loud texels, and is never narrower than 30 dB', () => {
    const count = new LevelCount();
    count.add(
      tile((bin, column) => (bin < 8 && column < 8 ? 0 : -60)),
      whole,
    );
    expect(count.look()).toEqual({ gainDb: 57, rangeDb: 30 });
  });

  it('counts what is in view only, and silence not at all', () => {
    const count = new LevelCount();
    const halves = tile((_, column) => (column < tileSize / 2 ? -20 : -90));
    count.add(halves, { columns: [-40, tileSize / 2], bins: [100, 300] });
    expect(count.look()).toEqual({ gainDb: 18, rangeDb: 30 });
    const silent = new LevelCount();
    silent.add(new Uint8Array(tileSize * tileSize), whole);
    expect(silent.look()).toBeNull();
  });
});
