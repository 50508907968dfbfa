/** A picture that a page may be given: its content type and size in pixels. */
export interface PictureKind {
  readonly type: 'image/jpeg' | 'image/png' | 'image/gif';
  readonly width: number;
  readonly height: number;
}

/** Largest cover that is shown, bytes; covers of shops have some hundred KiB. */
export const maxCoverBytes = 8 * 2 ** 20;

/** Longest side of a picture that is shown, pixels: a few bytes can stand for gigabytes of them. */
const maxSide = 8192;

/** What a picture is by its own bytes; null for anything else, and for one that is too large to be shown. */
export function pictureKind(bytes: Buffer): PictureKind | null {
  if (bytes.length > maxCoverBytes) return null;
  const kind = png(bytes) ?? gif(bytes) ?? jpeg(bytes);
  if (!kind || Math.min(kind.width, kind.height) === 0) return null;
  return Math.max(kind.width, kind.height) > maxSide ? null : kind;
}

/** PNG, 5.2 (signature) and 11.2.2 (IHDR). */
function png(bytes: Buffer): PictureKind | null {
  if (bytes.length < 24 || bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') return null;
  return { type: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** GIF89a, 17 and 18; a frame may not be larger than the screen. */
function gif(bytes: Buffer): PictureKind | null {
  if (bytes.length < 10 || !/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return null;
  return { type: 'image/gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
}

/** ITU-T T.81, B.1.1.3 (markers) and B.2.2 (frame header): the first frame says the size. */
function jpeg(bytes: Buffer): PictureKind | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame)
      return { type: 'image/jpeg', height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
  }
  return null;
}
