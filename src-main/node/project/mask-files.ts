import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { decode, encode } from 'fast-png';
import { Scope } from '../../common/base/disposal.js';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { rowsOf, type MaskShape } from '../../common/separation/edits/mask-shape.js';
import { npyHeader, npyHeaderBytes, npyValues, readNpyHeader } from '../../common/separation/edits/npy.js';
import { PowerReader } from '../../common/separation/edits/powers.js';
import { TileMask, maskGrid } from '../../common/separation/edits/tile-mask.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';

/** Rows that are read or written at once. */
const blockRows = 256;
/** Most pixels of a picture, which is held as a whole: 25 minutes at 44.1 kHz. */
const maxPixels = 1 << 27;
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A file that is closed whatever happens; system errors come out typed. */
function withFile<T>(path: string, flags: 'r' | 'wx', work: (fd: number) => T): T {
  try {
    const fd = openSync(path, flags);
    try {
      return work(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

function append(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

/** float32 as the little-endian bytes a .npy file has. */
function littleEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return new Uint8Array(view.buffer);
}

/** A mask as float32 `[frames][bins]`, 0 … 1, block by block. Throws `disk-full` and its like. */
export function writeMaskNpy(path: string, mask: TileMask, { frames, bins }: MaskShape): void {
  withFile(path, 'wx', (fd) => {
    append(fd, npyHeader('<f4', [frames, bins]));
    for (let t = 0; t < frames; t += blockRows)
      append(fd, littleEndian(mask.plane(t, Math.min(blockRows, frames - t))));
  });
}

/** A mask as a grey picture of 16 bits, 65535 for 1: a column a frame, a row a bin, the highest at the top. */
export function writeMaskPng(path: string, mask: TileMask, { frames, bins }: MaskShape): void {
  checkPixels(frames * bins);
  const data = new Uint16Array(frames * bins);
  for (let t = 0; t < frames; t += blockRows) {
    const count = Math.min(blockRows, frames - t);
    const plane = mask.plane(t, count);
    for (let i = 0; i < count; i++)
      for (let f = 0; f < bins; f++)
        data[(bins - 1 - f) * frames + t + i] = Math.round(65535 * plane[i * bins + f]);
  }
  try {
    writeFileSync(path, encode({ width: frames, height: bins, depth: 16, channels: 1, data }), {
      flag: 'wx',
    });
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/** Each stem's share of the magnitudes, float32 `[frames][bins]`, one file a stem, block by block. */
export function writeStemMasks(
  refs: readonly PcmCacheRef[],
  paths: readonly string[],
  { frames, bins }: MaskShape,
): void {
  const scope = new Scope();
  try {
    const fds = paths.map((path) => {
      const fd = openSync(path, 'wx');
      scope.defer(() => closeSync(fd));
      append(fd, npyHeader('<f4', [frames, bins]));
      return fd;
    });
    const readers = refs.map((ref) => {
      const reader = scope.add(new PcmReader(ref));
      const read = (channel: number, start: number, into: Float32Array): void =>
        reader.readChannel(channel, start, into.length, into);
      return new PowerReader(read, ref.channels, maskGrid);
    });
    for (let t = 0; t < frames; t += blockRows) {
      const count = Math.min(blockRows, frames - t);
      const shares = readers.map((reader) => reader.powers(t, count).map(Math.sqrt));
      for (let i = 0; i < count * bins; i++) {
        const all = shares.reduce((sum, share) => sum + share[i], 0);
        for (const share of shares) share[i] = all > 0 ? share[i] / all : 0;
      }
      fds.forEach((fd, s) => append(fd, littleEndian(shares[s])));
    }
  } catch (error) {
    throw toUnbraidError(error, paths[0]);
  } finally {
    void scope.dispose();
  }
}

/**
 * A mask from a .npy or .png file. Throws `unsupported-format` for files and elements that are not understood,
 * `invalid-argument` for another shape than the song's masks have and for values outside of 0 … 1.
 */
export function readMask(path: string, shape: MaskShape): TileMask {
  const mask = withFile(path, 'r', (fd) => {
    const head = new Uint8Array(npyHeaderBytes);
    const got = readSync(fd, head, 0, head.length, 0);
    const isPng = signature.every((byte, i) => head[i] === byte);
    return isPng ? null : readNpy(fd, head.subarray(0, got), shape);
  });
  return mask ?? readPng(path, shape);
}

function readNpy(fd: number, head: Uint8Array, shape: MaskShape): TileMask {
  const header = readNpyHeader(head);
  const rows = rowsOf(header.shape, shape);
  const [count, wide] = rows === 'frames' ? [shape.frames, shape.bins] : [shape.bins, shape.frames];
  const expected = header.offset + count * wide * header.itemBytes;
  const { size } = fstatSync(fd);
  if (size !== expected)
    throw new UnbraidError('invalid-argument', `The .npy file has ${size} bytes instead of ${expected}`);
  const mask = new TileMask(maskGrid);
  for (let row = 0; row < count; row += blockRows) {
    const bytes = new Uint8Array(Math.min(blockRows, count - row) * wide * header.itemBytes);
    const from = header.offset + row * wide * header.itemBytes;
    for (let done = 0; done < bytes.length;) {
      const got = readSync(fd, bytes, done, bytes.length - done, from + done);
      if (got === 0) throw new UnbraidError('io-error', 'The .npy file became shorter while it was read');
      done += got;
    }
    npyValues(header.type, bytes).forEach((value, i) => {
      const [r, c] = [row + Math.floor(i / wide), i % wide];
      take(mask, rows === 'frames' ? r : c, rows === 'frames' ? c : r, value);
    });
  }
  return mask;
}

function readPng(path: string, shape: MaskShape): TileMask {
  const bytes = readFileSync(path);
  if (bytes.length < 24) throw new UnbraidError('unsupported-format', 'The picture is cut off');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  // Before anything is unpacked: a small file can hold a huge picture.
  if (rowsOf([height, width], shape) !== 'bins')
    throw new UnbraidError('invalid-argument', 'The picture has bins where frames should be', {
      hint: 'A column is a frame, a row is a bin, the highest at the top.',
    });
  checkPixels(width * height);
  let picture: ReturnType<typeof decode>;
  try {
    picture = decode(bytes, { checkCrc: true });
  } catch (cause) {
    throw new UnbraidError('unsupported-format', 'The picture is damaged', { cause });
  }
  const { data, depth, channels, palette } = picture;
  if (channels !== 1 || palette || depth < 8)
    throw new UnbraidError('unsupported-format', 'The picture is not grey with 8 or 16 bits');
  const mask = new TileMask(maskGrid);
  const full = depth === 16 ? 65535 : 255;
  for (let row = 0; row < height; row++)
    for (let t = 0; t < width; t++) take(mask, t, height - 1 - row, data[row * width + t] / full);
  return mask;
}

function take(mask: TileMask, frame: number, bin: number, value: number): void {
  // A hair more than 1 comes from arithmetic; NaN fails this too.
  if (!(value >= -1e-6 && value <= 1 + 1e-6))
    throw new UnbraidError(
      'invalid-argument',
      `The mask has the value ${value} at frame ${frame}, bin ${bin}`,
      {
        hint: 'Values of a mask are 0 … 1.',
      },
    );
  if (value > 0) mask.set(frame, bin, value);
}

function checkPixels(count: number): void {
  if (count > maxPixels)
    throw new UnbraidError('too-large', 'The song is too long for one picture', {
      hint: 'Use .npy instead.',
    });
}
