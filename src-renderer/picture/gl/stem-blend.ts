/** Red, green and blue, 0 … 1 each. */
export type Rgb = readonly [number, number, number];

/** Colours of the heat, from a little competition to the most. */
export const heatLow: Rgb = [0.8, 0.05, 0.2];
export const heatHigh: Rgb = [1, 0.95, 0.3];
/** What is left of the picture under the heat. */
export const dimming = 0.4;

/** `#RRGGBB` as numbers. */
export function rgbOf(hex: string): Rgb {
  const part = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}
