import type { Spectrum } from '../../dsp/spectrum.js';
import type { EditFill } from './edit.js';
import { stftOf } from './edit.js';
import type { MaskGrid } from './tile-mask.js';

/** Frames or bins on each side that a hole is filled from. */
const sideCells = 6;
/** Bins beside a hole that what is healed spreads into: half the main lobe of a Hann window. */
const lobeBins = 2;
/** How alike neighbours turn from which on they are a tone (or a click, along frequency), and from which on only that. */
const [alikeFrom, alikeTo] = [0.9, 0.98];

/** Frames beside a hole that what is healed spreads into: half a window. */
function lobeFrames({ nFft, hop }: MaskGrid): number {
  return Math.ceil(nFft / 2 / hop);
}

/** Frames of context that healing needs around what it fills. */
export function healReach(fill: EditFill, grid: MaskGrid): number {
  return fill === 'time' ? 2 * lobeFrames(grid) + sideCells + 1 : 0;
}

/** Where a hole is in a line of cells, and how one steps along the line. */
interface Line {
  readonly base: number;
  readonly stride: number;
  /** Cells `[first, end)` are of the song. */
  readonly first: number;
  readonly end: number;
  /** Cells beside a hole that are left out. */
  readonly lobe: number;
}

/** What lies on one side of a hole. */
interface Side {
  /** The cell that the phase is that of. */
  readonly at: number;
  /** Mean power. */
  readonly power: number;
  /** 0 for noise … 1 for cells that turn by the same angle from one to the next. */
  readonly alike: number;
  /** Angle at `at`, and from one cell to the next, radians. */
  readonly phase: number;
  readonly turn: number;
}

/**
 * Takes the fill out of a spectrum wherever a mask is not 0, so that the mask times what is left is what healing
 * removes: X − F, where F goes on with what lies on both sides of the hole, along time or along frequency.
 *
 * Powers go in a straight line from one side to the other. Where neighbouring cells turn by the same angle from
 * one to the next (a tone along time, a click along frequency) the phase goes on from both sides at that rate, as in
 * a phase vocoder (Flanagan & Golden 1966); elsewhere the fill is noise, whose spectrum `noise` has (1 for its mean
 * power). A hole that has only one side is filled from that one, one that has none is emptied.
 *
 * `spectrum` and `noise` are `[frames][bins]`, `mask` too; frames `[first, end)` lie in the song.
 */
export function takeFill(
  spectrum: Spectrum,
  mask: Float32Array,
  noise: Spectrum,
  fill: EditFill,
  grid: MaskGrid,
  { first, end }: { readonly first: number; readonly end: number },
): void {
  const { frames, bins } = spectrum;
  if (fill === 'time') {
    const lobe = lobeFrames(grid);
    for (let bin = 0; bin < bins; bin++) {
      fillLine(spectrum, mask, noise, { base: bin, stride: bins, first, end, lobe });
    }
    return;
  }
  for (let frame = 0; frame < frames; frame++) {
    const line = { base: frame * bins, stride: 1, first: 0, end: bins, lobe: lobeBins };
    fillLine(spectrum, mask, noise, line);
  }
}

function fillLine(spectrum: Spectrum, mask: Float32Array, noise: Spectrum, line: Line): void {
  const { base, stride } = line;
  const cells = stride === 1 ? spectrum.bins : spectrum.frames;
  const inHole = (i: number): boolean => i >= 0 && i < cells && mask[base + i * stride] > 0;
  for (let from = 0; from < cells; from++) {
    if (!inHole(from)) continue;
    let to = from;
    while (inHole(to)) to++;
    const left = sideOf(spectrum, inHole, line, from - 1 - line.lobe, -1);
    const right = sideOf(spectrum, inHole, line, to + line.lobe, 1);
    for (let i = from; i < to; i++) {
      const at = base + i * stride;
      const [re, im] = fillOf(left, right, i, noise.re[at], noise.im[at]);
      spectrum.re[at] -= re;
      spectrum.im[at] -= im;
    }
    from = to;
  }
}

/** What lies from a cell on in one direction; null when that is nothing of the song, or in a hole too. */
function sideOf(
  { re, im }: Spectrum,
  inHole: (i: number) => boolean,
  { base, stride, first, end }: Line,
  start: number,
  step: 1 | -1,
): Side | null {
  const cells: number[] = [];
  for (let n = 0, i = start; n < sideCells && i >= first && i < end; n++, i += step)
    if (!inHole(i)) cells.push(i);
  if (cells.length === 0) return null;
  let [power, dot, cross, product] = [0, 0, 0, 0];
  for (const i of cells) {
    const at = base + i * stride;
    power += re[at] ** 2 + im[at] ** 2;
    if (!cells.includes(i + 1)) continue;
    const next = at + stride;
    dot += re[next] * re[at] + im[next] * im[at];
    cross += im[next] * re[at] - re[next] * im[at];
    product += Math.hypot(re[at], im[at]) * Math.hypot(re[next], im[next]);
  }
  const turn = Math.atan2(cross, dot);
  // All cells, turned to where the nearest one is.
  let [x, y] = [0, 0];
  for (const i of cells) {
    const at = base + i * stride;
    const angle = turn * (cells[0] - i);
    x += re[at] * Math.cos(angle) - im[at] * Math.sin(angle);
    y += im[at] * Math.cos(angle) + re[at] * Math.sin(angle);
  }
  const same = product > 0 ? Math.hypot(dot, cross) / product : 0;
  return {
    ...{ at: cells[0], turn, phase: Math.atan2(y, x) },
    power: power / cells.length,
    alike: Math.min(1, Math.max(0, (same - alikeFrom) / (alikeTo - alikeFrom))),
  };
}

/** The fill of a cell between two sides. */
function fillOf(
  left: Side | null,
  right: Side | null,
  i: number,
  noiseRe: number,
  noiseIm: number,
): readonly [re: number, im: number] {
  if (!left && !right) return [0, 0];
  const share = left && right ? (i - left.at) / (right.at - left.at) : left ? 0 : 1;
  let [x, y, tone, rest] = [0, 0, 0, 0];
  for (const [side, weight] of [
    [left, 1 - share],
    [right, share],
  ] as const) {
    if (!side) continue;
    const power = weight * side.power * side.alike;
    const level = Math.sqrt(power);
    const angle = side.phase + side.turn * (i - side.at);
    x += level * Math.cos(angle);
    y += level * Math.sin(angle);
    tone += power;
    rest += weight * side.power * (1 - side.alike);
  }
  // Both sides' tones may disagree about the phase: their sum is as loud as they are all the same.
  const length = Math.hypot(x, y);
  const gain = length > 0 ? Math.sqrt(tone) / length : 0;
  const loud = Math.sqrt(rest);
  return [gain * x + loud * noiseRe, gain * y + loud * noiseIm];
}

/** The spectrum of noise over samples `[start, start + count)` of the song, of mean power 1; the same at every call. */
export function noiseSpectrum(grid: MaskGrid, start: number, count: number): Spectrum {
  const spectrum = stftOf(grid).forward(Float32Array.from({ length: count }, (_, i) => noiseAt(start + i)));
  // Σ window² of a Hann window, times the variance of a uniform value.
  const scale = 1 / Math.sqrt((grid.nFft * 3) / 8 / 3);
  for (const part of [spectrum.re, spectrum.im]) for (let i = 0; i < part.length; i++) part[i] *= scale;
  return spectrum;
}

/** A value in [−1, 1) that belongs to a sample: its number, hashed. */
function noiseAt(sample: number): number {
  let hash = Math.imul(sample ^ (sample >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) / 2 ** 31;
}
