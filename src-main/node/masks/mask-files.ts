import { closeSync, openSync, writeFileSync } from 'node:fs';
import { encode } from 'fast-png';
import { Scope } from '../../common/base/disposal.js';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { MaskShape } from '../../common/separation/edits/mask-shape.js';
import { npyHeader } from '../../common/separation/edits/npy.js';
import { PowerReader } from '../../common/separation/edits/powers.js';
import { maskGrid, type TileMask } from '../../common/separation/edits/tile-mask.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';
import { writeAll } from '../files/bytes.js';

/** Rows that are read or written at once. */
export const blockRows = 256;
/** Most pixels of a picture, which is held as a whole: 25 minutes at 44.1 kHz. */
const maxPixels = 1 << 27;

/** Called with how much is done, 0 … 1. */
export type OnShare = (share: number) => void;

const noOne: OnShare = () => undefined;

/** float32 as the little-endian bytes a .npy file has. */
function littleEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return new Uint8Array(view.buffer);
}

/** A mask as float32 `[frames][bins]`, 0 … 1, block by block. Throws `disk-full` and other system errors. */
export function writeMaskNpy(
  path: string,
  mask: TileMask,
  { frames, bins }: MaskShape,
  onShare: OnShare = noOne,
): void {
  try {
    const fd = openSync(path, 'wx');
    try {
      writeAll(fd, npyHeader('<f4', [frames, bins]));
      for (let t = 0; t < frames; t += blockRows) {
        onShare(t / frames);
        writeAll(fd, littleEndian(mask.plane(t, Math.min(blockRows, frames - t))));
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/**
 * A mask as a grey picture of 16 bits, 65535 for 1: a column a frame, a row a bin, the highest at the top. Packing the
 * picture gives no progress, so it counts as half of the work.
 */
export function writeMaskPng(
  path: string,
  mask: TileMask,
  { frames, bins }: MaskShape,
  onShare: OnShare = noOne,
): void {
  checkPixels(frames * bins);
  const data = new Uint16Array(frames * bins);
  for (let t = 0; t < frames; t += blockRows) {
    onShare(t / frames / 2);
    const count = Math.min(blockRows, frames - t);
    const plane = mask.plane(t, count);
    for (let i = 0; i < count; i++)
      for (let f = 0; f < bins; f++)
        data[(bins - 1 - f) * frames + t + i] = Math.round(65535 * plane[i * bins + f]);
  }
  onShare(0.5);
  try {
    const picture = encode({ width: frames, height: bins, depth: 16, channels: 1, data });
    writeFileSync(path, picture, { flag: 'wx' });
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/** Each stem's share of the magnitudes, float32 `[frames][bins]`, one file per stem, block by block. */
export function writeStemMasks(
  refs: readonly PcmCacheRef[],
  paths: readonly string[],
  { frames, bins }: MaskShape,
  onShare: OnShare = noOne,
): void {
  const scope = new Scope();
  try {
    const fds = paths.map((path) => {
      const fd = openSync(path, 'wx');
      scope.defer(() => closeSync(fd));
      writeAll(fd, npyHeader('<f4', [frames, bins]));
      return fd;
    });
    const readers = refs.map((ref) => {
      const reader = scope.add(new PcmReader(ref));
      const read = (channel: number, start: number, into: Float32Array): void =>
        reader.readChannel(channel, start, into.length, into);
      return new PowerReader(read, ref.channels, maskGrid);
    });
    for (let t = 0; t < frames; t += blockRows) {
      onShare(t / frames);
      const count = Math.min(blockRows, frames - t);
      const shares = readers.map((reader) => reader.powers(t, count).map(Math.sqrt));
      for (let i = 0; i < count * bins; i++) {
        const all = shares.reduce((sum, share) => sum + share[i], 0);
        for (const share of shares) share[i] = all > 0 ? share[i] / all : 0;
      }
      fds.forEach((fd, s) => writeAll(fd, littleEndian(shares[s])));
    }
  } catch (error) {
    throw toUnbraidError(error, paths[0]);
  } finally {
    void scope.dispose();
  }
}

/** Throws `too-large` for pictures that would take too much memory. */
export function checkPixels(count: number): void {
  if (count > maxPixels)
    throw new UnbraidError('too-large', 'The song is too long for one picture', {
      hint: 'Use .npy instead.',
    });
}
