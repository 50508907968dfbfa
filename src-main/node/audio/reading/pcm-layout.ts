import { UnbraidError } from '../../../common/base/errors.js';
import type { Frames, Hertz } from '../../../common/base/units.js';
import type { ExtraBytes, ReadingNote } from '../../../common/jobs/reading.js';
import type { FileBytes } from '../../files/file-bytes.js';

/** How uncompressed samples lie in a file, and what its header says about them. */
export interface PcmLayout {
  /** 'wav', 'w64', 'aiff', 'caf', 'au'. */
  readonly container: string;
  readonly sampleRate: Hertz;
  readonly channels: number;
  readonly encoding: PcmEncoding;
  /** First byte of the first sample. */
  readonly dataStart: number;
  /** Frames that the header claims; null where it leaves the length open. */
  readonly claimedFrames: Frames | null;
  /** Frames that are read. */
  readonly frames: Frames;
  /** Where the container's last chunk ends. */
  readonly end: number;
  readonly after: readonly ExtraBytes[];
  readonly notes: readonly ReadingNote[];
}

export interface PcmEncoding {
  readonly kind: 'signed' | 'unsigned' | 'float';
  /** Bytes of one sample in the file: 1 to 4, or 8. */
  readonly bytes: number;
  readonly littleEndian: boolean;
  /** Bits that count; the sample's upper ones unless `low`. */
  readonly bits: number;
  /** Whether the bits that count are the lower ones. */
  readonly low: boolean;
}

/** No audio has rates outside of these, which would make seconds of sound hours of work or the reverse. */
export const lowestRate = 1000;
export const highestRate = 768_000;
export const mostChannels = 64;

/** @throws unsupported-format for rates and channel counts that no audio has, damaged-audio for none at all */
export function checkShape(sampleRate: Hertz, channels: number, file: string): void {
  if (!(sampleRate >= lowestRate && sampleRate <= highestRate)) {
    const message = `A sample rate of ${sampleRate} Hz is not supported (${lowestRate} to ${highestRate} Hz are)`;
    throw new UnbraidError('unsupported-format', message, { file, hint: 'Check where the file comes from.' });
  }
  if (channels < 1) throw new UnbraidError('damaged-audio', 'The header names no channels', { file });
  if (channels > mostChannels) {
    const message = `${channels} channels are not supported (at most ${mostChannels} are)`;
    throw new UnbraidError('unsupported-format', message, { file });
  }
}

/** @throws unsupported-format, naming what the samples are */
export function unsupported(what: string, file: string): UnbraidError {
  const hint = 'Convert the file to 16, 24 or 32-bit samples first.';
  return new UnbraidError('unsupported-format', `${what} is not supported`, { file, hint });
}

/** Bytes looked at to learn how samples are coded. */
const sampleBytes = 2 ** 20;

/**
 * What 32-bit words are that a header calls 24 or 16 valid bits: integers in the upper or the lower bits, or
 * floating point (an old habit of one editor, which calls it 24-bit PCM in blocks of 4 bytes).
 */
export function wordsHold(
  file: FileBytes,
  start: number,
  bits: number,
  littleEndian: boolean,
): 'upper' | 'lower' | 'float' | 'unknown' {
  const bytes = file.read(start, sampleBytes);
  const spare = 32 - bits;
  let upper = true;
  let lower = true;
  let float = true;
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = littleEndian ? bytes.readInt32LE(at) : bytes.readInt32BE(at);
    if (word === 0) continue;
    if ((word & (2 ** spare - 1)) !== 0) upper = false;
    if ((word << spare) >> spare !== word) lower = false;
    const exponent = (word >>> 23) & 0xff;
    // From 2^-40 to 2^24: what floating-point audio has, with or without a scale.
    if (exponent < 87 || exponent > 151) float = false;
  }
  if (upper) return 'upper';
  if (lower) return 'lower';
  return float ? 'float' : 'unknown';
}
