import { griffinLim, misi, type PhaseSearch } from '../../dsp/phase.js';
import { check } from '../../base/errors.js';
import { maskedPart, stftOf, supportOf, type Edit, type EditPhase, type SampleReader } from './edit.js';
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
 * The samples of a song of `length` that an edit can change: the mask's support, and with another phase one window
 * more on both sides, in which what MISI shares out beyond the mask is faded. Null when the mask covers nothing.
 */
export function partRange(mask: TileMask, phase: EditPhase | undefined, length: number): SampleRange | null {
  const support = supportOf(mask);
  if (!support) return null;
  const more = phase ? mask.grid.nFft : 0;
  const start = Math.max(0, support.start - more);
  const end = Math.min(length, support.start + support.count + more);
  return end > start ? { start, count: end - start } : null;
}

/** The samples of its source that an edit's part is computed from; it may begin before the song. */
export function sourceRange(mask: TileMask, phase: EditPhase | undefined): SampleRange | null {
  const range = mask.frameRange();
  if (!range) return null;
  const around = (phase ? 2 : 1) * windowOf(mask.grid) + 1;
  const { hop } = mask.grid;
  return { start: (range[0] - around) * hop, count: (range[1] - range[0] + 2 * around) * hop };
}

/**
 * What an edit takes out of a source, in pieces that add up to it, so that memory stays bounded however long the mask
 * is: the inverse STFT of mask · STFT with the source's own phase, or
 *
 *   griffin-lim   the signal of the magnitudes mask · |STFT|
 *   misi          the first of two signals with mask · |STFT| and (1 − mask) · |STFT| that add up to the source
 *
 * Pieces of a searched phase need not agree where they meet, so they are cross-faded over two windows. A search takes
 * seconds a piece: `ask` is called all through it, and may throw to stop it.
 */
export function* partPieces(
  read: SampleReader,
  channels: number,
  mask: TileMask,
  { strength, phase }: Pick<Edit, 'strength' | 'phase'>,
  longest = pieceFrames,
  ask?: () => void,
): Generator<PartPiece> {
  const range = mask.frameRange();
  if (!range) return;
  if (phase) return yield* searchedPieces(read, channels, mask, strength, { ...phase, ask }, range, longest);
  for (let from = range[0]; from < range[1]; from += longest) {
    const frames = [from, Math.min(range[1], from + longest)] as const;
    const part = maskedPart(read, channels, mask, strength, frames);
    if (part) yield part;
  }
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
