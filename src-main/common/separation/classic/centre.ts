import { classicSegment, type Analysis, type MaskMethod } from './masking.js';

/**
 * How much a bin sounds in the middle, 0 … 1: 2·Re(L·R*) / (|L|² + |R|²), 1 for mono
 * (the similarity of Avendano & Jot 2002, with its sign).
 */
export function centreShare(analysis: Pick<Analysis, 'spectra'>, i: number): number {
  if (analysis.spectra.length < 2) return 1;
  const [l, r] = analysis.spectra;
  const power = l.re[i] * l.re[i] + l.im[i] * l.im[i] + r.re[i] * r.re[i] + r.im[i] * r.im[i];
  return power > 0 ? Math.max(0, (2 * (l.re[i] * r.re[i] + l.im[i] * r.im[i])) / power) : 0;
}

/**
 * What stands in the middle of the stereo image, and the sides. Avendano & Jot, "Frequency domain techniques for stereo to
 * multichannel upmix", AES 22nd conference, 2002.
 */
export function centre(options = { power: 4 }): MaskMethod {
  return {
    stems: ['centre', 'sides'],
    residualStem: 'sides',
    stft: { nFft: 4096, hop: 1024, window: 'hann' },
    segment: classicSegment(12, 0.2),
    masks: (analysis) => {
      const size = analysis.frames * analysis.bins;
      const [middle, sides] = [new Float32Array(size), new Float32Array(size)];
      for (let i = 0; i < size; i++) {
        middle[i] = centreShare(analysis, i) ** options.power;
        sides[i] = 1 - middle[i];
      }
      return [middle, sides];
    },
  };
}
