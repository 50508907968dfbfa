import fc from '../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import { MergeBuffers, mergeSegments } from '../../../../src-main/common/separation/merge.js';
import {
  planSegments,
  reflectIndex,
  segmentWeights,
} from '../../../../src-main/common/separation/segment-plan.js';
import type { SegmentRule } from '../../../../src-main/common/separation/separator.js';
import { noise, sine } from '../../../fixtures/signals.js';

const windows = ['rectangular', 'hann', 'hamming', 'triangle', 'linear-fade'] as const;
const pads = ['zero', 'reflect', 'context'] as const;

function rule(change: Partial<SegmentRule> = {}): SegmentRule {
  return {
    length: 400,
    fixed: true,
    align: 1,
    overlap: 0.25,
    window: 'hann',
    windowPower: 1,
    edge: 0,
    pad: 'zero',
    shifts: 0,
    shiftMaxSeconds: 0.5,
    ...change,
  };
}

const flatRule = fc.record({
  length: fc.integer({ min: 64, max: 500 }),
  fixed: fc.boolean(),
  align: fc.constantFrom(1, 8, 16),
  overlap: fc.constantFrom(0, 0.1, 0.25, 0.5, 0.75, 0.9),
  window: fc.constantFrom(...windows),
  windowPower: fc.constantFrom(1, 0.5, 2),
  edge: fc.constantFrom(0, 5, 16),
  pad: fc.constantFrom(...pads),
  shifts: fc.constantFrom(0, 1, 3),
  shiftMaxSeconds: fc.constant(0.5),
});

/** With windows that are separated together, where that is possible. */
const anyRule = fc.tuple(flatRule, fc.integer({ min: 1, max: 4 })).map(([flat, count]): SegmentRule => {
  if (count === 1 || flat.edge > 0 || flat.overlap > 0.5) return flat;
  return { ...flat, chain: { count, step: Math.round((1 - flat.overlap) * flat.length) } };
});

/** Runs `transform` over every segment of a song and merges, as the engine does. */
function through(
  song: Float32Array,
  segmentRule: SegmentRule,
  transform: (segment: Float32Array) => Float32Array,
  blocks: readonly number[] = [song.length],
): Float32Array {
  const plan = planSegments(segmentRule, song.length, 100);
  const results = plan.segments.map(({ inputStart }) =>
    transform(Float32Array.from({ length: plan.length }, (_, i) => song[inputStart + i] ?? 0)),
  );
  const merged = new Float32Array(song.length);
  const buffers = new MergeBuffers();
  let start = 0;
  for (const count of blocks) {
    const read = (segment: number, offset: number, into: Float32Array): void =>
      into.set(results[segment].subarray(offset, offset + into.length));
    mergeSegments(plan, read, start, count, merged.subarray(start, start + count), buffers);
    start += count;
  }
  return merged;
}

describe('segment plans and the weighted overlap-add', () => {
  it('covers every frame of every song, and every segment reads inside its own length', () => {
    fc.assert(
      fc.property(anyRule, fc.integer({ min: 1, max: 3000 }), (segmentRule, frames) => {
        const plan = planSegments(segmentRule, frames, 100);
        const covered = new Uint8Array(frames);
        for (const segment of plan.segments) {
          covered.fill(1, segment.from, segment.to);
          expect(segment.from - segment.inputStart).toBeGreaterThanOrEqual(0);
          expect(segment.to - segment.inputStart).toBeLessThanOrEqual(plan.length);
          expect(segment.from - segment.windowStart).toBeGreaterThanOrEqual(0);
          expect(segment.to - segment.windowStart).toBeLessThanOrEqual(plan.length);
        }
        expect(covered.indexOf(0)).toBe(-1);
      }),
    );
  });

  it('constant input gives constant output through every plan and length', () => {
    fc.assert(
      fc.property(anyRule, fc.integer({ min: 1, max: 2000 }), (segmentRule, frames) => {
        const out = through(new Float32Array(frames).fill(0.5), segmentRule, (x) => x);
        for (const sample of out) expect(sample).toBe(0.5);
      }),
    );
  });

  it('leaves noise and sines as they are, sample by sample, at every border', () => {
    for (const song of [noise(5000, 3), sine(5000, 7, 100)]) {
      for (const window of windows) {
        const out = through(song, rule({ window, overlap: 0.5, shifts: 2 }), (x) => x);
        for (let i = 0; i < song.length; i++) expect(Math.abs(out[i] - song[i])).toBeLessThan(1e-7);
      }
    }
  });

  it('windows that are separated together weigh as much as separate segments', () => {
    const song = noise(20_100, 5).map((x) => x + 0.5);
    const gain = (window: number): number => 1 + 0.3 * Math.sin(7 * window);
    for (const window of windows) {
      const flat = rule({ window, overlap: 0.25, windowPower: 1.5 });
      const step = 300;
      let flatWindow = 0;
      const expected = through(song, flat, (x) => {
        const g = gain(flatWindow++);
        return x.map((y) => g * y);
      });
      for (const count of [2, 3, 5, 8]) {
        let first = 0;
        const weights = segmentWeights(flat, flat.length);
        const out = through(song, { ...flat, chain: { count, step } }, (x) => {
          const [sum, total] = [new Float64Array(x.length), new Float64Array(x.length)];
          for (let start = 0, w = 0; w < count; w++, start += step) {
            for (let i = 0; i < flat.length && start + i < x.length; i++) {
              sum[start + i] += weights[i] * gain(first + w) * x[start + i];
              total[start + i] += weights[i];
            }
          }
          first += count;
          return x.map((_, i) => sum[i] / total[i]);
        });
        // Behind the windows of the flat plan there may be more of them here: only up to the song's end.
        for (let i = 0; i < song.length - flat.length; i++)
          expect(Math.abs(out[i] - expected[i])).toBeLessThan(1e-6);
      }
    }
  });

  it('makes no click where segments disagree: steps stay below the fade of two levels', () => {
    // Every other segment comes back 10 % louder; a hard border would step by 0.1.
    let count = 0;
    const out = through(
      new Float32Array(4000).fill(1),
      rule({ window: 'linear-fade', overlap: 0.5 }),
      (x) => {
        const gain = count++ % 2 ? 1.1 : 1;
        return x.map((sample) => sample * gain);
      },
    );
    let step = 0;
    for (let i = 1; i < out.length; i++) step = Math.max(step, Math.abs(out[i] - out[i - 1]));
    expect(step).toBeLessThan(0.1 / 100);
  });

  it('gives the same samples for any blocking', () => {
    const song = noise(3000, 5);
    const shifted = (x: Float32Array): Float32Array => x.map((sample, i) => sample * (1 + i / 1000));
    const whole = through(song, rule(), shifted);
    expect(through(song, rule(), shifted, [1, 999, 1234, 766])).toEqual(whole);
  });

  it('weights never reach zero, so the first frame of a song counts', () => {
    for (const window of windows) {
      for (const weight of segmentWeights(rule({ window }), 400)) expect(weight).toBeGreaterThan(0);
    }
  });

  it('a flexible rule shortens to the aligned length of a short song', () => {
    expect(planSegments(rule({ fixed: false, align: 16 }), 33, 100).length).toBe(48);
    expect(planSegments(rule({ fixed: true, align: 16 }), 33, 100).length).toBe(400);
  });

  it('MDX-Net: the first segment begins half a window early, and steps by (1 − overlap) of the chunk', () => {
    const plan = planSegments(rule({ length: 1000, edge: 100, overlap: 0.25 }), 2500, 100);
    expect(plan.segments.map((segment) => segment.windowStart)).toEqual(
      [-100, 650, 1400, 2150].slice(0, plan.segments.length),
    );
    expect(plan.segments.at(-1)!.windowStart + 1000 - 100).toBeGreaterThanOrEqual(2500);
  });

  it('Demucs: the last short segment sits centred over real audio', () => {
    const plan = planSegments(
      rule({ length: 400, overlap: 0.25, pad: 'context', window: 'triangle' }),
      1050,
      100,
    );
    const last = plan.segments.at(-1)!;
    const length = last.to - last.from;
    expect(length).toBeLessThan(400);
    expect(last.inputStart).toBe(last.from - Math.floor((400 - length) / 2));
  });

  it('reflects without repeating the edge, at any distance', () => {
    expect([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((i) => reflectIndex(i, 3))).toEqual([
      1, 2, 1, 0, 1, 2, 1, 0, 1, 2,
    ]);
    expect(reflectIndex(-9, 1)).toBe(0);
  });
});
