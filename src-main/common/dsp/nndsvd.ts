import { truncatedSvd } from './low-rank.js';

/**
 * A start for NMF from singular vectors: of each pair the parts of one sign, the heavier ones (Boutsidis & Gallopoulos,
 * Pattern Recognition 41(4), 2008). Zeros become the mean of the spectrogram, because updates that multiply could not leave
 * them (variant a). Templates `[components][bins]` have sums of 1, activations are `[frames][components]`.
 */
export function nndsvd(
  spectrogram: Float32Array,
  frames: number,
  bins: number,
  components: number,
): { readonly templates: Float32Array; readonly activations: Float32Array } {
  const matrix = Float64Array.from(spectrogram);
  // Some more than are wanted: the last ones converge slowly.
  const { u, values, scaledV } = truncatedSvd(matrix, frames, bins, components + 8, 12);
  const mean = matrix.reduce((sum, x) => sum + x, 0) / Math.max(1, matrix.length);
  const templates = new Float32Array(components * bins).fill(mean);
  const activations = new Float32Array(frames * components).fill(mean);
  for (let k = 0; k < Math.min(components, values.length); k++) {
    if (values[k] === 0) continue;
    const own = {
      u: u.subarray(k * frames, (k + 1) * frames),
      v: scaledV.subarray(k * bins, (k + 1) * bins).map((x) => x / values[k]),
    };
    const [plus, minus] = [1, -1].map((sign) => oneSign(own, k === 0 ? 0 : sign));
    const { u: gains, v: spectrum, weight } = plus.weight >= minus.weight ? plus : minus;
    const scale = Math.sqrt(values[k] * weight);
    spectrum.forEach((x, b) => {
      if (x > 0) templates[k * bins + b] = scale * x;
    });
    gains.forEach((x, f) => {
      if (x > 0) activations[f * components + k] = scale * x;
    });
  }
  for (let k = 0; k < components; k++) {
    const row = templates.subarray(k * bins, (k + 1) * bins);
    const sum = row.reduce((a, b) => a + b, 0);
    if (sum <= 0) continue;
    for (let b = 0; b < bins; b++) row[b] /= sum;
    for (let f = 0; f < frames; f++) activations[f * components + k] *= sum;
  }
  return { templates, activations };
}

interface Pair {
  readonly u: Float64Array;
  readonly v: Float64Array;
}

/** The parts of one sign (all of them, as magnitudes, for 0), of length 1, and the product of their lengths. */
function oneSign({ u, v }: Pair, sign: number): Pair & { readonly weight: number } {
  const part = (x: Float64Array): Float64Array =>
    x.map((value) => (sign === 0 ? Math.abs(value) : Math.max(0, sign * value)));
  const lengthOf = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  const [us, vs] = [part(u), part(v)];
  const [a, b] = [lengthOf(us), lengthOf(vs)];
  const unit = (x: Float64Array, length: number): Float64Array =>
    x.map((value) => (length > 0 ? value / length : 0));
  return { u: unit(us, a), v: unit(vs, b), weight: a * b };
}
