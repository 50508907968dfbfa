import { interpolateInferno, interpolateMagma, interpolateViridis } from 'd3-scale-chromatic';

export type ColourMapName = 'magma' | 'viridis' | 'inferno' | 'grey';
export const colourMapNames: readonly ColourMapName[] = ['magma', 'viridis', 'inferno', 'grey'];

function parseColour(text: string): number[] {
  if (text.startsWith('#')) return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  return (text.match(/\d+(\.\d+)?/g) ?? []).slice(0, 3).map(Number);
}

const interpolators: Readonly<Record<ColourMapName, (t: number) => number[]>> = {
  magma: (t) => parseColour(interpolateMagma(t)),
  viridis: (t) => parseColour(interpolateViridis(t)),
  inferno: (t) => parseColour(interpolateInferno(t)),
  grey: (t) => [t, t, t].map((value) => Math.round(value * 255)),
};

/** RGBA bytes of 256 steps from quiet to loud. */
export function colourMap(name: ColourMapName): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(256 * 4);
  for (let i = 0; i < 256; i++) bytes.set([...interpolators[name](i / 255), 255], i * 4);
  return bytes;
}
