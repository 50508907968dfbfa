import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { griffinLim, misi } from '../../src-main/common/dsp/phase.js';
import { magnitude } from '../../src-main/common/dsp/spectrogram.js';
import { Stft } from '../../src-main/common/dsp/stft.js';
import { errorDb, noise } from '../fixtures/signals.js';

type Goldens = Readonly<Record<'griffinLim' | 'fast' | 'misi', readonly number[]>>;
const goldens = JSON.parse(readFileSync(new URL('goldens/phase.json', import.meta.url), 'utf8')) as Goldens;
const wave = (name: keyof Goldens): Float32Array => Float32Array.from(goldens[name]);

/** The signals of make_phase_goldens.py. */
const samples = 2000;
const [hiss, burst] = [noise(samples, 4), noise(samples, 5)];
const one = hiss.map((x, i) => 0.3 * Math.sin(0.2 * i) * (1 + 0.5 * Math.sin(i / 300)) + 0.01 * x);
const two = burst.map((x, i) => 0.2 * x * Math.exp(-(i % 500) / 80));
const mix = one.map((x, i) => x + two[i]);
const stft = new Stft({ nFft: 256, hop: 64 });
const targets = [one, two].map((x) => magnitude(stft.forward(x)));

describe('phases against NumPy', () => {
  it.each([
    ['griffinLim', 0],
    ['fast', 0.99],
  ] as const)('%s: eight rounds from the mixture’s phases', (name, momentum) => {
    const made = griffinLim(stft, targets[0], stft.forward(mix), samples, { iterations: 8, momentum });
    expect(errorDb(made, wave(name))).toBeLessThan(-80);
  });

  it('the fast variant comes nearer to the magnitudes in as many rounds', () => {
    const missed = (momentum: number): number => {
      const options = { iterations: 30, momentum };
      const made = griffinLim(stft, targets[0], stft.forward(mix), samples, options);
      return errorDb(magnitude(stft.forward(made)), targets[0]);
    };
    expect(missed(0.99)).toBeLessThan(missed(0) - 1);
  });

  it('MISI: six rounds of both sources, which add up to the mixture', () => {
    const made = misi(stft, mix, targets, { iterations: 6 });
    made.forEach((x, s) =>
      expect(errorDb(x, wave('misi').subarray(s * samples, (s + 1) * samples))).toBeLessThan(-80),
    );
    expect(
      errorDb(
        made[0].map((x, i) => x + made[1][i]),
        mix,
      ),
    ).toBeLessThan(-120);
  });
});
