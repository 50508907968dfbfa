/** What a colour stands for: the level in dB, the amplitude, or its square. */
export type LevelScale = 'db' | 'magnitude' | 'power';
/** The shader knows a scale by its place in this list. */
export const levelScales: readonly LevelScale[] = ['db', 'magnitude', 'power'];

/** How levels become shades. */
export interface Look {
  readonly scale: LevelScale;
  /** Added to a level before it is shaded, dB. */
  readonly gainDb: number;
  /** A level this far below 0 dB is black, dB. */
  readonly rangeDb: number;
}
