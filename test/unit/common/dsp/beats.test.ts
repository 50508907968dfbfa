import { describe, expect, it } from 'vitest';
import { findBeats, type FoundBeats } from '../../../../src-main/common/dsp/beats/find-beats.js';

const sampleRate = 44_100;

/** Noise that is the same every time, −1 … 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** A sound that begins at a sample and dies away within so many seconds. */
type Hit = (signal: Float32Array, at: number) => void;

const burst =
  (level: number, seconds: number, tone: (t: number) => number): Hit =>
  (signal, at) => {
    const from = Math.round(at);
    for (let i = Math.max(0, from); i < Math.min(signal.length, from + 6 * seconds * sampleRate); i++) {
      const t = (i - from) / sampleRate;
      signal[i] += level * Math.exp(-t / seconds) * tone(t);
    }
  };
const random = noise(7);
const click = burst(0.5, 0.004, (t) => Math.sin(2 * Math.PI * 1500 * t));
const kick = burst(0.8, 0.09, (t) => Math.sin(2 * Math.PI * 55 * t + 6 * (1 - Math.exp(-t / 0.02))));
const snare = burst(0.5, 0.06, () => random());
const hat = burst(0.15, 0.02, () => random());

/** Beats of a steady tempo, seconds. */
const steady = (bpm: number, offset: number, seconds: number): number[] =>
  Array.from({ length: Math.floor(((seconds - offset) * bpm) / 60) }, (_, i) => offset + (i * 60) / bpm);

/** Beats whose tempo goes from one to another, seconds. */
function drifting(from: number, to: number, seconds: number): number[] {
  const beats = [0.4];
  while (beats.at(-1)! < seconds - 1)
    beats.push(beats.at(-1)! + 60 / (from + ((to - from) * beats.at(-1)!) / seconds));
  return beats;
}

function song(seconds: number): Float32Array {
  return new Float32Array(Math.round(seconds * sampleRate));
}

/** Kick on one and three, snare on two and four, hats on eighths, over a bed of chords. */
function drumLoop(beats: readonly number[], seconds: number): Float32Array {
  const signal = song(seconds);
  for (const [i, beat] of beats.entries()) {
    (i % 2 === 0 ? kick : snare)(signal, beat * sampleRate);
    hat(signal, beat * sampleRate);
    const next = beats[i + 1];
    if (next !== undefined) hat(signal, ((beat + next) / 2) * sampleRate);
    // The third beat has two kicks.
    if (i % 4 === 2 && next !== undefined) kick(signal, ((beat + next) / 2) * sampleRate);
  }
  for (let i = 0; i < signal.length; i++)
    for (const hertz of [220, 277, 330]) signal[i] += 0.05 * Math.sin((2 * Math.PI * hertz * i) / sampleRate);
  return signal;
}

function found(signal: Float32Array, onShare?: (share: number) => void): FoundBeats {
  const read = (start: number, into: Float32Array): void => {
    for (let i = 0; i < into.length; i++) into[i] = signal[start + i] ?? 0;
  };
  return findBeats(read, signal.length, sampleRate, onShare);
}

/** All beats within a song, seconds. */
function beatsOf({ bpm, first, tracked }: FoundBeats, seconds: number): number[] {
  if (tracked) return tracked.map((at) => at / sampleRate);
  const period = 60 / bpm;
  const start = (first / sampleRate) % period;
  return Array.from({ length: Math.floor((seconds - start) / period) + 1 }, (_, i) => start + i * period);
}

/** How far the farthest of some beats is from one that was found, seconds. */
function worst(beats: readonly number[], all: readonly number[]): number {
  return Math.max(...beats.map((beat) => Math.min(...all.map((one) => Math.abs(one - beat)))));
}

describe('beats', () => {
  it.each([
    [60, 0],
    [83, 0.31],
    [100, 0.05],
    [120, 0.25],
    [127.5, 0.7],
    [140, 0.123],
  ])('of clicks at %d BPM from %d s on are an even grid to 5 ms', (bpm, offset) => {
    const signal = song(30);
    const beats = steady(bpm, offset, 30);
    for (const beat of beats) click(signal, beat * sampleRate);
    const grid = found(signal);
    expect(grid.tracked).toBeNull();
    expect(Math.log2(grid.bpm / bpm) % 1).toBeCloseTo(0, 4);
    expect(worst(beats, beatsOf(grid, 30))).toBeLessThan(0.005);
  });

  it.each([
    [90, 0.2],
    [120, 0.5],
    [128, 1.37],
    [174, 0.1],
  ])('of a drum loop at %d BPM are even, and a bar begins on its first beat', (bpm, offset) => {
    const beats = steady(bpm, offset, 40);
    const grid = found(drumLoop(beats, 40));
    expect(grid.tracked).toBeNull();
    // A fast one is taken at half its tempo.
    expect(grid.bpm).toBe(bpm > 168 ? bpm / 2 : bpm);
    const real = steady(bpm, offset % (60 / bpm), 42);
    expect(worst(beatsOf(grid, 40), real)).toBeLessThan(0.01);
    if (grid.bpm !== bpm) return;
    const bar = (4 * 60) / bpm;
    const early = (grid.first / sampleRate - offset) / bar;
    expect(Math.abs(early - Math.round(early)) * bar).toBeLessThan(0.01);
  });

  it.each([
    [100, 118],
    [140, 120],
  ])('that go from %d to %d BPM are followed to 20 ms', (from, to) => {
    const beats = drifting(from, to, 60);
    const { tracked, bpm } = found(drumLoop(beats, 60));
    const all = tracked!.map((at) => at / sampleRate);
    expect(worst(beats.slice(1, -1), all)).toBeLessThan(0.02);
    expect(all.length).toBeGreaterThanOrEqual(beats.length - 2);
    expect(all.length).toBeLessThanOrEqual(beats.length + 2);
    expect(bpm).toBeGreaterThan(Math.min(from, to));
    expect(bpm).toBeLessThan(Math.max(from, to));
  });

  it('go on through a rest, and tell how much is done', () => {
    const beats = steady(110, 0.3, 40).filter((beat) => beat < 15 || beat > 25);
    const shares: number[] = [];
    const grid = found(drumLoop(beats, 40), (share) => shares.push(share));
    expect(grid.bpm).toBe(110);
    expect(worst(beats, beatsOf(grid, 40))).toBeLessThan(0.01);
    expect(shares.length).toBeGreaterThan(3);
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });

  it.each([
    ['a song of one sample', Float32Array.of(1)],
    ['an empty song', new Float32Array()],
    ['silence', song(20)],
    ['a tone', song(20).map((_, i) => 0.5 * Math.sin(i / 20))],
    ['noise', ((next) => song(20).map(() => 0.3 * next()))(noise(3))],
  ])('are not found in %s', (_, signal) => {
    expect(() => found(signal)).toThrow(expect.objectContaining({ code: 'no-beat' }));
  });
});
