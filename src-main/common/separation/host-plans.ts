import { assert, check } from '../base/errors.js';
import type { Frames, Hertz } from '../base/units.js';
import { createWindow } from '../dsp/windows.js';
import type { StftConfig } from '../dsp/stft.js';
import type { Segment, SegmentPlan } from './segment.js';
import { randomShift, segmentWeights } from './segment-weights.js';
import type { PlanKind, SegmentRule } from './separator.js';

type Placed = Omit<Segment, 'index'>;

/** Makes the weights of windows; windows of one length and form have one array. */
class Weights {
  private readonly made = new Map<string, Float32Array>();

  constructor(private readonly rule: SegmentRule) {}

  private once(key: string, make: () => Float32Array): Float32Array {
    const known = this.made.get(key) ?? make();
    this.made.set(key, known);
    return known;
  }

  /** The rule's window over what is left of the song; none without overlap. Unlike those of `cover`, it may reach 0. */
  ofLength(length: Frames): Float32Array {
    const { overlap } = this.rule;
    return this.once(`length ${length}`, () =>
      overlap === 0 ? new Float32Array(length).fill(1) : segmentWeights(this.rule, length, 0),
    );
  }

  /** Linear fades from 0 to 1 at both ends, except for those that stay open. */
  faded(open: 'start' | 'end' | 'none'): Float32Array {
    const { length } = this.rule;
    const fade = this.rule.fade ?? Math.floor(length / 10);
    return this.once(`faded ${open}`, () => {
      const weights = new Float32Array(length).fill(1);
      for (let i = 0; i < fade; i++) {
        const value = fade > 1 ? i / (fade - 1) : 0;
        if (open !== 'end') weights[length - 1 - i] = value;
        if (open !== 'start') weights[i] = value;
      }
      return weights;
    });
  }

  /** Σ w² of `frames` frames of the transform: what an inverse of these frames alone divides by. */
  energy(grid: StftConfig, frames: number): Float32Array {
    return this.once(`energy ${frames}`, () => frameEnergy(grid, frames));
  }
}

/** Σ w² over `(frames − 1) · hop + nFft` samples that `frames` frames cover. */
export function frameEnergy(grid: StftConfig, frames: number): Float32Array {
  const { nFft, hop, winLength = nFft, window = 'hann', symmetry = 'periodic' } = grid;
  const squares = createWindow(window, winLength, symmetry).map((value) => value * value);
  const lead = Math.floor((nFft - winLength) / 2);
  // Beyond the frames that begin and end it, every hop is the same.
  const few = Math.min(frames, Math.ceil(nFft / hop) + 1);
  const short = new Float32Array((few - 1) * hop + nFft);
  for (let f = 0; f < few; f++) {
    for (let i = 0; i < winLength; i++) short[f * hop + lead + i] += squares[i];
  }
  if (few === frames) return short;
  const energy = new Float32Array((frames - 1) * hop + nFft);
  energy.set(short.subarray(0, few * hop));
  for (let f = few; f < frames; f++) energy.copyWithin(f * hop, (f - 1) * hop, f * hop);
  energy.set(short.subarray(few * hop), frames * hop);
  return energy;
}

/** Python's `int((1 - overlap) * length)`, whatever the last digits of the overlap are. */
function stepOf({ overlap, length }: SegmentRule): Frames {
  return Math.max(1, Math.floor((1 - overlap) * length + 1e-6));
}

type Placing = (rule: SegmentRule, songFrames: Frames, shift: Frames, weights: Weights) => Placed[];

/** MDX-Net: zeros around, up to a multiple of what a window keeps; windows at every step until their end. */
const padded: Placing = (rule, songFrames, shift, weights) => {
  const { length, edge } = rule;
  const kept = length - 2 * edge;
  check(kept > 0, 'The segment must be longer than its edges');
  const heard = songFrames + shift;
  const end = edge + heard + kept + edge - (heard % kept);
  const placed: Placed[] = [];
  for (let i = 0; i < end; i += stepOf(rule)) {
    const actual = Math.min(length, end - i);
    const start = i - edge - shift;
    const range = { from: Math.max(0, start), to: Math.min(songFrames, start + actual) };
    placed.push({ inputStart: start, windowStart: start, ...range, weights: weights.ofLength(actual) });
  }
  return placed;
};

/** Demucs: at every stride below the length; a short window has what surrounds it on both sides. */
const stride: Placing = (rule, songFrames, shift, weights) => {
  const { length } = rule;
  const placed: Placed[] = [];
  for (let offset = 0; offset < songFrames + shift; offset += stepOf(rule)) {
    const start = offset - shift;
    const left = Math.min(length, songFrames - start);
    placed.push({
      inputStart: start - Math.floor((length - left) / 2),
      windowStart: start,
      from: Math.max(0, start),
      to: start + left,
      weights: weights.ofLength(length),
    });
  }
  return placed;
};

/**
 * The generic way of Music-Source-Separation-Training: a mirrored border on both sides of songs that are long enough,
 * windows at every step, what is missing of a window is its own mirror if it is more than half full, else zeros.
 */
const bordered: Placing = (rule, songFrames, shift, weights) => {
  const { length } = rule;
  const step = stepOf(rule);
  const heard = songFrames + shift;
  const border = heard > 2 * (length - step) ? length - step : 0;
  const end = heard + 2 * border;
  const placed: Placed[] = [];
  for (let i = 0; i < end; i += step) {
    const left = Math.min(length, end - i);
    const start = i - border - shift;
    const open = i === 0 ? 'start' : i + step >= end ? 'end' : 'none';
    const beyond = left > Math.floor(length / 2) ? 'reflect' : 'zero';
    placed.push({
      ...{ inputStart: start, windowStart: start, pad: border > 0 ? 'reflect' : 'zero' },
      ...{ from: Math.max(0, start), to: Math.min(songFrames, start + left) },
      ...{ weights: weights.faded(open), ending: { at: end - border - shift, beyond } },
    });
  }
  return placed;
};

/** One transform over the whole song: so many of its frames at a time, which add up as in one inverse. */
const frames: Placing = (rule, songFrames, shift, weights) => {
  const { length, edge, grid } = rule;
  assert(grid, 'a plan of frames has its transform');
  const { nFft, hop, centre = true } = grid;
  const most = Math.floor((length - nFft) / hop) + 1;
  check(most >= 1, 'The segment must be as long as one frame of the STFT');
  const heard = songFrames + shift;
  const lead = centre ? Math.floor(nFft / 2) : edge;
  const count = centre ? 1 + Math.floor(heard / hop) : Math.ceil((heard + edge) / hop);
  const placed: Placed[] = [];
  for (let first = 0; first < count; first += most) {
    const here = Math.min(most, count - first);
    const start = first * hop - lead - shift;
    const span = (here - 1) * hop + nFft;
    placed.push({
      ...{ inputStart: start, windowStart: start, length: span, weights: weights.energy(grid, here) },
      ...{ from: Math.max(0, start), to: Math.min(songFrames, start + span) },
    });
  }
  return placed;
};

const placings: Readonly<Record<Exclude<PlanKind, 'cover'>, Placing>> = { padded, stride, bordered, frames };

/**
 * How late each pass hears the song. Demucs has as many passes as shifts; an unshifted one is not extra. Others have
 * no shifts by themselves, so theirs are extra passes.
 */
function shiftsOf(rule: SegmentRule, sampleRate: Hertz): Frames[] {
  const most = Math.round(rule.shiftMaxSeconds * sampleRate);
  const shifted = Array.from({ length: rule.shifts }, (_, pass) => randomShift(pass + 1, most + 1));
  return rule.plan === 'stride' && rule.shifts > 0 ? shifted : [0, ...shifted];
}

/** A window's frames in excerpts, each with the weights of its own frames. */
function excerptsOf(rule: SegmentRule, window: Segment, songFrames: Frames, weights: Weights): Placed[] {
  const { grid, length, excerpt } = rule;
  assert(grid && excerpt, 'a plan of excerpts');
  const { nFft, hop } = grid;
  const count = ((window.length ?? length) - nFft) / hop + 1;
  return Array.from({ length: Math.ceil(count / excerpt) }, (_, e) => {
    const first = e * excerpt;
    const here = Math.min(excerpt, count - first);
    const start = window.inputStart + first * hop;
    const span = (here - 1) * hop + nFft;
    return {
      ...{ inputStart: start, windowStart: start, length: span, weights: weights.energy(grid, here) },
      ...{ from: Math.max(0, start), to: Math.min(songFrames, start + span) },
      ...{ pass: window.pass ?? 0, heard: { window: window.index, first } },
    };
  });
}

/** Leaves out what the song does not touch. */
function inOrder(placed: readonly Placed[]): Segment[] {
  return placed
    .filter(({ from, to }) => to > from)
    .sort((a, b) => a.from - b.from)
    .map((segment, index) => ({ index, ...segment }));
}

/** The plan of a host (`planKinds`) for a song of `songFrames`; segments that the song does not touch are left out. */
export function hostPlan(rule: SegmentRule, songFrames: Frames, sampleRate: Hertz): SegmentPlan {
  assert(rule.plan !== undefined && rule.plan !== 'cover', 'the plan of a host');
  const weights = new Weights(rule);
  const place = placings[rule.plan];
  const shifts = shiftsOf(rule, sampleRate);
  const whole = inOrder(
    shifts.flatMap((shift, pass) =>
      place(rule, songFrames, shift, weights).map((segment) => ({ ...segment, pass })),
    ),
  );
  const windows = rule.excerpt === undefined ? undefined : whole;
  const segments = windows
    ? inOrder(windows.flatMap((window) => excerptsOf(rule, window, songFrames, weights)))
    : whole;
  return {
    songFrames,
    length: Math.max(...segments.map((segment) => segment.length ?? rule.length)),
    pad:
      rule.plan === 'frames' && rule.grid?.centre !== false && rule.grid?.pad !== 'zero' ? 'reflect' : 'zero',
    segments,
    ...(windows && { windows }),
    // Every segment has its own.
    weights: new Float32Array(0),
    passes: shifts.length,
  };
}
