import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from '../../../support/fc.js';
import { afterAll, describe, expect, it } from 'vitest';
import { fillRectangle } from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { EditLayer, type ActiveEdit } from '../../../../src-main/node/edits/edit-layer.js';
import { cacheOf, planesOf } from '../../../fixtures/audio/caches.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-edits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const grid = { nFft: 256, hop: 64 };
const frames = 20_000;
const names = ['vocals', 'drums', 'other'];
const planes = names.map((_, s) => [noise(frames, 2 * s + 1), noise(frames, 2 * s + 2)]);
const stems = names.map((name, s) => ({ name, ref: cacheOf(folder, planes[s], 44100) }));
const source = [0, 1].map((ch) => planes[0][ch].map((_, i) => planes.reduce((sum, p) => sum + p[ch][i], 0)));

const masks = new Map<string, TileMask>();
let count = 0;

/** A new layer; the masks it asks for go to `asked`. */
function layer(on = stems, asked: string[] = []): EditLayer {
  const dir = join(folder, `layer-${count++}`);
  mkdirSync(dir);
  return new EditLayer(on, dir, (hash) => (asked.push(hash), masks.get(hash)!));
}

/** A mask from (start, end, low, high), named by them. */
function mask(start: number, end: number, low: number, high: number): string {
  const name = `${start} ${end} ${low} ${high}`;
  if (!masks.has(name)) {
    const made = new TileMask(grid);
    fillRectangle(made, { start, end, low, high }, { frames: 2, bins: 1 });
    masks.set(name, made);
  }
  return name;
}

function read(of: EditLayer): Record<string, Float32Array[]> {
  return Object.fromEntries(of.tracks().map(({ name, ref }) => [name, planesOf(ref)]));
}

function sumError(tracks: Record<string, Float32Array[]>): number {
  const sums = [0, 1].map((ch) =>
    source[ch].map((_, i) => Object.values(tracks).reduce((sum, p) => sum + p[ch][i], 0)),
  );
  return Math.max(...sums.map((sum, ch) => errorDb(sum, source[ch])));
}

const phases = [
  undefined,
  undefined,
  { method: 'griffin-lim' as const, iterations: 2 },
  { method: 'misi' as const, iterations: 2 },
];
const somewhere = fc.record({
  sources: fc.subarray(names, { minLength: 1 }),
  strength: fc.constantFrom(0.3, 1),
  start: fc.integer({ min: 0, max: 280 }),
  length: fc.integer({ min: 1, max: 60 }),
  low: fc.integer({ min: 0, max: 110 }),
});
const anEdit = fc
  .tuple(
    somewhere,
    fc.oneof(
      fc.record({
        kind: fc.constantFrom('move' as const, 'copy' as const, 'attenuate' as const),
        target: fc.constantFrom(...names),
        phase: fc.constantFrom(...phases),
      }),
      fc.record({
        kind: fc.constant('heal' as const),
        target: fc.constant(null),
        fill: fc.constantFrom('time' as const, 'frequency' as const),
      }),
      fc.record({
        kind: fc.constant('clone' as const),
        target: fc.constant(null),
        shift: fc.integer({ min: -15_000, max: 15_000 }),
      }),
    ),
  )
  .map(([{ start, length, low, ...place }, edit]) => ({
    ...{ ...place, ...edit },
    mask: mask(start, start + length, low, low + 18),
  }));

const numbered = (list: readonly Omit<ActiveEdit, 'id'>[]): ActiveEdit[] =>
  list.map((edit, i) => ({ ...edit, id: `e${i}` }));

describe('the edit layer', () => {
  it('keeps the sum under any sequence of edits, below -120 dB', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { minLength: 1, maxLength: 12 }), (list) => {
        const edited = layer();
        edited.set(numbered(list));
        expect(sumError(read(edited))).toBeLessThan(-120);
        edited.dispose();
      }),
      { numRuns: 25 },
    );
  });

  it('edits switched off, on, moved and deleted give what a fresh rendering gives', () => {
    fc.assert(
      fc.property(
        fc.array(anEdit, { minLength: 2, maxLength: 8 }),
        fc.array(fc.infiniteStream(fc.nat(1000)), { minLength: 3, maxLength: 3 }),
        (list, choices) => {
          const all = numbered(list);
          const edited = layer();
          edited.set(all);
          for (const stream of choices) {
            // Some of the edits, in another order.
            const some = all
              .map((edit) => ({ edit, at: stream.next().value as number, on: stream.next().value as number }))
              .filter(({ on }) => on > 300)
              .sort((a, b) => (a.at > 700 || b.at > 700 ? a.at - b.at : 0))
              .map(({ edit }) => edit);
            edited.set(some);
            const fresh = layer();
            fresh.set(some);
            const [now, expected] = [read(edited), read(fresh)];
            for (const name of Object.keys(expected)) {
              for (const ch of [0, 1]) expect(errorDb(now[name][ch], expected[name][ch])).toBeLessThan(-120);
            }
            fresh.dispose();
          }
          edited.set([]);
          const back = read(edited);
          names.forEach((name, s) => expect(back[name]).toEqual(planes[s]));
          edited.dispose();
        },
      ),
      { numRuns: 20 },
    );
  });

  it('an edit moved before another reads what is there now', () => {
    const copy = { kind: 'copy', strength: 1 } as const;
    const into = { ...copy, id: 'into', sources: ['vocals'], target: 'other', mask: mask(100, 120, 20, 60) };
    const from = { ...copy, id: 'from', sources: ['other'], target: 'drums', mask: mask(105, 125, 30, 50) };
    const apart = { ...copy, id: 'apart', sources: ['drums'], target: 'vocals', mask: mask(10, 20, 20, 60) };
    for (const [order, computed] of [
      [[from, into, apart], null],
      [[from, apart, into], [from.mask]],
    ] as const) {
      const asked: string[] = [];
      const [edited, fresh] = [layer(stems, asked), layer()];
      edited.set([apart, into, from]);
      asked.length = 0;
      edited.set(order);
      if (computed) expect(asked).toEqual(computed);
      fresh.set(order);
      const [now, expected] = [read(edited), read(fresh)];
      for (const name of names) expect(errorDb(now[name][0], expected[name][0])).toBeLessThan(-120);
      edited.dispose();
      fresh.dispose();
    }
  });

  it('tells which edits a change reaches, with transforms of any lengths', () => {
    const grids = [64, 512, 2048].map((nFft) => ({ nFft, hop: nFft / 4 }));
    const banded = (g: number, start: number, low: number): string => {
      const { nFft, hop } = grids[g];
      const name = `${nFft}: ${start} ${low}`;
      if (!masks.has(name)) {
        const made = new TileMask(grids[g]);
        const [first, bin] = [Math.floor(start / hop), Math.floor((low * nFft) / 2)];
        fillRectangle(
          made,
          { start: first, end: first + 12, low: bin, high: bin + 4 },
          { frames: 0, bins: 0 },
        );
        masks.set(name, made);
      }
      return name;
    };
    const banding = fc
      .record({
        grid: fc.nat(2),
        start: fc.nat(12_000),
        low: fc.constantFrom(0, 0.1, 0.3, 0.6, 0.9),
        source: fc.constantFrom('vocals', 'drums'),
      })
      .map(({ grid: g, start, low, source: from }) => ({
        kind: 'move' as const,
        sources: [from],
        target: from === 'drums' ? 'vocals' : 'drums',
        strength: 1,
        mask: banded(g, start, low),
      }));
    fc.assert(
      fc.property(fc.array(banding, { minLength: 3, maxLength: 12 }), fc.nat(11), (list, at) => {
        const all = numbered(list);
        const rest = all.filter((_, i) => i !== at % all.length);
        const [edited, fresh] = [layer(), layer()];
        edited.set(all);
        edited.set(rest);
        fresh.set(rest);
        const [now, expected] = [read(edited), read(fresh)];
        for (const name of names) expect(errorDb(now[name][0], expected[name][0])).toBeLessThan(-120);
        edited.dispose();
        fresh.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it('says where samples changed, and changes them nowhere else', () => {
    const edited = layer();
    const edit = { kind: 'move', sources: ['vocals'], target: 'drums', strength: 1 } as const;
    const changed = edited.set([{ ...edit, id: 'a', mask: mask(100, 110, 20, 60) }]);
    expect([...changed.keys()].sort()).toEqual(['drums', 'vocals']);
    const [range] = changed.get('vocals') ?? [];
    expect(range.start).toBeGreaterThanOrEqual(98 * 64 - 128);
    expect(range.start + range.count).toBeLessThanOrEqual(112 * 64 + 128);
    const now = read(edited);
    names.forEach((name, s) =>
      now[name].forEach((plane, ch) => {
        plane.forEach((x, i) => {
          const inside = i >= range.start && i < range.start + range.count;
          if (!inside || name === 'other') expect(x).toBe(planes[s][ch][i]);
        });
      }),
    );
    // One more edit elsewhere leaves the first one's range alone.
    const more = edited.set([
      { ...edit, id: 'a', mask: mask(100, 110, 20, 60) },
      { ...edit, id: 'b', mask: mask(200, 210, 20, 60) },
    ]);
    expect((more.get('vocals') ?? []).every(({ start }) => start > range.start + range.count)).toBe(true);
    edited.dispose();
  });

  it('moves a known tone from one stem into another, sample by sample', () => {
    const tone = sine(frames, 44100 / 8, 44100, 0.25);
    const hum = sine(frames, 44100 / 64, 44100, 0.4);
    const song = [
      { name: 'vocals', ref: cacheOf(folder, [hum.map((x, i) => x + tone[i])], 44100) },
      { name: 'drums', ref: cacheOf(folder, [new Float32Array(frames)], 44100) },
    ];
    const edited = layer(song);
    // The tone lies in bin 32 of 256.
    edited.set([
      {
        id: 'a',
        kind: 'move',
        sources: ['vocals'],
        target: 'drums',
        strength: 1,
        mask: mask(0, 320, 24, 40),
      },
    ]);
    const now = read(edited);
    const middle = (plane: Float32Array): Float32Array => plane.subarray(1000, frames - 1000);
    expect(errorDb(middle(now['drums'][0]), middle(tone))).toBeLessThan(-60);
    expect(errorDb(middle(now['vocals'][0]), middle(hum))).toBeLessThan(-60);
    edited.dispose();
  });

  it('attenuated energy is kept in a separate track, which goes silent when the edit does', () => {
    const edited = layer();
    const edit = { kind: 'attenuate', sources: ['vocals'], target: null, strength: 1 } as const;
    edited.set([{ ...edit, id: 'a', mask: mask(50, 80, 0, 129) }]);
    const tracks = read(edited);
    expect(Object.keys(tracks)).toEqual([...names, 'removed']);
    expect(sumError(tracks)).toBeLessThan(-120);
    const from = 60 * 64;
    expect(
      errorDb(tracks['removed'][0].subarray(from, from + 500), planes[0][0].subarray(from, from + 500)),
    ).toBeLessThan(-100);
    edited.set([]);
    expect(read(edited)['removed'][0].every((x) => x === 0)).toBe(true);
    edited.dispose();
  });

  it('a stop on the way leaves all as it was', () => {
    const edited = layer();
    const edit = { kind: 'move', sources: ['vocals'], target: 'drums', strength: 1 } as const;
    const list = [20, 60, 100].map((at, i) => ({ ...edit, id: `s${i}`, mask: mask(at, at + 10, 20, 60) }));
    let steps = 0;
    expect(() =>
      edited.set(list, () => {
        if (++steps === 2) throw new Error('stopped');
      }),
    ).toThrow('stopped');
    names.forEach((name, s) => expect(read(edited)[name]).toEqual(planes[s]));
    edited.set(list);
    const fresh = layer();
    fresh.set(list);
    expect(read(edited)).toEqual(read(fresh));
    edited.dispose();
    fresh.dispose();
  });

  it('what could not be written is written the next time', () => {
    const dir = join(folder, `layer-${count++}`);
    mkdirSync(dir);
    const edited = new EditLayer(stems, dir, (hash) => masks.get(hash)!);
    const edit = { id: 'a', kind: 'move', sources: ['vocals'], target: 'drums', strength: 1 } as const;
    const list = [{ ...edit, mask: mask(100, 110, 20, 60) }];
    // A file where the second track's folder belongs.
    writeFileSync(join(dir, 'track-1'), '');
    expect(() => edited.set(list)).toThrow();
    rmSync(join(dir, 'track-1'));
    expect([...edited.set(list).keys()].sort()).toEqual(['drums', 'vocals']);
    const fresh = layer();
    fresh.set(list);
    expect(read(edited)).toEqual(read(fresh));
    edited.dispose();
    fresh.dispose();
  });

  it('computes what follows a deleted edit again, as a fresh rendering does', () => {
    const wide = { nFft: 4096, hop: 1024 };
    const long = 80_000;
    const song = ['vocals', 'drums'].map((name, s) => ({
      name,
      ref: cacheOf(folder, [noise(long, 30 + s)], 44100),
    }));
    const stroke = (id: string, start: number, low: number): ActiveEdit => {
      const made = new TileMask(wide);
      fillRectangle(made, { start, end: start + 8, low, high: low + 60 }, { frames: 2, bins: 10 });
      masks.set(id, made);
      return { id, mask: id, kind: 'move', sources: ['vocals'], target: 'drums', strength: 1 };
    };
    const first = stroke('first', 20, 300);
    const rest = [
      stroke('far', 22, 900),
      stroke('later', 60, 300),
      stroke('over', 24, 330),
      stroke('after', 30, 350),
    ];
    const asked: string[] = [];
    const edited = layer(song, asked);
    edited.set([first, ...rest]);
    asked.length = 0;
    edited.set(rest);
    expect(asked).toEqual(['over', 'after']);
    const fresh = layer(song);
    fresh.set(rest);
    const [now, expected] = [read(edited), read(fresh)];
    for (const name of ['vocals', 'drums']) {
      expect(errorDb(now[name][0], expected[name][0])).toBeLessThan(-120);
    }
    edited.dispose();
    fresh.dispose();
  });

  it('an edit of everything under thousands of frames keeps the sum with any phase', () => {
    const long = 230_000;
    const song = ['vocals', 'drums'].map((name, s) => ({
      name,
      ref: cacheOf(folder, [noise(long, 40 + s)], 44100),
    }));
    for (const method of ['griffin-lim', 'misi'] as const) {
      const edited = layer(song);
      const fractions: number[] = [];
      const edit = { kind: 'move', sources: ['vocals'], target: 'drums', strength: 1 } as const;
      const phase = { method, iterations: 1 };
      edited.set([{ ...edit, id: 'all', mask: mask(0, 3600, 10, 60), phase }], (f) => fractions.push(f));
      const now = read(edited);
      const [was, is] = [song.map(({ ref }) => planesOf(ref)[0]), song.map(({ name }) => now[name][0])];
      expect(errorDb(is[0], was[0])).toBeGreaterThan(-20);
      expect(
        errorDb(
          is[0].map((x, i) => x + is[1][i]),
          was[0].map((x, i) => x + was[1][i]),
        ),
      ).toBeLessThan(-120);
      // Piece by piece: more than one is reported before the end.
      expect(fractions.filter((f) => f > 0 && f < 1).length).toBeGreaterThan(2);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      edited.dispose();
    }
  });
});
