import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import {
  maskedPart,
  removedTrack,
  supportOf,
  transfersOf,
} from '../../../../src-main/common/separation/edits/edit.js';
import {
  feather,
  grow,
  intersect,
  invert,
  selectByStem,
  shrink,
  subtract,
  union,
  wand,
} from '../../../../src-main/common/separation/edits/selection.js';
import {
  fillHarmonics,
  fillLasso,
  fillRectangle,
  paintStroke,
} from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

const grid = { nFft: 1024, hop: 256 };
const area = (start: number, end: number, low: number, high: number) => ({ start, end, low, high });

function rectangle(start: number, end: number, low: number, high: number): TileMask {
  const mask = new TileMask(grid);
  fillRectangle(mask, area(start, end, low, high));
  return mask;
}

describe('tile masks', () => {
  it('keep what was set, to 1/255, in every tile, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(400), fc.nat(512), fc.double({ min: 0, max: 1, noNaN: true })), {
          maxLength: 60,
        }),
        (cells) => {
          const mask = new TileMask(grid);
          const expected = new Map<string, number>();
          for (const [t, f, value] of cells) {
            mask.set(t, f, value);
            expected.set(`${t} ${f}`, Math.round(255 * value) / 255);
          }
          const back = TileMask.decode(mask.encode());
          for (const copy of [mask, back, mask.clone()]) {
            for (const [key, value] of expected) {
              const [t, f] = key.split(' ').map(Number);
              expect(copy.get(t, f)).toBe(value);
            }
            const plane = copy.plane(0, 401);
            let sum = 0;
            for (const value of plane) sum += value;
            expect(sum).toBeCloseTo(
              [...expected.values()].reduce((a, b) => a + b, 0),
              3,
            );
          }
        },
      ),
    );
  });

  it('is had again from another and from where they differ, which has only the tiles that are not equal', () => {
    const a = rectangle(10, 300, 20, 200);
    const b = a.clone();
    b.set(70, 150, 0.5);
    b.set(900, 3, 1);
    const differs = a.xor(b);
    expect(differs.size).toBe(16 + 2 * (8 + 4096));
    expect(a.xor(differs).encode()).toEqual(b.encode());
    expect(b.xor(differs).encode()).toEqual(a.encode());
    expect(a.xor(a.clone()).empty).toBe(true);
    expect(() => a.xor(new TileMask({ nFft: 2 * grid.nFft, hop: grid.hop }))).toThrow();
  });

  it('are the same bytes for the same values, whatever order they came in', () => {
    const [a, b] = [new TileMask(grid), new TileMask(grid)];
    a.set(300, 500, 1);
    a.set(3, 5, 0.5);
    b.set(3, 5, 0.5);
    b.set(100, 100, 1);
    b.set(300, 500, 1);
    b.set(100, 100, 0);
    expect(b.encode()).toEqual(a.encode());
  });

  it('know their frames, and refuse bytes that are not a mask', () => {
    expect(rectangle(70, 90, 3, 9).frameRange()).toEqual([70, 90]);
    expect(new TileMask(grid).frameRange()).toBeNull();
    const bytes = rectangle(0, 4, 0, 4).encode();
    expect(() => TileMask.decode(bytes.subarray(0, bytes.length - 1))).toThrow(/not a mask/);
    expect(() => TileMask.decode(new Uint8Array(40))).toThrow(/not a mask/);
    const wild = bytes.slice();
    new DataView(wild.buffer).setUint32(20, 5000, true);
    expect(() => TileMask.decode(wild)).toThrow(/not a mask/);
  });
});

describe('shapes', () => {
  it('a rectangle is 1 inside, fades over its feather, and is 0 beyond', () => {
    const mask = new TileMask(grid);
    fillRectangle(mask, area(10, 20, 100, 110), { frames: 4, bins: 0 });
    expect(mask.get(10, 100)).toBe(1);
    expect(mask.get(19, 109)).toBe(1);
    expect(mask.get(19, 110)).toBe(0);
    expect(mask.get(22, 105)).toBeCloseTo(0.5 + 0.5 * Math.cos((Math.PI * 3) / 5), 2);
    expect(mask.get(8, 105)).toBe(mask.get(21, 105));
    expect(mask.get(24, 105)).toBe(0);
  });

  it('a stroke is as strong where it crosses itself; pressure and eraser count', () => {
    const mask = new TileMask(grid);
    const brush = { frames: 5, bins: 8, hardness: 0.5, strength: 0.8 };
    paintStroke(
      mask,
      [
        { frame: 20, bin: 50 },
        { frame: 40, bin: 50 },
        { frame: 20, bin: 50 },
      ],
      brush,
    );
    expect(mask.get(30, 50)).toBeCloseTo(0.8, 2);
    expect(mask.get(30, 54)).toBeCloseTo(0.8, 2);
    expect(mask.get(30, 57)).toBeLessThan(0.4);
    expect(mask.get(30, 58)).toBe(0);
    expect(mask.get(46, 50)).toBe(0);
    paintStroke(mask, [{ frame: 30, bin: 50, pressure: 0.5 }], { ...brush, strength: 1, erase: true });
    expect(mask.get(30, 50)).toBeCloseTo(0.5, 2);
  });

  it('a lasso takes the inside of its polygon', () => {
    const mask = new TileMask(grid);
    fillLasso(mask, [
      { frame: 0, bin: 0 },
      { frame: 40, bin: 0 },
      { frame: 0, bin: 40 },
    ]);
    expect(mask.get(5, 5)).toBe(1);
    expect(mask.get(15, 24)).toBe(1);
    expect(mask.get(25, 24)).toBe(0);
  });

  it('the harmonic brush follows the fundamental and takes its overtones', () => {
    const mask = new TileMask(grid);
    const line = [
      { frame: 10, bin: 20 },
      { frame: 20, bin: 30 },
    ];
    fillHarmonics(mask, line, { overtones: 4, width: 1, hardness: 0.9 });
    for (const n of [1, 2, 3, 4]) {
      expect(mask.get(10, 20 * n)).toBe(1);
      expect(mask.get(15, 25 * n)).toBe(1);
      expect(mask.get(20, 30 * n)).toBe(1);
      expect(mask.get(15, 25 * n + 4)).toBe(0);
    }
    expect(mask.get(15, 125)).toBe(0);
    expect(mask.get(21, 30)).toBe(0);
  });

  it('the wand takes what hangs together above the level, not the island beside it', () => {
    const levels = new Float32Array(20 * 20).fill(-90);
    for (const [t, f] of [
      [5, 5],
      [6, 6],
      [7, 6],
      [7, 7],
      [15, 15],
    ])
      levels[t * 20 + f] = -20;
    const mask = new TileMask(grid);
    wand(mask, { ...area(100, 120, 40, 60), levels }, 105, 45, -40);
    expect([mask.get(105, 45), mask.get(106, 46), mask.get(107, 46), mask.get(107, 47)]).toEqual([
      1, 1, 1, 1,
    ]);
    expect(mask.get(115, 55)).toBe(0);
    expect(mask.get(106, 45)).toBe(0);
  });

  it('select by stem takes the bins of whose power that stem has its share, and no silent ones', () => {
    const own = Float32Array.of(0.5, 0.1, 0.31, 0, 1e-12, 0.3);
    const other = Float32Array.of(0.1, 0.5, 0.3, 0, 0, 0.1);
    const taken = (share: number): number[] => {
      const mask = new TileMask(grid);
      selectByStem(mask, area(2, 4, 7, 10), [own, other], 0, share);
      return [2, 3].flatMap((t) => [7, 8, 9].map((f) => mask.get(t, f)));
    };
    expect(taken(0.5)).toEqual([1, 0, 1, 0, 0, 1]);
    expect(taken(0.75)).toEqual([1, 0, 0, 0, 0, 1]);
    expect(taken(0.8)).toEqual([1, 0, 0, 0, 0, 0]);
  });
});

describe('operations on selections', () => {
  const a = rectangle(10, 20, 10, 20);
  const b = rectangle(15, 25, 15, 25);

  it('union, intersection and difference', () => {
    const values = (mask: TileMask): number[] => [mask.get(12, 12), mask.get(17, 17), mask.get(22, 22)];
    expect(values(union(a, b))).toEqual([1, 1, 1]);
    expect(values(intersect(a, b))).toEqual([0, 1, 0]);
    expect(values(subtract(a, b))).toEqual([1, 0, 0]);
    expect(values(a)).toEqual([1, 1, 0]);
  });

  it('grow and shrink take the extreme of an ellipse, at the rims of the song and all along it', () => {
    const mask = new TileMask(grid);
    noise(300 * 40, 7).forEach((x, i) => mask.set(Math.floor(i / 40), i % 40, Math.max(0, x)));
    noise(300 * 9, 8).forEach((x, i) => mask.set(Math.floor(i / 9), 504 + (i % 9), Math.max(0, x)));
    const extreme = (t: number, f: number, pick: (...values: number[]) => number): number => {
      let best = mask.get(t, f);
      for (let dt = -2; dt <= 2; dt++) {
        for (let df = -3; df <= 3; df++) {
          const isOut = t + dt < 0 || f + df < 0 || f + df >= mask.bins;
          if (isOut || (dt / 2.5) ** 2 + (df / 3.5) ** 2 > 1) continue;
          best = pick(best, mask.get(t + dt, f + df));
        }
      }
      return best;
    };
    const [grown, shrunk] = [grow(mask, 2, 3), shrink(mask, 2, 3)];
    for (const t of [0, 1, 2, 150, 253, 255, 256, 258, 299, 301, 302]) {
      for (const f of [0, 2, 20, 39, 42, 43, 501, 506, 511, 512]) {
        expect(grown.get(t, f)).toBeCloseTo(extreme(t, f, Math.max), 6);
        expect(shrunk.get(t, f)).toBeCloseTo(extreme(t, f, Math.min), 6);
      }
    }
  });

  it('grow and shrink undo each other on a rectangle; feather keeps the middle', () => {
    const grown = grow(a, 3, 2);
    expect([grown.get(7, 15), grown.get(6, 15), grown.get(15, 21), grown.get(15, 22)]).toEqual([1, 0, 1, 0]);
    const back = shrink(grown, 3, 2);
    expect([back.get(10, 15), back.get(9, 15), back.get(15, 19), back.get(15, 20)]).toEqual([1, 0, 1, 0]);
    const soft = feather(a, 2, 0);
    expect(soft.get(15, 15)).toBe(1);
    expect(soft.get(10, 15)).toBeCloseTo(3 / 5, 2);
    expect(soft.get(7, 15)).toBe(0);
  });

  it('invert turns an area over', () => {
    const turned = invert(a, area(0, 30, 0, 30));
    expect([turned.get(5, 5), turned.get(15, 15), turned.get(40, 40)]).toEqual([1, 0, 0]);
  });
});

describe('the masked part of a signal', () => {
  const samples = 60_000;
  const signal = noise(samples, 3);
  const reader =
    (plane: Float32Array) =>
    (_: number, start: number, into: Float32Array): void => {
      for (let i = 0; i < into.length; i++) into[i] = plane[start + i] ?? 0;
    };

  it('is the signal itself under a full mask, away from the rims', () => {
    const part = maskedPart(reader(signal), 1, rectangle(50, 150, 0, 513), 1);
    const { start, planes } = part!;
    const from = 50 * 256 + 512;
    const to = 149 * 256 - 512;
    expect(errorDb(planes[0].subarray(from - start, to - start), signal.subarray(from, to))).toBeLessThan(
      -130,
    );
  });

  it('takes one tone out of two and leaves the other', () => {
    const low = sine(samples, 440, 44100, 0.3);
    const high = sine(samples, 5000, 44100, 0.3);
    const both = low.map((x, i) => x + high[i]);
    const mask = rectangle(20, 180, Math.round((4000 * 1024) / 44100), Math.round((6000 * 1024) / 44100));
    const { start, planes } = maskedPart(reader(both), 1, mask, 0.5)!;
    const middle = planes[0].subarray(20_000 - start, 40_000 - start);
    const expected = high.subarray(20_000, 40_000).map((x) => 0.5 * x);
    expect(errorDb(middle, expected)).toBeLessThan(-60);
  });

  it('reaches half a window beyond its frames and not further', () => {
    const mask = rectangle(50, 60, 0, 513);
    expect(supportOf(mask)).toEqual({ start: 50 * 256 - 512, count: 9 * 256 + 1024 });
    const { start, planes } = maskedPart(reader(signal), 1, mask, 1)!;
    expect([start, planes[0].length]).toEqual([50 * 256 - 512, 9 * 256 + 1024]);
    // Samples further away than a window do not matter.
    const cut = signal.map((x, i) => (i < 48 * 256 - 1024 || i > 61 * 256 + 1024 ? 0 : x));
    expect(errorDb(maskedPart(reader(cut), 1, mask, 1)!.planes[0], planes[0])).toBeLessThan(-130);
  });

  it('works at the very beginning, and says when there is nothing', () => {
    const { start, planes } = maskedPart(reader(signal), 1, rectangle(0, 10, 0, 513), 1)!;
    expect(start).toBe(0);
    expect(errorDb(planes[0].subarray(512, 2000), signal.subarray(512, 2000))).toBeLessThan(-130);
    expect(maskedPart(reader(signal), 1, new TileMask(grid), 1)).toBeNull();
  });
});

describe('transfers', () => {
  it('give as much as they take, for every kind of edit', () => {
    for (const kind of ['move', 'copy', 'attenuate'] as const) {
      const transfers = transfersOf({ kind, sources: ['vocals', 'drums'], target: 'bass', strength: 1 });
      for (const source of ['vocals', 'drums']) {
        const signs = transfers.filter((transfer) => transfer.source === source).map(({ sign }) => sign);
        expect(signs.reduce((a: number, b) => a + b, 0)).toBe(0);
        expect(signs).toHaveLength(2);
      }
    }
    const copied = transfersOf({ kind: 'copy', sources: ['vocals'], target: 'bass', strength: 1 });
    expect(copied.map(({ track, sign }) => [track, sign])).toEqual([
      [removedTrack, -1],
      ['bass', 1],
    ]);
    expect(transfersOf({ kind: 'move', sources: ['bass'], target: 'bass', strength: 1 })).toEqual([]);
  });
});
