import { describe, expect, test } from 'vitest';
import { bssEval } from '../../src-main/common/separation/evaluation/bss-eval.js';
import { golden } from './goldens.js';

type Read = (stem: number, channel: number, start: number, into: Float64Array) => void;

function reader(name: string): { frames: number; read: Read; rate: number } {
  const { values, meta } = golden(name);
  const [, channels, frames] = meta.shape;
  const read: Read = (stem, channel, start, into) => {
    const plane = (stem * channels + channel) * frames;
    for (let i = 0; i < into.length; i++) {
      const at = start + i;
      into[i] = at >= 0 && at < frames ? values[plane + at] : 0;
    }
  };
  return { frames, read, rate: meta['sampleRate'] as number };
}

describe('BSSEval v4 against a direct implementation in SciPy', () => {
  const references = reader('evaluation/references');
  const estimates = reader('evaluation/estimates');
  const { values, meta } = golden('evaluation/figures');
  const [, stems, windows] = meta.shape;
  const figures = bssEval({
    stems: 2,
    channels: 2,
    frames: references.frames,
    sampleRate: references.rate,
    reference: references.read,
    estimate: estimates.read,
  });

  test.each(['sdr', 'isr', 'sir', 'sar'] as const)('%s of every window to 0.001 dB', (name) => {
    const row = ['sdr', 'isr', 'sir', 'sar'].indexOf(name);
    for (let s = 0; s < stems; s++) {
      expect(figures[name][s]).toHaveLength(windows);
      for (let t = 0; t < windows; t++) {
        const expected = values[(row * stems + s) * windows + t];
        if (t === 2) {
          // The first stem is silent here.
          expect(expected).toBeNaN();
          expect(figures[name][s][t]).toBeNaN();
        } else {
          expect(Math.abs(figures[name][s][t] - expected), `stem ${s}, window ${t}`).toBeLessThan(1e-3);
        }
      }
    }
  });
});
