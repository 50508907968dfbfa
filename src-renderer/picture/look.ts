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

const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);

/** Shade of a level, 0 (black) … 1; null, the floor of the tiles, is −120 dB. */
export function shadeOf(db: number | null, { scale, gainDb, rangeDb }: Look): number {
  const level = (db ?? -120) + gainDb;
  if (scale === 'db') return clamp(1 + level / rangeDb);
  const perDecade = scale === 'magnitude' ? 20 : 10;
  const black = 10 ** (-rangeDb / perDecade);
  return clamp((10 ** (level / perDecade) - black) / (1 - black));
}
