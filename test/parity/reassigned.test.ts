import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Reassignment } from '../../src-main/common/dsp/reassign.js';

const golden = JSON.parse(readFileSync(new URL('goldens/reassigned.json', import.meta.url), 'utf8')) as {
  readonly columns: number;
  /** Powers above 10⁻⁷ by their place in `[bins][columns]`. */
  readonly power: Readonly<Record<string, number>>;
};

describe('the reassigned spectrogram against SciPy', () => {
  it('has the powers of a chirp, a sine and a click where SciPy’s transforms put them', () => {
    const reassignment = new Reassignment({ nFft: 256, winLength: 128, hop: 16, window: 'hann' });
    const { columns } = golden;
    const samples = reassignment.samples(columns);
    // The signal of make_reassigned_goldens.py.
    const signal = Float32Array.from({ length: samples }, (_, n) => {
      const chirp = 0.3 * Math.sin(2 * Math.PI * (0.05 * n + (0.5 * 0.25 * n * n) / samples));
      return chirp + 0.4 * Math.sin(2 * Math.PI * 0.4013 * n) + (n === 401 ? 0.9 : 0);
    });
    const power = new Float32Array(128 * columns);
    reassignment.add(signal, columns, 1, power);
    let [apart, all] = [0, 0];
    power.forEach((value, i) => {
      const wanted = golden.power[i] ?? 0;
      // A place on the border between two cells may be rounded either way.
      apart += Math.abs(value - wanted);
      all += wanted;
    });
    expect(all).toBeGreaterThan(1);
    expect(apart / all).toBeLessThan(2e-3);
  });
});
