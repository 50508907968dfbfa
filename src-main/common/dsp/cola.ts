/**
 * How well windows `hop` samples apart tile time. Terms as in SciPy: COLA, the windows add up to a constant;
 * NOLA, the squared windows nowhere add up to (nearly) zero, so the inverse STFT can divide by their sum.
 */
export interface Overlap {
  readonly cola: boolean;
  readonly nola: boolean;
  /** Σw² at each phase of the hop, all frames present; length hop. */
  readonly energy: Float64Array;
  /** Mean of w² over the window's own length. */
  readonly meanSquare: number;
}

/** Rounding noise of the spectra may grow by at most this power ratio in the inverse (10 dB). */
const noiseLimit = 10;

/** `window` may be zero-padded; `length` is its length without the padding. */
export function measureOverlap(window: Float64Array, hop: number, length: number): Overlap {
  const sum = new Float64Array(hop);
  const energy = new Float64Array(hop);
  let total = 0;
  for (let i = 0; i < window.length; i++) {
    sum[i % hop] += window[i];
    energy[i % hop] += window[i] ** 2;
    total += window[i] ** 2;
  }
  const mean = sum.reduce((a, b) => a + b, 0) / hop;
  const cola = sum.every((value) => Math.abs(value - mean) < 1e-10 * Math.abs(mean));
  const meanSquare = total / length;
  // Noise in a frame has the power meanSquare·r²; dividing by Σw² leaves meanSquare·r²/Σw² in the output.
  const noise = (meanSquare * energy.reduce((a, b) => a + 1 / b, 0)) / hop;
  return { cola, nola: noise <= noiseLimit, energy, meanSquare };
}
