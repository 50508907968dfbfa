import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../../../src-main/node/audio/codec-client.js';
import { maxCoverBytes, pictureKind } from '../../../../src-main/node/files/picture-type.js';
import { testFolder } from '../../../fixtures/audio/caches.js';
import { png, taggedWav } from '../../../fixtures/id3.js';
import { wav16 } from '../../../e2e/support/wav.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());
const wav = wav16([new Float32Array(4410)], 44_100);

async function coverOf(name: string, cover: Buffer | null): Promise<Buffer | null> {
  const [path, into] = [join(dir, `${name}.wav`), join(dir, `${name}.cover`)];
  writeFileSync(path, taggedWav(wav, { TIT2: 'Tune' }, cover));
  const found = await codec.cover(path, into);
  expect(existsSync(into)).toBe(found);
  return found ? readFileSync(into) : null;
}

/** A PNG that says it is so wide, in an IHDR without its checksum. */
function wide(width: number): Buffer {
  const bytes = Buffer.from(png);
  bytes.writeUInt32BE(width, 16);
  return bytes;
}

describe('the cover that a page is shown', () => {
  it('is the picture in the file, byte for byte', async () => {
    expect(await coverOf('plain', png)).toEqual(png);
  });

  it('is missing where the file has none, or something that is no picture', async () => {
    expect(await coverOf('none', null)).toBeNull();
    expect(await coverOf('text', Buffer.from('<svg onload="alert(1)"/>'))).toBeNull();
  });

  it('is missing where it is too long, or has too many pixels', async () => {
    expect(await coverOf('long', Buffer.concat([png, Buffer.alloc(maxCoverBytes)]))).toBeNull();
    expect(await coverOf('wide', wide(8193))).toBeNull();
  });

  it('is recognised by its bytes, whatever it is called', () => {
    // A comment of two bytes before the frame: 8 bits, 3 rows, 5 columns.
    const jpeg = Buffer.from('ffd8fffe00044142ffc0000b080003000501011100', 'hex');
    expect(pictureKind(jpeg)).toEqual({ type: 'image/jpeg', width: 5, height: 3 });
    expect(pictureKind(png)).toEqual({ type: 'image/png', width: 1, height: 1 });
    expect(pictureKind(Buffer.from('GIF89a\x02\0\x04\0', 'latin1'))).toEqual({
      ...{ type: 'image/gif', width: 2, height: 4 },
    });
    for (const other of ['', '<svg/>', 'RIFF\x10\0\0\0WAVEfmt ', 'GIF87', 'BM', 'GIF89a\0\0\x01\0'])
      expect(pictureKind(Buffer.from(other, 'latin1'))).toBeNull();
    expect(pictureKind(jpeg.subarray(0, 14))).toBeNull();
    expect(pictureKind(Buffer.from('ffd8ffc00000', 'hex'))).toBeNull();
  });
});
