import { shadeOf, type Look } from '../look.js';

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

/**
 * One pixel of all stems in their colours: the sum of the colours, each by its stem's share of the power, as bright
 * as all stems together are loud. (Sums of what each stem's level alone would show are white nearly everywhere.)
 * `levels` are dB, null for no power, in the order of `colours`.
 */
export function blendStems(levels: readonly (number | null)[], colours: readonly Rgb[], look: Look): Rgb {
  const powers = levels.map((db) => (db === null ? 0 : 10 ** (db / 10)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  if (total <= 0) return [0, 0, 0];
  const shade = shadeOf(10 * Math.log10(total), look);
  const part = (c: 0 | 1 | 2): number =>
    powers.reduce((sum, power, s) => sum + colours[s][c] * (power / total), 0) * shade;
  return [part(0), part(1), part(2)];
}

/**
 * How much the two loudest stems compete for a bin: 1 − (p1 − p2) / (p1 + p2) of their powers, 0 where one has the
 * bin alone, 1 where both have the same. Where there is only quiet noise, the loudness of both (on the dB
 * scale of the picture) takes it back. `levels` are dB, null for no power.
 */
export function competition(levels: readonly (number | null)[], look: Look): number {
  const powers = levels.map((db) => (db === null ? 0 : 10 ** (db / 10))).sort((a, b) => b - a);
  const [first = 0, second = 0] = powers;
  const both = first + second;
  if (both <= 0) return 0;
  return (1 - (first - second) / both) * shadeOf(10 * Math.log10(both), { ...look, scale: 'db' });
}

/**
 * A pixel of the picture under the heat, and the heat's colour over it. The picture is dimmed; a colour map would
 * be taken for heat, so all but the colours of stems (`coloured`) turn grey.
 */
export function heatOver(base: Rgb, heat: number, coloured: boolean): Rgb {
  // Luma as in ITU-R BT.709.
  const grey = 0.2126 * base[0] + 0.7152 * base[1] + 0.0722 * base[2];
  const mix = (c: 0 | 1 | 2): number => {
    const under = dimming * (coloured ? base[c] : grey);
    return under + (heatLow[c] + (heatHigh[c] - heatLow[c]) * heat - under) * heat;
  };
  return [mix(0), mix(1), mix(2)];
}
