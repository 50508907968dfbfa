import { describe, expect, it } from 'vitest';
import { firstGap, seenParts } from '../../../src-renderer/picture/gl/seen-parts.js';

const column = (start: number, end: number, complete = true) => ({ start, end, complete });

describe('what is seen of columns of tiles', () => {
  const view = { start: 100, end: 200 };

  it('is all of a complete one, and nothing below it', () => {
    const upper = column(0, 300);
    expect(seenParts([upper, column(0, 300), column(50, 150)], view)).toEqual([
      { column: upper, parts: [view] },
    ]);
  });

  it('is what lies beside it, the lowest first; where something is missing, the next one too', () => {
    const [upper, torn, base] = [column(120, 150), column(140, 180, false), column(0, 400)];
    expect(seenParts([upper, torn, base], view)).toEqual([
      {
        column: base,
        parts: [
          { start: 100, end: 120 },
          { start: 150, end: 200 },
        ],
      },
      { column: torn, parts: [{ start: 150, end: 180 }] },
      { column: upper, parts: [{ start: 120, end: 150 }] },
    ]);
  });

  it('is nothing of what is not in view', () => {
    expect(seenParts([column(0, 100), column(200, 300)], view)).toEqual([]);
  });

  it('has a gap where nothing whole is, and none where all is covered', () => {
    expect(firstGap([column(0, 150), column(140, 220)], view)).toBeNull();
    expect(firstGap([column(0, 150), column(160, 220)], view)).toBe(150);
    expect(firstGap([column(120, 220)], view)).toBe(100);
    expect(firstGap([column(0, 300, false), column(50, 180)], view)).toBe(180);
    expect(firstGap([], { start: 200, end: 200 })).toBeNull();
  });

  it('gives the picture that drawing everything gives', () => {
    let seed = 1;
    const chance = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
    for (let round = 0; round < 200; round++) {
      const columns = Array.from({ length: 6 }, (_, id) => {
        const start = chance(250);
        const complete = chance(2) === 0;
        const opaque = Array.from({ length: 300 }, () => complete || chance(2) === 0);
        return { ...column(start, start + 1 + chance(120), complete), id, opaque };
      });
      const all = new Array<number>(300).fill(-1);
      for (const { start, end, id, opaque } of columns.toReversed())
        for (let i = start; i < end; i++) if (opaque[i]) all[i] = id;
      const seen = new Array<number>(300).fill(-1);
      for (const { column, parts } of seenParts(columns, view))
        for (const { start, end } of parts)
          for (let i = start; i < end; i++) if (column.opaque[i]) seen[i] = column.id;
      expect(seen.slice(100, 200)).toEqual(all.slice(100, 200));
    }
  });
});
