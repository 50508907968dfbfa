import { describe, expect, it } from 'vitest';
import { bandBetween, scrollBand, zoomBand } from '../../../src-renderer/picture/band.js';
import { axisLabels, noteLabels } from '../../../src-renderer/editor/frequency-labels.js';
import { axisFor, axisKinds, heightOf, hertzAt, type AxisKind } from '../../../src-renderer/picture/axis.js';
import { barkToHertz, hertzToBark } from '../../../src-renderer/picture/bark.js';
import { parseHertz } from '../../../src-renderer/shared/format.js';

describe('frequency axes', () => {
  it('are inverse to themselves, from the lowest frequency to the highest', () => {
    for (const kind of axisKinds) {
      const axis = axisFor(kind, 44_100);
      for (const y of [0, 0.1, 0.5, 0.93, 1]) expect(heightOf(axis, hertzAt(axis, y))).toBeCloseTo(y, 9);
      expect(hertzAt(axis, 1)).toBeCloseTo(22_050, 6);
    }
  });

  it('are even in octaves, mel or Hz', () => {
    const at = (kind: AxisKind, hertz: number): number => heightOf(axisFor(kind, 48_000), hertz);
    expect(at('log', 880) - at('log', 440)).toBeCloseTo(at('log', 220) - at('log', 110), 12);
    expect(at('linear', 12_000)).toBe(0.5);
    // HTK's formula puts 1000 Hz at 1000 mel.
    expect(at('mel', 1000)).toBeCloseTo(1000 / (2595 * Math.log10(1 + 24_000 / 700)), 3);
  });

  it('are even in Bark as in the table of Traunmüller’s paper', () => {
    // Edges of Zwicker's critical bands, which the formula fits to 0.05 Bark from 2 to 20 Bark.
    const edges = { 200: 2, 510: 5, 1270: 10, 2700: 15, 6400: 20 };
    for (const [hertz, bark] of Object.entries(edges))
      expect(Math.abs(hertzToBark(Number(hertz)) - bark)).toBeLessThan(0.06);
    expect(barkToHertz(hertzToBark(3456))).toBeCloseTo(3456, 9);
    const axis = axisFor('bark', 44_100);
    const even = (a: number, b: number): number =>
      heightOf(axis, barkToHertz(b)) - heightOf(axis, barkToHertz(a));
    expect(even(3, 4)).toBeCloseTo(even(20, 21), 12);
  });

  it('show the part a band says, and all where the band is off the axis', () => {
    expect(axisFor('mel', 44_100, { low: 100, high: 500 })).toEqual({ kind: 'mel', low: 100, high: 500 });
    expect(axisFor('log', 44_100, { low: 0, high: 500 })).toEqual({ kind: 'log', low: 30, high: 500 });
    expect(axisFor('log', 44_100, { low: 0, high: 25 })).toEqual(axisFor('log', 44_100));
  });
});

describe('zooming in frequency', () => {
  const rate = 44_100;

  it('keeps the frequency under the pointer on every axis, and comes back to all of it', () => {
    for (const kind of axisKinds) {
      const axis = axisFor(kind, rate);
      const under = hertzAt(axis, 0.3);
      const closer = axisFor(kind, rate, zoomBand(axis, rate, 0.3, 4));
      expect(hertzAt(closer, 0.3)).toBeCloseTo(under, 6);
      expect(heightOf(axis, closer.high) - heightOf(axis, closer.low)).toBeCloseTo(0.25, 9);
      expect(zoomBand(closer, rate, 0.9, 1 / 8)).toBeNull();
    }
  });

  it('moves a part to the ends of the axis, and no further', () => {
    const axis = axisFor('linear', rate, { low: 1000, high: 2000 });
    expect(scrollBand(axis, rate, 0.5)).toEqual({ low: 1500, high: 2500 });
    expect(scrollBand(axis, rate, -3)).toEqual({ low: 0, high: 1000 });
    expect(scrollBand(axis, rate, 99)).toEqual({ low: 21_050, high: 22_050 });
    expect(scrollBand(axisFor('linear', rate), rate, 0.5)).toBeNull();
  });

  it('ends at 20 Hz from bottom to top', () => {
    const axis = axisFor('linear', rate, { low: 1000, high: 1030 });
    expect(zoomBand(axis, rate, 0.5, 2)).toEqual({ low: 1000, high: 1030 });
    expect(bandBetween(500, 495, rate)).toEqual({ low: 495, high: 515 });
    expect(bandBetween(9e9, 22_045, rate)).toEqual({ low: 22_030, high: 22_050 });
    expect(bandBetween(-5, 700, rate)).toEqual({ low: 0, high: 700 });
  });
});

describe('frequency labels', () => {
  it('have room between them and the roundest numbers first', () => {
    for (const kind of axisKinds) {
      const axis = axisFor(kind, 44_100);
      const pixels = axisLabels(axis, 140).map((hertz) => heightOf(axis, hertz) * 140);
      expect(pixels.length).toBeGreaterThan(2);
      pixels.slice(1).forEach((pixel, i) => expect(pixel - pixels[i]).toBeGreaterThanOrEqual(18));
    }
    expect(axisLabels(axisFor('log', 44_100), 140)).toEqual([100, 300, 1000, 3000, 10_000]);
  });

  it('are even on a narrow part', () => {
    expect(axisLabels(axisFor('log', 44_100, { low: 395, high: 505 }), 140)).toEqual([
      400, 420, 440, 460, 480,
    ]);
    expect(axisLabels(axisFor('linear', 44_100), 120)).toEqual([5000, 10_000, 15_000, 20_000]);
  });

  it('name every note where there is room, else every C', () => {
    const near = noteLabels(axisFor('log', 44_100, { low: 400, high: 600 }), 200);
    expect(near.map(({ name }) => name)).toEqual(['G♯4', 'A4', 'A♯4', 'B4', 'C5', 'C♯5', 'D5']);
    expect(near[1].hertz).toBeCloseTo(440, 9);
    const all = noteLabels(axisFor('log', 44_100), 200);
    expect(all.map(({ name }) => name)).toEqual(['C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10']);
    const linear = noteLabels(axisFor('linear', 44_100), 200);
    expect(linear.map(({ name }) => name)).toEqual(['C6', 'C8', 'C10']);
  });
});

describe('frequencies that are typed', () => {
  it('are read with and without a unit', () => {
    expect(['440', '440 Hz', '1,2k', '1.2 kHz', ' 22050hz '].map(parseHertz)).toEqual([
      440, 440, 1200, 1200, 22_050,
    ]);
    for (const wrong of ['', 'k', '-5', '4 4', 'A4']) expect(parseHertz(wrong)).toBeNull();
  });
});
