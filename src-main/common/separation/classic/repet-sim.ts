import { gramMatrix } from '../../dsp/gram.js';
import { selectMedian } from '../../dsp/median.js';
import { PlanePool } from './hpss.js';
import { classicRate, classicSegment, foregroundMasks, type Analysis, type MaskMethod } from './masking.js';

export interface RepetOptions {
  /** Smallest cosine similarity of frames that count as repetitions. */
  readonly threshold: number;
  /** Smallest distance between two repetitions, seconds. */
  readonly distanceSeconds: number;
  /** Most repetitions a frame is compared with. */
  readonly repetitions: number;
  /** The foreground holds nothing below this frequency, Hz. */
  readonly highPass: number;
}

/** The values of the paper. */
export const repetDefaults: RepetOptions = {
  threshold: 0,
  distanceSeconds: 1,
  repetitions: 100,
  highPass: 100,
};

/** Rows of unit length (zero rows stay zero); `[frames][bins]`. */
function normaliseRows(rows: Float32Array, frames: number, bins: number, into: Float32Array): void {
  for (let f = 0; f < frames; f++) {
    let power = 0;
    for (let i = f * bins; i < (f + 1) * bins; i++) power += rows[i] * rows[i];
    const scale = power > 0 ? 1 / Math.sqrt(power) : 0;
    for (let i = f * bins; i < (f + 1) * bins; i++) into[i] = rows[i] * scale;
  }
}

/**
 * The frames most similar to one frame, best first, itself included, each more than `distance` frames from the
 * others. `row` holds the similarities and is overwritten.
 */
export function similarFrames(
  row: Float32Array,
  frame: number,
  options: { readonly threshold: number; readonly distance: number; readonly most: number },
): number[] {
  const chosen: number[] = [];
  let best = frame;
  while (best >= 0) {
    chosen.push(best);
    if (chosen.length >= options.most) break;
    row.fill(-Infinity, Math.max(0, best - options.distance), best + options.distance + 1);
    best = -1;
    let similarity = -Infinity;
    for (let i = 0; i < row.length; i++) {
      if (row[i] > similarity && row[i] >= options.threshold) {
        similarity = row[i];
        best = i;
      }
    }
  }
  return chosen;
}

/**
 * The repeating background of a magnitude spectrogram: each frame becomes the median of its similar frames,
 * never more than the mixture. Bins from `endBin` on are left as they are in the mixture. Rafii & Pardo, "Music/voice separation using the similarity matrix", ISMIR 2012.
 */
export function repeatingBackground(
  analysis: Pick<Analysis, 'frames' | 'bins' | 'magnitude'>,
  hop: number,
  options: RepetOptions,
  pool: PlanePool,
  endBin = analysis.bins,
): Float32Array {
  const { frames, bins, magnitude } = analysis;
  const rows = pool.get(0, frames * bins);
  normaliseRows(magnitude, frames, bins, rows);
  const similarity = gramMatrix(rows, frames, bins, pool.get(1, frames * frames));
  const background = pool.get(2, frames * bins);
  background.set(magnitude);
  const values = new Float32Array(options.repetitions);
  const distance = Math.round((options.distanceSeconds * classicRate) / hop);
  for (let f = 0; f < frames; f++) {
    const row = similarity.subarray(f * frames, (f + 1) * frames);
    const similar = similarFrames(row, f, {
      threshold: options.threshold,
      distance,
      most: options.repetitions,
    });
    const bases = similar.map((frame) => frame * bins);
    for (let b = 0; b < endBin; b++) {
      for (let k = 0; k < bases.length; k++) values[k] = magnitude[bases[k] + b];
      background[f * bins + b] = Math.min(selectMedian(values, bases.length), magnitude[f * bins + b]);
    }
  }
  return background;
}

/** REPET-SIM as a method of two stems: what repeats, and the voice over it. */
export function repetSim(options: RepetOptions = repetDefaults): MaskMethod {
  const pool = new PlanePool();
  const hop = 1024;
  return {
    stems: ['vocals', 'accompaniment'],
    residualStem: 'accompaniment',
    stft: { nFft: 2048, hop, window: 'hamming' },
    segment: classicSegment(40, 0.2),
    masks: (analysis) => {
      const { frames, bins, magnitude } = analysis;
      const background = repeatingBackground(analysis, hop, options, pool);
      const firstBin = Math.ceil((options.highPass * 2048) / classicRate);
      return foregroundMasks(magnitude, background, bins, firstBin, pool.get(3, frames * bins));
    },
  };
}
