import type { OnsetCurve } from './onset-strength.js';
import { fastest } from './tempo-path.js';
import { peakAround, trackBeats } from './track-beats.js';

/** A song is heard in parts so long, seconds, short enough that a tempo within the search moves no beat in one. */
const partSeconds = 4;
/** Parts that together say where their beats lie. */
const together = 2;
/** Furthest the tempo is from the one that was heard, as a share. */
const reach = 0.01;
/** Parts of a beat whose pulse is listened to. */
const pulses = [1, 2, 4] as const;
/** Where a rhythm of dotted notes hides the beat: ratios of the one that is meant to the one that was heard. */
const hidden = [1, 3 / 2, 4 / 3, 2 / 3, 3 / 4] as const;
/** Such a one fits so many times better, at least. */
const surely = 3;
/** A tempo is steady where this share of a song has its beats this close to the grid, seconds. */
const [steadyShare, near] = [0.4, 0.02];
/** A round tempo is meant when it moves no beat further than this, seconds. */
const rounding = 0.01;

/** An even grid: beats a minute, and a beat at or after 0, frames of the curve (a fraction). */
export interface SteadyGrid {
  readonly bpm: number;
  readonly first: number;
}

/** The even grid that a song's beats lie on, near a period in frames of its curve; null where the tempo changes. */
export function steadyGrid(curve: OnsetCurve, heard: number): SteadyGrid | null {
  const { all, rate } = curve;
  const tried = hidden.map((ratio) => pulseNear(all, rate, heard / ratio));
  const best = tried.reduce((a, b) => (b.weight > surely * a.weight ? b : a));
  if (!best.steady) return null;
  const { bpm, period } = roundTempo(
    (60 * rate) / best.period > fastest ? 2 * best.period : best.period,
    all.length,
    rate,
  );
  const beats = trackBeats(curve, { step: all.length, periods: Float64Array.of(period) });
  return { bpm, first: phaseOf(beats, period) };
}

interface Pulse {
  /** Frames of the curve between two beats. */
  readonly period: number;
  /** How much of the song goes along with it. */
  readonly weight: number;
  readonly steady: boolean;
}

/** The strongest pulse of a whole song near a period: its beats and their halves and quarters, each as a turning pointer. */
function pulseNear(all: Float32Array, rate: number, heard: number): Pulse {
  const part = Math.round(partSeconds * rate);
  const pointers = pulses.map((pulse) => pointersOf(all, part, pulse / heard));
  // So that the last part's quarters turn by an eighth from one try to the next.
  const fine = 1 / (8 * 4 * all.length);
  const tries = Math.ceil(reach / heard / fine);
  const strength = (turns: number): number =>
    pulses.reduce((sum, pulse, n) => {
      const [re, im] = summed(pointers[n].sums, part, turns * pulse, 0, pointers[n].loads.length);
      return sum + re * re + im * im;
    }, 0);
  const sums = Float64Array.from({ length: 2 * tries + 1 }, (_, i) => strength((i - tries) * fine));
  const most = sums.reduce((a, b) => Math.max(a, b), 0);
  const turns = (peakAround(sums, sums.indexOf(most)) - tries) * fine;
  const best = 1 / heard + turns;
  const steady = shareAlong(pointers, turns, near * rate * best) >= steadyShare;
  return { period: 1 / best, weight: most, steady };
}

/** For each part, the sum of the curve with a pointer that turns so many times a frame, `[re, im]` by turns; and without it. */
interface Pointers {
  readonly part: number;
  readonly sums: Float64Array;
  readonly loads: Float64Array;
}

function pointersOf(all: Float32Array, part: number, speed: number): Pointers {
  const parts = Math.max(1, Math.ceil(all.length / part));
  const [sums, loads] = [new Float64Array(2 * parts), new Float64Array(parts)];
  for (let t = 0; t < all.length; t++) {
    if (all[t] === 0) continue;
    const angle = 2 * Math.PI * speed * t;
    const at = Math.floor(t / part);
    sums[2 * at] += all[t] * Math.cos(angle);
    sums[2 * at + 1] -= all[t] * Math.sin(angle);
    loads[at] += all[t];
  }
  return { part, sums, loads };
}

/** The sum of parts `[from, to)` for a pointer that turns `turns` times a frame more. */
function summed(sums: Float64Array, part: number, turns: number, from: number, to: number): [number, number] {
  let [re, im] = [0, 0];
  for (let i = from; i < to; i++) {
    const angle = 2 * Math.PI * turns * (i + 0.5) * part;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    re += sums[2 * i] * cos + sums[2 * i + 1] * sin;
    im += sums[2 * i + 1] * cos - sums[2 * i] * sin;
  }
  return [re, im];
}

/**
 * How much of a song, by its onset strength, has the halves and the quarters of its beats within `close` turns of a beat of
 * where the whole song has them. (By the length of the pointers, what has another tempo would hardly count.)
 */
function shareAlong(pointers: readonly Pointers[], turns: number, close: number): number {
  const { part, loads } = pointers[0];
  const finer = [1, 2].map((n) => {
    const { sums } = pointers[n];
    const angle = (from: number, to: number): number => {
      const [re, im] = summed(sums, part, turns * pulses[n], from, to);
      return Math.atan2(im, re) / (2 * Math.PI);
    };
    return { pulse: pulses[n], whole: angle(0, loads.length), angle };
  });
  let [total, along] = [0, 0];
  for (let from = 0; from < loads.length; from += together) {
    const to = Math.min(loads.length, from + together);
    const load = loads.subarray(from, to).reduce((a, b) => a + b, 0);
    total += load;
    const fits = finer.every(({ pulse, whole, angle }) => {
      const way = angle(from, to) - whole;
      return Math.abs(way - Math.round(way)) <= close * pulse;
    });
    if (fits) along += load;
  }
  return total > 0 ? along / total : 0;
}

/** The roundest tempo that is as good: whole, then halves, then tenths. */
function roundTempo(
  period: number,
  frames: number,
  rate: number,
): { readonly bpm: number; readonly period: number } {
  const bpm = (60 * rate) / period;
  for (const parts of [1, 2, 10]) {
    const round = Math.round(bpm * parts) / parts;
    // Turned about the middle, the ends move the furthest.
    if ((Math.abs(round - bpm) / bpm) * (frames / 2) <= rounding * rate)
      return { bpm: round, period: (60 * rate) / round };
  }
  const thousandths = Math.round(bpm * 1000) / 1000;
  return { bpm: thousandths, period: (60 * rate) / thousandths };
}

/** Where within a period most of the beats are: the middle of the fullest place. */
function phaseOf(beats: readonly number[], period: number): number {
  const phases = beats.map((beat) => beat - Math.floor(beat / period) * period);
  const way = (a: number, b: number): number => {
    const turn = (a - b) / period;
    return (turn - Math.round(turn)) * period;
  };
  const reachFrames = period / 16;
  let [best, most] = [phases[0], 0];
  for (let at = 0; at < period; at += 1) {
    const count = phases.filter((phase) => Math.abs(way(phase, at)) <= reachFrames).length;
    if (count > most) [best, most] = [at, count];
  }
  const close = phases.map((phase) => way(phase, best)).filter((off) => Math.abs(off) <= reachFrames);
  const middle = best + close.sort((a, b) => a - b)[close.length >> 1];
  return middle - Math.floor(middle / period) * period;
}
