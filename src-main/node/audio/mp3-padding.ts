import { closeSync, openSync } from 'node:fs';
import type { Frames } from '../../common/base/units.js';
import { writeAll } from '../files/bytes.js';
import { FileBytes } from '../files/file-bytes.js';
import { mpegFrame, mpegStart, xingNote } from './reading/mpeg.js';
import { syncSafe } from './reading/tail.js';

/** Where LAME's part of an Info tag has its counts and its checksum, from the tag's start. */
const countsAt = 120 + 21;
const checksumAt = 120 + 34;

/**
 * Notes in a written MP3 how many samples of padding follow the `frames` of the song. FFmpeg's muxer counts those of
 * the last packet only, so that one file of 25 comes out up to 46 samples too long.
 */
export function notePadding(path: string, frames: Frames): void {
  const file = FileBytes.open(path);
  try {
    const head = file.read(0, 10);
    const from = head.toString('latin1', 0, 3) === 'ID3' ? 10 + syncSafe(head, 6) : 0;
    const at = mpegStart(file, from, from);
    const note = at === null ? null : xingNote(file, at);
    if (at === null || !note?.gapless || note.frames === null) return;
    const padding = note.frames * note.samplesPerFrame - note.gapless.priming - frames;
    if (padding === note.gapless.padding || padding < 0 || padding > 4095) return;
    const bytes = file.read(at, 512);
    const tag = mpegFrame(bytes, 0, at)!.tagOffset;
    bytes.writeUIntBE((note.gapless.priming << 12) | padding, tag + countsAt, 3);
    bytes.writeUInt16BE(crc16(bytes.subarray(0, tag + checksumAt)), tag + checksumAt);
    writeBack(path, bytes.subarray(0, tag + checksumAt + 2), at);
  } finally {
    file.dispose();
  }
}

function writeBack(path: string, bytes: Buffer, at: number): void {
  const fd = openSync(path, 'r+');
  try {
    writeAll(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
}

/** CRC-16 with the polynomial 0x8005, bits reversed, as LAME's tag has it. */
function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
