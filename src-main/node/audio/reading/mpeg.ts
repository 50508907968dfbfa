import type { FileBytes } from '../../files/file-bytes.js';

/** One MPEG audio frame's header (ISO/IEC 11172-3, 2.4.1.3, and 13818-3). */
export interface MpegFrame {
  readonly at: number;
  /** Bytes, header included. */
  readonly length: number;
  /** What all frames of a stream share: version, layer, rate. */
  readonly kind: number;
  /** Where an Xing or Info tag would stand, from the frame's start. */
  readonly tagOffset: number;
}

const rates = [44100, 48000, 32000];
/** kbit/s by [version 1 or lower][layer 1 to 3][index]. */
const bitRates = [
  [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  [
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
];

/** The frame whose header is `bytes[offset…offset + 4)`; null where there is no header, or one of free format. */
export function mpegFrame(bytes: Buffer, offset: number, at: number): MpegFrame | null {
  if (offset + 4 > bytes.length) return null;
  const head = bytes.readUInt32BE(offset);
  if (head >>> 21 !== 0x7ff) return null;
  const version = (head >>> 19) & 3; // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const layer = 4 - ((head >>> 17) & 3);
  const index = (head >>> 12) & 15;
  const rateIndex = (head >>> 10) & 3;
  if (version === 1 || layer === 4 || index === 0 || index === 15 || rateIndex === 3) return null;
  const low = version === 3 ? 0 : 1;
  const rate = rates[rateIndex] >> (version === 3 ? 0 : version === 2 ? 1 : 2);
  const bits = bitRates[low][layer - 1][index] * 1000;
  const padding = (head >>> 9) & 1;
  const slots = layer === 1 ? 12 : layer === 3 && low ? 72 : 144;
  const length =
    layer === 1
      ? (Math.floor((slots * bits) / rate) + padding) * 4
      : Math.floor((slots * bits) / rate) + padding;
  const mono = ((head >>> 6) & 3) === 3;
  const side = low ? (mono ? 9 : 17) : mono ? 17 : 32;
  return { at, length, kind: head & 0xfffe0c00, tagOffset: 4 + side };
}

/** Bytes searched for the first frame. */
const searched = 2 ** 20;
/** Frames that must follow one another before they are believed. */
const chained = 3;
/** Whole frames before a Xing frame that may be dropped: what a splitter left of the song before. */
const mostStray = 3;

/** Where an MPEG audio stream really starts, seen from the end of the tags before it; null where no frame was found. */
export function mpegStart(file: FileBytes, tagStart: number, from: number): number | null {
  const within = xingWithin(file, tagStart, from);
  if (within !== null) return within;
  const bytes = file.read(from, searched);
  for (let offset = bytes.indexOf(0xff); offset >= 0; offset = bytes.indexOf(0xff, offset + 1)) {
    if (!isChain(bytes, offset, chained, bytes.length === file.size - from)) continue;
    return from + (strayBefore(bytes, offset) ?? offset);
  }
  return null;
}

/** Whether a frame at `offset` is followed by others of its kind; at the file's end fewer will do. */
function isChain(bytes: Buffer, offset: number, count: number, atEnd: boolean): boolean {
  let kind: number | null = null;
  for (let i = 0; i < count; i++) {
    const frame = mpegFrame(bytes, offset, 0);
    if (!frame) return atEnd && i > 0 && offset >= bytes.length;
    if (kind !== null && frame.kind !== kind) return false;
    kind = frame.kind;
    offset += frame.length;
  }
  return true;
}

function hasXing(bytes: Buffer, offset: number): boolean {
  const frame = mpegFrame(bytes, offset, 0);
  if (!frame) return false;
  const tag = bytes.toString('latin1', offset + frame.tagOffset, offset + frame.tagOffset + 4);
  return tag === 'Xing' || tag === 'Info';
}

/** A Xing frame that comes after a few strayed ones. */
function strayBefore(bytes: Buffer, offset: number): number | null {
  let at = offset;
  for (let i = 0; i <= mostStray; i++) {
    if (hasXing(bytes, at)) return at;
    const frame = mpegFrame(bytes, at, 0);
    if (!frame) return null;
    at += frame.length;
  }
  return null;
}

/**
 * A Xing frame inside what a tag claims for itself: its size is wrong. Believed only when the frames from there run
 * through the claimed end and on.
 */
function xingWithin(file: FileBytes, tagStart: number, from: number): number | null {
  const start = Math.max(tagStart, from - searched);
  if (start >= from) return null;
  const bytes = file.read(start, from - start + 16384);
  for (const name of ['Xing', 'Info']) {
    for (let at = bytes.indexOf(name); at >= 0 && start + at < from; at = bytes.indexOf(name, at + 1)) {
      const found = [36, 21, 13]
        .map((back) => at - back)
        .find((offset) => offset >= 0 && hasXing(bytes, offset));
      if (found !== undefined && runsPast(bytes, found, from - start)) return start + found;
    }
  }
  return null;
}

function runsPast(bytes: Buffer, offset: number, end: number): boolean {
  for (let beyond = 0; beyond < 2;) {
    const frame = mpegFrame(bytes, offset, 0);
    if (!frame) return false;
    offset += frame.length;
    if (offset > end) beyond++;
  }
  return true;
}

/** What a Xing or Info frame says about the stream behind it (Xing 1998; LAME's additions). */
export interface XingNote {
  /** Frames of audio behind it; null where it does not say. */
  readonly frames: number | null;
  readonly samplesPerFrame: number;
  /** Samples of the encoder before and after the song; null where no gapless note is there. */
  readonly gapless: { readonly priming: number; readonly padding: number } | null;
}

/** The Xing or Info note of the frame at `at`, if it is one. */
export function xingNote(file: FileBytes, at: number): XingNote | null {
  const bytes = file.read(at, 512);
  const frame = mpegFrame(bytes, 0, at);
  if (!frame || !hasXing(bytes, 0) || bytes.length < frame.tagOffset + 8) return null;
  const flags = bytes.readUInt32BE(frame.tagOffset + 4);
  let next = frame.tagOffset + 8;
  const frames = flags & 1 && next + 4 <= bytes.length ? bytes.readUInt32BE(next) : null;
  next += (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  // LAME and others: an encoder's name of 9 bytes, and the two 12-bit counts 21 bytes on.
  const counts = next + 24 <= bytes.length ? bytes.readUIntBE(next + 21, 3) : 0;
  const gapless = counts === 0 ? null : { priming: counts >> 12, padding: counts & 4095 };
  const samplesPerFrame = bytes.readUInt32BE(0) & 0x80000 ? 1152 : 576;
  return { frames, samplesPerFrame, gapless };
}

/** Where the last frame before `zeros` ends: it may itself end in zeros. */
export function lastFrameEnd(file: FileBytes, from: number, zeros: number): number {
  const start = Math.max(from, zeros - 16384);
  const bytes = file.read(start, zeros - start + 4096);
  let end = zeros - start;
  for (
    let offset = bytes.indexOf(0xff);
    offset >= 0 && offset < end;
    offset = bytes.indexOf(0xff, offset + 1)
  ) {
    if (!isChain(bytes, offset, chained, false)) continue;
    let at = offset;
    for (let frame = mpegFrame(bytes, at, 0); frame; frame = mpegFrame(bytes, at, 0)) at += frame.length;
    end = Math.max(end, at);
    break;
  }
  return Math.min(file.size, start + end);
}

/** Whether the last frame before `end` is not all there. */
export function lastFrameIsCut(file: FileBytes, from: number, end: number): boolean {
  const start = Math.max(from, end - 16384);
  const bytes = file.read(start, end - start);
  for (let offset = bytes.indexOf(0xff); offset >= 0; offset = bytes.indexOf(0xff, offset + 1)) {
    if (!isChain(bytes, offset, chained, true)) continue;
    let at = offset;
    for (let frame = mpegFrame(bytes, at, 0); frame; frame = mpegFrame(bytes, at, 0)) at += frame.length;
    return at > bytes.length;
  }
  return false;
}
