import { UnbraidError } from '../../../common/base/errors.js';
import type { FileBytes } from '../../files/file-bytes.js';
import { cafStyle, chunksFrom } from './chunks.js';
import { checkShape, unsupported, type PcmEncoding, type PcmLayout } from './pcm-layout.js';

/** The samples of a Core Audio file (Apple, CAF 1.0); null where they are compressed. */
export function readCaf(file: FileBytes, origin: number): PcmLayout | null {
  let shape: { sampleRate: number; channels: number; encoding: PcmEncoding } | null = null;
  let data: { start: number; length: number } | null = null;
  let end = origin + 8;
  for (const chunk of chunksFrom(file, origin + 8, origin, cafStyle)) {
    if (chunk.id === 'desc') {
      shape = describeCaf(file.read(chunk.start, 32), file.path);
      if (!shape) return null;
    }
    if (chunk.id === 'data') data = chunk;
    end = Math.min(file.size, chunk.start + chunk.length);
  }
  // A length of −1 means "to the end of the file"; the walk above stops at it.
  data ??= openData(file, end);
  if (!shape || !data)
    throw new UnbraidError('damaged-audio', 'The file ends before its samples', { file: file.path });
  const frameBytes = shape.encoding.bytes * shape.channels;
  const dataStart = data.start + 4;
  const present = Math.max(0, file.size - dataStart);
  const claimed = data.length < 0 ? null : Math.max(0, data.length - 4);
  return {
    ...{ container: 'caf', ...shape, dataStart, after: [], notes: [] },
    claimedFrames: claimed === null ? null : Math.floor(claimed / frameBytes),
    frames: Math.floor(Math.min(claimed ?? present, present) / frameBytes),
    end: data.length < 0 ? file.size : Math.max(end, Math.min(file.size, data.start + data.length)),
  };
}

function openData(file: FileBytes, at: number): { start: number; length: number } | null {
  const head = file.read(at, 12);
  const isOpen =
    head.toString('latin1', 0, 4) === 'data' && head.length === 12 && head.readBigInt64BE(4) === -1n;
  return isOpen ? { start: at + 12, length: -1 } : null;
}

function describeCaf(
  body: Buffer,
  file: string,
): { sampleRate: number; channels: number; encoding: PcmEncoding } | null {
  if (body.length < 32 || body.toString('latin1', 8, 12) !== 'lpcm') return null;
  const sampleRate = body.readDoubleBE(0);
  const flags = body.readUInt32BE(12);
  const channels = body.readUInt32BE(24);
  const bits = body.readUInt32BE(28);
  checkShape(sampleRate, channels, file);
  const bytes = body.readUInt32BE(16) / channels;
  const isFloat = (flags & 1) !== 0;
  const fits = isFloat
    ? [4, 8].includes(bytes) && bits === 8 * bytes
    : [1, 2, 3, 4].includes(bytes) && bits >= 1;
  if (!fits) throw unsupported(`CAF of ${bits}-bit ${isFloat ? 'floating point' : 'integers'}`, file);
  const kind = isFloat ? 'float' : 'signed';
  return {
    sampleRate,
    channels,
    encoding: { kind, bytes, littleEndian: (flags & 2) !== 0, bits, low: false },
  };
}

/** Encodings of a .snd header that are not compressed. */
const auEncodings: Readonly<Record<number, readonly ['signed' | 'float', number]>> = {
  2: ['signed', 1],
  3: ['signed', 2],
  4: ['signed', 3],
  5: ['signed', 4],
  6: ['float', 4],
  7: ['float', 8],
};

/** The samples of an AU file (Sun and NeXT); null where they are compressed. */
export function readAu(file: FileBytes, origin: number): PcmLayout | null {
  const head = file.read(origin, 24);
  if (head.length < 24)
    throw new UnbraidError('damaged-audio', 'The file ends within its header', { file: file.path });
  const [offset, length, code, sampleRate, channels] = [4, 8, 12, 16, 20].map((at) => head.readUInt32BE(at));
  const known = auEncodings[code];
  if (!known) return null;
  checkShape(sampleRate, channels, file.path);
  const [kind, bytes] = known;
  const encoding = { kind, bytes, littleEndian: false, bits: 8 * bytes, low: false };
  const dataStart = origin + Math.max(24, offset);
  const present = Math.max(0, file.size - dataStart);
  const isOpen = length === 0xffffffff;
  const taken = isOpen ? present : Math.min(length, present);
  const frameBytes = bytes * channels;
  const left = present - taken;
  return {
    ...{ container: 'au', sampleRate, channels, encoding, dataStart, notes: [] },
    claimedFrames: isOpen ? null : Math.floor(length / frameBytes),
    frames: Math.floor(taken / frameBytes),
    end: dataStart + taken,
    after: left > 0 ? [{ what: 'unknown data', bytes: left }] : [],
  };
}
