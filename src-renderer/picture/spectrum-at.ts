import type { ChannelView } from '../../src-main/common/contract/session.js';
import { Stft } from '../../src-main/common/dsp/stft.js';

/** Samples of the frame whose spectrum is shown, under a Hann window: 5.4 Hz between bins at 44.1 kHz. */
export const spectrumFrame = 8192;
/** Levels end here, dB. */
export const spectrumFloor = -120;

/** The signals that a view of the channels shows, of samples `[channels][spectrumFrame]`. */
function signalsOf(samples: Float32Array, view: ChannelView): readonly Float32Array[] {
  const planes = Array.from({ length: samples.length / spectrumFrame }, (_, ch) =>
    samples.subarray(ch * spectrumFrame, (ch + 1) * spectrumFrame),
  );
  if (planes.length < 2 || view === 'all') return planes;
  const [left, right] = planes;
  if (view === 'left' || view === 'right') return [view === 'left' ? left : right];
  const sign = view === 'mid' ? 1 : -1;
  return [left.map((value, i) => 0.5 * (value + sign * right[i]))];
}

/**
 * Levels of the bins 0 … spectrumFrame / 2 of one frame of samples, `[channels][spectrumFrame]`: dB, 0 for a full-scale sine, the
 * mean power of the channels that are shown.
 */
export function spectrumOf(samples: Float32Array, view: ChannelView): Float32Array {
  const stft = new Stft({ nFft: spectrumFrame, hop: spectrumFrame / 2, centre: false });
  const signals = signalsOf(samples, view);
  const power = new Float32Array(spectrumFrame / 2 + 1);
  // The sum of a Hann window is half of its length, and a sine is half in each of its two bins.
  const scale = (4 / spectrumFrame) ** 2 / signals.length;
  for (const signal of signals) {
    const { re, im } = stft.forward(signal);
    for (let b = 0; b < power.length; b++) power[b] += scale * (re[b] ** 2 + im[b] ** 2);
  }
  return power.map((value) => Math.max(spectrumFloor, 10 * Math.log10(value + 1e-20)));
}

/** The highest peak from 20 Hz up; null where all is below −100 dB. */
export function peakOf(
  levels: Float32Array,
  sampleRate: number,
): { readonly hertz: number; readonly db: number } | null {
  const binHertz = sampleRate / spectrumFrame;
  let best = Math.ceil(20 / binHertz);
  for (let b = best; b < levels.length - 1; b++) if (levels[b] > levels[best]) best = b;
  if (levels[best] < -100) return null;
  // Under a Hann window two neighbours tell where between them a tone is (Grandke, IEEE Trans. Instrum. Meas. 32 (1983)).
  const side = levels[best + 1] > levels[best - 1] ? 1 : -1;
  const ratio = 10 ** ((levels[best + side] - levels[best]) / 20);
  const by = Math.max(0, (2 * ratio - 1) / (ratio + 1));
  // What the window gives a tone that far from the middle of a bin.
  const gain = by < 1e-6 ? 1 : Math.sin(Math.PI * by) / (Math.PI * by * (1 - by * by));
  return { hertz: (best + side * by) * binHertz, db: levels[best] - 20 * Math.log10(gain) };
}

/** Where a frequency is on a logarithmic axis from `low` to `high` Hz, 0 … 1. */
export function placeOf(hertz: number, low: number, high: number): number {
  return Math.log(hertz / low) / Math.log(high / low);
}

/**
 * Levels along a logarithmic axis from `low` to `high` Hz, dB for each of `width` pixels: the highest of the bins that fall into
 * it, or between two bins where they are further apart than pixels.
 */
export function levelsAlong(
  levels: Float32Array,
  sampleRate: number,
  width: number,
  low: number,
  high: number,
): Float32Array {
  const binAt = (x: number): number => (low * (high / low) ** (x / width) * spectrumFrame) / sampleRate;
  return Float32Array.from({ length: width }, (_, x) => {
    const [from, to] = [binAt(x), Math.min(binAt(x + 1), levels.length - 1)];
    const first = Math.ceil(from);
    if (first >= to) {
      const at = Math.min((from + to) / 2, levels.length - 1);
      const left = Math.floor(at);
      return levels[left] + (at - left) * (levels[Math.min(left + 1, levels.length - 1)] - levels[left]);
    }
    let best = levels[first];
    for (let b = first; b < to; b++) best = Math.max(best, levels[b]);
    return best;
  });
}
