import { check } from '../base/errors.js';
import type { Frames, Hertz } from '../base/units.js';
import type { SegmentRule } from './separator.js';

/** One piece of the song, in frames at the separator's rate. */
export interface Segment {
  readonly index: number;
  /** Where the segment's audio begins; may be negative. */
  readonly inputStart: Frames;
  /** The part of the song this segment's result speaks for: `[from, to)`. */
  readonly from: Frames;
  readonly to: Frames;
  /** Frame of the song at which the weight window begins. */
  readonly windowStart: Frames;
}

export interface SegmentPlan {
  readonly songFrames: Frames;
  readonly length: Frames;
  readonly pad: 'zero' | 'reflect';
  /** Sorted by `from`. */
  readonly segments: readonly Segment[];
  /** Overlap-add weights of one segment, `[length]`, all above 0; other plans have the same array. */
  readonly weights: Float32Array;
}

/** Smallest weight: a window that reaches 0 would leave the first frame of a song without any weight. */
const weightFloor = 1e-4;

type WeightRule = Pick<SegmentRule, 'window' | 'windowPower' | 'overlap'>;

function windowValue(rule: WeightRule, i: number, length: number): number {
  const phase = length > 1 ? i / (length - 1) : 0.5;
  switch (rule.window) {
    case 'rectangular':
      return 1;
    case 'hann':
      return 0.5 - 0.5 * Math.cos(2 * Math.PI * phase);
    case 'hamming':
      return 0.54 - 0.46 * Math.cos(2 * Math.PI * phase);
    case 'triangle':
      return Math.min(i + 1, length - i) / Math.ceil(length / 2);
    case 'linear-fade': {
      const fade = Math.max(1, Math.round(length * rule.overlap));
      return Math.min(1, (i + 1) / fade, (length - i) / fade);
    }
  }
}

/** The weights of a rule for one segment length; never 0 (see `weightFloor`). */
export function segmentWeights(rule: WeightRule, length: Frames): Float32Array {
  const weights = new Float32Array(length);
  const power = rule.windowPower;
  for (let i = 0; i < length; i++) {
    const value = windowValue(rule, i, length);
    weights[i] = Math.max(weightFloor, power === 1 ? value : value ** power);
  }
  return weights;
}

/** The weights of windows that follow each other inside of a segment: their sum, as if each stood alone. */
function chainWeights(rule: SegmentRule, step: Frames, length: Frames): Float32Array {
  const weights = new Float32Array(length);
  const window = segmentWeights(rule, rule.length);
  for (let start = 0; start === 0 || start + rule.length - step < length; start += step) {
    const end = Math.min(rule.length, length - start);
    for (let i = 0; i < end; i++) weights[start + i] += window[i];
  }
  return weights;
}

/** Weights by what they are made of: songs of a batch, and processes that plan the same song, have the same ones. */
const knownWeights = new Map<string, Float32Array>();

function weightsOf(rule: SegmentRule, length: Frames, chained: boolean): Float32Array {
  const { window, windowPower, overlap, chain } = rule;
  const key = JSON.stringify([window, windowPower, overlap, length, chained && [rule.length, chain?.step]]);
  const known = knownWeights.get(key);
  if (known) return known;
  if (knownWeights.size >= 4) knownWeights.clear();
  const step = chained ? chain?.step : undefined;
  const weights = step === undefined ? segmentWeights(rule, length) : chainWeights(rule, step, length);
  knownWeights.set(key, weights);
  return weights;
}

/** Mulberry32: a small seeded generator, so that shifts are the same in every run. */
function randomShift(seed: number, max: Frames): Frames {
  let t = (seed + 0x6d2b79f5) | 0;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * max);
}

/** Fewest segments of a song that has at least as many windows, so that every process gets its share. */
const leastSegments = 8;

function windowsTogether({ length, chain }: SegmentRule, whole: Frames): number {
  if (!chain) return 1;
  const windows = 1 + Math.ceil(Math.max(0, whole - length) / chain.step);
  return Math.max(1, Math.min(chain.count, Math.floor(windows / leastSegments)));
}

/**
 * Cuts a song of `songFrames` into overlapping segments that cover every frame. Demucs' shifts are further
 * passes that begin earlier by a (seeded) random offset; their results are averaged by the overlap-add.
 */
export function planSegments(rule: SegmentRule, songFrames: Frames, sampleRate: Hertz): SegmentPlan {
  check(songFrames >= 1, 'A song needs at least one sample');
  const whole = Math.ceil((songFrames + 2 * rule.edge) / rule.align) * rule.align;
  const together = windowsTogether(rule, whole);
  const chained = together > 1;
  const window = rule.fixed ? rule.length : Math.min(rule.length, whole);
  const hop = window === rule.length ? rule.chain?.step : undefined;
  const windowStep = Math.max(1, hop ?? Math.round((1 - rule.overlap) * window));
  const length = window + (together - 1) * windowStep;
  const step = together * windowStep;
  check(length > 2 * rule.edge, 'The segment must be longer than its edges');
  const segments: Omit<Segment, 'index'>[] = [];
  for (let pass = 0; pass <= rule.shifts; pass++) {
    const shift = pass === 0 ? 0 : randomShift(pass, Math.round(rule.shiftMaxSeconds * sampleRate));
    for (let start = -rule.edge - shift; ; start += step) {
      const from = Math.max(0, start);
      const to = Math.min(songFrames, start + length);
      const last = start + length - rule.edge >= songFrames;
      if (to > from)
        segments.push({ inputStart: inputStart(rule, start, length, to), from, to, windowStart: start });
      if (last) break;
    }
  }
  const sorted = segments.sort((a, b) => a.from - b.from).map((segment, index) => ({ index, ...segment }));
  const pad = rule.pad === 'reflect' ? 'reflect' : 'zero';
  return { songFrames, length, pad, segments: sorted, weights: weightsOf(rule, length, chained) };
}

/** With `context` a segment that ends after the song moves back over real audio, centred (demucs/apply.py). */
function inputStart(rule: SegmentRule, start: Frames, length: Frames, to: Frames): Frames {
  if (rule.pad !== 'context' || start < 0) return start;
  return start - Math.floor((length - (to - start)) / 2);
}

/** The segments whose results touch frames `[start, end)`. */
export function segmentsTouching(plan: SegmentPlan, start: Frames, end: Frames): readonly Segment[] {
  return plan.segments.filter((segment) => segment.from < end && segment.to > start);
}

/** Index of a frame outside the song under reflection without repeating the edge, for any distance. */
export function reflectIndex(frame: Frames, length: Frames): Frames {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((frame % period) + period) % period;
  return folded < length ? folded : period - folded;
}
