import { check } from '../base/errors.js';
import { allocateSpectrum, checkSameShape, type Spectrum } from './spectrum.js';
import { kernels } from './wasm/kernels.js';

export interface WienerOptions {
  /** EM iterations; 0 stops after the first estimate. Default 1. */
  readonly iterations?: number;
  /** Regularisation; the mixture's covariance gets √eps on its diagonal. Default 1e-10. */
  readonly eps?: number;
  /** Start from ratio masks of the estimates' magnitudes instead of the estimates. Default false. */
  readonly softmask?: boolean;
  /** Add one source, mix − Σ estimates, as the last of the result; a single source needs it. Default false. */
  readonly residual?: boolean;
  /** Frames filtered together, with one covariance per bin and source. Default 300. */
  readonly windowFrames?: number;
  /** Excerpts louder than this are scaled down to it before EM, for the sake of eps. Default 10. */
  readonly scaleFactor?: number;
  /** Where the result goes, `[source][channels]`; may be the estimates. Fresh memory when left out. */
  readonly into?: readonly (readonly Spectrum[])[];
}

/** Most bins of an excerpt: 300 stereo frames of four sources then take 3 MB. */
const excerptBins = 64;
/** Keeps a soft mask finite where all estimates are silent. */
const maskFloor = 1e-10;

/**
 * Some bins of some frames in float64, in the kernels' memory; complex planes are interleaved (re, im),
 * `[frames][bins]`. Bins do not depend on each other, so an excerpt is as narrow as caches like.
 */
interface Excerpt {
  readonly bins: number;
  /** Mixture, `[channels]`. */
  readonly x: readonly Float64Array[];
  /** Sources, `[source][channels]`. */
  readonly y: readonly (readonly Float64Array[])[];
  /** One EM iteration; overwrites y. */
  iterate(eps: number): void;
}

/** Where an excerpt lies in the spectra. */
interface Place {
  readonly frame: number;
  readonly bin: number;
}

/** y_j = estimate, or with softmask x·v_j/Σv; then the residual, when asked for. All of them divided by `scale`. */
function firstEstimate(
  mix: readonly Spectrum[],
  estimates: readonly (readonly Spectrum[])[],
  { softmask = false, residual = false }: WienerOptions,
  excerpt: Excerpt,
  place: Place,
  scale: number,
): void {
  const { x, y, bins } = excerpt;
  // The floor of a soft mask counts on the levels as they came.
  const early = softmask ? 1 : scale;
  for (let c = 0; c < mix.length; c++) {
    load(mix[c], early, bins, x[c], place);
    estimates.forEach((source, j) => load(source[c], early, bins, y[j][c], place));
    const planes = y.slice(0, estimates.length).map((source) => source[c]);
    if (softmask) shareOut(x[c], planes);
    if (!residual) continue;
    const rest = y[estimates.length][c];
    rest.set(x[c]);
    for (const plane of planes) for (let i = 0; i < rest.length; i++) rest[i] -= plane[i];
  }
  if (softmask) divide(excerpt, scale);
}

/** Copies the values at `place` row by row, interleaved, divided by `scale`. */
function load(
  { re, im, bins: stride }: Spectrum,
  scale: number,
  bins: number,
  into: Float64Array,
  { frame, bin }: Place,
): void {
  const by = 1 / scale;
  for (let i = 0, n = frame * stride + bin; i < into.length; n += stride) {
    for (let k = n; k < n + bins; k++) {
      into[i++] = by * re[k];
      into[i++] = by * im[k];
    }
  }
}

/** The way back, times `scale`. */
function store(
  plane: Float64Array,
  scale: number,
  bins: number,
  { re, im, bins: stride }: Spectrum,
  { frame, bin }: Place,
): void {
  for (let i = 0, n = frame * stride + bin; i < plane.length; n += stride) {
    for (let k = n; k < n + bins; k++) {
      re[k] = scale * plane[i++];
      im[k] = scale * plane[i++];
    }
  }
}

/** Replaces each source by the mixture's share of it, x·v_j/Σv. */
function shareOut(x: Float64Array, planes: readonly Float64Array[]): void {
  const total = new Float64Array(x.length / 2).fill(maskFloor);
  const level = (plane: Float64Array, i: number): number =>
    Math.sqrt(plane[i] * plane[i] + plane[i + 1] * plane[i + 1]);
  for (const plane of planes) for (let i = 0; i < x.length; i += 2) total[i / 2] += level(plane, i);
  for (const plane of planes) {
    for (let i = 0; i < x.length; i += 2) {
      const share = level(plane, i) / total[i / 2];
      plane[i] = x[i] * share;
      plane[i + 1] = x[i + 1] * share;
    }
  }
}

/** max(1, max|x| / factor) over some frames of all channels. */
function loudness(mix: readonly Spectrum[], first: number, frames: number, factor: number): number {
  let peak = 0;
  for (const { re, im, bins } of mix) {
    for (let i = first * bins; i < (first + frames) * bins; i++) {
      peak = Math.max(peak, re[i] * re[i] + im[i] * im[i]);
    }
  }
  return Math.max(1, Math.sqrt(peak) / factor);
}

function divide({ x, y }: Excerpt, scale: number): void {
  if (scale === 1) return;
  const by = 1 / scale;
  for (const plane of [x, ...y].flat()) for (let i = 0; i < plane.length; i++) plane[i] *= by;
}

function fresh(mix: readonly Spectrum[], sources: number): Spectrum[][] {
  const [{ frames, bins }] = mix;
  return Array.from({ length: sources }, () => mix.map(() => allocateSpectrum(frames, bins)));
}

/** Makes excerpts of at most `size` values a plane; they share their memory. */
function excerpts(
  channels: number,
  sources: number,
  size: number,
): (frames: number, bins: number) => Excerpt {
  const k = kernels();
  const [x, y, work] = k.scratch(16 * channels * size, 16 * channels * sources * size, 32 * sources * size);
  return (frames, bins) => {
    const length = 2 * frames * bins;
    const plane = (base: number, index: number): Float64Array => k.f64(base + 8 * length * index, length);
    const all = (base: number, first: number): Float64Array[] =>
      Array.from({ length: channels }, (_, c) => plane(base, first + c));
    return {
      bins,
      x: all(x, 0),
      y: Array.from({ length: sources }, (_, j) => all(y, j * channels)),
      iterate: (eps) => k.run.wienerStep(x, y, channels, sources, frames, bins, eps, work),
    };
  };
}

/**
 * Multichannel Wiener filter by expectation-maximisation, for 1 or 2 channels.
 *
 * `mix` is `[channels]`, `estimates` and the result are `[source][channels]`, all of one shape; the inputs
 * are not changed, unless `into` says so. Excerpts of `windowFrames` frames are filtered separately, in float64: first estimate, scaling,
 * then per iteration v_j = mean over channels of |y_j|², R_j = Σ_t y_j y_jᴴ / (eps + Σ_t v_j), C = √eps·I + Σ_j v_j
 * R_j, y_j = v_j R_j C⁻¹ x.
 *
 * Duong, Vincent & Gribonval, IEEE TASLP 18 (2010); Nugraha, Liutkus & Vincent, IEEE TASLP 24 (2016).
 *
 * @throws UnbraidError `invalid-argument` for other channel counts, or shapes and numbers of sources that differ.
 */
export function wienerEm(
  mix: readonly Spectrum[],
  estimates: readonly (readonly Spectrum[])[],
  options: WienerOptions = {},
): readonly (readonly Spectrum[])[] {
  const { iterations = 1, eps = 1e-10, windowFrames = 300, scaleFactor = 10 } = options;
  const channels = mix.length;
  check(channels === 1 || channels === 2, `The Wiener filter takes 1 or 2 channels, not ${channels}`);
  check(estimates.length > 0, 'The Wiener filter needs at least one source');
  check(
    estimates.every((source) => source.length === channels),
    'Every source needs as many channels as the mix',
  );
  const { into: result = fresh(mix, estimates.length + (options.residual ? 1 : 0)) } = options;
  const sources = result.length;
  check(
    sources === estimates.length + (options.residual ? 1 : 0) &&
      result.every((source) => source.length === channels),
    'The result needs a place for each source and channel',
  );
  checkSameShape([...mix, ...estimates.flat(), ...result.flat()]);
  const { frames, bins } = mix[0];
  const width = Math.ceil(bins / Math.ceil(bins / excerptBins));
  const excerptOf = excerpts(channels, sources, Math.min(windowFrames, frames) * width);
  for (let frame = 0; frame < frames; frame += windowFrames) {
    const count = Math.min(windowFrames, frames - frame);
    const scale = iterations > 0 ? loudness(mix, frame, count, scaleFactor) : 1;
    for (let bin = 0; bin < bins; bin += width) {
      const excerpt = excerptOf(count, Math.min(width, bins - bin));
      firstEstimate(mix, estimates, options, excerpt, { frame, bin }, scale);
      for (let n = 0; n < iterations; n++) excerpt.iterate(eps);
      excerpt.y.forEach((source, j) =>
        source.forEach((plane, c) => store(plane, scale, excerpt.bins, result[j][c], { frame, bin })),
      );
    }
  }
  return result;
}

/** v·e^{i∠x}: a magnitude estimate `[frames·bins]` with the mixture's phase; phase 0 where the mix is silent. */
export function withPhaseOf(mix: Spectrum, magnitude: Float32Array): Spectrum {
  check(magnitude.length === mix.re.length, `The estimate needs ${mix.re.length} values`);
  const result = allocateSpectrum(mix.frames, mix.bins);
  for (let i = 0; i < magnitude.length; i++) {
    const size = Math.hypot(mix.re[i], mix.im[i]);
    result.re[i] = size > 0 ? (magnitude[i] * mix.re[i]) / size : magnitude[i];
    result.im[i] = size > 0 ? (magnitude[i] * mix.im[i]) / size : 0;
  }
  return result;
}
