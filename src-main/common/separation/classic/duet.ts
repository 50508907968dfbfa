import { classicSegment, type Analysis, type MaskMethod } from './masking.js';

/** Where sounds stand between two channels. */
export interface Place {
  /** How much louder the second channel is: a − 1/a of the ratio a of magnitudes; 0 in the middle. */
  readonly attenuation: number;
  /** How much later the second channel is, samples. */
  readonly delay: number;
}

/** The histogram: cells of attenuation and delay, and how far both go. */
export const duetGrid = { attenuations: 35, delays: 51, mostAttenuation: 2.5, mostDelay: 3.6 } as const;
/** Sounds below this attenuation stand in the middle. */
const middle = 0.3;

/** The cell of a value in −most … most. */
const cellOf = (value: number, most: number, cells: number): number =>
  Math.min(cells - 1, Math.max(0, Math.floor(((value + most) / (2 * most)) * cells)));

/**
 * Powers over attenuation and delay, `[attenuations][delays]`: each bin votes for the place that it alone suggests, with the
 * product of its magnitudes (p = 1, q = 0 of Yilmaz & Rickard 2004, eq. 28).
 */
export function placeHistogram({
  spectra,
  frames,
  bins,
}: Pick<Analysis, 'spectra' | 'frames' | 'bins'>): Float64Array {
  const { attenuations, delays, mostAttenuation, mostDelay } = duetGrid;
  const out = new Float64Array(attenuations * delays);
  const [l, r] = spectra;
  const nFft = 2 * (bins - 1);
  for (let i = 0; i < frames * bins; i++) {
    const w = (2 * Math.PI * (i % bins)) / nFft;
    const [left, right] = [Math.hypot(l.re[i], l.im[i]), Math.hypot(r.re[i], r.im[i])];
    if (w === 0 || left * right === 0) continue;
    const ratio = right / left;
    // Phase of right over left: −ω·delay.
    const turn = Math.atan2(r.im[i] * l.re[i] - r.re[i] * l.im[i], r.re[i] * l.re[i] + r.im[i] * l.im[i]);
    const [a, d] = [ratio - 1 / ratio, -turn / w];
    if (Math.abs(a) > mostAttenuation || Math.abs(d) > mostDelay) continue;
    out[cellOf(a, mostAttenuation, attenuations) * delays + cellOf(d, mostDelay, delays)] += left * right;
  }
  return out;
}

/** The strongest place on the left, in the middle and on the right; null where nothing stands. */
export function strongestPlaces(histogram: Float64Array): (Place | null)[] {
  const { attenuations, delays, mostAttenuation, mostDelay } = duetGrid;
  const centre = (cell: number, most: number, cells: number): number =>
    (2 * most * (cell + 0.5)) / cells - most;
  const found: (Place | null)[] = [null, null, null];
  const heaviest = [0, 0, 0];
  histogram.forEach((weight, at) => {
    const attenuation = centre(Math.floor(at / delays), mostAttenuation, attenuations);
    const side = attenuation < -middle ? 0 : attenuation > middle ? 2 : 1;
    if (weight <= heaviest[side]) return;
    heaviest[side] = weight;
    found[side] = { attenuation, delay: centre(at % delays, mostDelay, delays) };
  });
  return found;
}

/**
 * For each bin the place that explains both channels best, as 0, 1 or 2: the least of |a·e^(−iωd)·L − R|² / (1 + a²)
 * (Yilmaz & Rickard, eq. 30).
 */
export function nearestPlaces(
  { spectra, frames, bins }: Pick<Analysis, 'spectra' | 'frames' | 'bins'>,
  places: readonly (Place | null)[],
): Uint8Array {
  const [l, r] = spectra;
  const nFft = 2 * (bins - 1);
  const known = places.flatMap((place, index) => {
    if (!place) return [];
    const a = (place.attenuation + Math.sqrt(place.attenuation ** 2 + 4)) / 2;
    const turns = Float64Array.from({ length: bins }, (_, b) => (-2 * Math.PI * b * place.delay) / nFft);
    return [
      {
        index,
        weight: 1 / (1 + a * a),
        re: turns.map((t) => a * Math.cos(t)),
        im: turns.map((t) => a * Math.sin(t)),
      },
    ];
  });
  const out = new Uint8Array(frames * bins).fill(known[0]?.index ?? 1);
  for (let i = 0; i < out.length; i++) {
    const b = i % bins;
    let least = Infinity;
    for (const { index, weight, re, im } of known) {
      const x = re[b] * l.re[i] - im[b] * l.im[i] - r.re[i];
      const y = re[b] * l.im[i] + im[b] * l.re[i] - r.im[i];
      const error = (x * x + y * y) * weight;
      if (error < least) [least, out[i]] = [error, index];
    }
  }
  return out;
}

/**
 * Left, middle and right by the differences of level and time between two channels: DUET, Yilmaz & Rickard, "Blind separation
 * of speech mixtures via time-frequency masking", IEEE TSP 52(7), 2004. Their sources are as many as the histogram has
 * peaks; here one of each side, so that a stem means the same in every segment. A mono song is all in the middle.
 */
export function duet(): MaskMethod {
  return {
    stems: ['left', 'centre', 'right'],
    residualStem: 'centre',
    stft: { nFft: 4096, hop: 1024, window: 'hann' },
    segment: classicSegment(20, 0.2),
    masks: (analysis) => {
      const { frames, bins, spectra } = analysis;
      const masks = [0, 1, 2].map(() => new Float32Array(frames * bins));
      if (spectra.length < 2) masks[1].fill(1);
      else {
        const nearest = nearestPlaces(analysis, strongestPlaces(placeHistogram(analysis)));
        nearest.forEach((place, i) => (masks[place][i] = 1));
      }
      return masks;
    },
  };
}
