import { tileSize } from '../../src-main/common/contract/session.js';
import type { Look } from './look.js';
import { texelDb } from './tiles/level-at.js';

/** Shares of what is in view that are darker than the darkest, and no brighter than the brightest colour. */
const [darkShare, brightShare] = [0.2, 0.999];
/** The range stays between these, dB, and is rounded to this, so that it does not move at every step. */
const [narrowest, widest, roundDb] = [30, 108, 3];
/** Only one column of so many is counted, but every bin: a tone may have two. */
const stride = 8;

/** Columns and bins `[from, to)` of a tile. */
export interface TilePart {
  readonly columns: readonly [from: number, to: number];
  readonly bins: readonly [from: number, to: number];
}

/** Counts the levels of what is in view, and makes a look of them that neither saturates nor wastes colours. */
export class LevelCount {
  private readonly counts = new Uint32Array(256);

  /** Adds a part of a tile, uint8 [tileSize bins][tileSize columns]. */
  add(bytes: Uint8Array, { columns, bins }: TilePart): void {
    const within = (value: number): number => Math.min(Math.max(Math.floor(value), 0), tileSize);
    const [left, right] = columns.map(within);
    for (let bin = within(bins[0]); bin < within(bins[1]); bin++)
      for (let column = left; column < right; column += stride) this.counts[bytes[bin * tileSize + column]]++;
  }

  /** Null when nothing was counted but silence. */
  look(): Pick<Look, 'gainDb' | 'rangeDb'> | null {
    // Silence is black in any range.
    const total = this.counts.reduce((sum, count) => sum + count, 0) - this.counts[0];
    if (total === 0) return null;
    const top = Math.ceil(this.levelAt(brightShare * total) / roundDb) * roundDb;
    const bottom = Math.floor(this.levelAt(darkShare * total) / roundDb) * roundDb;
    return { gainDb: -top, rangeDb: Math.min(widest, Math.max(narrowest, top - bottom)) };
  }

  /** The level, dB, that so many texels do not exceed. */
  private levelAt(share: number): number {
    let sum = 0;
    for (let value = 1; value < 256; value++) {
      sum += this.counts[value];
      if (sum >= share) return texelDb(value)!;
    }
    return 0;
  }
}
