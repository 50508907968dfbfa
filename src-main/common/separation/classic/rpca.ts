import { robustPca } from '../../dsp/low-rank.js';
import { classicRate, classicSegment, type MaskMethod } from './masking.js';

/**
 * Voice over an accompaniment that is of low rank, because it repeats, while the voice is sparse. Huang, Chen, Smaragdis &
 * Hasegawa-Johnson, "Singing-voice separation from monaural recordings using robust principal component analysis", ICASSP
 * 2012. The mask is soft here, theirs is binary.
 */
export function rpca(options = { iterations: 30, tolerance: 1e-3, highPass: 100 }): MaskMethod {
  const nFft = 2048;
  return {
    stems: ['vocals', 'accompaniment'],
    residualStem: 'accompaniment',
    stft: { nFft, hop: 1024, window: 'hann' },
    segment: classicSegment(12, 0.2),
    masks: ({ frames, bins, magnitude }) => {
      const { lowRank, sparse } = robustPca(Float64Array.from(magnitude), frames, bins, options);
      const firstBin = Math.ceil((options.highPass * nFft) / classicRate);
      const [vocals, accompaniment] = [
        new Float32Array(magnitude.length),
        new Float32Array(magnitude.length),
      ];
      for (let i = 0; i < magnitude.length; i++) {
        const [low, high] = [lowRank[i] ** 2, sparse[i] ** 2];
        vocals[i] = low + high > 0 && i % bins >= firstBin ? high / (low + high) : 0;
        accompaniment[i] = 1 - vocals[i];
      }
      return [vocals, accompaniment];
    },
  };
}
