import { check } from '../base/errors.js';
import { nndsvd } from './nndsvd.js';
import { randoms } from './randoms.js';
import { kernels } from './wasm/kernels.js';

/** What the updates make small: the Itakura-Saito (0), Kullback-Leibler (1) or Euclidean (2) divergence. */
export type Beta = 0 | 1 | 2;

export interface NmfOptions {
  readonly components: number;
  readonly iterations: number;
  readonly beta: Beta;
  /** Seed of the random start. */
  readonly seed: number;
  /** `nndsvd` begins with the singular vectors, which are always the same; `random` when left out. */
  readonly start?: 'random' | 'nndsvd';
  /** Templates that stay as they are, `[components][bins]` (supervised NMF): only activations are learned. */
  readonly templates?: Float32Array;
}

export interface Factors {
  /** Spectra of the components, W: `[components][bins]`, each with a sum of 1 unless they were given. */
  readonly templates: Float32Array;
  /** Gains over time, H: `[frames][components]`. */
  readonly activations: Float32Array;
  /** The divergence before the first iteration and after each. */
  readonly costs: readonly number[];
}

const eps = 1e-12;

/** d(v | m) summed over a spectrogram; both `[n]`, m > 0. */
export function divergence(v: Float32Array, m: Float32Array, beta: Beta): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) {
    const [x, y] = [v[i], m[i] + eps];
    if (beta === 2) sum += 0.5 * (x - y) ** 2;
    else if (beta === 1) sum += (x > 0 ? x * Math.log(x / y) : 0) - x + y;
    else sum += (x + eps) / y - Math.log((x + eps) / y) - 1;
  }
  return sum;
}

/** W·H: templates `[components][bins]` and activations `[frames][components]` to `[frames][bins]`. */
export function product(
  templates: Float32Array,
  activations: Float32Array,
  components: number,
): Float32Array {
  const bins = templates.length / components;
  const frames = activations.length / components;
  const out = new Float32Array(frames * bins);
  for (let f = 0; f < frames; f++) {
    for (let k = 0; k < components; k++) {
      const gain = activations[f * components + k];
      if (gain === 0) continue;
      for (let b = 0; b < bins; b++) out[f * bins + b] += gain * templates[k * bins + b];
    }
  }
  return out;
}

/**
 * V ≈ W·H of a spectrogram `[frames][bins]` without negative values, by multiplicative updates: Lee & Seung,
 * "Algorithms for non-negative matrix factorization", NIPS 2000, for the Euclidean and Kullback-Leibler divergences;
 * Févotte & Idier 2011 (the exponent 1/2, with which the cost never rises) for Itakura-Saito. float32 with SIMD.
 *
 * `costs` is filled only with `watch`, which costs about as much as an iteration each time.
 *
 * @throws UnbraidError `invalid-argument` when sizes disagree.
 */
export function nmf(
  spectrogram: Float32Array,
  frames: number,
  bins: number,
  options: NmfOptions,
  watch = false,
): Factors {
  const { components } = options;
  check(spectrogram.length === frames * bins, `A spectrogram of ${frames} × ${bins} has other sizes`);
  check(components > 0, 'NMF needs a component or more');
  const start = options.templates;
  check(!start || start.length === components * bins, 'The templates have other sizes than the spectrogram');
  const state = new Updates(spectrogram, frames, bins, options);
  const costs = watch ? [state.cost()] : [];
  for (let i = 0; i < options.iterations; i++) {
    state.updateActivations();
    if (!start) state.updateTemplates();
    if (watch) costs.push(state.cost());
  }
  return { ...state.factors(), costs };
}

/** Matrices in the kernels' memory while they are updated; no other kernel may run meanwhile. */
class Updates {
  private readonly stride: number;
  private readonly at: {
    v: number;
    w: number;
    h: number;
    above: number;
    below: number;
    sums: number;
    room: number;
  };
  private readonly wasm = kernels();

  constructor(
    private readonly spectrogram: Float32Array,
    private readonly frames: number,
    private readonly bins: number,
    private readonly options: NmfOptions,
  ) {
    const { components: parts } = options;
    this.stride = 16 * Math.ceil(bins / 16);
    const row = 4 * this.stride;
    const [v, w, h, above, below, sums, room] = this.wasm.scratch(
      frames * row,
      parts * row,
      4 * frames * parts,
      parts * row,
      parts * row,
      4 * parts,
      2 * row,
    );
    this.at = { v, w, h, above, below, sums, room };
    const [cells, templates] = [this.view(v, frames), this.view(w, parts).fill(0)];
    cells.fill(0);
    for (let f = 0; f < frames; f++) {
      cells.set(spectrogram.subarray(f * bins, (f + 1) * bins), f * this.stride);
    }
    const random = randoms(options.seed);
    // Activations begin at the level that the sums of 1 of the templates ask for.
    let level = 0;
    for (const x of spectrogram) level += x;
    level /= Math.max(1, frames * parts);
    for (let k = 0; k < parts; k++) {
      for (let b = 0; b < bins; b++) {
        templates[k * this.stride + b] = options.templates?.[k * bins + b] ?? (0.5 + random()) / bins;
      }
    }
    const gains = this.wasm.f32(h, frames * parts);
    for (let i = 0; i < gains.length; i++) gains[i] = level * (0.5 + random());
    if (options.start === 'nndsvd' && !options.templates)
      this.beginWith(nndsvd(spectrogram, frames, bins, parts));
  }

  /** Other factors than the random ones; needs no kernel. */
  private beginWith({ templates, activations }: Pick<Factors, 'templates' | 'activations'>): void {
    const { components: parts } = this.options;
    const into = this.view(this.at.w, parts);
    for (let k = 0; k < parts; k++)
      into.set(templates.subarray(k * this.bins, (k + 1) * this.bins), k * this.stride);
    this.wasm.f32(this.at.h, this.frames * parts).set(activations);
  }

  private view(address: number, rows: number): Float32Array {
    return this.wasm.f32(address, rows * this.stride);
  }

  updateActivations(): void {
    const { v, w, h, sums, room } = this.at;
    const { components: parts, beta } = this.options;
    const templates = this.view(w, parts);
    const totals = this.wasm.f32(sums, parts);
    for (let k = 0; k < parts; k++) {
      let total = 0;
      for (let b = 0; b < this.bins; b++) total += templates[k * this.stride + b];
      totals[k] = total;
    }
    this.wasm.run.nmfActivations(v, w, h, this.frames, this.stride, parts, beta, sums, room);
  }

  updateTemplates(): void {
    const { v, w, h, above, below, room } = this.at;
    const { components: parts, beta } = this.options;
    const [up, down] = [this.view(above, parts).fill(0), this.view(below, parts).fill(0)];
    this.wasm.run.nmfTemplates(v, w, h, this.frames, this.stride, parts, beta, above, below, room);
    const [templates, gains] = [this.view(w, parts), this.wasm.f32(h, this.frames * parts)];
    for (let k = 0; k < parts; k++) {
      let [gain, total] = [0, 0];
      if (beta === 1) for (let f = 0; f < this.frames; f++) gain += gains[f * parts + k];
      for (let i = k * this.stride; i < k * this.stride + this.bins; i++) {
        const factor = up[i] / Math.max(eps, beta === 1 ? gain : down[i]);
        templates[i] *= beta === 0 ? Math.sqrt(factor) : factor;
        total += templates[i];
      }
      // The scale belongs to the activations.
      if (total <= 0) continue;
      for (let i = k * this.stride; i < k * this.stride + this.bins; i++) templates[i] /= total;
      for (let f = 0; f < this.frames; f++) gains[f * parts + k] *= total;
    }
  }

  cost(): number {
    const { templates, activations } = this.factors();
    return divergence(
      this.spectrogram,
      product(templates, activations, this.options.components),
      this.options.beta,
    );
  }

  factors(): { readonly templates: Float32Array; readonly activations: Float32Array } {
    const { components: parts } = this.options;
    const padded = this.view(this.at.w, parts);
    const templates = new Float32Array(parts * this.bins);
    for (let k = 0; k < parts; k++) {
      templates.set(padded.subarray(k * this.stride, k * this.stride + this.bins), k * this.bins);
    }
    return { templates, activations: this.wasm.f32(this.at.h, this.frames * parts).slice() };
  }
}
