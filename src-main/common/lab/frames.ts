import { PairFft, allocatePair } from '../dsp/pair-fft.js';
import { createWindow, type WindowName } from '../dsp/windows.js';

/** Any window, length and hop: also those that leave gaps, which `dsp/stft` refuses. `length` has the factors 2, 3, 5 only. */
export interface FrameConfig {
  readonly window: WindowName;
  readonly length: number;
  readonly hop: number;
}

/** Half spectra of frames in float64, `[frames][bins]`. */
export interface LabSpectrum {
  readonly frames: number;
  readonly bins: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function allocateLab(frames: number, bins: number): LabSpectrum {
  return { frames, bins, re: new Float64Array(frames * bins), im: new Float64Array(frames * bins) };
}

/** Frames that touch a signal: frame f begins at sample f·hop − length, so that every sample is in all frames it can be in. */
export function frameCount(samples: number, { length, hop }: FrameConfig): number {
  return Math.ceil((samples + length) / hop);
}

/**
 * The short-time Fourier transform as a textbook writes it (Allen & Rabiner, Proc. IEEE 65, 1977): X[f, k] = Σ w[n] ·
 * x[f·hop − length + n] · e^(−2πikn/length). float64 throughout, because notebooks give the same figures to 1e-6.
 */
export function analyse(signal: Float64Array, config: FrameConfig): LabSpectrum {
  const { length, hop } = config;
  const frames = frameCount(signal.length, config);
  const fft = new PairFft(length);
  const window = createWindow(config.window, length);
  const out = allocateLab(frames, fft.bins);
  const pair = allocatePair(length);
  const [a, b] = [new Float64Array(length), new Float64Array(length)];
  for (let f = 0; f < frames; f += 2) {
    take(signal, f * hop - length, window, a);
    take(signal, (f + 1) * hop - length, window, b);
    fft.forward(a, b, pair);
    out.re.set(pair.aRe, f * fft.bins);
    out.im.set(pair.aIm, f * fft.bins);
    if (f + 1 === frames) break;
    out.re.set(pair.bRe, (f + 1) * fft.bins);
    out.im.set(pair.bIm, (f + 1) * fft.bins);
  }
  return out;
}

/** into[n] = window[n] · signal[start + n], zeros outside the signal. */
function take(signal: Float64Array, start: number, window: Float64Array, into: Float64Array): void {
  for (let n = 0; n < into.length; n++) {
    const at = start + n;
    into[n] = at >= 0 && at < signal.length ? signal[at] * window[n] : 0;
  }
}

/** Adds every frame, times `weights[n]`, at its place. */
function addFrames(
  { frames, bins, re, im }: LabSpectrum,
  { length, hop }: FrameConfig,
  weights: Float64Array,
  samples: number,
): Float64Array {
  const fft = new PairFft(length);
  const out = new Float64Array(samples);
  const pair = allocatePair(length);
  const waves = [new Float64Array(length), new Float64Array(length)] as const;
  const row = (plane: Float64Array, f: number): Float64Array =>
    f < frames ? plane.subarray(f * bins, (f + 1) * bins) : new Float64Array(bins);
  for (let f = 0; f < frames; f += 2) {
    pair.aRe.set(row(re, f));
    pair.aIm.set(row(im, f));
    pair.bRe.set(row(re, f + 1));
    pair.bIm.set(row(im, f + 1));
    fft.inverse(pair, ...waves);
    for (const [i, wave] of waves.entries()) {
      const start = (f + i) * hop - length;
      const end = Math.min(length, samples - start);
      for (let n = Math.max(0, -start); n < end; n++) out[start + n] += wave[n] * weights[n];
    }
  }
  return out;
}

/** Weights under this are gaps: a sample there is 0. */
const gap = 1e-8;

/**
 * The inverse by weighted overlap-add (Griffin & Lim 1984, eq. 6): Σ w·frame / Σ w². What no frame reaches is 0. Of frames
 * that no signal has (after a mask) it gives the signal whose frames come nearest.
 */
export function synthesise(spectrum: LabSpectrum, config: FrameConfig, samples: number): Float64Array {
  const window = createWindow(config.window, config.length);
  const out = addFrames(spectrum, config, window, samples);
  const weights = overlapOf(
    window.map((w) => w * w),
    config.hop,
  );
  for (let i = 0; i < samples; i++) {
    const weight = weights[(i + config.length) % config.hop];
    out[i] = weight > gap ? out[i] / weight : 0;
  }
  return out;
}

/** The inverse by adding the frames as they are, at the level that the mean of Σ w asks for: right only under COLA. */
export function overlapAdd(spectrum: LabSpectrum, config: FrameConfig, samples: number): Float64Array {
  const window = createWindow(config.window, config.length);
  const out = addFrames(spectrum, config, new Float64Array(config.length).fill(1), samples);
  const level = window.reduce((sum, w) => sum + w, 0) / config.hop;
  return out.map((x) => x / level);
}

/** Σ weights[n − f·hop] over all f, at each phase of the hop: `[hop]`. */
export function overlapOf(weights: Float64Array, hop: number): Float64Array {
  const sums = new Float64Array(hop);
  for (let n = 0; n < weights.length; n++) sums[n % hop] += weights[n];
  return sums;
}

/** |X|, `[frames][bins]`. */
export function magnitudes({ re, im }: LabSpectrum): Float64Array {
  return re.map((x, i) => Math.sqrt(x * x + im[i] * im[i]));
}

/** mask · spectrum. */
export function masked({ frames, bins, re, im }: LabSpectrum, mask: Float64Array): LabSpectrum {
  return { frames, bins, re: re.map((x, i) => x * mask[i]), im: im.map((x, i) => x * mask[i]) };
}

/** A spectrum of these magnitudes and phases (radians), `[frames][bins]` each. */
export function polar(
  { frames, bins }: Pick<LabSpectrum, 'frames' | 'bins'>,
  lengths: Float64Array,
  phases: Float64Array,
): LabSpectrum {
  return {
    ...{ frames, bins },
    re: lengths.map((x, i) => x * Math.cos(phases[i])),
    im: lengths.map((x, i) => x * Math.sin(phases[i])),
  };
}
