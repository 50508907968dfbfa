import { describe, expect, it } from 'vitest';
import { findOnsets } from '../../../../src-main/common/dsp/onsets.js';

const sampleRate = 44_100;

/** Noise that is the same every time, −1 … 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Hits at some samples: noise that dies away within 50 ms, over a bed `bed` loud. */
function hits(at: readonly number[], length: number, bed: number): Float32Array {
  const random = noise(7);
  return Float32Array.from({ length }, (_, i) => {
    const last = at.findLast((hit) => hit <= i);
    const hit = last === undefined ? 0 : 0.5 * Math.exp((last - i) / (0.05 * sampleRate));
    return (hit + bed) * random();
  });
}

describe('onsets', () => {
  it('of clicks in silence are their very samples', () => {
    const at = [5003, 20_000, 20_000 + 2000, 60_001];
    const clicks = new Float32Array(2 * sampleRate);
    for (const click of at) clicks[click] = 0.5;
    expect(findOnsets(clicks, sampleRate)).toEqual(at);
  });

  it.each([0, 0.003])('of hits over noise %d loud are found to 2 ms, and nothing else', (bed) => {
    const at = [6000, 14_000, 33_333, 50_000, 71_000];
    const found = findOnsets(hits(at, 2 * sampleRate, bed), sampleRate).filter((onset) => onset > 3000);
    expect(found).toHaveLength(at.length);
    found.forEach((onset, i) => expect(Math.abs(onset - at[i])).toBeLessThan(0.002 * sampleRate));
  });

  it('of notes that follow each other without a gap are where the pitch changes, to 12 ms', () => {
    const at = [22_050, 44_100, 66_150];
    const notes = [220, 330, 247, 392];
    let phase = 0;
    const melody = Float32Array.from({ length: 2 * sampleRate }, (_, i) => {
      phase += (2 * Math.PI * notes[at.filter((start) => start <= i).length]) / sampleRate;
      return 0.1 * (Math.sin(phase) + Math.sin(2 * phase) / 2 + Math.sin(3 * phase) / 3);
    });
    const found = findOnsets(melody, sampleRate).filter((onset) => onset > 3000);
    expect(found).toHaveLength(3);
    found.forEach((onset, i) => expect(Math.abs(onset - at[i])).toBeLessThan(0.012 * sampleRate));
  });

  it('are none in silence, in a tone and in steady noise', () => {
    const random = noise(3);
    const length = 2 * sampleRate;
    const tone = Float32Array.from({ length }, (_, i) => 0.5 * Math.sin(i / 20));
    const steady = Float32Array.from({ length }, () => 0.1 * random());
    expect(findOnsets(new Float32Array(length), sampleRate)).toEqual([]);
    // What begins with the signal is no onset within it, nor is its end.
    for (const signal of [tone, steady])
      expect(findOnsets(signal, sampleRate).filter((at) => at > 2000)).toEqual([]);
  });

  it('are at least 30 ms apart: a flam is one', () => {
    const clicks = new Float32Array(sampleRate);
    for (const click of [20_000, 20_900, 23_000]) clicks[click] = 0.5;
    expect(findOnsets(clicks, sampleRate)).toEqual([20_000, 23_000]);
  });

  it('are at the same times at other rates', () => {
    const clicks = new Float32Array(96_000);
    for (const click of [20_000, 50_000]) clicks[click] = 0.5;
    expect(findOnsets(clicks, 96_000)).toEqual([20_000, 50_000]);
  });
});
