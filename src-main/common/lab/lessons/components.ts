import { randoms } from '../../dsp/randoms.js';
import { analyse, magnitudes, masked, synthesise } from '../frames.js';
import { numberOf, type Curve, type Lesson } from '../lesson.js';
import { spectrogramPicture } from '../pictures.js';
import { labRate } from '../sounds.js';
import { ownBand } from '../material.js';

const config = { window: 'hann', length: 1024, hop: 512 } as const;

/** W `[parts][bins]` and H `[frames][parts]`. */
interface Factors {
  readonly w: Float64Array;
  readonly h: Float64Array;
}

/** Random factors; every other bin of W is 0 where they are broken. */
function begin(frames: number, bins: number, parts: number, broken: boolean): Factors {
  const random = randoms(1);
  const w = Float64Array.from({ length: parts * bins }, (_, i) => {
    const value = 0.5 + random();
    return broken && (i % bins) % 2 === 1 ? 0 : value;
  });
  return { w, h: Float64Array.from({ length: frames * parts }, () => 0.5 + random()) };
}

/** W·H, `[frames][bins]`. */
function model({ w, h }: Factors, frames: number, bins: number, parts: number): Float64Array {
  const out = new Float64Array(frames * bins);
  for (let f = 0; f < frames; f++) {
    for (let k = 0; k < parts; k++) {
      const gain = h[f * parts + k];
      for (let b = 0; b < bins; b++) out[f * bins + b] += gain * w[k * bins + b];
    }
  }
  return out;
}

const tiny = 1e-12;

/** One round for the Kullback-Leibler divergence: first H, then W (Lee & Seung, NIPS 2000, theorem 2), in place. */
function update(v: Float64Array, factors: Factors, frames: number, bins: number, parts: number): void {
  const { w, h } = factors;
  const quotient = (): Float64Array => model(factors, frames, bins, parts).map((m, i) => v[i] / (m + tiny));
  let q = quotient();
  for (let k = 0; k < parts; k++) {
    const row = w.subarray(k * bins, (k + 1) * bins);
    const all = row.reduce((a, b) => a + b, 0) + tiny;
    for (let f = 0; f < frames; f++) {
      let sum = 0;
      for (let b = 0; b < bins; b++) sum += row[b] * q[f * bins + b];
      h[f * parts + k] *= sum / all;
    }
  }
  q = quotient();
  for (let k = 0; k < parts; k++) {
    const sums = new Float64Array(bins);
    let all = tiny;
    for (let f = 0; f < frames; f++) {
      const gain = h[f * parts + k];
      all += gain;
      for (let b = 0; b < bins; b++) sums[b] += gain * q[f * bins + b];
    }
    for (let b = 0; b < bins; b++) w[k * bins + b] *= sums[b] / all;
  }
}

/** The Kullback-Leibler divergence of W·H from V, relative to the sum of V. */
function divergence(v: Float64Array, m: Float64Array): number {
  let [sum, all] = [0, 0];
  for (let i = 0; i < v.length; i++) {
    sum += (v[i] > 0 ? v[i] * Math.log(v[i] / (m[i] + tiny)) : 0) - v[i] + m[i];
    all += v[i];
  }
  return sum / all;
}

/** A row of W up to 2.5 kHz, and a column of H, each relative to its greatest value. */
function curvesOf({ w, h }: Factors, frames: number, bins: number, parts: number, k: number): Curve[] {
  const relative = (values: number[]): number[] => {
    const top = Math.max(...values, tiny);
    return values.map((value) => value / top);
  };
  const hertz = labRate / config.length;
  const low = Array.from({ length: Math.floor(2500 / hertz) }, (_, b) => b);
  const times = Array.from({ length: frames }, (_, f) => f);
  // Frames begin one window before the sound; their middles are half a window later.
  const middle = (f: number): number => (f * config.hop - config.length / 2) / labRate;
  return [
    { key: 'spectrum', x: low.map((b) => b * hertz), y: relative(low.map((b) => w[k * bins + b])) },
    { key: 'gains', x: times.map(middle), y: relative(times.map((f) => h[f * parts + k])) },
  ];
}

/** Spectra times gains over time, learned by multiplying. Broken: zeros at the start, which multiplying never leaves. */
export const components: Lesson = {
  controls: [
    { kind: 'slider', key: 'components', values: [1, 2, 3, 4, 5, 6], start: 3, unit: '' },
    { kind: 'slider', key: 'iterations', values: [0, 1, 2, 5, 10, 20, 50, 100], start: 50, unit: '' },
    { kind: 'slider', key: 'component', values: [1, 2, 3, 4, 5, 6], start: 1, unit: '' },
  ],
  song: 'sound',
  run: (settings, material = ownBand) => {
    const parts = numberOf(settings, 'components');
    const signal = material.notes;
    const spectrum = analyse(signal, config);
    const { frames, bins } = spectrum;
    const v = magnitudes(spectrum);
    const factors = begin(frames, bins, parts, settings['broken'] === true);
    for (let i = 0; i < numberOf(settings, 'iterations'); i++) update(v, factors, frames, bins, parts);
    const all = model(factors, frames, bins, parts);
    const chosen = Math.min(parts, numberOf(settings, 'component')) - 1;
    const mask = all.map((m, i) => {
      const own = factors.h[Math.floor(i / bins) * parts + chosen] * factors.w[chosen * bins + (i % bins)];
      return own / (m + tiny);
    });
    const whole = masked(
      spectrum,
      all.map((m, i) => (v[i] > 0 ? m / v[i] : 0)),
    );
    return {
      numbers: [{ key: 'divergence', value: 100 * divergence(v, all), unit: '%' }],
      sounds: [
        { key: 'component', samples: synthesise(masked(spectrum, mask), config, material.samples) },
        { key: 'rebuilt', samples: synthesise(whole, config, material.samples) },
        { key: 'original', samples: signal },
      ],
      curves: curvesOf(factors, frames, bins, parts, chosen),
      picture: spectrogramPicture(all, spectrum),
    };
  },
};
