import { griffinLim, misi, type PhaseSearch } from '../../dsp/phase.js';
import type { Spectrum } from '../../dsp/stft.js';
import { check } from '../../base/errors.js';
import {
  maskedPart,
  stftOf,
  supportOf,
  type EditFill,
  type EditPart,
  type EditPhase,
  type SampleReader,
} from './edit.js';
import { healReach, noiseSpectrum, takeFill } from './heal.js';
import type { MaskGrid, TileMask } from './tile-mask.js';

/** Samples `[start, start + count)`. */
export interface SampleRange {
  readonly start: number;
  readonly count: number;
}

/** A piece of what an edit takes out of a source, `[channels][samples]` from `start` on; pieces overlap and add up. */
export interface PartPiece {
  readonly start: number;
  readonly planes: readonly Float32Array[];
}

/** Frames of the mask that are worked on at once: 19 s of 4096/1024 at 44.1 kHz, about 100 MB with MISI. */
const pieceFrames = 800;

/** Frames of one window, rounded up. */
function windowOf({ nFft, hop }: MaskGrid): number {
  return Math.ceil(nFft / hop);
}

/**
 * The samples of a song of `length` that an edit can change: the mask's support, for a clone as much later as it is
 * shifted, and with another phase one window more on both sides, in which what MISI shares out beyond the mask is
 * faded. Null when the mask covers nothing.
 */
export function partRange(
  mask: TileMask,
  { phase, shift = 0 }: Pick<EditPart, 'phase' | 'shift'>,
  length: number,
): SampleRange | null {
  const support = supportOf(mask);
  if (!support) return null;
  const more = phase ? mask.grid.nFft : 0;
  const start = Math.max(0, support.start + shift - more);
  const end = Math.min(length, support.start + shift + support.count + more);
  return end > start ? { start, count: end - start } : null;
}

/** The samples of its source that an edit's part is computed from; it may begin before the song. */
export function sourceRange(
  mask: TileMask,
  { phase, fill, shift = 0 }: Pick<EditPart, 'phase' | 'fill' | 'shift'>,
): SampleRange | null {
  const range = mask.frameRange();
  if (!range) return null;
  const windows = (phase ? 2 : 1) * windowOf(mask.grid) + 1;
  const around = Math.max(windows, fill ? healReach(fill, mask.grid) : 0);
  const { hop } = mask.grid;
  // A clone reads both places, and what lies between them does not hurt.
  const [from, to] = [(range[0] - around) * hop, (range[1] + around) * hop];
  const start = from + Math.min(0, shift);
  return { start, count: to + Math.max(0, shift) - start };
}

export interface PiecesOptions {
  /** Samples of the song; healing needs it to know where the song ends. */
  readonly length: number;
  /** Frames of the mask that are worked on at once. */
  readonly longest?: number | undefined;
  /** Called all through the work; it may throw to stop it. */
  readonly ask?: (() => void) | undefined;
}

/**
 * What an edit takes out of a source, in pieces that add up to it, so that memory stays bounded however long the mask
 * is: the inverse STFT of mask · STFT with the source's own phase, or
 *
 *   griffin-lim   the signal of the magnitudes mask · |STFT|
 *   misi          the first of two signals with mask · |STFT| and (1 − mask) · |STFT| that add up to the source
 *   fill          the masked part of STFT − fill (see heal.ts)
 *   shift         the masked part of what is there, less that of what is `shift` samples earlier, at the later place
 *
 * Pieces of a searched phase need not agree where they meet, so they are cross-faded over two windows.
 */
export function* partPieces(
  read: SampleReader,
  channels: number,
  mask: TileMask,
  part: EditPart,
  options: PiecesOptions,
): Generator<PartPiece> {
  const { strength, phase, fill, shift } = part;
  const { longest = pieceFrames, ask } = options;
  const range = mask.frameRange();
  if (!range) return;
  if (fill) return yield* healedPieces(read, channels, mask, { strength, fill }, range, options);
  if (phase) return yield* searchedPieces(read, channels, mask, strength, { ...phase, ask }, range, longest);
  const source = shift === undefined ? read : difference(read, shift);
  for (let from = range[0]; from < range[1]; from += longest) {
    const frames = [from, Math.min(range[1], from + longest)] as const;
    const piece = maskedPart(source, channels, mask, strength, frames);
    if (piece) yield { ...piece, start: piece.start + (shift ?? 0) };
  }
}

/** What is `shift` samples later, less what is here. */
function difference(read: SampleReader, shift: number): SampleReader {
  return (channel, start, into) => {
    read(channel, start + shift, into);
    const here = new Float32Array(into.length);
    read(channel, start, here);
    for (let i = 0; i < into.length; i++) into[i] -= here[i];
  };
}

/**
 * Healing sees a hole with both of its sides: pieces end where the mask has a gap. Only a hole that is longer than a
 * piece is cut; what lies further inside of it than one piece is emptied.
 */
function* healedPieces(
  read: SampleReader,
  channels: number,
  mask: TileMask,
  { strength, fill }: { readonly strength: number; readonly fill: EditFill },
  range: readonly [number, number],
  { length, longest = pieceFrames }: PiecesOptions,
): Generator<PartPiece> {
  const { grid } = mask;
  const around = Math.max(healReach(fill, grid), windowOf(grid) + 1);
  // Frames whose whole windows lie in the song.
  const [inFirst, inEnd] = [grid.nFft / 2 / grid.hop, (length - grid.nFft / 2) / grid.hop + 1];
  for (const [from, end] of holesOf(mask, range, around, longest)) {
    const samples = (end - from + 2 * around - 1) * grid.hop;
    const noise = noiseSpectrum(grid, (from - around) * grid.hop, samples);
    const apply = (spectrum: Spectrum, first: number): void => {
      const shares = mask.plane(first, spectrum.frames);
      const inSong = { first: Math.max(0, Math.ceil(inFirst) - first), end: Math.floor(inEnd) - first };
      takeFill(spectrum, shares, noise, fill, grid, {
        ...inSong,
        end: Math.min(spectrum.frames, inSong.end),
      });
    };
    const piece = maskedPart(read, channels, mask, strength, [from, end], { around, apply });
    if (piece) yield piece;
  }
}

/** Frames `[from, end)` that a mask covers, apart from each other by more than `gap` frames, or cut after `longest`. */
function* holesOf(
  mask: TileMask,
  [first, end]: readonly [number, number],
  gap: number,
  longest: number,
): Generator<readonly [from: number, end: number]> {
  let [from, last] = [first, first];
  for (let frame = first; frame < end; frame++) {
    if (!mask.covers(frame)) continue;
    if (frame - last > gap || frame - from >= longest) {
      yield [from, last + 1];
      from = frame;
    }
    last = frame;
  }
  yield [from, last + 1];
}

function* searchedPieces(
  read: SampleReader,
  channels: number,
  mask: TileMask,
  strength: number,
  phase: EditPhase & PhaseSearch,
  range: readonly [number, number],
  longest: number,
): Generator<PartPiece> {
  const { nFft, hop } = mask.grid;
  const wide = windowOf(mask.grid);
  // Neighbours share four windows: one of context each, and two in which they are cross-faded.
  const step = longest - 4 * wide;
  check(step > 2 * wide, 'The pieces of an edit are too short for its windows');
  const meeting = (from: number): Fade => [(from + wide) * hop, (from + 3 * wide) * hop];
  for (let from = range[0]; ; from += step) {
    const isLast = from + longest >= range[1];
    const end = isLast ? range[1] : from + longest;
    const [left, right] = [range[0] * hop - nFft / 2, (range[1] - 1) * hop + nFft / 2];
    const fadeIn: Fade = from === range[0] ? [left - nFft, left] : meeting(from);
    const fadeOut: Fade = isLast ? [right, right + nFft] : meeting(from + step);
    const around = 2 * wide + 1;
    const frames = [from - around, end + around] as const;
    const planes = Array.from({ length: channels }, (_, channel) => {
      const wave = searched((into) => read(channel, frames[0] * hop, into), mask, strength, phase, frames);
      const at = fadeIn[0] - frames[0] * hop;
      return faded(wave.subarray(at, at + fadeOut[1] - fadeIn[0]), fadeIn, fadeOut);
    });
    yield { start: fadeIn[0], planes };
    if (isLast) return;
  }
}

/** Samples between which a piece comes in or goes out. */
type Fade = readonly [from: number, to: number];

/** Comes in and goes out as half a cosine; the two of neighbouring pieces add up to 1. `wave` starts with the first. */
function faded(wave: Float32Array, fadeIn: Fade, fadeOut: Fade): Float32Array {
  const share = (sample: number, [from, to]: Fade): number =>
    0.5 - 0.5 * Math.cos((Math.PI * Math.min(Math.max(sample - from, 0), to - from)) / (to - from));
  return wave.map((value, i) => {
    const sample = fadeIn[0] + i;
    return value * share(sample, fadeIn) * (1 - share(sample, fadeOut));
  });
}

/** One channel of a piece over mask frames `[first, end)`, from sample first · hop on. */
function searched(
  read: (into: Float32Array) => void,
  mask: TileMask,
  strength: number,
  phase: EditPhase & PhaseSearch,
  [first, end]: readonly [number, number],
): Float32Array {
  const stft = stftOf(mask.grid);
  const samples = (end - first) * mask.grid.hop;
  const signal = new Float32Array(samples);
  read(signal);
  const frames = stft.frameCount(samples);
  const magnitudes = new Float32Array(frames * stft.bins);
  const spectrum = stft.forward(signal, undefined, magnitudes);
  const shares = mask.plane(first, frames, strength);
  const own = magnitudes.map((value, i) => value * shares[i]);
  if (phase.method === 'griffin-lim') return griffinLim(stft, own, spectrum, samples, phase);
  const rest = magnitudes.map((value, i) => value * (1 - shares[i]));
  return misi(stft, signal, [own, rest], phase)[0];
}
