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

/** How bright a level is, 0 … 1: what the shader computes. */
export function shadeOf({ scale, gainDb, rangeDb }: Look, db: number): number {
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  if (scale === 'db') return clamp(1 + (db + gainDb) / rangeDb);
  const perDecade = scale === 'magnitude' ? 20 : 10;
  const black = 10 ** (-rangeDb / perDecade);
  return clamp((10 ** ((db + gainDb) / perDecade) - black) / (1 - black));
}
