import { PairFft, allocatePair } from '../../dsp/pair-fft.js';
import { selectMedian } from '../../dsp/median.js';
import { classicRate, classicSegment, foregroundMasks, type MaskMethod } from './masking.js';

/** The power of two that holds `n`. */
const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, n)));

/**
 * The beat spectrum of a spectrogram `[frames][bins]`: the mean over bins of the autocorrelation of its power along time,
 * without bias, 1 at lag 0. Eq. 2 of Rafii & Pardo 2013.
 */
export function beatSpectrum(magnitude: Float32Array, frames: number, bins: number): Float64Array {
  const size = powerOfTwo(2 * frames);
  const fft = new PairFft(size);
  const spectrum = allocatePair(size);
  const power = new Float64Array(fft.bins);
  const [even, odd] = [new Float64Array(frames), new Float64Array(frames)];
  for (let b = 0; b < bins; b += 2) {
    for (let f = 0; f < frames; f++) {
      even[f] = magnitude[f * bins + b] ** 2;
      odd[f] = b + 1 < bins ? magnitude[f * bins + b + 1] ** 2 : 0;
    }
    fft.forward(even, odd, spectrum);
    for (let i = 0; i < power.length; i++) {
      power[i] += spectrum.aRe[i] ** 2 + spectrum.aIm[i] ** 2 + spectrum.bRe[i] ** 2 + spectrum.bIm[i] ** 2;
    }
  }
  const lags = new Float64Array(size);
  const none = {
    aRe: power,
    aIm: new Float64Array(fft.bins),
    bRe: new Float64Array(fft.bins),
    bIm: new Float64Array(fft.bins),
  };
  fft.inverse(none, lags, new Float64Array(size));
  const beat = new Float64Array(frames);
  for (let lag = 0; lag < frames; lag++) beat[lag] = lags[lag] / (frames - lag);
  const scale = beat[0] > 0 ? 1 / beat[0] : 0;
  return beat.map((x) => x * scale);
}

/**
 * The lag, within [least, most], at which a song repeats: that with the greatest mean of the beat spectrum over its
 * multiples in the first three quarters, each the best of its neighbourhood, above the mean around them.
 */
export function repeatingPeriod(beat: Float64Array, least: number, most: number): number {
  const end = Math.floor((3 * beat.length) / 4);
  let [period, best] = [least, -Infinity];
  for (let lag = least; lag <= Math.min(most, Math.floor(end / 3)); lag++) {
    const reach = Math.floor((3 * lag) / 4);
    const near = Math.max(1, Math.floor(lag / 10));
    let [score, count] = [0, 0];
    for (let at = lag; at < end; at += lag) {
      let [top, sum, among] = [-Infinity, 0, 0];
      for (let i = Math.max(1, at - reach); i <= Math.min(end - 1, at + reach); i++) {
        sum += beat[i];
        among++;
        if (Math.abs(i - at) <= near) top = Math.max(top, beat[i]);
      }
      score += top - sum / among;
      count++;
    }
    if (count > 0 && score / count > best) [period, best] = [lag, score / count];
  }
  return period;
}

/**
 * REPET: the accompaniment repeats with one period, the voice does not. Rafii & Pardo, "REpeating Pattern Extraction
 * Technique (REPET)", IEEE TASLP 21(1), 2013: each frame's background is the median of the frames a whole number of periods
 * away, and never more than the mixture.
 */
export function repet(options = { leastSeconds: 0.8, mostSeconds: 8, highPass: 100 }): MaskMethod {
  const [nFft, hop] = [2048, 1024];
  return {
    stems: ['vocals', 'accompaniment'],
    residualStem: 'accompaniment',
    stft: { nFft, hop, window: 'hamming' },
    segment: classicSegment(40, 0.2),
    masks: ({ frames, bins, magnitude }) => {
      const inFrames = (seconds: number): number => Math.max(1, Math.round((seconds * classicRate) / hop));
      const beat = beatSpectrum(magnitude, frames, bins);
      const period = repeatingPeriod(beat, inFrames(options.leastSeconds), inFrames(options.mostSeconds));
      const background = medianOfPeriods(magnitude, frames, bins, period);
      const firstBin = Math.ceil((options.highPass * nFft) / classicRate);
      return foregroundMasks(magnitude, background, bins, firstBin, new Float32Array(frames * bins));
    },
  };
}

/** The median over all frames that lie whole periods apart, at most the mixture: `[frames][bins]`. */
export function medianOfPeriods(
  magnitude: Float32Array,
  frames: number,
  bins: number,
  period: number,
): Float32Array {
  const background = new Float32Array(frames * bins);
  const values = new Float32Array(Math.ceil(frames / period));
  for (let f = 0; f < Math.min(period, frames); f++) {
    for (let b = 0; b < bins; b++) {
      let count = 0;
      for (let at = f; at < frames; at += period) values[count++] = magnitude[at * bins + b];
      const median = selectMedian(values, count);
      for (let at = f; at < frames; at += period) {
        background[at * bins + b] = Math.min(median, magnitude[at * bins + b]);
      }
    }
  }
  return background;
}
