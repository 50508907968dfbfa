import { closeSync, openSync } from 'node:fs';
import { writeAll } from '../files/bytes.js';
import { FileBytes } from '../files/file-bytes.js';

/** Tags that the LIST INFO chunk of a WAV keeps (Microsoft, RIFF MCI), by FFmpeg's names. */
const inInfo = new Set(
  'artist comment copyright date genre language title album track encoder encoded_by time_reference originator'.split(
    ' ',
  ),
);

/** ID3v2.3 frames of the tags that have one (ID3v2.3, 4.2.1). */
const frames: Readonly<Record<string, string>> = {
  title: 'TIT2',
  artist: 'TPE1',
  album: 'TALB',
  album_artist: 'TPE2',
  composer: 'TCOM',
  performer: 'TPE3',
  genre: 'TCON',
  track: 'TRCK',
  disc: 'TPOS',
  date: 'TYER',
  bpm: 'TBPM',
  initialkey: 'TKEY',
  isrc: 'TSRC',
  publisher: 'TPUB',
  copyright: 'TCOP',
};

/**
 * Adds an `id3 ` chunk with all tags to a finished WAV file where LIST INFO drops some of them: lyrics, tempo, tags
 * under their own names. Does nothing where it drops none.
 */
export function writeWavId3(path: string, tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags).filter(([, value]) => value !== '');
  if (entries.every(([key]) => inInfo.has(key))) return;
  const tag = id3Tag(entries);
  const body = Buffer.alloc(8 + tag.length + (tag.length % 2));
  body.write('id3 ', 0, 'latin1');
  body.writeUInt32LE(tag.length, 4);
  tag.copy(body, 8);
  const file = FileBytes.open(path);
  const { size } = file;
  const head = file.read(0, 28);
  file.dispose();
  // The sizes count what follows them; RF64 has its own in the chunk after the name (EBU Tech 3306).
  if (head.toString('latin1', 0, 4) === 'RF64') head.writeBigUInt64LE(BigInt(size + body.length - 8), 20);
  else if (size + body.length - 8 < 2 ** 32) head.writeUInt32LE(size + body.length - 8, 4);
  else return;
  const fd = openSync(path, 'r+');
  try {
    writeAll(fd, body, size);
    writeAll(fd, head, 0);
  } finally {
    closeSync(fd);
  }
}

function id3Tag(entries: readonly (readonly [string, string])[]): Buffer {
  const body = Buffer.concat(entries.map(([key, value]) => frameOf(key, value)));
  const head = Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1');
  [21, 14, 7, 0].forEach((shift, i) => (head[6 + i] = (body.length >> shift) & 127));
  return Buffer.concat([head, body]);
}

function frameOf(key: string, value: string): Buffer {
  const lyrics = /^(?:unsynced)?lyrics(?:-([a-z]{3}))?$/.exec(key);
  if (lyrics)
    return frame('USLT', Buffer.concat([Buffer.from(lyrics[1] ?? 'XXX'), utf16('\0'), utf16(value)]));
  const id = frames[key];
  return id === undefined
    ? frame('TXXX', Buffer.concat([utf16(`${key}\0`), utf16(value)]))
    : frame(id, utf16(value));
}

/** Text in UTF-16 with its byte order mark; ID3v2.3 knows no UTF-8. */
function utf16(text: string): Buffer {
  return Buffer.from(`\uFEFF${text}`, 'utf16le');
}

/** A frame whose content starts with the mark for UTF-16. */
function frame(id: string, content: Buffer): Buffer {
  const head = Buffer.alloc(11);
  head.write(id, 0, 'latin1');
  head.writeUInt32BE(1 + content.length, 4);
  head[10] = 1;
  return Buffer.concat([head, content]);
}
