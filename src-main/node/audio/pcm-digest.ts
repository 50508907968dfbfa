import { createHash } from 'node:crypto';
import type { Frames } from '../../common/base/units.js';
import { bytesOf } from '../files/bytes.js';

/**
 * SHA-256 over samples as interleaved 32-bit little-endian floats: what `ffmpeg -i FILE -f f32le - | sha256sum` says of
 * the file.
 */
export class PcmDigest {
  private readonly hash = createHash('sha256');
  private block = new Float32Array(0);

  /** Adds `count` frames of `planes` (`[channels][frames]`). */
  add(planes: readonly Float32Array[], count: Frames): void {
    const channels = planes.length;
    if (this.block.length < channels * count) this.block = new Float32Array(channels * count);
    const { block } = this;
    planes.forEach((plane, c) => {
      for (let i = 0, at = c; i < count; i++, at += channels) block[at] = plane[i];
    });
    this.hash.update(bytesOf(block.subarray(0, channels * count)));
  }

  /** Hexadecimal; nothing can be added afterwards. */
  end(): string {
    return this.hash.digest('hex');
  }
}
