import { UnbraidError } from '../../../common/base/errors.js';
import type { ExtraBytes, ReadingNote } from '../../../common/jobs/reading.js';
import type { FileBytes } from '../../files/file-bytes.js';
import { bigRiffStyle, chunksFrom, riffStyle, wave64Style, type Chunk, type ChunkStyle } from './chunks.js';
import { measureData, type DataExtent } from './data-extent.js';
import { checkShape, type PcmEncoding, type PcmLayout } from './pcm-layout.js';
import { encodingOf, parseFormat, type WavFormat } from './wav-format.js';

/** What a RIFF, RIFX, RF64, BW64 or Wave64 file says. */
export interface WavHeader {
  readonly format: WavFormat;
  /** For uncompressed samples; null for codecs that FFmpeg decodes. */
  readonly pcm: PcmLayout | null;
  /** Frames by the `fact` chunk, of a compressed file. */
  readonly factFrames: number | null;
  readonly end: number;
  readonly after: readonly ExtraBytes[];
}

interface Variant {
  readonly container: 'wav' | 'w64';
  readonly style: ChunkStyle;
  readonly first: number;
  readonly littleEndian: boolean;
}

/** The variant of a file that starts with these bytes; null for what is no WAV. */
export function wavVariant(head: Buffer): Variant | null {
  const id = head.toString('latin1', 0, 4);
  if (id === 'riff' && head.toString('latin1', 24, 28) === 'wave')
    return { container: 'w64', style: wave64Style, first: 40, littleEndian: true };
  if (head.toString('latin1', 8, 12) !== 'WAVE') return null;
  if (id === 'RIFX') return { container: 'wav', style: bigRiffStyle, first: 12, littleEndian: false };
  const isRiff = ['RIFF', 'RF64', 'BW64'].includes(id);
  return isRiff ? { container: 'wav', style: riffStyle, first: 12, littleEndian: true } : null;
}

/**
 * Reads the chunks of a WAV file that starts at `origin`.
 *
 * @throws damaged-audio, unsupported-format naming the format
 */
export function readWav(file: FileBytes, origin: number, variant: Variant): WavHeader {
  const notes: ReadingNote[] = [];
  const unpadded = (id: string): void => {
    const text = `The chunk "${id}" lacks its pad byte; what follows was found a byte earlier`;
    notes.push({ code: 'unpadded-chunk', kind: 'repair', text });
  };
  let format: WavFormat | null = null;
  let factFrames: number | null = null;
  let wide = 0;
  for (const chunk of chunksFrom(file, origin + variant.first, origin, variant.style, unpadded)) {
    const body = (most: number): Buffer => file.read(chunk.start, Math.min(chunk.length, most));
    // EBU Tech 3306: the real length of the data is the second number of ds64.
    if (chunk.id === 'ds64' && chunk.length >= 16) wide = Number(body(16).readBigUInt64LE(8));
    if (chunk.id === 'fmt ') format = parseFormat(body(64), variant.littleEndian, file.path);
    if (chunk.id === 'fact' && chunk.length >= 4)
      factFrames = variant.littleEndian ? body(4).readUInt32LE(0) : body(4).readUInt32BE(0);
    if (chunk.id !== 'data') continue;
    if (!format) throw damaged('The data comes before the description of its format', file.path);
    return withData(file, origin, variant, { format, factFrames, notes, chunk, wide });
  }
  const what = format ? 'no data chunk' : 'no format chunk';
  throw damaged(`The file ends, or stops making sense, early in its header: it has ${what}`, file.path);
}

function withData(
  file: FileBytes,
  origin: number,
  variant: Variant,
  found: { format: WavFormat; factFrames: number | null; notes: ReadingNote[]; chunk: Chunk; wide: number },
): WavHeader {
  const { format, factFrames, notes, chunk, wide } = found;
  const { sampleRate, channels } = format;
  checkShape(sampleRate, channels, file.path);
  const encoding = encodingOf(format, file, chunk.start, variant.littleEndian, notes);
  const extent = measureData(file, {
    origin,
    style: variant.style,
    chunk,
    wide,
    frameBytes: encoding ? encoding.bytes * channels : 0,
    encoding,
  });
  const { end, after } = extent;
  const pcm = encoding && layoutOf(variant, { sampleRate, channels, encoding }, chunk, extent, notes);
  return { format, factFrames, pcm, end, after };
}

function layoutOf(
  { container }: Variant,
  shape: { sampleRate: number; channels: number; encoding: PcmEncoding },
  chunk: Chunk,
  extent: DataExtent,
  notes: readonly ReadingNote[],
): PcmLayout {
  const { claimedFrames, frames, end, after } = extent;
  return {
    ...{ container, ...shape, dataStart: chunk.start, claimedFrames, frames, end, after },
    notes: [...notes, ...extent.notes],
  };
}

function damaged(message: string, file: string): UnbraidError {
  return new UnbraidError('damaged-audio', message, { file, hint: 'Get a fresh copy of the file.' });
}
