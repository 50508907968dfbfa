import { UnbraidError } from '../base/errors.js';
import type { Frames } from '../base/units.js';
import { kernels, type Kernels } from '../dsp/wasm/kernels.js';

/**
 * What becomes of the residual, source − Σ estimates: into one stem, spread over the stems by their energy,
 * or a separate stem. In every case the stems add up to the source.
 */
export type ResidualPolicy = 'fold' | 'spread' | 'stem';

/** How estimates become the stems a user gets. */
export interface StemPlan {
  /** The complete set, whose sum is the source; the first entries are the estimates in their order. */
  readonly complete: readonly string[];
  /** Index in `complete` of the stem that takes the residual; null when it is spread. */
  readonly absorber: number | null;
  /** Where only some are wanted: their indices in `complete`; everything else becomes one stem more. */
  readonly kept: readonly number[] | null;
  /** The names of what comes out: `complete`, or those kept and the rest. */
  readonly names: readonly string[];
}

/** The name of "everything but this stem", in the words musicians use. */
export function complementName(stem: string): string {
  return stem === 'vocals' ? 'accompaniment' : `no-${stem}`;
}

/** The name of what is left beside the kept stems: a stem's own when it is the only one. */
function restName(complete: readonly string[], kept: readonly number[]): string {
  if (kept.length === 1) return complementName(complete[kept[0]]);
  const left = complete.filter((_, s) => !kept.includes(s));
  return left.length === 1 ? left[0] : 'rest';
}

/**
 * Plans the stems of a separator. `keep` asks for these stems and one of everything else; asking for all of them is
 * the same as not asking. Throws `invalid-argument` when the separator has no such stem.
 */
export function planStems(
  estimates: readonly string[],
  residualStem: string,
  policy: ResidualPolicy,
  keep: readonly string[] = [],
): StemPlan {
  const inside = estimates.indexOf(residualStem);
  const complete = [...estimates];
  let absorber: number | null;
  if (inside < 0) absorber = complete.push(residualStem) - 1;
  else if (policy === 'fold') absorber = inside;
  else if (policy === 'stem') absorber = complete.push('residual') - 1;
  else absorber = null;
  const unknown = keep.find((stem) => !complete.includes(stem));
  if (unknown !== undefined) {
    throw new UnbraidError('invalid-argument', `This separator has no stem "${unknown}"`, {
      hint: `Choose one of ${complete.join(', ')}.`,
    });
  }
  const kept = [...complete.keys()].filter((s) => keep.includes(complete[s]));
  if (kept.length === 0 || kept.length === complete.length) {
    return { complete, absorber, kept: null, names: complete };
  }
  return {
    ...{ complete, absorber, kept },
    names: [...kept.map((s) => complete[s]), restName(complete, kept)],
  };
}

/**
 * The estimates (indices below `estimates`) that a plan really needs: not the absorber's, which is what the others
 * leave; and where `keepsAlone` only those that are kept.
 */
export function wantedEstimates(plan: StemPlan, estimates: number): readonly number[] {
  const all = Array.from({ length: estimates }, (_, s) => s);
  if (plan.absorber === null) return all;
  if (keepsAlone(plan)) return plan.kept!;
  return all.filter((s) => s !== plan.absorber);
}

/** Whether the kept stems are their estimates and nothing else counts: the rest is what they leave. */
export function keepsAlone({ kept, absorber }: StemPlan): boolean {
  return kept !== null && absorber !== null && !kept.includes(absorber);
}

/** Frames of one cell of the energy grid that `spread` weighs with; blocks start on this grid. */
export const energyCell: Frames = 512;

/** Energy of each stem in cells of the grid: `[cells]` for frames `[start, start + count)` of the planes. */
function cellEnergies(planes: readonly Float32Array[], cells: number): Float64Array {
  const energies = new Float64Array(cells);
  for (const plane of planes) {
    for (let cell = 0; cell < cells; cell++) {
      const end = Math.min((cell + 1) * energyCell, plane.length);
      let sum = 0;
      for (let i = cell * energyCell; i < end; i++) sum += plane[i] * plane[i];
      energies[cell] += sum;
    }
  }
  return energies;
}

/**
 * Adds to each stem its share of the residual, by energy interpolated between cells of 512 frames.
 * Planes hold `halo` cells before and after the block where the song has them; `[stem][channel][frames]`.
 */
function spreadResidual(
  source: readonly Float32Array[],
  stems: readonly (readonly Float32Array[])[],
  offset: Frames,
  count: Frames,
): void {
  const cells = Math.ceil(source[0].length / energyCell);
  const energies = stems.map((planes) => cellEnergies(planes, cells));
  const shares = new Float64Array(stems.length);
  for (let i = offset; i < offset + count; i++) {
    const position = Math.max(0, Math.min(cells - 1, (i + 0.5) / energyCell - 0.5));
    const cell = Math.min(cells - 1, Math.floor(position));
    const next = Math.min(cells - 1, cell + 1);
    let total = 0;
    for (let s = 0; s < stems.length; s++) {
      shares[s] = energies[s][cell] + (position - cell) * (energies[s][next] - energies[s][cell]);
      total += shares[s];
    }
    for (let ch = 0; ch < source.length; ch++) {
      let residual = source[ch][i];
      for (let s = 0; s < stems.length; s++) residual -= stems[s][ch][i];
      for (let s = 0; s < stems.length; s++) {
        stems[s][ch][i] += residual * (total > 0 ? shares[s] / total : 1 / stems.length);
      }
    }
  }
}

/** Gives the loudest stem what rounding to float32 left over, so that the sum is right to its last bit or so. */
export function settleRounding(
  source: readonly Float32Array[],
  stems: readonly (readonly Float32Array[])[],
  offset: Frames,
  count: Frames,
): void {
  source.forEach((plane, ch) => {
    for (let i = offset; i < offset + count; i++) {
      let residual = plane[i];
      let loudest = 0;
      for (let s = 0; s < stems.length; s++) {
        const sample = stems[s][ch][i];
        residual -= sample;
        if (Math.abs(sample) > Math.abs(stems[loudest][ch][i])) loudest = s;
      }
      if (residual === 0) continue;
      const before = stems[loudest][ch][i];
      stems[loudest][ch][i] += residual;
      // Loud stems that cancel each other have coarse digits: what is still left goes to one with finer ones.
      const left = residual - (stems[loudest][ch][i] - before);
      if (left === 0) continue;
      let finest = -1;
      for (let s = 0; s < stems.length; s++) {
        const level = Math.abs(stems[s][ch][i]);
        if (level > 0 && (finest < 0 || level < Math.abs(stems[finest][ch][i]))) finest = s;
      }
      if (finest >= 0) stems[finest][ch][i] += left;
    }
  });
}

/**
 * Makes a block of estimates add up to the source, in place. `source` is `[channels][n]`, `stems` is
 * `[complete][channels][n]`; the block is `[offset, offset + count)` and begins on the energy grid. Returns its check.
 */
export function conserve(
  plan: StemPlan,
  source: readonly Float32Array[],
  stems: readonly (readonly Float32Array[])[],
  offset: Frames,
  count: Frames,
): BlockCheck {
  const { absorber } = plan;
  if (absorber === null) {
    spreadResidual(source, stems, offset, count);
    settleRounding(source, stems, offset, count);
    return checkBlock(source, stems, offset, count);
  }
  const others = stems.filter((_, s) => s !== absorber);
  return leftOver(source, others, stems[absorber], offset, count, absorber);
}

/**
 * into = source − Σ others, summed in float64; planes are `[channels][n]`, `others` `[stem][channels][n]`. The check is
 * that of the others with `into` among them, at place `at`.
 */
export function leftOver(
  source: readonly Float32Array[],
  others: readonly (readonly Float32Array[])[],
  into: readonly Float32Array[],
  offset: Frames,
  count: Frames,
  at = others.length,
): BlockCheck {
  let errorEnergy = 0;
  let sourceEnergy = 0;
  const peaks = others.map(() => 0);
  let rest = 0;
  source.forEach((plane, ch) => {
    const planes = others.map((stem) => stem[ch]);
    eachChunk(plane, planes, offset, count, (k, place, start, n) => {
      const sums = k.f64(place.sums, 2);
      sums.fill(0);
      k.run.remainder(
        ...[place.source, place.stems, place.step, others.length, even(n), place.extra, place.sums],
      );
      errorEnergy += sums[0];
      sourceEnergy += sums[1];
      for (let s = 0; s < others.length; s++)
        peaks[s] = Math.max(peaks[s], k.run.peakOf(place.stems + s * place.step, even(n)));
      rest = Math.max(rest, k.run.peakOf(place.extra, even(n)));
      into[ch].set(k.f32(place.extra, n), start);
    });
  });
  return { errorEnergy, sourceEnergy, peaks: peaks.toSpliced(at, 0, rest) };
}

/** Samples that go through the kernels at once: small enough for the first cache with all stems beside it. */
const chunk = 2048;

/** Kernels take four samples at a time; what is behind the last one is zero. */
function even(n: number): number {
  return Math.ceil(n / 4) * 4;
}

/** Where a chunk lies in the kernels' memory; stems `step` bytes apart, `extra` holds one chunk more, `sums` two sums. */
interface ChunkPlace {
  readonly source: number;
  readonly stems: number;
  readonly step: number;
  readonly extra: number;
  readonly sums: number;
}

/** Brings the source and the stems over `[offset, offset + count)` chunk after chunk into the kernels' memory. */
function eachChunk(
  source: Float32Array,
  stems: readonly Float32Array[],
  offset: Frames,
  count: Frames,
  visit: (k: Kernels, at: ChunkPlace, start: Frames, n: Frames) => void,
): void {
  const k = kernels();
  const step = 4 * chunk;
  const [base, planes, extra, sums] = k.scratch(step, step * stems.length, step, 16);
  const place: ChunkPlace = { source: base, stems: planes, step, extra, sums };
  const load = (plane: Float32Array, address: number, start: Frames, n: Frames): void => {
    const view = k.f32(address, even(n));
    view.set(plane.subarray(start, start + n));
    view.fill(0, n);
  };
  for (let start = offset; start < offset + count; start += chunk) {
    const n = Math.min(chunk, offset + count - start);
    load(source, base, start, n);
    stems.forEach((plane, s) => load(plane, planes + s * step, start, n));
    visit(k, place, start, n);
  }
}

/** Running sums of the null test. */
export interface NullSums {
  readonly errorEnergy: number;
  readonly sourceEnergy: number;
}

/** What a finished block says of itself. */
export interface BlockCheck extends NullSums {
  /** Largest absolute sample of each stem; NaN when one is not a number. */
  readonly peaks: readonly number[];
}

/** Energy of Σ stems − source, and of the source, and the stems' peaks, over a block. */
export function checkBlock(
  source: readonly Float32Array[],
  stems: readonly (readonly Float32Array[])[],
  offset: Frames,
  count: Frames,
): BlockCheck {
  let errorEnergy = 0;
  let sourceEnergy = 0;
  const peaks = stems.map(() => 0);
  source.forEach((plane, ch) => {
    const planes = stems.map((stem) => stem[ch]);
    eachChunk(plane, planes, offset, count, (k, at, _, n) => {
      const sums = k.f64(at.sums, 2);
      sums.fill(0);
      k.run.nullEnergy(at.source, at.stems, at.step, stems.length, even(n), at.sums);
      errorEnergy += sums[0];
      sourceEnergy += sums[1];
      for (let s = 0; s < stems.length; s++) {
        peaks[s] = Math.max(peaks[s], k.run.peakOf(at.stems + s * at.step, even(n)));
      }
    });
  });
  return { errorEnergy, sourceEnergy, peaks };
}

/** The figure reported for a perfect sum (no error at all); JSON has no −Infinity. */
export const perfectNullDb = -999;

/** The null-test figure: error relative to the source in dB. */
export function nullDb(sums: NullSums): number {
  if (sums.errorEnergy === 0) return perfectNullDb;
  if (sums.sourceEnergy === 0) return 10 * Math.log10(sums.errorEnergy);
  return Math.max(perfectNullDb, 10 * Math.log10(sums.errorEnergy / sums.sourceEnergy));
}
