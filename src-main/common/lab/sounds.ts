import { randoms } from '../dsp/randoms.js';

/**
 * The Lab's own band: four seconds that are nothing but formulas, so that their true stems are known and a notebook makes
 * the same samples. 120 beats a minute; the accompaniment comes again every second, the voice never does.
 */
export const labRate = 22050;
export const labSamples = 4 * labRate;

const tau = 2 * Math.PI;

/** Sounds are made once and only read. */
const made = new Map<string, Float64Array>();

function once(name: string, make: () => Float64Array): Float64Array {
  const sound = made.get(name) ?? make();
  made.set(name, sound);
  return sound;
}

const hertz = (key: number): number => 440 * 2 ** ((key - 69) / 12);

/** Adds `sound(u)`, u seconds after the start, to the samples from `start` seconds on. */
function play(
  out: Float64Array,
  start: number,
  seconds: number,
  sound: (u: number, n: number) => number,
): void {
  const first = Math.round(start * labRate);
  const count = Math.min(Math.round(seconds * labRate), out.length - first);
  for (let n = 0; n < count; n++) out[first + n] += sound(n / labRate, n);
}

/** A held sound of `partials` harmonics, the h-th at 1/h, that fades as e^(−fall·u). */
function pluck(frequency: number, level: number, partials: number, fall: number): (u: number) => number {
  return (u) => {
    let sum = 0;
    for (let h = 1; h <= partials; h++) sum += Math.sin(tau * frequency * h * u) / h;
    return level * Math.min(1, u / 0.005) * Math.exp(-fall * u) * sum;
  };
}

/** A melody of eight notes with vibrato, as a voice sings. */
export const voice = (): Float64Array => once('voice', sing);

function sing(): Float64Array {
  const keys = [69, 72, 71, 67, 74, 72, 69, 64];
  const out = new Float64Array(labSamples);
  let phase = 0;
  for (let n = 0; n < labSamples; n++) {
    const t = n / labRate;
    const u = t % 0.5;
    const vibrato = 1 + 0.008 * Math.sin(tau * 5.5 * t);
    phase += (tau * hertz(keys[Math.floor(2 * t)]) * vibrato) / labRate;
    const shape = Math.max(0, Math.min(1, u / 0.03, (0.48 - u) / 0.06));
    for (let h = 1; h <= 6; h++) out[n] += (0.16 * shape * Math.sin(h * phase)) / h;
  }
  return out;
}

/** Chords and bass, a second each time; where it does not repeat, every bar is in another key. */
export function harmony(repeats = true): Float64Array {
  const out = new Float64Array(labSamples);
  for (let bar = 0; bar < 4; bar++) {
    const shift = repeats ? 0 : [0, 3, -2, 5][bar];
    for (const [at, chord] of [
      [0, [57, 60, 64]],
      [0.5, [53, 57, 60]],
    ] as const) {
      for (const key of chord) play(out, bar + at, 0.5, pluck(hertz(key + shift), 0.07, 3, 3));
      play(out, bar + at, 0.5, pluck(hertz(chord[0] - 12 + shift), 0.16, 3, 2));
    }
  }
  return out;
}

/** A bass drum on every beat and a hiss between them. */
export function drums(): Float64Array {
  const out = new Float64Array(labSamples);
  const random = randoms(7);
  const hiss = Float64Array.from({ length: Math.round(0.2 * labRate) }, () => 2 * random() - 1);
  for (let beat = 0; beat < 8; beat++) {
    play(
      out,
      beat / 2,
      0.25,
      (u) => 0.4 * Math.exp(-14 * u) * Math.sin(tau * (50 * u + 2 * (1 - Math.exp(-40 * u)))),
    );
    play(out, beat / 2 + 0.25, 0.2, (u, n) => 0.12 * Math.exp(-30 * u) * hiss[n]);
  }
  return out;
}

/** Everything but the voice. */
export const band = (repeats = true): Float64Array =>
  once(`band ${repeats}`, () => add(harmony(repeats), drums()));

/** Two tones 30 Hz apart, and a click every half second. */
export function tonesAndClicks(): Float64Array {
  const out = new Float64Array(labSamples);
  play(out, 0, 4, (u) => 0.2 * (Math.sin(tau * 440 * u) + Math.sin(tau * 470 * u)));
  for (let click = 0; click < 8; click++) play(out, click / 2 + 0.25, 0.0005, () => 0.5);
  return out;
}

/** Three notes that come and go, each at its own times. */
export function threeNotes(): Float64Array {
  const out = new Float64Array(labSamples);
  const beats: readonly (readonly [number, readonly number[]])[] = [
    [60, [0, 3, 4, 6]],
    [64, [1, 3, 5, 6]],
    [67, [2, 4, 5, 6]],
  ];
  for (const [key, places] of beats)
    for (const place of places) play(out, place / 2, 0.5, pluck(hertz(key), 0.15, 5, 4));
  return out;
}

/** a + gain · b. */
export function add(a: Float64Array, b: Float64Array, gain = 1): Float64Array {
  return a.map((x, i) => x + gain * b[i]);
}

/** The signal `samples` later, silence in front. */
export function delayed(signal: Float64Array, samples: number): Float64Array {
  const out = new Float64Array(signal.length);
  out.set(signal.subarray(0, signal.length - samples), samples);
  return out;
}
