import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import {
  conserve,
  energyCell,
  leftOver,
  nullDb,
  checkBlock,
  perfectNullDb,
  planStems,
  wantedEstimates,
  type ResidualPolicy,
} from '../../../../src-main/common/separation/conservation.js';
import { noise } from '../../../fixtures/signals.js';

function planes(channels: number, length: number, seed: number): Float32Array[] {
  return Array.from({ length: channels }, (_, c) => noise(length, seed * 10 + c));
}

describe('conservation', () => {
  it('stems add up to the source for every policy and any estimates', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ResidualPolicy>('fold', 'spread', 'stem'),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 99 }),
        (policy, length, seed) => {
          const plan = planStems(['vocals', 'other'], 'other', policy);
          const source = planes(2, length, seed);
          const stems = plan.complete.map((_, s) => planes(2, length, seed + s + 1));
          conserve(plan, source, stems, 0, length);
          // Of few samples the source may happen to be far below the stems, whose last digit is what is left.
          const most = length < 300 ? -125 : -140;
          expect(nullDb(checkBlock(source, stems, 0, length))).toBeLessThan(most);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('fold leaves the other stems untouched and gives the rest to the absorber', () => {
    const plan = planStems(['vocals', 'other'], 'other', 'fold');
    const source = [Float32Array.of(1, 0.5)];
    const stems = [[Float32Array.of(0.25, 0.25)], [Float32Array.of(9, 9)]];
    conserve(plan, source, stems, 0, 2);
    expect(stems[0][0]).toEqual(Float32Array.of(0.25, 0.25));
    expect(stems[1][0]).toEqual(Float32Array.of(0.75, 0.25));
  });

  it('spread shares the residual by energy: a silent stem stays silent', () => {
    const plan = planStems(['vocals', 'drums', 'other'], 'other', 'spread');
    const length = 4 * energyCell;
    const source = [new Float32Array(length).fill(0.9)];
    const stems = [
      new Float32Array(length).fill(0.4),
      new Float32Array(length),
      new Float32Array(length).fill(0.2),
    ].map((x) => [x]);
    conserve(plan, source, stems, 0, length);
    // Residual 0.3; energies 0.16 : 0 : 0.04.
    expect(stems[0][0][700]).toBeCloseTo(0.4 + 0.3 * 0.8, 6);
    expect(stems[1][0][700]).toBe(0);
    expect(stems[2][0][700]).toBeCloseTo(0.2 + 0.3 * 0.2, 6);
  });

  it('spread over blocks with a halo equals one pass over everything', () => {
    const plan = planStems(['a', 'b'], 'b', 'spread');
    const length = 8 * energyCell + 100;
    const source = planes(1, length, 1);
    const estimates = [planes(1, length, 2), planes(1, length, 3)];
    const whole = estimates.map((stem) => stem.map((plane) => plane.slice()));
    conserve(plan, source, whole, 0, length);
    const block = 2 * energyCell;
    for (let start = 0; start < length; start += block) {
      const count = Math.min(block, length - start);
      const from = Math.max(0, start - energyCell);
      const to = Math.min(length, start + count + energyCell);
      const part = estimates.map((stem) => stem.map((plane) => plane.slice(from, to)));
      conserve(
        plan,
        source.map((plane) => plane.subarray(from, to)),
        part,
        start - from,
        count,
      );
      part.forEach((stem, s) =>
        expect(stem[0].subarray(start - from, start - from + count)).toEqual(
          whole[s][0].subarray(start, start + count),
        ),
      );
    }
  });

  it('two stems: the one asked for and everything else, whatever the policy', () => {
    for (const policy of ['fold', 'spread', 'stem'] as const) {
      const plan = planStems(['vocals', 'drums', 'other'], 'other', policy, ['vocals']);
      expect(plan.names).toEqual(['vocals', 'accompaniment']);
      const source = planes(1, 2000, 4);
      const stems = plan.complete.map((_, s) => planes(1, 2000, 5 + s));
      conserve(plan, source, stems, 0, 2000);
      const rest = [new Float32Array(2000)];
      leftOver(source, [stems[0]], rest, 0, 2000);
      expect(nullDb(checkBlock(source, [stems[0], rest], 0, 2000))).toBeLessThan(-140);
    }
    expect(planStems(['drums', 'other'], 'other', 'fold', ['drums']).names[1]).toBe('no-drums');
  });

  it('some stems: those asked for in their order, and one of everything else', () => {
    const all = ['vocals', 'drums', 'bass', 'other'];
    const plan = planStems(all, 'other', 'fold', ['drums', 'vocals']);
    expect(plan).toMatchObject({ kept: [0, 1], names: ['vocals', 'drums', 'rest'] });
    // What the others leave need not be estimated where nobody asks for it.
    expect(wantedEstimates(plan, 4)).toEqual([0, 1]);
    const source = [Float32Array.of(1, -0.5)];
    const kept = [[Float32Array.of(0.25, 0.125)], [Float32Array.of(0.5, -1)]];
    const rest = [Float32Array.of(7, 7)];
    leftOver(source, kept, rest, 0, 2);
    expect(rest[0]).toEqual(Float32Array.of(0.25, 0.375));
    // With the stem that takes the residual, all others are needed to know it.
    const other = planStems(all, 'other', 'fold', ['vocals', 'other']);
    expect([other.names, wantedEstimates(other, 4)]).toEqual([
      ['vocals', 'other', 'rest'],
      [0, 1, 2],
    ]);
    expect(planStems(all, 'other', 'fold', all)).toMatchObject({ kept: null, names: all });
    expect(planStems(all, 'other', 'fold', all.slice(1)).names).toEqual([...all.slice(1), 'vocals']);
    expect(planStems(all, 'other', 'stem', all).names).toEqual([...all, 'residual']);
  });

  it('what conserving says of a block is what a look at its stems says, wherever the residual goes', () => {
    const orders = [
      ['vocals', 'other', 'drums'],
      ['vocals', 'drums', 'other'],
    ];
    for (const policy of ['fold', 'spread', 'stem'] as const) {
      for (const order of orders) {
        const plan = planStems(order, 'other', policy);
        // No whole number of chunks, nor of fours.
        const [offset, count] = [512, 5003];
        const source = planes(2, 6000, 1);
        const stems = plan.complete.map((_, s) =>
          planes(2, 6000, 2 + s).map((x) => x.map((y) => y * (s + 1))),
        );
        const said = conserve(plan, source, stems, offset, count);
        const seen = checkBlock(source, stems, offset, count);
        expect(said.peaks).toEqual(seen.peaks);
        expect(said.peaks).toEqual(
          stems.map((stem) =>
            Math.max(...stem.flatMap((plane) => [...plane.subarray(offset, offset + count)].map(Math.abs))),
          ),
        );
        expect(said.sourceEnergy).toBeCloseTo(seen.sourceEnergy, 9);
        expect(nullDb(said)).toBeLessThan(-135);
        expect(nullDb(said)).toBeCloseTo(nullDb(seen), 0);
      }
    }
  });

  it('a sample that is not a number, or is infinite, shows in the peaks and in the sum', () => {
    const plan = planStems(['vocals', 'other'], 'other', 'fold');
    for (const [bad, at] of [
      [NaN, 0],
      [NaN, 4094],
      [-NaN, 4097],
      [Infinity, 2049],
      [-Infinity, 4098],
    ]) {
      const source = planes(1, 4100, 1);
      const stems = [planes(1, 4100, 2), planes(1, 4100, 3)];
      stems[0][0][at] = bad;
      const said = conserve(plan, source, stems, 0, 4100);
      expect(said.peaks[0]).toBe(Math.abs(bad));
      expect(said.errorEnergy).toBeNaN();
      expect(checkBlock(source, stems, 0, 4100).peaks[0]).toBe(Math.abs(bad));
    }
  });

  it('a model of one stem gets its complement as the absorber', () => {
    const plan = planStems(['vocals'], 'instrumental', 'spread');
    expect(plan).toMatchObject({ complete: ['vocals', 'instrumental'], absorber: 1 });
  });

  it('an unknown stem is refused and the known ones are named', () => {
    expect(() => planStems(['vocals', 'other'], 'other', 'fold', ['banjo'])).toThrowError(/no stem "banjo"/);
  });

  it('the null figure is relative to the source, and says so when nothing is off', () => {
    expect(nullDb({ errorEnergy: 0, sourceEnergy: 5 })).toBe(perfectNullDb);
    expect(nullDb({ errorEnergy: 1e-12, sourceEnergy: 1 })).toBeCloseTo(-120, 9);
    expect(nullDb({ errorEnergy: 1e-12, sourceEnergy: 0 })).toBeCloseTo(-120, 9);
  });
});
