/** Lowest level a meter shows, dB. */
export const meterFloorDb = -60;
const fallDbPerSecond = 24;
/** How long a peak is held before it falls. */
const holdSeconds = 1.5;

/** Levels that a meter's scale marks, dB. */
export const scaleDb = [-48, -36, -24, -12, -6] as const;

/** A peak meter's next reading: it rises at once and falls 24 dB a second. Levels in dB, not below the floor. */
export function nextLevel(shown: number, peak: number, seconds: number): number {
  const level = peak > 0 ? 20 * Math.log10(peak) : meterFloorDb;
  return Math.max(meterFloorDb, level, shown - fallDbPerSecond * seconds);
}

/** The highest level of late, dB, and for how long it has been held. */
export interface HeldPeak {
  readonly db: number;
  readonly seconds: number;
}

export const noPeak: HeldPeak = { db: meterFloorDb, seconds: 0 };

/** The peak that is held after `seconds` more at a level: it stays for 1.5 s, then falls as the meter does. */
export function heldPeak(held: HeldPeak, level: number, seconds: number): HeldPeak {
  if (level >= held.db) return { db: level, seconds: 0 };
  const since = held.seconds + seconds;
  if (since <= holdSeconds) return { db: held.db, seconds: since };
  return {
    db: Math.max(level, held.db - fallDbPerSecond * Math.min(seconds, since - holdSeconds)),
    seconds: since,
  };
}

/** How much of a meter is lit, 0 … 1. */
export function meterFill(db: number): number {
  return Math.min(1, Math.max(0, (db - meterFloorDb) / -meterFloorDb));
}
