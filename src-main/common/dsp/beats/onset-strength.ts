import { bandEdges, bandLevels, onsetFrame } from '../band-levels.js';
import { Stft } from '../stft.js';

/** Frames that share a sample, and frames between the two whose spectra are compared: half a window. */
const overlap = 4;
const lag = overlap / 2;
/** Below this the kick and the bass are, Hz. */
const lowEnd = 160;
/** Frames that are looked at together: some six seconds. */
const block = 1024;
/** The mean around a frame is taken off within so many seconds, and its loudness is evened out over so many. */
const meanSeconds = 0.5;
const levelSeconds = 5;
/** Quieter than this share of the whole song's, the neighbourhood is not raised any more. */
const levelFloor = 0.2;
/** And not below what no ear takes for an attack, decades. */
const leastLevel = 0.02;

/** Reads a song in mono from frame `start` on, zeros outside of it. */
export type ReadMono = (start: number, into: Float32Array) => void;

/** How strongly something begins in each frame. */
export interface OnsetCurve {
  /** Frames a second, and samples from one to the next. */
  readonly rate: number;
  readonly hop: number;
  /** Over all bands; mostly 0, evened out in level. */
  readonly all: Float32Array;
  /** Of kick and bass only, as it comes. */
  readonly low: Float32Array;
}

/**
 * The onset strength of a song, read block by block: the spectral flux of compressed magnitudes (see onsets.ts), less its
 * neighbourhood. An hour takes some 5 MB.
 */
export function onsetStrength(
  read: ReadMono,
  length: number,
  sampleRate: number,
  onShare: (share: number) => void = () => undefined,
): OnsetCurve {
  const nFft = onsetFrame(sampleRate);
  const hop = nFft / overlap;
  const frames = Math.floor(length / hop) + 1;
  const rate = sampleRate / hop;
  const [raw, low] = [new Float32Array(frames), new Float32Array(frames)];
  const stft = new Stft({ nFft, hop, centre: false, precision: 'single', forwardOnly: true });
  const edges = bandEdges(stft.bins);
  const bands = edges.length - 1;
  const lowBands = Math.max(1, edges.filter((bin) => (bin * sampleRate) / nFft < lowEnd).length - 1);
  for (let first = 0; first < frames; first += block) {
    const count = Math.min(block, frames - first);
    const signal = new Float32Array((count + lag - 1) * hop + nFft);
    read((first - lag) * hop - nFft / 2, signal);
    const level = bandLevels(stft.forward(signal), nFft);
    for (let t = 0; t < count; t++) {
      const at = (t + lag) * bands;
      let [sum, deep] = [0, 0];
      for (let b = 0; b < bands; b++) {
        const grown = Math.max(0, level[at + b] - level[at - lag * bands + b]);
        sum += grown;
        if (b < lowBands) deep += grown;
      }
      raw[first + t] = sum / bands;
      low[first + t] = deep / lowBands;
    }
    onShare((first + count) / frames);
  }
  return { rate, hop, all: evened(raw, rate), low };
}

/** What stands out of its neighbourhood, in units of how much that is around it. */
function evened(raw: Float32Array, rate: number): Float32Array {
  const mean = movingMean(raw, Math.round(meanSeconds * rate));
  const out = raw.map((value, t) => Math.max(0, value - mean[t]));
  const squares = movingMean(
    out.map((value) => value * value),
    Math.round(levelSeconds * rate),
  );
  const whole = out.reduce((sum, value) => sum + value * value, 0) / out.length;
  const floor = Math.max(levelFloor ** 2 * whole, leastLevel ** 2);
  return out.map((value, t) => value / Math.sqrt(Math.max(squares[t], floor)));
}

/** The mean of up to `reach` values to either side. */
function movingMean(values: Float32Array, reach: number): Float32Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - reach), Math.min(values.length, i + reach + 1)];
    return (sums[to] - sums[from]) / (to - from);
  });
}
