import { describe, expect, it } from 'vitest';
import { figure, medianOf, perfectDb } from '../../../../src-main/common/base/scores.js';
import { medianSong, type SongScores } from '../../../../src-main/common/jobs/evaluation.js';
import { createResampler } from '../../../../src-main/common/dsp/resample.js';
import { bssEval, type EvaluationInput } from '../../../../src-main/common/separation/evaluation/bss-eval.js';
import { makeOracle, type OracleKind } from '../../../../src-main/common/separation/evaluation/oracles.js';
import { scoreStems, siSdr, usdr } from '../../../../src-main/common/separation/evaluation/scores.js';
import { noise, sine } from '../../../fixtures/signals.js';

type Planes = readonly (readonly Float32Array[])[];

function reader(planes: Planes): EvaluationInput['reference'] {
  return (stem, channel, start, into) => {
    const plane = planes[stem][channel];
    for (let i = 0; i < into.length; i++) into[i] = plane[start + i] ?? 0;
  };
}

function input(references: Planes, estimates: Planes, sampleRate = 2000): EvaluationInput {
  return {
    stems: references.length,
    channels: references[0].length,
    frames: references[0][0].length,
    sampleRate,
    reference: reader(references),
    estimate: reader(estimates),
  };
}

const scaled = (planes: Planes, gain: number): Planes =>
  planes.map((channels) => channels.map((plane) => plane.map((x) => gain * x)));

const two: Planes = [
  [noise(6000, 1), noise(6000, 2)],
  [noise(6000, 3), noise(6000, 4)],
];

describe('scores', () => {
  it('an estimate 10 % too quiet: SDR and ISR 20 dB, nothing else wrong', () => {
    const song = input(two, scaled(two, 0.9));
    expect(usdr(song, 0)).toBeCloseTo(20, 4);
    expect(siSdr(song, 0)).toBeGreaterThan(80);
    const frames = bssEval(song);
    for (const t of [0, 1, 2]) {
      expect(frames.sdr[1][t]).toBeCloseTo(20, 4);
      expect(frames.isr[1][t]).toBeCloseTo(20, 4);
      expect(frames.sir[1][t]).toBeGreaterThan(80);
      expect(frames.sar[1][t]).toBeGreaterThan(80);
    }
  });

  it('a tenth of the other stem is interference at 20 dB and no artefact; noise is an artefact', () => {
    const leak: Planes = two.map((channels, s) =>
      channels.map((plane, ch) => plane.map((x, i) => x + 0.1 * two[1 - s][ch][i])),
    );
    const leaky = bssEval(input(two, leak));
    // The own stem's filters explain a part of the other by chance.
    expect(leaky.sir[0][1]).toBeGreaterThan(19);
    expect(leaky.sir[0][1]).toBeLessThan(23);
    expect(leaky.sar[0][1]).toBeGreaterThan(80);
    const noisy: Planes = two.map((channels, s) =>
      channels.map((plane, ch) => {
        const hiss = noise(plane.length, 50 + 2 * s + ch);
        return plane.map((x, i) => x + 0.1 * hiss[i]);
      }),
    );
    // Filters of 512 taps fit a part of the noise by chance: 6000 samples do not rule that out.
    const hissy = bssEval(input(two, noisy));
    expect(hissy.sdr[0][1]).toBeGreaterThan(19);
    expect(hissy.sdr[0][1]).toBeLessThan(21);
    expect(hissy.sar[0][1]).toBeLessThan(26);
  });

  it('a delay within the filters is a spatial error only', () => {
    const late = two.map((channels) => channels.map((plane) => plane.map((_, i) => plane[i - 30] ?? 0)));
    const frames = bssEval(input(two, late));
    expect(frames.isr[0][1]).toBeLessThan(0);
    // What 30 samples of 2000 carry over the edges of the window.
    expect(frames.sar[0][1]).toBeGreaterThan(13);
  });

  it('float stems whose band ends early have the figures of the same stems in 16 bits, and it is said', () => {
    const rate = 44_100;
    const wide = (seed: number): Float32Array => {
      const narrow = noise(33_000, seed).map((x) => 0.3 * x);
      const up = createResampler(rate / 2, rate);
      const out = new Float32Array(up.outputLength(narrow.length));
      const { start, count } = up.inputRange(0, out.length);
      const padded = Float32Array.from({ length: count }, (_, i) => narrow[start + i] ?? 0);
      up.process(padded, start, 0, out.length, out);
      // A song begins and ends softly; a sudden end would have every frequency.
      const rim = (i: number): number => Math.min(1, Math.min(i, out.length - 1 - i) / 4000);
      return out.map((x, i) => x * (0.5 - 0.5 * Math.cos(Math.PI * rim(i))));
    };
    const references: Planes = [[wide(1)], [wide(2)], [wide(3)]];
    const hiss = wide(9);
    const estimates: Planes = references.map(([plane], s) => [
      plane.map((x, i) => 0.8 * x + 0.2 * references[(s + 1) % 3][0][i] + 0.1 * hiss[i]),
    ]);
    const rounded = (planes: Planes): Planes =>
      planes.map((channels) => channels.map((p) => p.map((x) => Math.round(x * 32768) / 32768)));
    const float = bssEval(input(references, estimates, rate));
    const whole = bssEval(input(rounded(references), rounded(estimates), rate));
    for (const name of ['sdr', 'isr', 'sir', 'sar'] as const) {
      float[name].forEach((windows, s) => {
        expect(Math.abs(medianOf(windows) - medianOf(whole[name][s])), `${name} ${s}`).toBeLessThan(0.1);
      });
    }
    for (const end of float.bandEnds) expect(Math.abs(end! - rate / 4)).toBeLessThan(2000);
    expect(bssEval(input(two, two)).bandEnds).toEqual([null, null]);
  });

  it('a stem without a sound gets no figures and spoils no others', () => {
    const silent: Planes = [two[0], [new Float32Array(6000), new Float32Array(6000)]];
    const [voice, nothing] = scoreStems(input(silent, scaled(silent, 0.9)));
    expect(voice.sdr).toBeCloseTo(20, 3);
    expect(Object.values(nothing).every((value) => value === null)).toBe(true);
    expect(Object.keys(nothing)).toEqual(Object.keys(voice));
  });

  it('one stem alone has no SIR: nothing could interfere', () => {
    const [voice] = scoreStems(input(two.slice(0, 1), scaled(two.slice(0, 1), 0.9)));
    expect(voice.sir).toBeNull();
    expect(voice.sdr).toBeCloseTo(20, 1);
  });

  it('medians leave out what does not count, and JSON gets no infinity', () => {
    expect(medianOf([1, NaN, 3, null, 2])).toBe(2);
    expect(medianOf([4, 1])).toBe(2.5);
    expect(medianOf([])).toBeNaN();
    expect(figure(Infinity)).toBe(perfectDb);
    expect(figure(NaN)).toBeNull();
    const rest = { bleedless: 50, fullness: 60, l1Freq: 70, logWmse: null, bandEnds: null };
    const scores = (sdr: number | null) => ({ sdr, isr: 1, sir: 1, sar: 1, usdr: 1, siSdr: null, ...rest });
    const songs: { stems: SongScores }[] = [
      { stems: { vocals: scores(3) } },
      { stems: { vocals: scores(null), bass: scores(7) } },
    ];
    expect(medianSong(songs)).toEqual({ vocals: scores(3), bass: scores(7) });
  });
});

describe('oracles', () => {
  function oracle(references: Planes, kind: OracleKind): EvaluationInput {
    const made = references.map((channels) => channels.map((plane) => new Float32Array(plane.length)));
    const song = input(references, made, 44100);
    makeOracle(song, kind, (stem, start, planes) =>
      planes.forEach((plane, ch) => made[stem][ch].set(plane, start)),
    );
    return input(references, made, 44100);
  }
  // Longer than one block, so that borders between blocks count.
  const length = (1 << 17) + 50_000;
  const low = sine(length, 440, 44100, 0.3);
  const high = sine(length, 5000, 44100, 0.3);

  it.each(['ibm', 'irm1', 'irm2', 'mwf', 'psm', 'cirm', 'fgla', 'misi'] as const)(
    '%s parts what lies in different bins',
    (kind) => {
      const song = oracle(
        [
          [low, low],
          [high, high],
        ],
        kind,
      );
      for (const s of [0, 1]) expect(usdr(song, s)).toBeGreaterThan(kind === 'irm1' ? 20 : 35);
    },
  );

  it('binary masks give a bin to one stem, ratio masks share it by power or magnitude', () => {
    const half = low.map((x) => 0.5 * x);
    // In phase, 1 : 0.5, the sum is 1.5: the masks are 1, 2/3 and 4/5.
    for (const [kind, mask] of [
      ['ibm', 1],
      ['irm1', 2 / 3],
      ['irm2', 4 / 5],
    ] as const) {
      const expected = -20 * Math.log10(Math.abs(1.5 * mask - 1) + 1e-12);
      const song = oracle([[low], [half]], kind);
      if (kind === 'irm1') expect(usdr(song, 0)).toBeGreaterThan(60);
      else expect(usdr(song, 0)).toBeCloseTo(expected, 1);
    }
  });

  it('masks that know phases: in phase both are right, against each other one only, and none amplifies', () => {
    const against = low.map((x) => -0.5 * x);
    const figures = (kind: OracleKind, other: Float32Array): number[] => {
      const song = oracle([[low], [other]], kind);
      return [usdr(song, 0), usdr(song, 1)];
    };
    for (const kind of ['psm', 'cirm'] as const)
      for (const db of figures(
        kind,
        low.map((x) => 0.5 * x),
      ))
        expect(db).toBeGreaterThan(60);
    // The sum is half the first: its mask would be 2, and that of the second −1.
    const [first, second] = figures('psm', against);
    expect(first).toBeCloseTo(20 * Math.log10(2), 2);
    expect(second).toBeCloseTo(0, 2);
    const [one, two] = figures('cirm', against);
    expect(one).toBeCloseTo(20 * Math.log10(2), 2);
    expect(two).toBeGreaterThan(60);
  });

  it('phases that are sought: MISI adds up to the mixture, and both beat the mixture’s own', () => {
    const [a, b] = [noise(length, 5), noise(length, 6).map((x, i) => x * (0.5 + 0.5 * Math.sin(i / 3000)))];
    const stems: Planes = [[a], [b]];
    const made = (kind: OracleKind): Float32Array[] => {
      const waves = stems.map(() => new Float32Array(length));
      makeOracle(input(stems, stems, 44100), kind, (stem, start, [plane]) => waves[stem].set(plane, start));
      return waves;
    };
    const [x, y] = made('misi');
    const worst = a.reduce((most, v, i) => Math.max(most, Math.abs(v + b[i] - x[i] - y[i])), 0);
    expect(worst).toBeLessThan(1e-5);
    const found = input(stems, [[x], [y]], 44100);
    expect(usdr(found, 0)).toBeGreaterThan(usdr(oracle(stems, 'irm1'), 0));
  });

  it('mwf parts the same bins by where they come from; ratio masks cannot', () => {
    const [a, b] = [noise(length, 1), noise(length, 2)];
    const none = new Float32Array(length);
    const panned: Planes = [
      [a, a.map((x) => 0.2 * x)],
      [b.map((x) => 0.2 * x), b],
    ];
    expect(usdr(oracle(panned, 'mwf'), 0)).toBeGreaterThan(usdr(oracle(panned, 'irm2'), 0) + 6);
    expect(
      usdr(
        oracle(
          [
            [a, none],
            [none, b],
          ],
          'mwf',
        ),
        1,
      ),
    ).toBeGreaterThan(50);
  });
});
