/** Units are plain numbers with a name; the name says what a signature wants. */
export type Hertz = number;
export type Seconds = number;
export type Decibels = number;
/** One sample of every channel. */
export type Frames = number;

/** Amplitude ratio of a level in dB (20·log10). */
export function dbToGain(db: Decibels): number {
  return db === Number.NEGATIVE_INFINITY ? 0 : 10 ** (db / 20);
}

/** Level in dB of an amplitude ratio; −Infinity for 0. */
export function gainToDb(gain: number): Decibels {
  return 20 * Math.log10(gain);
}

/** Level in dB of a power ratio; −Infinity for 0. */
export function powerToDb(power: number): Decibels {
  return 10 * Math.log10(power);
}
