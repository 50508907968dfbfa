import { medianFilterRows, transpose } from '../../dsp/median.js';
import { classicSegment, type Analysis, type MaskMethod } from './masking.js';

export interface HpssOptions {
  /** Frames of the median along time, odd. */
  readonly harmonicFrames: number;
  /** Bins of the median along frequency, odd. */
  readonly percussiveBins: number;
  /** Exponent of the soft mask. */
  readonly power: number;
}

/** The sizes of the paper (17 frames and bins) scaled to this window: 31 frames of 23 ms, 31 bins of 11 Hz. */
export const hpssDefaults: HpssOptions = { harmonicFrames: 31, percussiveBins: 31, power: 2 };

/** Scratch planes of one method, made again only when a segment has another size. */
export class PlanePool {
  private planes: Float32Array[] = [];

  get(index: number, size: number): Float32Array {
    if (this.planes[index]?.length !== size) this.planes[index] = new Float32Array(size);
    return this.planes[index];
  }
}

/**
 * Median-filtered magnitudes: along time (`harmonic`) and along frequency (`percussive`), `[frames][bins]`.
 * Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
 */
export function enhance(
  analysis: Pick<Analysis, 'frames' | 'bins' | 'magnitude'>,
  options: HpssOptions,
  pool: PlanePool,
): { readonly harmonic: Float32Array; readonly percussive: Float32Array } {
  const { frames, bins, magnitude } = analysis;
  const size = frames * bins;
  const [turned, filtered] = [pool.get(0, size), pool.get(1, size)];
  transpose(magnitude, frames, bins, turned);
  medianFilterRows(turned, bins, frames, options.harmonicFrames, filtered);
  const harmonic = pool.get(2, size);
  transpose(filtered, bins, frames, harmonic);
  const percussive = pool.get(3, size);
  medianFilterRows(magnitude, frames, bins, options.percussiveBins, percussive);
  return { harmonic, percussive };
}

/** a^p / (a^p + b^p), one half where both are 0. */
export function softShare(a: number, b: number, power: number): number {
  const [pa, pb] = power === 2 ? [a * a, b * b] : [a ** power, b ** power];
  return pa + pb > 0 ? pa / (pa + pb) : 0.5;
}

/** Harmonic/percussive separation as a method of two stems. */
export function hpss(options: HpssOptions = hpssDefaults): MaskMethod {
  const pool = new PlanePool();
  return {
    stems: ['harmonic', 'percussive'],
    residualStem: 'harmonic',
    stft: { nFft: 4096, hop: 1024, window: 'hann' },
    segment: classicSegment(12, 0.2),
    masks: (analysis) => {
      const { harmonic, percussive } = enhance(analysis, options, pool);
      for (let i = 0; i < harmonic.length; i++) {
        const share = softShare(harmonic[i], percussive[i], options.power);
        harmonic[i] = share;
        percussive[i] = 1 - share;
      }
      return [harmonic, percussive];
    },
  };
}
