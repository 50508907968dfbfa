import { nmf, type Beta, type Factors } from '../../dsp/nmf.js';
import type { ComponentOptions, LaneOptions } from './component-options.js';
import { classicRate, classicSegment, type MaskMethod, type SegmentFactors } from './masking.js';

const betas: Readonly<Record<ComponentOptions['divergence'], Beta>> = { euclidean: 2, kl: 1, is: 0 };

/** What tells components apart: `tone`, `burst` and `period` 0 … 1, `pitch` octaves above 50 Hz. */
export interface Features {
  /** 1 − flatness of the spectrum (geometric over arithmetic mean): near 1 for lines, near 0 for noise. */
  readonly tone: number;
  /** Share of the activation's rises in all of it: high where a sound is struck and gone. */
  readonly burst: number;
  /** Spectral centroid. */
  readonly pitch: number;
  /** Highest autocorrelation of the activation at lags of 0.2 to 2 s: near 1 where a sound comes again in time. */
  readonly period: number;
}

/** The highest autocorrelation of a signal without its mean, at lags `[from, to]`, relative to lag 0; at least 0. */
function periodicity(signal: Float32Array, from: number, to: number): number {
  const mean = signal.reduce((a, b) => a + b, 0) / Math.max(1, signal.length);
  const at = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < signal.length; i++) sum += (signal[i] - mean) * (signal[i - lag] - mean);
    return sum;
  };
  const all = at(0);
  if (!(all > 0)) return 0;
  let best = 0;
  for (let lag = from; lag <= Math.min(to, signal.length - 1); lag++) best = Math.max(best, at(lag) / all);
  return best;
}

/** Features of component `k` of templates `[components][bins]` and activations `[frames][components]`. */
export function featuresOf(
  { templates, activations }: Pick<Factors, 'templates' | 'activations'>,
  components: number,
  k: number,
  grid: { readonly hertzPerBin: number; readonly framesPerSecond: number },
): Features {
  const bins = templates.length / components;
  const frames = activations.length / components;
  let [sum, logs, weighted] = [0, 0, 0];
  for (let b = 1; b < bins; b++) {
    const x = templates[k * bins + b] + 1e-9;
    sum += x;
    logs += Math.log(x);
    weighted += x * b;
  }
  let [total, rises] = [1e-9, 0];
  for (let f = 0; f < frames; f++) {
    const now = activations[f * components + k];
    const before = f > 0 ? activations[(f - 1) * components + k] : 0;
    total += now;
    rises += Math.max(0, now - before);
  }
  const flatness = Math.exp(logs / (bins - 1)) / (sum / (bins - 1));
  const centroid = (weighted / sum) * grid.hertzPerBin;
  const gains = Float32Array.from({ length: frames }, (_, f) => activations[f * components + k]);
  return {
    tone: 1 - flatness,
    burst: Math.min(1, rises / total),
    pitch: Math.log2(Math.max(50, centroid) / 50),
    period: periodicity(gains, Math.round(0.2 * grid.framesPerSecond), Math.round(2 * grid.framesPerSecond)),
  };
}

const groups = ['drums', 'bass', 'other'] as const;

/** What the groups sound like: struck and noisy; low and held; held and higher. */
const archetypes: readonly Features[] = [
  { tone: 0.6, burst: 0.5, pitch: 6, period: 0.6 },
  { tone: 1, burst: 0.15, pitch: 1.5, period: 0.3 },
  { tone: 0.95, burst: 0.15, pitch: 4.5, period: 0.3 },
];

const distance = (a: Features, b: Features): number =>
  (2 * (a.tone - b.tone)) ** 2 + (3 * (a.burst - b.burst)) ** 2 + ((a.pitch - b.pitch) / 3) ** 2;

/**
 * The group whose archetype is nearest, for each component. It depends on the component alone: centres that move with a
 * segment's components (k-means) put the same sound into another stem in the next segment.
 */
export function groupComponents(features: readonly Features[]): number[] {
  return features.map((x) => {
    const distances = archetypes.map((archetype) => distance(x, archetype));
    return distances.indexOf(Math.min(...distances));
  });
}

/**
 * Groups by k-means (Lloyd 1982) of centroid, flatness and periodicity, each of mean 0 and variance 1. The centres begin at
 * the archetypes, so that a group has its name; they follow the components of one segment, and the same sound may be in
 * another group in the next.
 */
export function clusterComponents(features: readonly Features[]): number[] {
  const rows = features.map(({ pitch, tone, period }) => [pitch, tone, period]);
  const moments = [0, 1, 2].map((d) => {
    const mean = rows.reduce((sum, row) => sum + row[d], 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row[d] - mean) ** 2, 0) / rows.length;
    return { mean, scale: variance > 0 ? 1 / Math.sqrt(variance) : 0 };
  });
  const standard = (row: readonly number[]): number[] =>
    row.map((x, d) => (x - moments[d].mean) * moments[d].scale);
  const points = rows.map(standard);
  let centres = archetypes.map(({ pitch, tone, period }) => standard([pitch, tone, period]));
  const apart = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, x, d) => sum + (x - b[d]) ** 2, 0);
  let labels: number[] = [];
  for (let round = 0; round < 50; round++) {
    const next = points.map((point) => {
      const distances = centres.map((centre) => apart(point, centre));
      return distances.indexOf(Math.min(...distances));
    });
    if (next.every((label, i) => label === labels[i])) break;
    labels = next;
    centres = centres.map((centre, c) => {
      const own = points.filter((_, i) => labels[i] === c);
      return own.length === 0
        ? centre
        : centre.map((_, d) => own.reduce((sum, p) => sum + p[d], 0) / own.length);
    });
  }
  return labels;
}

const [nFft, hop] = [2048, 1024];
const grid = { hertzPerBin: classicRate / nFft, framesPerSecond: classicRate / hop };
const stft = { nFft, hop, window: 'hann' } as const;

type Plane = Pick<Parameters<MaskMethod['masks']>[0], 'frames' | 'bins' | 'magnitude'>;

/** The factors of a spectrogram, of magnitudes or, for Itakura-Saito (Févotte et al. 2009), of powers. */
function factorise(
  { frames, bins, magnitude }: Plane,
  options: Omit<ComponentOptions, 'grouping'>,
): { readonly factors: Factors; readonly features: readonly Features[] } {
  const { components, divergence } = options;
  // A little more than nothing: the divergence of 0 from anything is infinite.
  const shown = divergence === 'is' ? magnitude.map((x) => x * x + 1e-10) : magnitude;
  const factors = nmf(shown, frames, bins, { ...options, beta: betas[divergence] });
  const features = Array.from({ length: components }, (_, k) => featuresOf(factors, components, k, grid));
  return { factors, features };
}

/** Masks of `stems` groups of components, as shares of the model. */
function masksOf(
  { frames, bins, components, templates, activations, stems: group }: SegmentFactors,
  stems: number,
): Float32Array[] {
  const masks = Array.from({ length: stems }, () => new Float32Array(frames * bins));
  for (let f = 0; f < frames; f++) {
    for (let k = 0; k < components; k++) {
      const [mask, gain] = [masks[group[k]], activations[f * components + k]];
      for (let b = 0; b < bins; b++) mask[f * bins + b] += gain * templates[k * bins + b];
    }
  }
  for (let i = 0; i < frames * bins; i++) {
    let total = 0;
    for (const mask of masks) total += mask[i];
    if (total > 0) for (const mask of masks) mask[i] /= total;
    else masks[stems - 1][i] = 1;
  }
  return masks;
}

/** A method whose components go where `placesOf` says; the last of the stems takes the rest. */
function factorMethod(
  stems: readonly string[],
  segment: MaskMethod['segment'],
  options: Omit<ComponentOptions, 'grouping'>,
  placesOf: (features: readonly Features[]) => readonly number[],
): MaskMethod {
  const factorsOf = (analysis: Plane): SegmentFactors => {
    const { frames, bins } = analysis;
    const { factors, features } = factorise(analysis, options);
    return { ...{ frames, bins, components: options.components }, ...factors, stems: placesOf(features) };
  };
  return {
    ...{ stems, residualStem: stems[stems.length - 1], stft, segment },
    factors: factorsOf,
    masks: (analysis) => masksOf(factorsOf(analysis), stems.length),
  };
}

/** NMF of the spectrogram, its components put together to drums, bass and other by their features. The masks add up to 1. */
export function componentSeparation(options: ComponentOptions): MaskMethod {
  const group = options.grouping === 'kmeans' ? clusterComponents : groupComponents;
  return factorMethod(groups, classicSegment(20, 0.2), options, group);
}

/** Seconds whose components are found together. In longer songs each piece has other components. */
const laneSeconds = 60;

/** NMF whose components are stems, from the lowest centroid to the highest, for a person to hear and to put together. */
export function componentLanes(options: LaneOptions): MaskMethod {
  const stems = Array.from({ length: options.components }, (_, k) => `component-${k + 1}`);
  return factorMethod(stems, classicSegment(laneSeconds, 0.05), options, (features) => {
    const order = features.map((_, k) => k).sort((a, b) => features[a].pitch - features[b].pitch);
    return features.map((_, k) => order.indexOf(k));
  });
}
