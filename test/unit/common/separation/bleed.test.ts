import { describe, expect, it } from 'vitest';
import { bleedThreshold, shareBleed } from '../../../../src-main/common/separation/edits/bleed.js';
import { TileMask } from '../../../../src-main/common/separation/edits/tile-mask.js';

const grid = { nFft: 64, hop: 16 };
const bins = 33;
const frames = 4;

/** Powers of every cell and of one frame more on both sides. */
const flat = (power: number): Float32Array => new Float32Array((frames + 2) * bins).fill(power);
const all = new Float32Array(frames * bins).fill(1);

/** The masks of three stems; the first one's bleed is looked for, from frame 10 on. */
function shared(powers: readonly Float32Array[], amount: number, selected = all): TileMask[] {
  const masks = powers.map(() => new TileMask(grid));
  shareBleed(masks, { start: 10, end: 10 + frames }, powers, selected, { stem: 0, amount });
  return masks;
}

describe('bleed', () => {
  it('is what another stem is louder in by the threshold, softly over 6 dB', () => {
    const powers = [flat(1e-5), flat(1e-3), flat(1e-6)];
    const share = (threshold: number): number => shared(powers, 1 - threshold / 30)[1].get(11, 5);
    expect([bleedThreshold(0), bleedThreshold(0.5), bleedThreshold(1)]).toEqual([30, 15, 0]);
    expect(share(14)).toBe(1);
    expect(share(17)).toBeCloseTo(0.5, 2);
    expect(share(20.5)).toBe(0);
  });

  it('goes to the loudest of the others, only where something is selected, and never to the stem', () => {
    const drums = flat(1e-3);
    const bass = flat(1e-6);
    // Bins 20 and up are the bass's.
    for (let t = 0; t < frames + 2; t++) bass.fill(1e-2, t * bins + 20, (t + 1) * bins);
    const selected = all.slice();
    selected.fill(0, 0, bins);
    selected[2 * bins + 7] = 0.25;
    const [own, toDrums, toBass] = shared([flat(1e-6), drums, bass], 0.5, selected);
    expect(own.empty).toBe(true);
    expect([toDrums.get(11, 10), toBass.get(11, 10)]).toEqual([1, 0]);
    expect([toDrums.get(11, 25), toBass.get(11, 25)]).toEqual([0, 1]);
    expect([toDrums.get(10, 10), toDrums.get(14, 10)]).toEqual([0, 0]);
    expect(toDrums.get(12, 7)).toBeCloseTo(0.25, 2);
  });

  it('is found by means over three frames and bins, also at the ends of the spectrum', () => {
    const drums = flat(0);
    // One loud cell: its neighbours have a ninth of it, or a sixth at the lowest bin.
    drums[3 * bins + 10] = 9e-3;
    drums[3 * bins] = 6e-3;
    const masks = shared([flat(1e-6), drums, flat(0)], 1);
    const on = (t: number, f: number): boolean => masks[1].get(t, f) === 1;
    expect([on(12, 10), on(11, 9), on(13, 11), on(12, 12), on(10, 10)]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect([on(12, 0), on(11, 1), on(12, 2)]).toEqual([true, true, false]);
  });

  it('is nothing where the others are silent', () => {
    expect(shared([flat(0), flat(1e-11), flat(0)], 1).every((mask) => mask.empty)).toBe(true);
  });
});
