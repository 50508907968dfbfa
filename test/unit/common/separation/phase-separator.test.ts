import { expect, it } from 'vitest';
import { magnitude } from '../../../../src-main/common/dsp/spectrogram.js';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import {
  PhaseSeparator,
  rephased,
  type PhaseWay,
} from '../../../../src-main/common/separation/phase-separator.js';
import type { Separator, SeparatorInfo } from '../../../../src-main/common/separation/separator.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

const sampleRate = 44_100;
const stats = { mean: 0, std: 1 };
type Planes = readonly Float32Array[];

function separatorOf(names: readonly string[], residualStem: string, stems: readonly Planes[]): Separator {
  const segment = { length: 1, fixed: false, align: 1, overlap: 0, window: 'hann' } as const;
  const rest = { windowPower: 1, edge: 0, pad: 'zero', shifts: 0, shiftMaxSeconds: 0 } as const;
  const info: SeparatorInfo = {
    ...{ sampleRate, channels: 2, stems: names, residualStem, needsStats: false },
    segment: { ...segment, ...rest },
  };
  return { info, separate: () => Promise.resolve(stems) };
}

/** Struck noise and a chord; the mixture, and their magnitudes with the mixture's phases. */
function scene(samples: number): { readonly mix: Planes; readonly truth: readonly Planes[] } {
  const hits = noise(samples, 3).map((x, i) => 0.4 * x * Math.exp(-(i % 9000) / 700));
  const chord = sine(samples, 440, sampleRate, 0.3).map((x, i) => x + 0.2 * Math.sin(0.06 * i));
  const truth = [
    [hits, hits.map((x) => 0.6 * x)],
    [chord, chord.map((x) => 0.9 * x)],
  ];
  return { truth, mix: [0, 1].map((ch) => truth[0][ch].map((x, i) => x + truth[1][ch][i])) };
}

/** How far the magnitudes of a wave are from wanted ones, dB of these. */
function misfit(wave: Float32Array, wanted: Float32Array): number {
  const stft = new Stft({ nFft: 4096, hop: 1024 });
  return errorDb(magnitude(stft.forward(wave)), magnitude(stft.forward(wanted)));
}

const made = (way: PhaseWay, inner: Separator, mix: Planes, wanted?: readonly number[]) =>
  new PhaseSeparator(inner, way).separate(mix, stats, wanted);

it.each(['mixture', 'griffin-lim', 'fast-griffin-lim', 'misi'] as const)(
  'stems that have the phases of the mixture stay what they are, also where blocks meet: %s',
  async (way) => {
    // Three blocks, the last one short.
    const { mix } = scene(2 * 131_072 + 20_000);
    const shares = [0.7, 0.3].map((share) => mix.map((plane) => plane.map((x) => share * x)));
    const stems = await made(way, separatorOf(['a', 'b'], 'b', shares), mix);
    stems.forEach((planes, s) =>
      planes.forEach((plane, ch) => expect(errorDb(plane, shares[s][ch])).toBeLessThan(-90)),
    );
  },
);

it('a song that ends within a fade keeps its level', async () => {
  const { mix } = scene(131_072 + 100);
  const shares = [0.7, 0.3].map((share) => mix.map((plane) => plane.map((x) => share * x)));
  const [[found]] = await made('mixture', separatorOf(['a', 'b'], 'b', shares), mix);
  const end = (plane: Float32Array): Float32Array => plane.subarray(131_072 - 4096);
  expect(errorDb(end(found), end(shares[0][0]))).toBeLessThan(-90);
});

it('MISI finds phases whose magnitudes fit better than the mixture’s, and its stems add up', async () => {
  const { mix, truth } = scene(150_000);
  const inner = separatorOf(['a', 'b'], 'b', truth);
  const [plain, found] = [await made('mixture', inner, mix), await made('misi', inner, mix)];
  const sum = found[0][1].map((x, i) => x + found[1][1][i]);
  expect(errorDb(sum, mix[1])).toBeLessThan(-110);
  for (const s of [0, 1]) {
    expect(misfit(found[s][0], truth[s][0])).toBeLessThan(misfit(plain[s][0], truth[s][0]) - 3);
    expect(errorDb(found[s][0], truth[s][0])).toBeLessThan(errorDb(plain[s][0], truth[s][0]) - 1);
  }
});

it('Griffin-Lim fits each stem alone, the fast variant better; stems that nobody wants are not made', async () => {
  const { mix, truth } = scene(60_000);
  const inner = separatorOf(['a', 'b'], 'b', truth);
  const ways = ['mixture', 'griffin-lim', 'fast-griffin-lim'] as const;
  const misfits: number[] = [];
  for (const way of ways) {
    const stems = await made(way, inner, mix, [0]);
    misfits.push(misfit(stems[0][0], truth[0][0]));
    expect(stems[1]).toBe(truth[1]);
  }
  expect(misfits[1]).toBeLessThan(misfits[0] - 0.5);
  expect(misfits[2]).toBeLessThan(misfits[1] - 0.3);
});

it('what stems leave is one more source of MISI', async () => {
  const { mix, truth } = scene(60_000);
  // The only stem: without the rest it would have to be the whole mixture.
  const [stem] = await made('misi', separatorOf(['vocals'], 'other', [truth[1]]), mix);
  expect(errorDb(stem[0], truth[1][0])).toBeLessThan(-15);
});

it('without a choice the separator is itself', () => {
  const inner = separatorOf(['a'], 'other', []);
  expect(rephased(inner)).toBe(inner);
  expect(rephased(inner, 'mixture')).not.toBe(inner);
});
