import { Stft, allocateSpectrum, type FrameSource, type Spectrum } from '../../dsp/stft.js';
import { kernels } from '../../dsp/wasm/kernels.js';
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
    const out = new Float32Array(left.re.length);
    for (let i = 0; i < out.length; i++) {
      const [re, im] = [c * left.re[i] + s * right.re[i], c * left.im[i] + s * right.im[i]];
      out[i] = Math.sqrt(re * re + im * im);
    }
    return out;
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
 * Fits sources on the left, in the middle and on the right, each anywhere in its third at first, to the projections
 * `[projections][frames · bins]`: in each round their magnitudes, then their places, by multiplicative updates for the
 * Kullback-Leibler divergence; what is 0 stays 0.
 */
export function fitSources(
  projected: readonly Float32Array[],
  gains: Float64Array,
  places: number,
  rounds: number,
): ProjetSources {
  const start = startPlaces(places);
  const fit = new Fit(projected, start.length);
  for (let round = 0; round < rounds; round++) {
    const own = sourceGains(start, gains, projected.length);
    const { weighted, sums } = fit.round(own);
    start.forEach((place, j) => movePlaces(place, gains, weighted.subarray(j * projected.length), sums[j]));
  }
  return { magnitudes: fit.magnitudes(), places: start };
}

/** One update of a source's places, from what its magnitudes share with each projection and their sum. In place. */
function movePlaces(place: Float64Array, gains: Float64Array, weighted: Float64Array, sum: number): void {
  const projections = gains.length / place.length;
  for (let l = 0; l < place.length; l++) {
    let [above, below] = [0, tiny];
    for (let m = 0; m < projections; m++) {
      above += gains[m * place.length + l] * weighted[m];
      below += gains[m * place.length + l] * sum;
    }
    place[l] *= above / below;
  }
}

/** `[3][places]`: the first third, the second, the last. */
function startPlaces(places: number): Float64Array[] {
  const third = (l: number): number => Math.min(2, Math.floor((3 * l) / places));
  return [0, 1, 2].map((side) => {
    const inside = Float64Array.from({ length: places }, (_, l) => Number(third(l) === side));
    const count = inside.reduce((a, b) => a + b, 0);
    return inside.map((x) => x / count);
  });
}

/** Projections and magnitudes in the kernels' memory; no other kernel may run meanwhile. Every source begins alike. */
class Fit {
  private readonly wasm = kernels();
  private readonly size: number;
  /** Cells in whole groups of four. */
  private readonly cells: number;
  private readonly at: {
    v: number;
    p: number;
    own: number;
    totals: number;
    weighted: number;
    sums: number;
    room: number;
  };

  constructor(
    projected: readonly Float32Array[],
    private readonly sources: number,
  ) {
    this.size = projected[0].length;
    this.cells = 4 * Math.ceil(this.size / 4);
    const [plane, count] = [4 * this.cells, projected.length];
    const [v, p, own, totals, weighted, sums, room] = this.wasm.scratch(
      ...([
        count * plane,
        sources * plane,
        4 * sources * count,
        4 * sources,
        8 * sources * count,
        8 * sources,
      ] as const),
      16 * (count + sources * (count + 1)),
    );
    this.at = { v, p, own, totals, weighted, sums, room };
    const mean = new Float64Array(this.size);
    projected.forEach((one, m) => {
      this.plane(v, m).set(one);
      for (let i = 0; i < mean.length; i++) mean[i] += one[i] / (count * sources);
    });
    for (let j = 0; j < sources; j++) this.plane(p, j).set(mean);
  }

  /** The plane of this number, zeros behind its end. */
  private plane(address: number, n: number): Float32Array {
    const plane = this.wasm.f32(address + 4 * n * this.cells, this.cells);
    plane.fill(0, this.size);
    return plane;
  }

  /** One update of the magnitudes; `own` is `[sources][projections]`. */
  round(own: readonly Float64Array[]): { readonly weighted: Float64Array; readonly sums: Float64Array } {
    const { v, p, totals, weighted, sums, room } = this.at;
    const [{ length: sources }, { length: count }] = [own, own[0]];
    const gains = this.wasm.f32(this.at.own, sources * count);
    own.forEach((row, j) => gains.set(row, j * count));
    this.wasm.f32(totals, sources).set(own.map((row) => row.reduce((a, b) => a + b, 0) + tiny));
    const { cells } = this;
    const rest = [this.at.own, totals, weighted, sums, room] as const;
    this.wasm.run.projetRound(v, p, 4 * cells, cells, sources, count, ...rest);
    return { weighted: this.wasm.f64(weighted, sources * count), sums: this.wasm.f64(sums, sources) };
  }

  magnitudes(): Float32Array[] {
    return Array.from({ length: this.sources }, (_, j) => this.plane(this.at.p, j).slice(0, this.size));
  }
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
    const sources = fitSources(projected, gains, projetGrid.places, rounds);
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
