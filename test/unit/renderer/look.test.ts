import { describe, expect, it } from 'vitest';
import { shadeOf, type Look } from '../../../src-renderer/picture/look.js';

const look = (scale: Look['scale']): Look => ({ scale, gainDb: 20, rangeDb: 60 });

describe('how bright a level is', () => {
  it('is even in dB, in amplitude or in power, from black to full colour', () => {
    for (const scale of ['db', 'magnitude', 'power'] as const) {
      const ends = [-200, -80, -20, 0].map((db) => shadeOf(look(scale), db));
      expect([ends[0], ends[1], ends[2], ends[3]].map((x) => Math.round(1e6 * x) / 1e6)).toEqual([
        0, 0, 1, 1,
      ]);
    }
    expect(shadeOf(look('db'), -50)).toBeCloseTo(0.5, 9);
    // 6 dB less is half the amplitude, and a quarter of the power; what is black is left out.
    expect(shadeOf(look('magnitude'), -20 - 6.0206)).toBeCloseTo((0.5 - 0.001) / 0.999, 5);
    expect(shadeOf(look('power'), -20 - 6.0206)).toBeCloseTo(0.25, 5);
  });
});
