import { PlanePool } from './hpss.js';
import { classicRate, classicSegment, type Analysis, type MaskMethod } from './masking.js';

export interface DenoiseOptions {
  /** Frames that powers are averaged over, before their quantile is taken. */
  readonly average: number;
  /** The quantile of averaged powers over time that counts as noise, 0 … 1: what a bin has in its quietest moments. */
  readonly quantile: number;
  /** The quantile of those over neighbouring bins, 0 … 1: what lies between the partials of notes. */
  readonly between: number;
  /** Power of white noise over both quantiles of it. */
  readonly bias: number;
  /** How much of the noise stays in the sound, as a factor: with less, single bins would twitter. */
  readonly rest: number;
  /** Weight of the frame before in the a-priori SNR. */
  readonly memory: number;
}

export const denoiseDefaults: DenoiseOptions = {
  average: 9,
  quantile: 0.03,
  between: 0.2,
  bias: 2,
  rest: 0.06,
  memory: 0.98,
};

/** Mean power of a frame, relative to full scale squared, below which it is digital silence and says nothing. */
const silence = 1e-11;

/** No noise falls faster than by so much power an octave, below this frequency: what does is music. */
const [steepest, steepBelow] = [4, 1600];

type Grid = Pick<Analysis, 'frames' | 'bins' | 'magnitude'>;

/**
 * Power of steady, broad noise in each bin `[bins]`, from magnitudes `[frames][bins]`: a low quantile over time (Stahl, Fischer
 * & Bippus, "Quantile based noise estimation for spectral subtraction", ICASSP 2000), and one over neighbouring bins, because
 * a chord that never ends has gaps between its partials, and noise has none. Zeros for silence.
 */
export function noiseFloor(grid: Grid, options: DenoiseOptions = denoiseDefaults): Float32Array {
  const { bins, magnitude } = grid;
  const heard = heardFrames(grid);
  const floor = new Float32Array(bins);
  if (heard.length === 0) return floor;
  const width = Math.min(options.average, heard.length);
  const means = new Float32Array(heard.length - width + 1);
  const column = new Float64Array(heard.length);
  const at = Math.floor(options.quantile * means.length);
  for (let k = 0; k < bins; k++) {
    for (let j = 0; j < heard.length; j++) column[j] = magnitude[heard[j] * bins + k] ** 2;
    let sum = 0;
    for (let j = 0; j < width; j++) sum += column[j];
    means[0] = sum / width;
    for (let j = width; j < heard.length; j++) {
      sum += column[j] - column[j - width];
      means[j - width + 1] = Math.max(0, sum / width);
    }
    floor[k] = options.bias * means.sort()[at];
  }
  return notTooSteep(lowQuantiles(floor, options.between));
}

/** The frames that are not digital silence. */
function heardFrames({ frames, bins, magnitude }: Grid): number[] {
  // Parseval for a Hann window: Σ w² is 3/8 of its length, and half of the spectrum is here.
  const most = (silence * (2 * (bins - 1)) ** 2 * 3) / 16;
  return Array.from({ length: frames }, (_, f) => f).filter((f) => {
    let power = 0;
    for (let i = f * bins; i < (f + 1) * bins; i++) power += magnitude[i] ** 2;
    return power > most;
  });
}

/** A quantile over half an octave on both sides of each bin, and eight bins at least. */
function lowQuantiles(values: Float32Array, quantile: number): Float32Array {
  return values.map((_, k) => {
    const reach = 8 + Math.round(k / 2);
    const near = values.slice(Math.max(0, k - reach), k + reach + 1).sort();
    return near[Math.floor(near.length * quantile)];
  });
}

function notTooSteep(floor: Float32Array): Float32Array {
  const nFft = 2 * (floor.length - 1);
  for (let k = Math.floor((steepBelow * nFft) / classicRate); k > 0; k--)
    floor[k] = Math.min(floor[k], steepest * floor[2 * k]);
  floor[0] = Math.min(floor[0], floor[1]);
  return floor;
}

/** E₁(x) for x > 0, to 2e-7 and 5e-5 of itself (Abramowitz & Stegun 5.1.53 and 5.1.54). */
function exponentialIntegral(x: number): number {
  if (x < 1) {
    const sum =
      ((((0.00107857 * x - 0.00976004) * x + 0.05519968) * x - 0.24991055) * x + 0.99999193) * x - 0.57721566;
    return sum - Math.log(x);
  }
  return ((x + 2.334733) * x + 0.250621) / (((x + 3.330657) * x + 1.681534) * x * Math.exp(x));
}

/** The gain of MMSE-LSA for an a-priori and an a-posteriori SNR, as power ratios. */
export function logSpectralGain(prior: number, posterior: number): number {
  const wiener = prior / (1 + prior);
  const v = Math.max(1e-8, wiener * posterior);
  // E₁ is below 1e-10 there.
  return v > 20 ? wiener : Math.min(1, wiener * Math.exp(0.5 * exponentialIntegral(v)));
}

/**
 * Steady, broad noise (hiss, air, surface noise) apart from everything else: the log-spectral amplitude estimator with a decision-directed
 * a-priori SNR. Ephraim & Malah, IEEE Trans. ASSP 32 (1984) 1109 and 33 (1985) 443.
 */
export function denoise(options: DenoiseOptions = denoiseDefaults): MaskMethod {
  const pool = new PlanePool();
  return {
    stems: ['clean', 'noise'],
    residualStem: 'clean',
    stft: { nFft: 2048, hop: 512, window: 'hann' },
    segment: classicSegment(40, 0.2),
    masks: (analysis) => {
      const { frames, bins, magnitude } = analysis;
      const floor = noiseFloor(analysis, options);
      const [clean, noise] = [pool.get(0, magnitude.length), pool.get(1, magnitude.length)];
      const { memory, rest } = options;
      for (let k = 0; k < bins; k++) {
        // What the frame before had without noise, over the noise; the first has nothing before it.
        let before: number | null = null;
        for (let i = k; i < frames * bins; i += bins) {
          const posterior = floor[k] > 0 ? magnitude[i] ** 2 / floor[k] : Infinity;
          const above = Math.max(0, posterior - 1);
          const prior = before === null ? above : memory * before + (1 - memory) * above;
          const gain = Math.max(rest, posterior < 1e6 ? logSpectralGain(prior, posterior) : 1);
          before = gain * gain * Math.min(posterior, 1e12);
          clean[i] = gain;
          noise[i] = 1 - gain;
        }
      }
      return [clean, noise];
    },
  };
}
