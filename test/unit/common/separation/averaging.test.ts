import { describe, expect, it } from 'vitest';
import {
  AveragingSeparator,
  averaged,
  type Averaging,
} from '../../../../src-main/common/separation/averaging.js';
import type { Separator, SongStats } from '../../../../src-main/common/separation/separator.js';
import { noise } from '../../../fixtures/signals.js';

/** Adds a constant and a share of the left channel: neither survives turning and swapping. */
class Crooked implements Separator {
  readonly info: Separator['info'];
  readonly means: number[] = [];
  private readonly out: Float32Array[][];

  constructor(channels: 1 | 2 = 2) {
    const segment = {
      ...{ length: 500, fixed: true, align: 1, overlap: 0, window: 'hann' as const, windowPower: 1, edge: 0 },
      ...{ pad: 'zero' as const, shifts: 0, shiftMaxSeconds: 0 },
    };
    const stems = ['vocals', 'other'];
    this.info = {
      ...{ sampleRate: 44_100, channels, stems, residualStem: 'other', segment },
      needsStats: true,
    };
    this.out = stems.map(() => Array.from({ length: channels }, () => new Float32Array(500)));
  }

  /** The result lies in buffers that the next call overwrites, as a model's does. */
  separate(mix: readonly Float32Array[], { mean }: SongStats) {
    this.means.push(mean);
    this.out[0].forEach((plane, ch) => plane.set(mix[ch].map((x) => 0.6 * x + 0.1 * mix[0][0] + 0.05)));
    this.out[1].forEach((plane, ch) => plane.set(mix[ch].map((x) => 0.4 * x)));
    return Promise.resolve(this.out);
  }
}

const mix = [noise(500, 1), noise(500, 2)];
const stats = { mean: 0.25, std: 1 };

async function vocals(averaging: readonly Averaging[]): Promise<readonly Float32Array[]> {
  const [first] = await new AveragingSeparator(new Crooked(), averaging).separate(mix, stats);
  return first;
}

function expectPlane(plane: Float32Array, at: (i: number) => number): void {
  plane.forEach((x, i) => expect(Math.abs(x - at(i))).toBeLessThan(1e-6));
}

describe('averaging over ways to hear a song', () => {
  it('turned polarity cancels what does not turn with the song', async () => {
    const made = await vocals(['polarity']);
    made.forEach((plane, ch) => expectPlane(plane, (i) => 0.6 * mix[ch][i] + 0.1 * mix[0][0]));
  });

  it('swapped channels share what one of them gets', async () => {
    const made = await vocals(['channels']);
    const mean = 0.05 * (mix[0][0] + mix[1][0]);
    made.forEach((plane, ch) => expectPlane(plane, (i) => 0.6 * mix[ch][i] + mean + 0.05));
  });

  it('both are four passes, and the mean of the song turns with it', async () => {
    const inner = new Crooked();
    const [, other] = await new AveragingSeparator(inner, ['polarity', 'channels']).separate(mix, stats);
    expect(inner.means).toEqual([0.25, 0.25, -0.25, -0.25]);
    other.forEach((plane, ch) => expectPlane(plane, (i) => 0.4 * mix[ch][i]));
  });

  it('one channel cannot be swapped, and nothing to average is the separator itself', async () => {
    const inner = new Crooked(1);
    await new AveragingSeparator(inner, ['channels']).separate([mix[0]], stats);
    expect(inner.means).toHaveLength(1);
    expect(averaged(inner)).toBe(inner);
    expect(averaged(inner, [])).toBe(inner);
  });
});
