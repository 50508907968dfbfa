import { nmf, type Beta } from '../../dsp/nmf.js';
import { classicRate, classicSegment, type MaskMethod } from './masking.js';

export interface ComponentOptions {
  readonly components: number;
  readonly iterations: number;
  readonly beta: Beta;
  readonly seed: number;
}

export const componentDefaults: ComponentOptions = { components: 30, iterations: 100, beta: 1, seed: 1 };

/** What tells components apart: `tone` and `burst` 0 … 1, `pitch` octaves above 50 Hz. */
export interface Features {
  /** 1 − flatness of the spectrum (geometric over arithmetic mean): near 1 for lines, near 0 for noise. */
  readonly tone: number;
  /** Share of the activation's rises in all of it: high where a sound is struck and gone. */
  readonly burst: number;
  /** Spectral centroid. */
  readonly pitch: number;
}

/** Features of component `k` of templates `[components][bins]` and activations `[frames][components]`. */
export function featuresOf(
  templates: Float32Array,
  activations: Float32Array,
  components: number,
  k: number,
  hertzPerBin: number,
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
  const centroid = (weighted / sum) * hertzPerBin;
  return {
    tone: 1 - flatness,
    burst: Math.min(1, rises / total),
    pitch: Math.log2(Math.max(50, centroid) / 50),
  };
}

const groups = ['drums', 'bass', 'other'] as const;

/** What the groups sound like: struck and noisy; low and held; held and higher. */
const archetypes: readonly Features[] = [
  { tone: 0.6, burst: 0.5, pitch: 6 },
  { tone: 1, burst: 0.15, pitch: 1.5 },
  { tone: 0.95, burst: 0.15, pitch: 4.5 },
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
 * NMF of the magnitude spectrogram, its components put together to drums, bass and other by their features. A stem's
 * mask is its components' share of the model, so the masks add up to 1.
 */
export function componentSeparation(options: ComponentOptions = componentDefaults): MaskMethod {
  const nFft = 2048;
  return {
    stems: groups,
    residualStem: 'other',
    stft: { nFft, hop: 1024, window: 'hann' },
    segment: classicSegment(20, 0.2),
    masks: ({ frames, bins, magnitude }) => {
      const { components } = options;
      const { templates, activations } = nmf(magnitude, frames, bins, options);
      const features = Array.from({ length: components }, (_, k) =>
        featuresOf(templates, activations, components, k, classicRate / nFft),
      );
      const group = groupComponents(features);
      const masks = groups.map(() => new Float32Array(frames * bins));
      for (let f = 0; f < frames; f++) {
        for (let k = 0; k < components; k++) {
          const [mask, gain] = [masks[group[k]], activations[f * components + k]];
          for (let b = 0; b < bins; b++) mask[f * bins + b] += gain * templates[k * bins + b];
        }
      }
      const rest = masks[groups.indexOf('other')];
      for (let i = 0; i < frames * bins; i++) {
        const total = masks[0][i] + masks[1][i] + masks[2][i];
        if (total > 0) for (const mask of masks) mask[i] /= total;
        else rest[i] = 1;
      }
      return masks;
    },
  };
}
