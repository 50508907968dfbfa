/** Lowest level a meter shows, dB. */
export const meterFloorDb = -60;
const fallDbPerSecond = 24;

/** A peak meter's next reading: it rises at once and falls 24 dB a second. Levels in dB, not below the floor. */
export function nextLevel(shown: number, peak: number, seconds: number): number {
  const level = peak > 0 ? 20 * Math.log10(peak) : meterFloorDb;
  return Math.max(meterFloorDb, level, shown - fallDbPerSecond * seconds);
}

/** How much of a meter is lit, 0 … 1. */
export function meterFill(db: number): number {
  return Math.min(1, Math.max(0, (db - meterFloorDb) / -meterFloorDb));
}
