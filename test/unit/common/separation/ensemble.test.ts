import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEnsemble } from '../../../../src-main/common/separation/ensemble-manifest.js';
import { EnsembleSeparator, ensembleInfo } from '../../../../src-main/common/separation/ensemble.js';
import { planSegments } from '../../../../src-main/common/separation/segment-plan.js';
import type { SegmentRule, Separator } from '../../../../src-main/common/separation/separator.js';
import { noise } from '../../../fixtures/signals.js';

const stats = { mean: 0, std: 1 };

function rule(length: number, parts: Partial<SegmentRule> = {}): SegmentRule {
  return {
    ...{ length, fixed: true, align: 1, overlap: 0.25, window: 'linear-fade', windowPower: 1, edge: 0 },
    ...{ pad: 'zero', shifts: 0, shiftMaxSeconds: 0.5 },
    ...parts,
  };
}

/** Stem s of a segment is its gain times the mixture, plus a ramp that tells where the segment began. */
class Gains implements Separator {
  readonly info: Separator['info'];
  readonly calls: { length: number; wanted: readonly number[] }[] = [];

  constructor(
    private readonly gains: readonly number[],
    segment: SegmentRule,
    stems: readonly string[] = ['vocals', 'other'],
    private readonly slope = 0,
    rate = 44100,
  ) {
    this.info = { sampleRate: rate, channels: 2, stems, residualStem: 'other', segment, needsStats: false };
  }

  separate(mix: readonly Float32Array[], _: unknown, wanted: readonly number[] = []) {
    this.calls.push({ length: mix[0].length, wanted });
    return Promise.resolve(
      this.gains.map((gain) => mix.map((plane) => plane.map((x, i) => gain * x + this.slope * i))),
    );
  }
}

function ensembleOf(...weights: Record<string, number>[]) {
  return parseEnsemble({
    ...{ schema: 'unbraid-ensemble/1', id: 'both', name: 'Both' },
    stems: { order: ['vocals', 'other'], residual: 'other' },
    members: weights.map((own, i) => ({ separator: `m${i}`, weights: own })),
  });
}

const mixOf = (samples: number): Float32Array[] => [noise(samples, 1), noise(samples, 2)];

function worst(a: Float32Array, b: (i: number) => number): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b(i))), 0);
}

describe('an ensemble', () => {
  it('is the weighted mean of its members, stem by stem', async () => {
    const a = new Gains([0.5, 0.1], rule(4000));
    const b = new Gains([0.2, 0.9], rule(4000));
    const both = new EnsembleSeparator(ensembleOf({ vocals: 3, other: 1 }, { vocals: 1, other: 1 }), [a, b]);
    const mix = mixOf(4000);
    const [vocals, other] = await both.separate(mix, stats);
    for (const ch of [0, 1]) {
      expect(worst(vocals[ch], (i) => mix[ch][i] * (0.75 * 0.5 + 0.25 * 0.2))).toBeLessThan(1e-6);
      expect(worst(other[ch], (i) => mix[ch][i] * 0.5)).toBeLessThan(1e-6);
    }
  });

  it('asks a member only for stems it has a say in, and not at all for none', async () => {
    const a = new Gains([0.5, 0.1], rule(4000));
    const b = new Gains([0.2, 0.9], rule(4000));
    const both = new EnsembleSeparator(ensembleOf({ vocals: 1 }, { other: 1 }), [a, b]);
    await both.separate(mixOf(4000), stats, [0]);
    expect(a.calls.map((call) => call.wanted)).toEqual([[0]]);
    expect(b.calls).toEqual([]);
  });

  it('cuts its long segments for a member with short ones, and adds them up by their weights', async () => {
    const short = new Gains([1, 0], rule(1000), ['vocals', 'other'], 0.001);
    const long = new Gains([0, 1], rule(10_000));
    const both = new EnsembleSeparator(ensembleOf({ vocals: 1 }, { other: 1 }), [short, long]);
    expect(both.info.segment.length).toBe(10_000);
    const mix = mixOf(10_000);
    const [vocals, other] = await both.separate(mix, stats);
    const plan = planSegments(rule(1000), 10_000, 44100);
    expect(short.calls).toHaveLength(plan.segments.length);
    const expected = (i: number): number => {
      let [sum, total] = [0, 0];
      for (const { windowStart, from, to } of plan.segments) {
        if (i < from || i >= to) continue;
        const weight = plan.weights[i - windowStart];
        sum += weight * (mix[0][i] + 0.001 * (i - windowStart));
        total += weight;
      }
      return sum / total;
    };
    expect(worst(vocals[0], expected)).toBeLessThan(1e-5);
    expect(worst(other[1], (i) => mix[1][i])).toBeLessThan(1e-6);
  });

  it('works on segments of changing length, as the last of a song has', async () => {
    const short = new Gains([0.5, 0.5], rule(1000));
    const long = new Gains([0.5, 0.5], rule(8000, { fixed: false }));
    const equal = { vocals: 1, other: 1 };
    const both = new EnsembleSeparator(ensembleOf(equal, equal), [short, long]);
    for (const samples of [8000, 1, 999, 1001, 8000]) {
      const mix = mixOf(samples);
      const [vocals] = await both.separate(mix, stats);
      expect(vocals[0]).toHaveLength(samples);
      expect(worst(vocals[0], (i) => 0.5 * mix[0][i])).toBeLessThan(1e-6);
    }
  });

  it('knows a member’s stems by other names', async () => {
    const a = new Gains([0.25, 0.75], rule(4000), ['harmonic', 'percussive']);
    const ensemble = parseEnsemble({
      ...{ schema: 'unbraid-ensemble/1', id: 'named', name: 'Named' },
      stems: { order: ['drums'], residual: 'other' },
      members: [{ separator: 'hpss', weights: { drums: 1 }, names: { drums: 'percussive' } }],
    });
    const mix = mixOf(4000);
    const [drums] = await new EnsembleSeparator(ensemble, [a]).separate(mix, stats);
    expect(worst(drums[0], (i) => 0.75 * mix[0][i])).toBeLessThan(1e-6);
  });

  it('takes the user’s overlap and shifts for its own segments', () => {
    const infos = [new Gains([1, 1], rule(100)).info, new Gains([1, 1], rule(5000)).info];
    const info = ensembleInfo(ensembleOf({ vocals: 1, other: 1 }, { vocals: 1 }), infos, { overlap: 0.5 });
    expect(info.segment).toMatchObject({ length: 5000, overlap: 0.5 });
  });

  it('refuses members that do not fit together', () => {
    const ensemble = ensembleOf({ vocals: 1, other: 1 }, { vocals: 1 });
    const fits = new Gains([1, 1], rule(100)).info;
    const code = (second: Separator['info']): unknown => {
      try {
        ensembleInfo(ensemble, [fits, second]);
        return undefined;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(fits)).toBeUndefined();
    expect(code(new Gains([1, 1], rule(100), ['a', 'b']).info)).toBe('model-incompatible');
    expect(code(new Gains([1, 1], rule(100), undefined, 0, 48000).info)).toBe('model-incompatible');
  });
});

describe('an ensemble’s manifest', () => {
  const valid = {
    ...{ schema: 'unbraid-ensemble/1', id: 'both', name: 'Both' },
    stems: { order: ['vocals'], residual: 'other' },
    members: [{ separator: 'a', weights: { vocals: 1 } }],
  };

  it('is what the documentation shows', () => {
    const text = readFileSync(new URL('../../../../models/README.md', import.meta.url), 'utf8');
    const [, example] = /```json\n([^]*?)```/.exec(text) ?? [];
    expect(parseEnsemble(JSON.parse(example)).members).toHaveLength(3);
  });

  it.each([
    ['a stem that no member estimates', { stems: { order: ['vocals', 'bass'], residual: 'other' } }, 'bass'],
    ['weights that are all 0', { members: [{ separator: 'a', weights: { vocals: 0 } }] }, 'vocals'],
    ['a stem that is not in the order', { members: [{ separator: 'a', weights: { vocals: 1, x: 1 } }] }, 'x'],
    ['a negative weight', { members: [{ separator: 'a', weights: { vocals: -1 } }] }, 'members'],
    ['another schema', { schema: 'unbraid-ensemble/2' }, 'schema'],
    ['an id with capitals', { id: 'Both' }, 'id'],
  ])('with %s is refused', (_, change, word) => {
    expect(() => parseEnsemble(valid, 'a.json')).not.toThrow();
    expect(() => parseEnsemble({ ...valid, ...change }, 'a.json')).toThrow(
      expect.objectContaining({
        code: 'model-manifest-invalid',
        file: 'a.json',
        message: expect.stringContaining(word) as string,
      }),
    );
  });
});
