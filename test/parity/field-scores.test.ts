import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EvaluationInput } from '../../src-main/common/separation/evaluation/bss-eval.js';
import { fieldScores, type FieldScores } from '../../src-main/common/separation/evaluation/field-scores.js';
import { noise } from '../fixtures/signals.js';

interface Goldens {
  readonly sampleRate: number;
  readonly frames: number;
  readonly figures: readonly FieldScores[];
}

const goldens = JSON.parse(readFileSync(new URL('goldens/field.json', import.meta.url), 'utf8')) as Goldens;
const { frames, sampleRate } = goldens;

/** The signals of make_field_goldens.py, `[stem][channel]`. */
const hiss = [1, 2, 5, 6].map((seed) => noise(frames, seed));
const truth = [
  [0, 1].map((ch) =>
    Float32Array.from(
      { length: frames },
      (_, i) => 0.3 * Math.sin(0.05 * (1 + ch) * i) + (i > 20_000 ? 0.1 * hiss[ch][i] : 0),
    ),
  ),
  [0, 1].map((ch) =>
    Float32Array.from({ length: frames }, (_, i) => 0.2 * hiss[2 + ch][i] * Math.exp(-(i % 11_025) / 2000)),
  ),
];
const made = [
  truth[0].map((plane, ch) => plane.map((x, i) => 0.8 * x + 0.1 * truth[1][ch][i])),
  truth[1].map((plane, ch) =>
    plane.map((x, i) => 0.7 * x + 0.05 * truth[0][ch][i] + 1e-5 * Math.sin(0.4 * i)),
  ),
];

type Set = readonly (readonly Float32Array[])[];
const readerOf =
  (set: Set): EvaluationInput['reference'] =>
  (stem, channel, start, into) => {
    for (let i = 0; i < into.length; i++) into[i] = set[stem][channel][start + i] ?? 0;
  };

const input = (estimates: Set): EvaluationInput => ({
  ...{ stems: 2, channels: 2, frames, sampleRate },
  reference: readerOf(truth),
  estimate: readerOf(estimates),
});

describe('the measures of the field against a direct implementation in NumPy and SciPy', () => {
  test.each([0, 1])('bleedless, fullness, L1 of magnitudes and log-WMSE of stem %s to 0.001', (stem) => {
    const figures = fieldScores(input(made), stem);
    for (const name of ['bleedless', 'fullness', 'l1Freq', 'logWmse'] as const) {
      expect(Math.abs(figures[name] - goldens.figures[stem][name]), name).toBeLessThan(1e-3);
    }
  });

  test('a perfect estimate has the highest figures, and what is too loud or too quiet tells them apart', () => {
    const perfect = { bleedless: 100, fullness: 100, l1Freq: 100, logWmse: -4 * Math.log(1e-8) };
    expect(fieldScores(input(truth), 0)).toEqual(perfect);
    const scaled = (gain: number): Set => truth.map((planes) => planes.map((p) => p.map((x) => gain * x)));
    const [loud, quiet] = [2, 0.5].map((gain) => fieldScores(input(scaled(gain)), 0));
    expect([loud.fullness, quiet.bleedless]).toEqual([100, 100]);
    expect(loud.bleedless).toBeLessThan(20);
    expect(quiet.fullness).toBeLessThan(20);
  });
});
