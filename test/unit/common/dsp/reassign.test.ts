import { describe, expect, it } from 'vitest';
import { Reassignment } from '../../../../src-main/common/dsp/reassign.js';
import { Stft } from '../../../../src-main/common/dsp/stft.js';

const config = { nFft: 1024, winLength: 512, hop: 64, window: 'hann' } as const;
const columns = 64;
const bins = config.nFft / 2;
const reassignment = new Reassignment(config);
const length = reassignment.samples(columns);
/** The sample on which a column's frame is centred. */
const centre = (column: number): number => (column + reassignment.margin) * config.hop + config.winLength / 2;

function reassigned(signal: Float32Array): Float32Array {
  const power = new Float32Array(bins * columns);
  reassignment.add(signal, columns, 1, power);
  return power;
}

/** The powers of the same frames where they are measured. */
function plain(signal: Float32Array): Float32Array {
  const { re, im } = new Stft({ ...config, centre: false }).forward(signal);
  const lead = (config.nFft - config.winLength) / 2;
  const power = new Float32Array(bins * columns);
  for (let c = 0; c < columns; c++) {
    const from = Math.round((centre(c) - config.winLength / 2 - lead) / config.hop) * (bins + 1);
    for (let b = 0; b < bins; b++) power[b * columns + c] = re[from + b] ** 2 + im[from + b] ** 2;
  }
  return power;
}

const sumOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0);
const column = (power: Float32Array, c: number): number[] =>
  Array.from({ length: bins }, (_, b) => power[b * columns + c]);
const row = (power: Float32Array, b: number): Float32Array => power.slice(b * columns, (b + 1) * columns);

/** How many cells hold nine tenths of the power. */
function cells(power: Float32Array): number {
  const sorted = [...power].sort((a, b) => b - a);
  const all = sumOf(sorted);
  let sum = 0;
  return sorted.findIndex((value) => (sum += value) >= 0.9 * all) + 1;
}

describe('a reassigned spectrogram', () => {
  it.each([100, 100.5, 203.27])('has a sine of bin %d in one bin, with its own level', (bin) => {
    const tone = Float32Array.from(
      { length },
      (_, n) => 0.5 * Math.sin((2 * Math.PI * bin * n) / config.nFft),
    );
    const power = reassigned(tone);
    for (const c of [0, 31, 63]) {
      const here = column(power, c);
      const near = Math.round(bin);
      // Between two bins the smallest error of a frequency takes it to either.
      const own = bin % 1 === 0.5 ? here[near] + here[near - 1] : here[near];
      expect(Math.abs(10 * Math.log10(own) + 6.02)).toBeLessThan(0.1);
      expect(own / sumOf(here)).toBeGreaterThan(0.999);
    }
  });

  it('has a click in one frame, and nothing in the others', () => {
    const click = new Float32Array(length);
    click[centre(30) + 20] = 1;
    const power = reassigned(click);
    const all = sumOf(power);
    expect(all).toBeGreaterThan(0);
    expect(sumOf(column(power, 30)) / all).toBeGreaterThan(0.999);
    // Evenly over all frequencies.
    const here = column(power, 30).slice(8, -8);
    expect(Math.max(...here) / Math.min(...here)).toBeLessThan(1.1);
  });

  it('has a chirp on its line', () => {
    const [from, rise] = [0.1, 0.3];
    const phase = (n: number): number => 2 * Math.PI * (from * n + (rise * n * n) / (2 * length));
    const chirp = Float32Array.from({ length }, (_, n) => 0.5 * Math.sin(phase(n)));
    const power = reassigned(chirp);
    for (let c = 0; c < columns; c++) {
      const bin = config.nFft * (from + (rise * centre(c)) / length);
      const slope = (config.nFft * rise * config.hop) / length;
      const here = column(power, c);
      const near = here.reduce((sum, value, b) => sum + (Math.abs(b - bin) <= 1 + slope / 2 ? value : 0), 0);
      expect(near / sumOf(here)).toBeGreaterThan(0.95);
    }
    // Much less of the picture has most of the power.
    expect(cells(power)).toBeLessThan(cells(plain(chirp)) / 3);
  });

  it('is more concentrated for tones and for hits than the transform itself', () => {
    const tone = Float32Array.from({ length }, (_, n) => Math.sin(0.7 * n) + 0.5 * Math.sin(1.1 * n));
    expect(cells(reassigned(tone))).toBeLessThan(cells(plain(tone)) / 2);
    const hits = new Float32Array(length);
    for (const c of [10, 30, 50]) hits[centre(c)] = 1;
    expect(cells(reassigned(hits))).toBeLessThan(cells(plain(hits)) / 2);
  });

  it('is shared out between signals, is added to what is there, and leaves out silence', () => {
    const tone = Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * 100 * n) / config.nFft));
    const power = new Float32Array(bins * columns).fill(0);
    reassignment.add(tone, columns, 0.5, power);
    reassignment.add(tone, columns, 0.25, power);
    expect(row(power, 100)[20]).toBeCloseTo(0.75, 2);
    expect(sumOf(reassigned(new Float32Array(length)))).toBe(0);
    // Below −120 dB.
    expect(sumOf(reassigned(tone.map((value) => 1e-7 * value)))).toBe(0);
  });
});
