import { bandEdges, bandLevels, onsetFrame } from './band-levels.js';
import { Stft } from './stft.js';

/** Frames that share a sample. */
const overlap = 8;
/** Frames between the two whose spectra are compared: half a window, so that an attack is in one of them only. */
const lag = overlap / 2;
/** What a peak of the flux has above its neighbourhood at least, decades in the mean over all bands. */
const rise = 0.1;
/** The neighbourhood: so long before and after, seconds. */
const around = { before: 0.1, after: 0.07 } as const;
/** Two onsets are at least so far apart, seconds. */
const apart = 0.03;
/** Samples whose energies before and after a place are compared to find the attack within a frame. */
const attack = 64;

/**
 * Where hits and notes begin, samples, ascending. Peaks of the spectral flux of compressed magnitudes, held against the
 * mean around them (Bello et al., IEEE Trans. Speech Audio Process. 13 (2005); the lag after Böck & Widmer, DAFx 2013);
 * within the frame, the sample before which there is the least and after which there is the most.
 */
export function findOnsets(signal: Float32Array, sampleRate: number): number[] {
  const nFft = onsetFrame(sampleRate);
  const hop = nFft / overlap;
  const flux = fluxOf(signal, nFft, hop);
  const [before, after] = [around.before, around.after].map((s) => Math.round((s * sampleRate) / hop));
  const onsets: number[] = [];
  // A frame that reaches beyond the end hears the signal break off.
  const end = Math.floor((signal.length - nFft / 2) / hop);
  for (let t = 1; t <= end; t++) {
    // A peak is not less than all that it could be taken for.
    const near = flux.subarray(Math.max(0, t - lag), t + lag + 1);
    if (near.some((value) => value > flux[t])) continue;
    const wide = flux.subarray(Math.max(0, t - before), t + after + 1);
    if (flux[t] < rise + wide.reduce((sum, value) => sum + value, 0) / wide.length) continue;
    const at = attackIn(signal, t * hop - nFft / 2, t * hop + nFft / 4);
    const last = onsets.at(-1);
    if (last === undefined || at - last >= apart * sampleRate) onsets.push(at);
  }
  return onsets;
}

/** How much the compressed magnitudes have grown over `lag` frames, the mean over all bands; frame t is about t · hop. */
function fluxOf(signal: Float32Array, nFft: number, hop: number): Float32Array {
  const stft = new Stft({ nFft, hop, pad: 'zero', precision: 'single' });
  const spectrum = stft.forward(signal);
  const bands = bandEdges(stft.bins).length - 1;
  const level = bandLevels(spectrum, nFft);
  return Float32Array.from({ length: spectrum.frames }, (_, t) => {
    let sum = 0;
    for (let i = t * bands; i < (t + 1) * bands; i++) {
      sum += Math.max(0, level[i] - (t < lag ? 0 : level[i - lag * bands]));
    }
    return sum / bands;
  });
}

/** The last sample in [from, to) at which the energy after it is the most times that before it. */
function attackIn(signal: Float32Array, from: number, to: number): number {
  const [first, end] = [Math.max(0, from), Math.min(signal.length, to)];
  const energy = (at: number): number => {
    let sum = 0;
    for (let i = Math.max(0, at); i < Math.min(signal.length, at + attack); i++) sum += signal[i] ** 2;
    return sum;
  };
  let loudest = 0;
  for (let at = first; at < end; at += attack / 2) loudest = Math.max(loudest, energy(at));
  let [best, most] = [first, -1];
  for (let at = first; at < end; at++) {
    const ratio = energy(at) / (energy(at - attack) + 1e-2 * loudest + 1e-20);
    if (ratio >= 0.999 * most) best = at;
    most = Math.max(most, ratio);
  }
  return best;
}
