import type { Frames } from '../base/units.js';
import type { SegmentRule } from './separator.js';

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

/** The weights of a rule for one segment length; with the usual `floor` never 0 (see `weightFloor`). */
export function segmentWeights(rule: WeightRule, length: Frames, floor = weightFloor): Float32Array {
  const weights = new Float32Array(length);
  const power = rule.windowPower;
  for (let i = 0; i < length; i++) {
    const value = windowValue(rule, i, length);
    weights[i] = Math.max(floor, power === 1 ? value : value ** power);
  }
  return weights;
}

/** Mulberry32: a small seeded generator, so that shifts are the same in every run. */
export function randomShift(seed: number, max: Frames): Frames {
  let t = (seed + 0x6d2b79f5) | 0;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * max);
}
