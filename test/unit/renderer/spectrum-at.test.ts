import { describe, expect, it } from 'vitest';
import {
  levelsAlong,
  peakOf,
  placeOf,
  spectrumFloor,
  spectrumFrame,
  spectrumOf,
} from '../../../src-renderer/picture/spectrum-at.js';
import { Latest } from '../../../src-renderer/state/latest.js';

const rate = 44_100;
const sine = (hertz: number, amplitude: number): Float32Array =>
  Float32Array.from(
    { length: spectrumFrame },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / rate),
  );
const planes = (...all: readonly Float32Array[]): Float32Array =>
  Float32Array.from(all.flatMap((plane) => [...plane]));

describe('the spectrum at a place', () => {
  it.each([110, 440.7, 9999.3])('has its peak at a tone of %d Hz, to a cent and 0.1 dB', (hertz) => {
    const peak = peakOf(spectrumOf(sine(hertz, 0.1), 'all'), rate)!;
    expect(Math.abs(1200 * Math.log2(peak.hertz / hertz))).toBeLessThan(1);
    expect(Math.abs(peak.db + 20)).toBeLessThan(0.1);
  });

  it('is the mean power of all channels, or that of the view of them', () => {
    const stereo = planes(sine(1000, 0.5), sine(3000, 0.25));
    const level = (view: Parameters<typeof spectrumOf>[1], hertz: number): number =>
      Math.max(
        ...spectrumOf(stereo, view).slice(
          Math.floor((hertz * spectrumFrame) / rate) - 1,
          Math.ceil((hertz * spectrumFrame) / rate) + 2,
        ),
      );
    expect(level('all', 1000)).toBeCloseTo(-6.02 - 3.01, 0);
    expect(level('left', 1000)).toBeCloseTo(-6.02, 0);
    expect(level('left', 3000)).toBeLessThan(-100);
    expect(level('right', 3000)).toBeCloseTo(-12.04, 0);
    expect(level('mid', 3000)).toBeCloseTo(-18.06, 0);
    const same = planes(sine(1000, 0.5), sine(1000, 0.5));
    expect(Math.max(...spectrumOf(same, 'side'))).toBe(spectrumFloor);
    expect(peakOf(spectrumOf(same, 'side'), rate)).toBeNull();
    // A mono song has one view only.
    expect(peakOf(spectrumOf(sine(1000, 0.5), 'side'), rate)!.db).toBeCloseTo(-6.02, 1);
  });

  it('goes along a logarithmic axis with the highest bin of each pixel, and lines between bins', () => {
    const levels = new Float32Array(spectrumFrame / 2 + 1).fill(-90);
    levels[2000] = -10;
    levels[10] = -30;
    const along = levelsAlong(levels, rate, 300, 20, rate / 2);
    const at = (bin: number): number => Math.floor(300 * placeOf((bin * rate) / spectrumFrame, 20, rate / 2));
    expect(along[at(2000)]).toBe(-10);
    expect(along.filter((db) => db > -15)).toHaveLength(1);
    // Half-way between bins that are several pixels apart.
    const between = levelsAlong(levels, rate, 3000, 20, rate / 2);
    const half = Math.floor(3000 * placeOf((10.5 * rate) / spectrumFrame, 20, rate / 2));
    expect(Math.abs(between[half] + 60)).toBeLessThan(3);
    expect(placeOf(20, 20, 2000)).toBe(0);
    expect(placeOf(200, 20, 2000)).toBeCloseTo(0.5, 10);
  });
});

describe('what works on the newest', () => {
  it('leaves out what was overtaken, passes over what fails, and says nothing after its end', async () => {
    const results: string[] = [];
    const asked: number[] = [];
    const go: (() => void)[] = [];
    const latest = new Latest(
      async (n: number) => {
        asked.push(n);
        await new Promise<void>((resolve) => go.push(resolve));
        if (n === 3) throw new Error('gone');
        return n * 10;
      },
      (result, n) => results.push(`${n}: ${result}`),
    );
    const turn = async (): Promise<void> => {
      go.shift()?.();
      for (let i = 0; i < 5; i++) await Promise.resolve();
    };
    for (const n of [1, 2, 3]) latest.ask(n);
    await turn();
    await turn();
    expect([asked, results]).toEqual([[1, 3], ['1: 10']]);
    latest.ask(4);
    latest.end();
    await turn();
    expect([asked, results]).toEqual([[1, 3, 4], ['1: 10']]);
  });
});
