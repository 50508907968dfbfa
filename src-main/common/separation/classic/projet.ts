import { Stft, allocateSpectrum, type FrameSource, type Spectrum } from '../../dsp/stft.js';
import type { Separator, SeparatorInfo } from '../separator.js';
import { classicRate, classicSegment } from './masking.js';

/** Angles that the channels are projected on, evenly over half a turn, and places between left (0) and right (π/2). */
export const projetGrid = { projections: 6, places: 31 } as const;

/** What a place at each angle gives to each projection: |cos(place − projection)|, `[projections][places]`. */
export function projectionGains(projections: number, places: number): Float64Array {
  const gains = new Float64Array(projections * places);
  for (let m = 0; m < projections; m++) {
    for (let l = 0; l < places; l++)
      gains[m * places + l] = Math.abs(
        Math.cos(((Math.PI / 2) * l) / (places - 1) - (Math.PI * m) / projections),
      );
  }
  return gains;
}

/** Magnitudes of a stereo spectrum projected on each angle, `[projections][frames · bins]`. */
export function projectedMagnitudes([left, right]: readonly Spectrum[], projections: number): Float32Array[] {
  return Array.from({ length: projections }, (_, m) => {
    const [c, s] = [Math.cos((Math.PI * m) / projections), Math.sin((Math.PI * m) / projections)];
    return left.re.map((x, i) => Math.hypot(c * x + s * right.re[i], c * left.im[i] + s * right.im[i]));
  });
}

/** Sources of a fit: their magnitudes `[sources][frames · bins]`, and where they stand, `[sources][places]`. */
export interface ProjetSources {
  readonly magnitudes: Float32Array[];
  readonly places: Float64Array[];
}

const tiny = 1e-12;

/** What each source gives to each projection, `[sources][projections]`. */
function sourceGains(
  places: readonly Float64Array[],
  gains: Float64Array,
  projections: number,
): Float64Array[] {
  return places.map((place) =>
    Float64Array.from({ length: projections }, (_, m) =>
      place.reduce((sum, share, l) => sum + share * gains[m * place.length + l], 0),
    ),
  );
}

/**
 * One round: the sources' magnitudes, then their places, by multiplicative updates for the Kullback-Leibler divergence of
 * the projections; what is 0 stays 0. In place.
 */
export function projetRound(
  projected: readonly Float32Array[],
  { magnitudes, places }: ProjetSources,
  gains: Float64Array,
): void {
  const [sources, projections] = [magnitudes.length, projected.length];
  const own = sourceGains(places, gains, projections);
  const totals = own.map((row) => row.reduce((a, b) => a + b, 0) + tiny);
  const weighted = own.map(() => new Float64Array(projections));
  const sums = new Float64Array(sources);
  const ratio = new Float64Array(projections);
  const fit = (i: number): void => {
    for (let m = 0; m < projections; m++) {
      let model = tiny;
      for (let j = 0; j < sources; j++) model += magnitudes[j][i] * own[j][m];
      ratio[m] = projected[m][i] / model;
    }
  };
  for (let i = 0; i < projected[0].length; i++) {
    fit(i);
    for (let j = 0; j < sources; j++) {
      let sum = 0;
      for (let m = 0; m < projections; m++) sum += own[j][m] * ratio[m];
      magnitudes[j][i] *= sum / totals[j];
    }
    fit(i);
    for (let j = 0; j < sources; j++) {
      const level = magnitudes[j][i];
      sums[j] += level;
      for (let m = 0; m < projections; m++) weighted[j][m] += level * ratio[m];
    }
  }
  places.forEach((place, j) => {
    for (let l = 0; l < place.length; l++) {
      let [above, below] = [0, tiny];
      for (let m = 0; m < projections; m++) {
        above += gains[m * place.length + l] * weighted[j][m];
        below += gains[m * place.length + l] * sums[j];
      }
      place[l] *= above / below;
    }
  });
}

/** Sources on the left, in the middle and on the right, each anywhere in its third: the start of a fit. */
export function startSources(projected: readonly Float32Array[], places: number): ProjetSources {
  const mean = projected[0].map((_, i) => projected.reduce((sum, x) => sum + x[i], 0) / projected.length);
  const third = (l: number): number => Math.min(2, Math.floor((3 * l) / places));
  const startPlaces = [0, 1, 2].map((side) => {
    const inside = Float64Array.from({ length: places }, (_, l) => Number(third(l) === side));
    const count = inside.reduce((a, b) => a + b, 0);
    return inside.map((x) => x / count);
  });
  return { magnitudes: [0, 1, 2].map(() => mean.map((x) => x / 3)), places: startPlaces };
}

/**
 * What the sources take of both channels in each bin: a symmetric matrix [[a, b], [b, d]], three planes for each source. The
 * Wiener gain of a source in each projection, brought back by the pseudo-inverse of the projections, which for even angles
 * is 2/projections times their transpose. The matrices of all sources add up to the identity.
 */
export function sourceMatrices(
  { magnitudes, places }: ProjetSources,
  gains: Float64Array,
  projections: number,
): Float32Array[][] {
  const own = sourceGains(places, gains, projections);
  const size = magnitudes[0].length;
  const out = magnitudes.map(() => [0, 1, 2].map(() => new Float32Array(size)));
  const parts = Array.from({ length: projections }, (_, m) => {
    const [c, s] = [Math.cos((Math.PI * m) / projections), Math.sin((Math.PI * m) / projections)];
    return [c * c, c * s, s * s].map((x) => (2 * x) / projections);
  });
  for (let i = 0; i < size; i++) {
    for (let m = 0; m < projections; m++) {
      let model = 0;
      for (let j = 0; j < own.length; j++) model += magnitudes[j][i] * own[j][m];
      for (let j = 0; j < own.length; j++) {
        const share = model > 0 ? (magnitudes[j][i] * own[j][m]) / model : 1 / own.length;
        for (let k = 0; k < 3; k++) out[j][k][i] += share * parts[m][k];
      }
    }
  }
  return out;
}

const rounds = 30;

/**
 * Left, middle and right by projections of both channels, in which what stands across them vanishes: PROJET, Fitzgerald,
 * Liutkus & Badeau, "PROJET: Spatial audio separation using projections", ICASSP 2016. Theirs are any number of sources,
 * which begin by lot; here one of each side, so that a stem means the same in every segment. It knows levels only, no delays.
 */
export class ProjetSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly stft = new Stft({ nFft: 2048, hop: 1024, window: 'hann' });
  private readonly gains = projectionGains(projetGrid.projections, projetGrid.places);

  constructor(overlap = 0.2) {
    this.info = {
      ...{ sampleRate: classicRate, channels: 2, stems: ['left', 'centre', 'right'], residualStem: 'centre' },
      ...{ segment: { ...classicSegment(20, 0.2), overlap }, needsStats: false },
    };
  }

  separate(mix: readonly Float32Array[]): Promise<readonly (readonly Float32Array[])[]> {
    const { stft, gains } = this;
    const samples = mix[0].length;
    const frames = stft.frameCount(samples);
    const spectra = mix.map((plane) => stft.forward(plane, allocateSpectrum(frames, stft.bins)));
    const projected = projectedMagnitudes(spectra, projetGrid.projections);
    const sources = startSources(projected, projetGrid.places);
    for (let round = 0; round < rounds; round++) projetRound(projected, sources, gains);
    const [left, right] = spectra;
    const stems = sourceMatrices(sources, gains, projetGrid.projections).map(([a, b, d]) =>
      [
        [a, b],
        [b, d],
      ].map(([ofLeft, ofRight]) => {
        const part: FrameSource = (first, count, re, im) => {
          const from = first * stft.bins;
          for (let i = 0; i < count * stft.bins; i++) {
            re[i] = ofLeft[from + i] * left.re[from + i] + ofRight[from + i] * right.re[from + i];
            im[i] = ofLeft[from + i] * left.im[from + i] + ofRight[from + i] * right.im[from + i];
          }
        };
        return stft.inverseOf(part, frames, samples, new Float32Array(samples));
      }),
    );
    return Promise.resolve(stems);
  }
}
