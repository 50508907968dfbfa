import { UnbraidError } from '../../../common/base/errors.js';
import type { ReadingNote } from '../../../common/jobs/reading.js';
import type { FileBytes } from '../../files/file-bytes.js';
import { bigRiffStyle, chunksFrom, type Chunk } from './chunks.js';
import { checkShape, unsupported, type PcmEncoding, type PcmLayout } from './pcm-layout.js';
import { tailOf } from './tail.js';

interface Common {
  readonly channels: number;
  readonly frames: number;
  readonly bits: number;
  readonly sampleRate: number;
  /** Four characters of an AIFC; 'NONE' in an AIFF. */
  readonly compression: string;
}

/** Compression types that are plain PCM: number format and byte order (Apple, AIFF-C; and what others added). */
const plainTypes: Readonly<Record<string, { kind: PcmEncoding['kind']; little?: boolean; bits?: number }>> = {
  NONE: { kind: 'signed' },
  none: { kind: 'signed' },
  twos: { kind: 'signed' },
  sowt: { kind: 'signed', little: true },
  in24: { kind: 'signed', bits: 24 },
  in32: { kind: 'signed', bits: 32 },
  '42ni': { kind: 'signed', bits: 24, little: true },
  '23ni': { kind: 'signed', bits: 32, little: true },
  'raw ': { kind: 'unsigned', bits: 8 },
  fl32: { kind: 'float', bits: 32 },
  FL32: { kind: 'float', bits: 32 },
  fl64: { kind: 'float', bits: 64 },
  FL64: { kind: 'float', bits: 64 },
};
/** Compressed types that FFmpeg decodes. */
const decoded = new Set(
  'ulaw|ULAW|alaw|ALAW|ima4|MAC3|MAC6|ADP4|QDMC|QDM2|G722|GSM |agsm|Qclp|SDX2|CDX4'.split('|'),
);

/**
 * The samples of an AIFF or AIFF-C file that starts at `origin`; null where they are compressed.
 *
 * @throws damaged-audio, empty-audio, unsupported-format naming the compression
 */
export function readAiff(file: FileBytes, origin: number): PcmLayout | null {
  const notes: ReadingNote[] = [];
  const unpadded = (id: string): void => {
    const text = `The chunk "${id}" lacks its pad byte; what follows was found a byte earlier`;
    notes.push({ code: 'unpadded-chunk', kind: 'repair', text });
  };
  let common: Common | null = null;
  let sound: Chunk | null = null;
  let end = origin + 12;
  // Their text may look like a chunk's name.
  const tags = tailOf(file, end, file.size, Number.POSITIVE_INFINITY);
  for (const chunk of chunksFrom(file, origin + 12, origin, bigRiffStyle, unpadded, tags.end)) {
    if (chunk.id === 'COMM')
      common = parseCommon(file.read(chunk.start, Math.min(chunk.length, 64)), file.path);
    if (chunk.id === 'SSND') sound ??= chunk;
    end = Math.min(tags.end, chunk.start + chunk.length + (chunk.length % 2));
  }
  if (!common) throw damaged('The file has no description of its format', file.path);
  checkShape(common.sampleRate, common.channels, file.path);
  const encoding = encodingOf(common, file.path);
  if (!encoding) return null;
  if (!sound) {
    if (common.frames > 0) throw damaged('The file ends before its samples', file.path);
    throw new UnbraidError('empty-audio', 'The file holds no audio samples', { file: file.path });
  }
  return layout(file, common, encoding, sound, end, notes);
}

function layout(
  file: FileBytes,
  common: Common,
  encoding: PcmEncoding,
  sound: Chunk,
  end: number,
  notes: ReadingNote[],
): PcmLayout {
  const { sampleRate, channels } = common;
  const frameBytes = encoding.bytes * channels;
  const head = file.read(sound.start, 8);
  // The offset is for block alignment; nearly everybody writes 0.
  const dataStart = sound.start + 8 + (head.length === 8 ? head.readUInt32BE(0) : 0);
  const chunkEnd = Math.min(file.size, sound.start + sound.length);
  const held = Math.max(0, Math.floor((chunkEnd - dataStart) / frameBytes));
  const unfinished = common.frames === 0 && held > 0;
  if (unfinished)
    notes.push({
      code: 'header-unfinished',
      kind: 'repair',
      text: 'The header claims no samples; as many were read as its sound chunk holds',
    });
  const tail = tailOf(file, end, file.size, 0);
  const after =
    tail.end > end ? [{ what: 'unknown data', bytes: tail.end - end }, ...tail.after] : tail.after;
  return {
    ...{ container: 'aiff', sampleRate, channels, encoding, dataStart, end, after, notes },
    claimedFrames: unfinished ? null : common.frames,
    frames: unfinished ? held : Math.min(common.frames, held),
  };
}

function parseCommon(body: Buffer, file: string): Common {
  if (body.length < 18) throw damaged('The description of the format is too short', file);
  return {
    channels: body.readInt16BE(0),
    frames: body.readUInt32BE(2),
    bits: body.readInt16BE(6),
    sampleRate: extended(body, 8),
    compression: body.length >= 22 ? body.toString('latin1', 18, 22) : 'NONE',
  };
}

/** An 80-bit IEEE 754 extended number; AIFF writes rates so. */
function extended(bytes: Buffer, at: number): number {
  const exponent = (bytes.readUInt16BE(at) & 0x7fff) - 16383;
  const mantissa = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
  return Math.round(mantissa * 2 ** (exponent - 63));
}

function encodingOf({ compression, bits }: Common, file: string): PcmEncoding | null {
  if (compression === 'able') {
    const hint = 'Open it in Ableton Live and export it as WAV.';
    throw new UnbraidError(
      'unsupported-format',
      'This AIFF is packed by Ableton Live, which only Live opens',
      {
        file,
        hint,
      },
    );
  }
  const plain = plainTypes[compression];
  if (!plain) {
    if (decoded.has(compression)) return null;
    throw unsupported(`AIFF with the compression "${compression.replace(/[^\x20-\x7e]/g, '?')}"`, file);
  }
  const depth = plain.bits ?? bits;
  const bytes = Math.ceil(depth / 8);
  if (depth < 1 || (plain.kind !== 'float' && bytes > 4)) throw unsupported(`${depth}-bit AIFF`, file);
  return { kind: plain.kind, bytes, littleEndian: plain.little ?? false, bits: depth, low: false };
}

function damaged(message: string, file: string): UnbraidError {
  return new UnbraidError('damaged-audio', message, { file, hint: 'Get a fresh copy of the file.' });
}
