import type { Spectrum } from './spectrum.js';

/** Seconds of a frame in which an attack is looked for. */
const frameSeconds = 0.023;
/** Compression of magnitudes (1 for a full-scale sine) before they are compared: log10(1 + compression · magnitude). */
const compression = 1e4;
/** Width of a band, octaves; a bin at least. */
const bandOctaves = 1 / 6;

/** Samples of a frame in which an attack is looked for. */
export function onsetFrame(sampleRate: number): number {
  return 16 * 2 ** Math.round(Math.log2((frameSeconds * sampleRate) / 16));
}

/** The first bin of each band, and the end of the last. */
export function bandEdges(bins: number): number[] {
  const edges = [1];
  while (edges.at(-1)! < bins) {
    const last = edges.at(-1)!;
    edges.push(Math.min(bins, Math.max(last + 1, Math.round(last * 2 ** bandOctaves))));
  }
  return edges;
}

/** Compressed magnitudes of the bands of `bandEdges`, decades: `[frames][bands]`. */
export function bandLevels({ re, im, frames, bins }: Spectrum, nFft: number): Float32Array {
  // The sum of a Hann window is half of its length, and a sine is half in each of its two bins.
  const scale = (compression * 4) / nFft;
  const edges = bandEdges(bins);
  const bands = edges.length - 1;
  const level = new Float32Array(frames * bands);
  for (let t = 0; t < frames; t++) {
    for (let b = 0; b < bands; b++) {
      let power = 0;
      for (let i = t * bins + edges[b]; i < t * bins + edges[b + 1]; i++) power += re[i] ** 2 + im[i] ** 2;
      level[t * bands + b] = Math.log10(1 + scale * Math.sqrt(power));
    }
  }
  return level;
}
