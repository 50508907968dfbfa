import type { LabSpectrum } from './frames.js';
import type { Picture } from './lesson.js';

/** Levels of magnitudes from 80 dB below the loudest (0) up to it (1). */
export function spectrogramPicture(
  lengths: Float64Array,
  { frames, bins }: Pick<LabSpectrum, 'frames' | 'bins'>,
): Picture {
  const top = lengths.reduce((a, b) => Math.max(a, b), 1e-12);
  const levels = Float32Array.from(lengths, (x) =>
    Math.max(0, 1 + (20 * Math.log10(Math.max(x, 1e-12) / top)) / 80),
  );
  return { of: 'spectrogram', frames, bins, levels };
}

/** A mask as it is. */
export function maskPicture(
  mask: Float64Array,
  { frames, bins }: Pick<LabSpectrum, 'frames' | 'bins'>,
): Picture {
  return { of: 'mask', frames, bins, levels: Float32Array.from(mask, (x) => Math.max(0, Math.min(1, x))) };
}
