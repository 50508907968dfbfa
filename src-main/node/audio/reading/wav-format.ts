import { UnbraidError } from '../../../common/base/errors.js';
import type { ReadingNote } from '../../../common/jobs/reading.js';
import type { FileBytes } from '../../files/file-bytes.js';
import { unsupported, wordsHold, type PcmEncoding } from './pcm-layout.js';

/** A `fmt ` chunk (Microsoft, WAVEFORMATEX and WAVEFORMATEXTENSIBLE). */
export interface WavFormat {
  /** The format's number; of an extensible one, its sub-format's. */
  readonly tag: number;
  readonly extensible: boolean;
  readonly channels: number;
  readonly sampleRate: number;
  readonly blockAlign: number;
  /** Bits of one sample that count. */
  readonly bits: number;
}

const pcmTag = 1;
const floatTag = 3;
const extensibleTag = 0xfffe;
/** The last 14 bytes of a sub-format's GUID, behind its number (KSDATAFORMAT_SUBTYPE, and the Ambisonic one). */
const guidEnds = ['00000000001000800000aa00389b71', '0000000721d31186448c8c1ca000000'];

/** @throws damaged-audio for a chunk that is too short, unsupported-format for an unknown sub-format */
export function parseFormat(body: Buffer, littleEndian: boolean, file: string): WavFormat {
  const u16 = (at: number): number => (littleEndian ? body.readUInt16LE(at) : body.readUInt16BE(at));
  const u32 = (at: number): number => (littleEndian ? body.readUInt32LE(at) : body.readUInt32BE(at));
  if (body.length < 14) throw new UnbraidError('damaged-audio', 'The format chunk is too short', { file });
  const shape = { channels: u16(2), sampleRate: u32(4), blockAlign: u16(12) };
  const bits = body.length >= 16 ? u16(14) : 8;
  if (u16(0) !== extensibleTag || body.length < 40) return { tag: u16(0), extensible: false, ...shape, bits };
  const end = body.toString('hex', 26, 40);
  if (!guidEnds.some((known) => known.endsWith(end.slice(-20))))
    throw unsupported(`WAV of the sub-format ${body.toString('hex', 24, 40)}`, file);
  return { tag: u16(24), extensible: true, ...shape, bits: u16(18) || bits };
}

/**
 * How the samples of a format lie; null where they are compressed.
 *
 * @throws unsupported-format naming depths and number formats that are not read
 */
export function encodingOf(
  format: WavFormat,
  file: FileBytes,
  dataStart: number,
  littleEndian: boolean,
  notes: ReadingNote[],
): PcmEncoding | null {
  const { tag, channels, blockAlign, bits } = format;
  if (tag !== pcmTag && tag !== floatTag) return null;
  const exact = blockAlign / channels;
  const bytes = Number.isInteger(exact) && exact >= 1 ? exact : Math.ceil(bits / 8);
  if (tag === floatTag) {
    if (bits === 16) throw unsupported('WAV of 16-bit floating point (half precision)', file.path);
    if (bits !== 8 * bytes || (bytes !== 4 && bytes !== 8))
      throw unsupported(`WAV of ${bits}-bit floating point`, file.path);
    return { kind: 'float', bytes, littleEndian, bits, low: false };
  }
  const plain = { bytes, littleEndian, bits, low: false };
  if (bits >= 1 && bits <= 8 && bytes === 1) return { kind: 'unsigned', ...plain };
  if (bits < 1 || bits > 8 * bytes || ![2, 3, 4, 8].includes(bytes) || (bytes === 8 && bits !== 64))
    throw unsupported(`${bits}-bit WAV (${bytes} bytes a sample)`, file.path);
  if (bytes !== 4 || bits > 24) return { kind: 'signed', ...plain };
  return wideWords(format, file, dataStart, littleEndian, notes);
}

/** 24 or fewer bits in 32: the rule says upper bits; what is there is looked at, because writers differ. */
function wideWords(
  { bits }: WavFormat,
  file: FileBytes,
  dataStart: number,
  littleEndian: boolean,
  notes: ReadingNote[],
): PcmEncoding {
  const words = { bytes: 4, littleEndian, bits };
  const held = wordsHold(file, dataStart, bits, littleEndian);
  if (held === 'upper') return { kind: 'signed', ...words, low: false };
  if (held === 'lower') {
    const text = `The ${bits}-bit samples lie in the lower bits of 32-bit words, against the rule; they were read so`;
    notes.push({ code: 'low-aligned', kind: 'remark', text });
    return { kind: 'signed', ...words, low: true };
  }
  const what = held === 'float' ? 'floating-point numbers' : 'something else';
  throw unsupported(
    `WAV that calls its samples ${bits}-bit integers in 32-bit words but holds ${what}`,
    file.path,
  );
}

const tagNames: Readonly<Record<number, string>> = {
  ...{ 0x02: 'Microsoft ADPCM', 0x06: 'A-law', 0x07: 'µ-law', 0x11: 'IMA ADPCM', 0x31: 'GSM 6.10' },
  ...{ 0x50: 'MPEG layer 1 or 2', 0x55: 'MP3', 0x161: 'WMA', 0x162: 'WMA Pro', 0x163: 'WMA Lossless' },
  ...{ 0xff: 'AAC', 0x2000: 'AC-3', 0x2001: 'DTS', 0x674f: 'Ogg Vorbis', 0xf1ac: 'FLAC' },
};

/** What people call a WAV format's number. */
export function tagName(tag: number): string {
  return tagNames[tag] ?? `format 0x${tag.toString(16).padStart(4, '0')}`;
}
