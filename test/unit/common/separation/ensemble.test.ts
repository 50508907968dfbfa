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
  });
});

/** A separator whose vocals are what `hear` makes of the mixture. */
class Hearing implements Separator {
  readonly info: Separator['info'];
  readonly lengths: number[] = [];

  constructor(
    private readonly hear: (x: number, i: number, plane: Float32Array) => number,
    parts: Partial<Separator['info']> = {},
  ) {
    const { info } = new Gains([1, 0], rule(8192));
    this.info = { ...info, stems: ['vocals'], ...parts };
  }

  separate(mix: readonly Float32Array[]) {
    this.lengths.push(mix[0].length);
    return Promise.resolve([mix.map((plane) => plane.map(this.hear))]);
  }
}

type Part = Partial<ReturnType<typeof parseEnsemble>['members'][number]>;
function combined(combine: string, parts: readonly Part[]) {
  return parseEnsemble({
    ...{ schema: 'unbraid-ensemble/1', id: 'all', name: 'All', combine },
    stems: { order: ['vocals'], residual: 'other' },
    members: parts.map((part, i) => ({ separator: `m${i}`, weights: { vocals: 1 }, ...part })),
  });
}

const tone = (hz: number, rate: number, samples: number, level = 0.5): Float32Array =>
  Float32Array.from({ length: samples }, (_, i) => level * Math.sin((2 * Math.PI * hz * i) / rate));

describe('what an ensemble makes of its members', () => {
  const samples = 8192;
  const mix = mixOf(samples);
  const hearings = [0.2, 0.9, 0.4].map((gain) => new Hearing((x) => gain * x));

  it.each([
    ['median', 0.4],
    ['min', 0.2],
    ['max', 0.9],
  ])('%s of the estimates', async (combine, gain) => {
    const ensemble = combined(combine, [{}, {}, {}]);
    const [vocals] = await new EnsembleSeparator(ensemble, hearings).separate(mix, stats);
    for (const ch of [0, 1]) expect(worst(vocals[ch], (i) => gain * mix[ch][i])).toBeLessThan(1e-5);
  });

  it('the median of two is their mean; a weight of 0 has no say', async () => {
    const ensemble = combined('median', [{}, {}, { weights: { vocals: 0 } }]);
    const [vocals] = await new EnsembleSeparator(ensemble, hearings).separate(mix, stats);
    expect(worst(vocals[0], (i) => 0.55 * mix[0][i])).toBeLessThan(1e-6);
  });

  it('min and max choose bin by bin: of two tones each member has one', async () => {
    const rate = 44_100;
    const [low, high] = [tone(500, rate, samples), tone(5000, rate, samples)];
    const both = [low.map((x, i) => x + high[i])];
    const members = [low, high].map((plane) => new Hearing((_, i) => plane[i], { channels: 1 }));
    const inside = (plane: Float32Array): Float32Array => plane.subarray(2048, -2048);
    const [loud] = await new EnsembleSeparator(combined('max', [{}, {}]), members).separate(both, stats);
    expect(worst(inside(loud[0]), (i) => both[0][i + 2048])).toBeLessThan(2e-3);
    const [quiet] = await new EnsembleSeparator(combined('min', [{}, {}]), members).separate(both, stats);
    expect(worst(inside(quiet[0]), () => 0)).toBeLessThan(2e-3);
  });

  it('a mean may weigh by frequency', async () => {
    const rate = 44_100;
    const [low, high] = [tone(500, rate, samples), tone(5000, rate, samples)];
    const both = [low.map((x, i) => x + high[i])];
    const members = [0.1, 0.7].map((gain) => new Hearing((x) => gain * x, { channels: 1 }));
    const bands = [{ above: 2000, weights: { vocals: 3 } }];
    const ensemble = combined('mean', [{}, { bands }]);
    const [vocals] = await new EnsembleSeparator(ensemble, members).separate(both, stats);
    const wanted = (i: number): number => 0.4 * low[i] + (0.1 / 4 + (3 * 0.7) / 4) * high[i];
    expect(worst(vocals[0].subarray(2048, -2048), (i) => wanted(i + 2048))).toBeLessThan(2e-3);
  });

  it('members of another rate and channel count are brought to the highest rate and to stereo', async () => {
    const [rate, length] = [44_100, 44_100];
    const planes = [tone(440, rate, length), tone(880, rate, length, 0.25)];
    const segment = rule(length);
    const half = new Hearing((x) => 0.4 * x, {
      ...{ sampleRate: rate / 2, channels: 1, segment: rule(length / 2, { overlap: 0 }) },
    });
    const full = new Hearing((x) => 0.6 * x, { segment });
    const ensemble = new EnsembleSeparator(combined('mean', [{}, {}]), [half, full]);
    expect(ensemble.info).toMatchObject({ sampleRate: rate, channels: 2 });
    const [vocals] = await ensemble.separate(planes, stats);
    // The slow member heard each channel by itself, in segments of the length it uses.
    expect(half.lengths).toEqual([length / 2, length / 2]);
    expect(full.lengths).toEqual([length]);
    for (const ch of [0, 1]) {
      const inside = vocals[ch].subarray(400, -400);
      expect(worst(inside, (i) => 0.5 * planes[ch][i + 400])).toBeLessThan(1e-4);
    }
  });
});

describe('an ensemble’s manifest', () => {
  const valid = {
    ...{ schema: 'unbraid-ensemble/1', id: 'both', name: 'Both' },
    stems: { order: ['vocals'], residual: 'other' },
    members: [{ separator: 'a', weights: { vocals: 1 } }],
  };

  function banded(edges: readonly number[], weight = 1) {
    const bands = edges.map((above) => ({ above, weights: { vocals: weight } }));
    return { separator: 'a', weights: { vocals: 1 }, bands };
  }

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
    ['a way to combine that does not exist', { combine: 'vote' }, 'combine'],
    ['bands of a median', { combine: 'median', members: [banded([2000])] }, 'only a mean has bands'],
    ['bands out of order', { members: [banded([2000, 1000])] }, 'from low to high'],
    ['a band in which no member counts', { members: [banded([2000], 0)] }, 'above 2000 Hz'],
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
