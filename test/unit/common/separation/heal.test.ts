import { describe, expect, it } from 'vitest';
import type { EditPart } from '../../../../src-main/common/separation/edits/edit.js';
import {
  partPieces,
  partRange,
  sourceRange,
} from '../../../../src-main/common/separation/edits/part-pieces.js';
import { fillRectangle } from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { Stft } from '../../../../src-main/common/dsp/stft.js';
import { errorDb, noise, sine } from '../../../fixtures/signals.js';

const grid = { nFft: 1024, hop: 256 };
const rate = 44_100;
const length = 60_000;
const bins = 513;

function rectangle(start: number, end: number, low = 0, high = bins): TileMask {
  const mask = new TileMask(grid);
  fillRectangle(mask, { start, end, low, high });
  return mask;
}

/** A signal after an edit took its part out of it. */
function edited(
  signal: Float32Array,
  mask: TileMask,
  part: Omit<EditPart, 'strength'>,
  longest?: number,
): Float32Array {
  const left = signal.slice();
  const read = (_: number, start: number, into: Float32Array): void => {
    for (let i = 0; i < into.length; i++) into[i] = signal[start + i] ?? 0;
  };
  const range = partRange(mask, part, length)!;
  for (const { start, planes } of partPieces(read, 1, mask, { strength: 1, ...part }, { length, longest })) {
    planes[0].forEach((x, i) => {
      if (start + i >= range.start && start + i < range.start + range.count) left[start + i] -= x;
    });
  }
  return left;
}

const add = (...signals: readonly Float32Array[]): Float32Array =>
  signals[0].map((_, i) => signals.reduce((sum, signal) => sum + signal[i], 0));

/** The level of a band over frames, dB. */
function levelOf(
  signal: Float32Array,
  [start, end]: readonly [number, number],
  low: number,
  high: number,
): number {
  const { re, im } = new Stft(grid).forward(signal);
  let power = 0;
  for (let t = start; t < end; t++)
    for (let f = low; f < high; f++) power += re[t * bins + f] ** 2 + im[t * bins + f] ** 2;
  return 10 * Math.log10(power / ((end - start) * (high - low)));
}

const inner = (signal: Float32Array): Float32Array => signal.subarray(80 * 256, 140 * 256);

describe('healing in time', () => {
  const tones = add(sine(length, 440, rate, 0.3), sine(length, 3333, rate, 0.1));

  it('goes on with tones through a click as if it had never been', () => {
    const click = new Float32Array(length);
    noise(200, 4).forEach((x, i) => (click[110 * 256 + i] = x));
    const mask = rectangle(107, 115);
    const healed = edited(add(tones, click), mask, { fill: 'time' });
    expect(errorDb(inner(healed), inner(tones))).toBeLessThan(-40);
    // What is not selected stays as it was, sample by sample.
    const { start, count } = partRange(mask, {}, length)!;
    const after = add(tones, click).subarray(start + count);
    expect(healed.subarray(start + count)).toEqual(after);
  });

  it('fills a gap with the tones of both sides, also where only one side is there', () => {
    const gap = tones.map((x, i) => (i > 108 * 256 && i < 112 * 256 ? 0 : x));
    expect(errorDb(inner(gap), inner(tones))).toBeGreaterThan(-15);
    const healed = edited(gap, rectangle(106, 115), { fill: 'time' });
    expect(errorDb(inner(healed), inner(tones))).toBeLessThan(-40);
    const beginning = tones.map((x, i) => (i < 10 * 256 ? 0 : x));
    const begun = edited(beginning, rectangle(0, 13), { fill: 'time' });
    expect(errorDb(begun.subarray(1024, 20_000), tones.subarray(1024, 20_000))).toBeLessThan(-30);
  });

  it('fills noise with noise of the same level', () => {
    const hiss = noise(length, 9).map((x) => 0.1 * x);
    const loud = add(
      hiss,
      sine(length, 5000, rate, 0.5).map((x, i) => (i > 100 * 256 && i < 130 * 256 ? x : 0)),
    );
    const mask = rectangle(96, 135, 80, 160);
    const healed = edited(loud, mask, { fill: 'time' });
    const level = levelOf(hiss, [100, 130], 90, 150);
    expect(Math.abs(levelOf(healed, [100, 130], 90, 150) - level)).toBeLessThan(1.5);
    expect(levelOf(loud, [100, 130], 90, 150) - level).toBeGreaterThan(15);
  });

  it('is the same whatever surrounds the samples that it reads', () => {
    const mask = rectangle(100, 110, 40, 90);
    const { start, count } = sourceRange(mask, { fill: 'time' })!;
    const cut = tones.map((x, i) => (i >= start && i < start + count ? x : 0));
    const range = partRange(mask, {}, length)!;
    const part = (signal: Float32Array): Float32Array => {
      const healed = edited(signal, mask, { fill: 'time' });
      return signal
        .subarray(range.start, range.start + range.count)
        .map((x, i) => x - healed[range.start + i]);
    };
    expect(errorDb(part(cut), part(tones))).toBeLessThan(-120);
  });

  it('takes holes that are far apart piece by piece, and empties what has no sides', () => {
    const mask = rectangle(50, 55);
    fillRectangle(mask, { start: 150, end: 154, low: 0, high: bins });
    const apart = [rectangle(50, 55), rectangle(150, 154)];
    const one = apart.reduce((signal, part) => edited(signal, part, { fill: 'time' }), tones);
    expect(errorDb(edited(tones, mask, { fill: 'time' }), one)).toBeLessThan(-110);
    const emptied = edited(tones, rectangle(30, 200), { fill: 'time' }, 50);
    const [from, to] = [100 * 256, 120 * 256];
    expect(emptied.subarray(from, to).every((x) => Math.abs(x) < 1e-4)).toBe(true);
  });
});

describe('healing in frequency', () => {
  it('puts what lies below and above in the place of a whistle', () => {
    const hiss = noise(length, 12).map((x) => 0.1 * x);
    const whistled = add(hiss, sine(length, (200 * rate) / 1024, rate, 0.5));
    const healed = edited(whistled, rectangle(60, 160, 196, 205), { fill: 'frequency' });
    const level = (signal: Float32Array): number => levelOf(signal, [70, 150], 197, 204);
    expect(level(whistled) - level(hiss)).toBeGreaterThan(20);
    // At its rims the fill does not fit what is beside it: in a hole of nine bins that costs up to 2 dB.
    expect(Math.abs(level(healed) - level(hiss))).toBeLessThan(2.5);
    // Beside of it nothing changes.
    expect(Math.abs(levelOf(healed, [70, 150], 230, 300) - levelOf(hiss, [70, 150], 230, 300))).toBeLessThan(
      0.01,
    );
  });

  it('goes on with a click through a band that lacks it', () => {
    const click = new Float32Array(length);
    click[110 * 256 + 37] = 1;
    const hole = edited(click, rectangle(100, 120, 200, 240), {});
    const healed = edited(hole, rectangle(100, 120, 196, 244), { fill: 'frequency' });
    const error = (signal: Float32Array): number => errorDb(inner(signal), inner(click));
    expect(error(hole)).toBeGreaterThan(-13);
    expect(error(healed)).toBeLessThan(-35);
  });
});

describe('a clone', () => {
  const song = noise(length, 21);

  it('puts what the mask covers at another place, by any number of samples, in the place of what is there', () => {
    const mask = rectangle(40, 60);
    for (const shift of [30_011, -5003]) {
      const cloned = edited(song, mask, { shift });
      const [from, to] = [42 * 256, 57 * 256];
      expect(errorDb(cloned.subarray(from + shift, to + shift), song.subarray(from, to))).toBeLessThan(-120);
      const { start, count } = partRange(mask, { shift }, length)!;
      expect(start).toBe(40 * 256 - 512 + shift);
      expect(cloned.subarray(0, start)).toEqual(song.subarray(0, start));
      expect(cloned.subarray(start + count)).toEqual(song.subarray(start + count));
    }
  });

  it('reads both places, and does nothing beyond the ends of the song', () => {
    const mask = rectangle(40, 60);
    const reads = sourceRange(mask, { shift: -5003 })!;
    expect(reads.start).toBe((40 - 5) * 256 - 5003);
    expect(reads.start + reads.count).toBe((60 + 5) * 256);
    expect(partRange(mask, { shift: length }, length)).toBeNull();
    const cut = partRange(mask, { shift: 45_000 }, length)!;
    expect(cut.start + cut.count).toBe(length);
  });
});
