import { check } from '../base/errors.js';
import type { Frames, Hertz } from '../base/units.js';
import { hostPlan } from './host-plans.js';
import type { Segment, SegmentPlan } from './segment.js';
import { randomShift, segmentWeights } from './segment-weights.js';
import type { SegmentRule } from './separator.js';

export * from './segment.js';
export { segmentWeights } from './segment-weights.js';

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
  if (rule.plan !== undefined && rule.plan !== 'cover') return hostPlan(rule, songFrames, sampleRate);
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
