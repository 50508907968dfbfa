import { classicRate, classicSegment, type MaskMethod } from './masking.js';

/** The pitches that a melody may have, and how partials speak for them. */
export interface SalienceGrid {
  /** Hz of one bin of the spectrogram. */
  readonly binHz: number;
  /** Hz of the first pitch; the others follow in steps of `cents`. */
  readonly lowest: number;
  readonly cents: number;
  readonly pitches: number;
  /** Partials that speak for a pitch; each for `decay` of what the one before says. */
  readonly partials: number;
  readonly decay: number;
  /** Hz above which partials are not looked for. */
  readonly highest: number;
}

/** Peaks lower than this below the loudest of their frame say nothing. */
const peakRange = 10 ** (-40 / 20);

/** Pitch of a frequency, in steps of the grid above its lowest. */
const placeOf = (hertz: number, { lowest, cents }: SalienceGrid): number =>
  (1200 * Math.log2(hertz / lowest)) / cents;

export const pitchOf = (place: number, { lowest, cents }: SalienceGrid): number =>
  lowest * 2 ** ((place * cents) / 1200);

/**
 * How much the spectral peaks of each frame speak for each pitch: `[frames][pitches]` from magnitudes `[frames][bins]`. A peak
 * is the n-th partial of its frequency / n, with weight decayⁿ⁻¹ · cos² of the distance, up to a semitone.
 *
 * Salamon & Gómez, "Melody Extraction from Polyphonic Music Signals using Pitch Contour Characteristics", IEEE TASLP 20(6),
 * 2012, equations 3 to 6.
 */
export function melodySalience(
  magnitude: Float32Array,
  frames: number,
  bins: number,
  grid: SalienceGrid,
): Float32Array {
  const salience = new Float32Array(frames * grid.pitches);
  const last = Math.min(bins - 2, Math.floor(grid.highest / grid.binHz));
  const reach = 100 / grid.cents;
  for (let f = 0; f < frames; f++) {
    const row = magnitude.subarray(f * bins, (f + 1) * bins);
    const into = salience.subarray(f * grid.pitches, (f + 1) * grid.pitches);
    const floor = peakRange * row.reduce((most, value) => Math.max(most, value), 0);
    for (let b = 1; b <= last; b++) {
      if (!(row[b] > floor && row[b] > row[b - 1] && row[b] >= row[b + 1])) continue;
      const hertz = grid.binHz * (b + peakOffset(row[b - 1], row[b], row[b + 1]));
      let weight = row[b];
      for (let n = 1; n <= grid.partials; n++, weight *= grid.decay) {
        const place = placeOf(hertz / n, grid);
        const end = Math.min(grid.pitches - 1, Math.floor(place + reach));
        for (let p = Math.max(0, Math.ceil(place - reach)); p <= end; p++)
          into[p] += weight * Math.cos((Math.PI / 2) * ((p - place) / reach)) ** 2;
      }
    }
  }
  return salience;
}

/** Where the peak between three values lies, in bins from the middle one: the vertex of a parabola through their logarithms. */
function peakOffset(before: number, at: number, after: number): number {
  const [a, b, c] = [before, at, after].map((value) => Math.log(value + 1e-20));
  const bend = a - 2 * b + c;
  return bend < 0 ? (0.5 * (a - c)) / bend : 0;
}

/** Most pitches that a melody moves from frame to frame, and what each costs, in mean saliences of a frame's best pitch. */
const farthest = 12;
const stepCost = 0.03;

/**
 * The pitch of each frame that together are most salient, where moving costs: by dynamic programming (Viterbi). Places in
 * the grid.
 */
export function melodyPath(salience: Float32Array, frames: number, pitches: number): Int32Array {
  let mean = 0;
  for (let f = 0; f < frames; f++) {
    let most = 0;
    for (let p = 0; p < pitches; p++) most = Math.max(most, salience[f * pitches + p]);
    mean += most / frames;
  }
  const cost = stepCost * mean;
  const from = new Int32Array(frames * pitches);
  let best = Float64Array.from(salience.subarray(0, pitches));
  for (let f = 1; f < frames; f++) {
    const next = new Float64Array(pitches);
    for (let p = 0; p < pitches; p++) {
      let [most, where] = [-Infinity, p];
      for (let q = Math.max(0, p - farthest); q <= Math.min(pitches - 1, p + farthest); q++) {
        const value = best[q] - cost * Math.abs(p - q);
        if (value > most) [most, where] = [value, q];
      }
      next[p] = most + salience[f * pitches + p];
      from[f * pitches + p] = where;
    }
    best = next;
  }
  const path = new Int32Array(frames);
  path[frames - 1] = best.reduce((top, value, p) => (value > best[top] ? p : top), 0);
  for (let f = frames - 1; f > 0; f--) path[f - 1] = from[f * pitches + path[f]];
  return path;
}

/** Frames whose pitch is salient enough to be sung: above the mean of the path less a fifth of its deviation (ν of the paper). */
export function voicedFrames(salience: Float32Array, path: Int32Array, pitches: number): boolean[] {
  const along = Array.from(path, (p, f) => salience[f * pitches + p]);
  const mean = along.reduce((sum, value) => sum + value, 0) / along.length;
  const deviation = Math.sqrt(along.reduce((sum, value) => sum + (value - mean) ** 2, 0) / along.length);
  return along.map((value) => value > 0 && value >= mean - 0.2 * deviation);
}

/** Half the width of a partial's mask: what the window smears, and what a gliding pitch adds to higher partials. */
const halfWidthHz = (hertz: number): number => 30 + 0.015 * hertz;

/** Writes the mask of a tone's partials into one row, `[bins]`. */
function maskPartials(row: Float32Array, pitch: number, binHz: number, highest: number): void {
  for (let hertz = pitch; hertz < highest; hertz += pitch) {
    const half = Math.min(halfWidthHz(hertz), 0.5 * pitch);
    const end = Math.min(row.length - 1, Math.floor((hertz + half) / binHz));
    for (let b = Math.ceil((hertz - half) / binHz); b <= end; b++) {
      const share = Math.cos((Math.PI / 2) * ((b * binHz - hertz) / half)) ** 0.5;
      row[b] = Math.max(row[b], share);
    }
  }
}

/** The partials of the most salient melody are the vocals, all else is the accompaniment. */
export function melody(): MaskMethod {
  const [nFft, hop] = [4096, 1024];
  const binHz = classicRate / nFft;
  const grid: SalienceGrid = {
    ...{ binHz, lowest: 80, cents: 20, pitches: 220 },
    ...{ partials: 10, decay: 0.8, highest: 5000 },
  };
  return {
    stems: ['vocals', 'accompaniment'],
    residualStem: 'accompaniment',
    stft: { nFft, hop },
    segment: classicSegment(20, 0.2),
    masks: ({ frames, bins, magnitude }) => {
      const salience = melodySalience(magnitude, frames, bins, grid);
      const path = melodyPath(salience, frames, grid.pitches);
      const voiced = voicedFrames(salience, path, grid.pitches);
      const vocals = new Float32Array(frames * bins);
      for (let f = 0; f < frames; f++) {
        const row = vocals.subarray(f * bins, (f + 1) * bins);
        if (voiced[f]) maskPartials(row, pitchOf(path[f], grid), binHz, 10_000);
      }
      return [vocals, vocals.map((share) => 1 - share)];
    },
  };
}
