import type { ExtraBytes, ReadingNote } from '../../../common/jobs/reading.js';
import type { FileBytes } from '../../files/file-bytes.js';
import { chunksFrom, type Chunk, type ChunkStyle } from './chunks.js';
import type { PcmEncoding } from './pcm-layout.js';
import { tailOf } from './tail.js';

/** How far the samples of a data chunk go, and what follows them. */
export interface DataExtent {
  readonly claimedFrames: number | null;
  readonly frames: number;
  /** Where the last chunk ends: what follows is not part of the file. */
  readonly end: number;
  readonly after: ExtraBytes[];
  readonly notes: ReadingNote[];
}

interface DataQuestion {
  readonly origin: number;
  readonly style: ChunkStyle;
  readonly chunk: Chunk;
  /** The length of RF64, where the chunk's own says "look there". */
  readonly wide: number;
  /** 0 for compressed data. */
  readonly frameBytes: number;
  readonly encoding: PcmEncoding | null;
}

const wrap = 2 ** 32;
/** Lengths that programs write who do not know it yet. */
const openLengths = new Set([0xffffffff, 0x7fffffff, 0x7ffff000]);
/** Less than this behind the data is not taken for samples. */
const leastBeyond = 65536;

/** Finds the end of the samples: by the claim, or where the claim is open, wrapped at 4 GiB, or was never finished. */
export function measureData(file: FileBytes, question: DataQuestion): DataExtent {
  const { chunk, wide, frameBytes } = question;
  const present = file.size - chunk.start;
  const isWide = chunk.length === 0xffffffff && wide > 0;
  const claimed = isWide ? wide : chunk.length;
  const inFrames = (bytes: number): number => (frameBytes > 0 ? Math.floor(bytes / frameBytes) : 0);
  if (!isWide && (openLengths.has(claimed) || claimed > 0xffffff00) && claimed > present) {
    const tail = tailOf(file, chunk.start, file.size, file.size);
    return extent(inFrames(tail.end - chunk.start), null, tail.end, tail.after);
  }
  if (claimed >= present)
    return extent(Math.min(inFrames(claimed), inFrames(present)), inFrames(claimed), file.size, []);
  const behind = whatFollows(file, question, chunk.start + claimed);
  if (behind.unknown === 0) {
    const pad = claimed - inFrames(claimed) * frameBytes;
    const left = frameBytes > 0 && pad > 0 ? [{ what: 'part of a frame', bytes: pad }] : [];
    return extent(inFrames(claimed), inFrames(claimed), behind.end, [...left, ...behind.after]);
  }
  return frameBytes > 0 ? longer(file, question, claimed, behind) : extent(0, 0, behind.end, behind.after);
}

function extent(
  frames: number,
  claimedFrames: number | null,
  end: number,
  after: ExtraBytes[],
  notes: ReadingNote[] = [],
): DataExtent {
  return { frames, claimedFrames, end, after, notes };
}

interface Behind {
  readonly end: number;
  readonly after: ExtraBytes[];
  /** Bytes that are neither chunk, tag nor padding. */
  readonly unknown: number;
}

/** What stands behind the samples: chunks, then tags or zeros, then anything. */
function whatFollows(file: FileBytes, { origin, style, chunk }: DataQuestion, from: number): Behind {
  const offset = (from - origin) % style.align;
  const padded = offset === 0 ? from : Math.min(file.size, from + style.align - offset);
  let end = padded;
  // Tags first: their text may look like a chunk's name. Zeros last: a chunk may be full of them.
  const tags = tailOf(file, from, file.size, Number.POSITIVE_INFINITY);
  for (const start of new Set([padded, from])) {
    for (const next of chunksFrom(file, start, origin, style, undefined, tags.end)) {
      if (next.start + next.length > tags.end + style.align) break;
      end = Math.min(file.size, next.start + next.length);
    }
    if (end > padded) break;
  }
  // A last chunk of odd length has a pad byte, too.
  const last = (end - origin) % style.align;
  if (last !== 0) end = Math.min(file.size, end + style.align - last);
  const zeros = tailOf(file, Math.max(end, chunk.start), Math.max(end, tags.end), 0);
  const unknown = Math.max(0, zeros.end - end);
  const rest = [...zeros.after, ...tags.after];
  const after = unknown > 0 ? [{ what: 'unknown data', bytes: unknown }, ...rest] : rest;
  return { end, after, unknown };
}

/** The data goes on behind its claim: samples, if they look like ones, else rubbish. */
function longer(file: FileBytes, question: DataQuestion, claimed: number, behind: Behind): DataExtent {
  const { chunk, frameBytes } = question;
  const inFrames = (bytes: number): number => Math.floor(bytes / frameBytes);
  const wraps = Math.floor((file.size - chunk.start - claimed) / wrap);
  if (wraps > 0) {
    const length = claimed + wraps * wrap;
    const { end, after, unknown } = whatFollows(file, question, chunk.start + length);
    if (unknown === 0) return extent(inFrames(length), inFrames(claimed), end, after);
  }
  const start = chunk.start + inFrames(claimed) * frameBytes;
  const tail = tailOf(file, start, file.size, file.size);
  const rest = tail.end - start;
  const unfinished = claimed === 0;
  if (unfinished || (rest >= leastBeyond && looksLikeSamples(file, question, start, tail.end))) {
    const notes: ReadingNote[] = unfinished
      ? [
          {
            code: 'header-unfinished',
            kind: 'repair',
            text: 'The header was never finished and claims no samples; the data was read to the end of the file',
          },
        ]
      : [];
    const frames = inFrames(tail.end - chunk.start);
    return extent(frames, unfinished ? null : inFrames(claimed), tail.end, tail.after, notes);
  }
  const text = `${behind.unknown} bytes behind the samples are neither samples nor a known part of the format; they were not read`;
  const note: ReadingNote = { code: 'not-read-after', kind: 'repair', text };
  return extent(inFrames(claimed), inFrames(claimed), behind.end, behind.after, [note]);
}

/**
 * Whether bytes behave like sound: successive samples of a channel resemble each other. Of unrelated numbers the
 * differences have twice the power of the numbers themselves.
 */
function looksLikeSamples(
  file: FileBytes,
  { encoding, frameBytes }: DataQuestion,
  start: number,
  end: number,
): boolean {
  if (!encoding) return false;
  const { bytes, kind, littleEndian } = encoding;
  let power = 0;
  let change = 0;
  for (const share of [0, 0.5, 0.9]) {
    const at = start + Math.floor(((end - start) * share) / frameBytes) * frameBytes;
    const block = file.read(at, leastBeyond);
    let last = 0;
    for (let i = 0; i + frameBytes <= block.length; i += frameBytes) {
      const value = kind === 'float' ? floatAt(block, i, bytes, littleEndian) : levelAt(block, i, encoding);
      if (!Number.isFinite(value) || Math.abs(value) > 1e6) return false;
      power += value * value;
      change += (value - last) ** 2;
      last = value;
    }
  }
  return power > 0 && change < 1.7 * power;
}

/** The upper 16 bits of an integer. */
function levelAt(block: Buffer, at: number, { bytes, kind, littleEndian }: PcmEncoding): number {
  if (bytes === 1) return kind === 'unsigned' ? block[at] - 128 : block.readInt8(at);
  return littleEndian ? block.readInt16LE(at + bytes - 2) : block.readInt16BE(at);
}

function floatAt(block: Buffer, at: number, bytes: number, littleEndian: boolean): number {
  if (bytes === 4) return littleEndian ? block.readFloatLE(at) : block.readFloatBE(at);
  return littleEndian ? block.readDoubleLE(at) : block.readDoubleBE(at);
}
