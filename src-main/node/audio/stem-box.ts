import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { UnbraidError } from '../../common/base/errors.js';
import { readAll, writeAll } from '../files/bytes.js';
import { openRegular } from '../files/file-bytes.js';
import type { StemTrack } from './types.js';

/** One MP4 box (ISO/IEC 14496-12, 4.2): where it starts, how long it is, where its payload starts. */
interface Box {
  readonly type: string;
  readonly start: number;
  readonly size: number;
  readonly header: number;
}

// A larger index or stem description is not a music file's.
const maxMoovBytes = 256 * 2 ** 20;
const maxStemBytes = 2 ** 20;

/** The stems that the `moov/udta/stem` box of an MP4 file names, or null where the file has no such box. */
export function readStemBox(path: string): StemTrack[] | null {
  const { fd } = openRegular(path);
  try {
    const moov = findInFile(fd, 'moov');
    if (!moov || moov.size > maxMoovBytes) return null;
    const bytes = readRange(fd, moov.start, moov.size);
    const udta = findIn(bytes, moov.header, 'udta');
    const stem = udta && findIn(bytes.subarray(0, udta.start + udta.size), udta.start + udta.header, 'stem');
    if (!stem || stem.size > maxStemBytes) return null;
    return parseStems(bytes.toString('utf8', stem.start + stem.header, stem.start + stem.size));
  } finally {
    closeSync(fd);
  }
}

/** Writes the `stem` box into `moov/udta` of a finished MP4 file whose last box is `moov`. */
export function writeStemBox(path: string, stems: readonly { name: string; color: string }[]): void {
  const fd = openSync(path, 'r+');
  try {
    const moov = findInFile(fd, 'moov');
    if (!moov || moov.start + moov.size !== fstatSync(fd).size)
      throw new UnbraidError('encode-failed', 'The index of the stem file is not at its end', { file: path });
    const bytes = readRange(fd, moov.start, moov.size);
    const grown = insertStem(bytes, moov.header, Buffer.from(JSON.stringify(stemDocument(stems)), 'utf8'));
    // Everything that `moov` points at lies before it, so no offset changes.
    writeAll(fd, grown, moov.start);
    ftruncateSync(fd, moov.start + grown.length);
  } finally {
    closeSync(fd);
  }
}

function insertStem(moov: Buffer, header: number, json: Buffer): Buffer {
  const stem = box('stem', json);
  const udta = findIn(moov, header, 'udta');
  const at = udta ? udta.start + udta.size : moov.length;
  const inserted = udta ? stem : box('udta', stem);
  const grown = Buffer.concat([moov.subarray(0, at), inserted, moov.subarray(at)]);
  grown.writeUInt32BE(grown.length, 0);
  if (udta) grown.writeUInt32BE(udta.size + stem.length, udta.start);
  return grown;
}

function box(type: string, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + payload.length, 0);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, payload]);
}

/** The description players expect, with the mastering chain switched off. */
function stemDocument(stems: readonly { name: string; color: string }[]): unknown {
  const compressor = {
    ...{ enabled: false, ratio: 3, output_gain: 0, release: 0.3, attack: 0.003, input_gain: 0 },
    ...{ threshold: 0, hp_cutoff: 300, dry_wet: 50 },
  };
  const limiter = { enabled: false, release: 0.05, threshold: 0, ceiling: -0.35 };
  return { mastering_dsp: { compressor, limiter }, version: 1, stems };
}

function parseStems(text: string): StemTrack[] | null {
  try {
    const parsed = JSON.parse(text.replace(/\0+$/, '')) as { stems?: unknown };
    if (!Array.isArray(parsed.stems)) return null;
    // Track 0 is the master mix; the stems follow it in order.
    return parsed.stems.map((entry: { name?: unknown; color?: unknown } | null, index) => ({
      name: typeof entry?.name === 'string' ? entry.name : `Stem ${index + 1}`,
      color: typeof entry?.color === 'string' ? entry.color : '#888888',
      track: index + 1,
    }));
  } catch {
    return null; // Somebody's broken description does not make the audio unreadable.
  }
}

function readRange(fd: number, start: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, readAll(fd, bytes, start));
}

function boxAt(head: Buffer, start: number, end: number): Box | null {
  if (head.length < 8) return null;
  const short = head.readUInt32BE(0);
  const header = short === 1 ? 16 : 8;
  if (head.length < header) return null;
  const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? end - start : short;
  if (size < header || start + size > end) return null;
  return { type: head.toString('latin1', 4, 8), start, size, header };
}

function findInFile(fd: number, type: string): Box | null {
  const end = fstatSync(fd).size;
  for (let at = 0; at < end;) {
    const found = boxAt(readRange(fd, at, 16), at, end);
    if (!found || found.type === type) return found;
    at += found.size;
  }
  return null;
}

function findIn(bytes: Buffer, from: number, type: string): Box | null {
  for (let at = from; at < bytes.length;) {
    const found = boxAt(bytes.subarray(at, at + 16), at, bytes.length);
    if (!found || found.type === type) return found;
    at += found.size;
  }
  return null;
}
