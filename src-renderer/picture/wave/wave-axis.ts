/** How tall a sample is drawn. */
export const waveScales = ['db', 'linear'] as const;
export type WaveScale = (typeof waveScales)[number];

/** What the height of a waveform stands for: it is full at amplitude `top`. */
export interface WaveAxis {
  readonly scale: WaveScale;
  readonly top: number;
}

/** From the line in the middle to the top, dB. */
const rangeDb = 60;

/** The axis that all lanes of a song share: the loudest of its tracks fills its lane. */
export function waveAxis(scale: WaveScale, peaks: readonly number[]): WaveAxis {
  // Silence has a height too.
  const loudest = Math.max(0, ...peaks);
  return { scale, top: loudest > 1e-4 ? loudest : 1 };
}

/** Height of an amplitude on its side of the middle, −1 … 1; a sample above `top` goes no further. */
export function waveHeight({ scale, top }: WaveAxis, amplitude: number): number {
  const part = Math.abs(amplitude) / top;
  if (part === 0) return 0;
  const height = scale === 'linear' ? part : 1 + (20 * Math.log10(part)) / rangeDb;
  return Math.sign(amplitude) * Math.min(1, Math.max(0, height));
}

/** Levels that are worth a label, dB of full scale; the outermost first, which have the first choice of place. */
const levels = [0, -60, -6, -12, -24, -3, -18, -36, -48, -30, -42, -54, -1, -2, -9, -80, -70] as const;
const labelPixels = 13;

/** A label of the ruler beside a waveform. */
export interface LevelLabel {
  readonly db: number;
  /** Height above the middle, 0 … 1; the same label stands as far below it. */
  readonly height: number;
}

/** Levels to label above the middle of a channel that has `half` pixels there, those that have room. */
export function levelLabels(axis: WaveAxis, half: number): readonly LevelLabel[] {
  const kept: LevelLabel[] = [];
  for (const db of levels) {
    const amplitude = 10 ** (db / 20);
    const height = waveHeight(axis, amplitude);
    // Half of a line's height to the ends, so that nothing is cut off.
    if (
      amplitude > axis.top * 1.0001 ||
      height * half > half - labelPixels / 2 ||
      height * half < labelPixels
    )
      continue;
    if (kept.every((other) => Math.abs(other.height - height) * half >= labelPixels))
      kept.push({ db, height });
  }
  return kept;
}
