import { createHash, type Hash } from 'node:crypto';
import { AV_CODEC_ID_FLAC, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S32 } from 'node-av/constants';
import type { Frame, Stream } from 'node-av/lib';
import type { Frames } from '../../../common/base/units.js';

/** What a FLAC stream's STREAMINFO block states (RFC 9639, 8.2). */
export interface StreamInfo {
  readonly bits: number;
  /** Frames of every block but the last, in streams of fixed block size. */
  readonly blockSize: Frames;
  /** 0 where the encoder did not know. */
  readonly frames: Frames;
  /** MD5 of all samples, hexadecimal; null where the encoder left it out. */
  readonly md5: string | null;
}

/** The STREAMINFO of a track; null for other codecs. */
export function flacStreamInfo(stream: Stream): StreamInfo | null {
  const { codecId, extradata } = stream.codecpar;
  if (codecId !== AV_CODEC_ID_FLAC || !extradata || extradata.length < 34) return null;
  const md5 = extradata.toString('hex', 18, 34);
  return {
    blockSize: extradata.readUInt16BE(2),
    bits: (((extradata[12] & 1) << 4) | (extradata[13] >> 4)) + 1,
    frames: (extradata[13] & 15) * 2 ** 32 + extradata.readUInt32BE(14),
    md5: /^0+$/.test(md5) ? null : md5,
  };
}

/**
 * The MD5 of FLAC's samples, interleaved, as little-endian integers of whole bytes, taken while they are decoded.
 * FFmpeg delivers them left-aligned in 16 or 32 bits.
 */
export class FlacDigest {
  private readonly hash: Hash = createHash('md5');
  private isFit = true;

  constructor(private readonly bits: number) {}

  add(frame: Frame): void {
    const data = frame.extendedData?.[0];
    const wide = frame.format === AV_SAMPLE_FMT_S32;
    if (!data || (!wide && frame.format !== AV_SAMPLE_FMT_S16)) {
      this.isFit = false;
      return;
    }
    const count = frame.nbSamples * frame.channels;
    const bytes = data.subarray(0, count * (wide ? 4 : 2));
    const whole = this.bits === 16 || this.bits === 32;
    this.hash.update(whole ? bytes : this.packed(bytes, count, wide));
  }

  /** Hexadecimal; undefined where the samples came in a form that is not FLAC's. */
  digest(): string | undefined {
    return this.isFit ? this.hash.digest('hex') : undefined;
  }

  private packed(bytes: Buffer, count: number, wide: boolean): Buffer {
    const size = Math.ceil(this.bits / 8);
    const shift = (wide ? 32 : 16) - this.bits;
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
    const samples = wide
      ? new Int32Array(aligned.buffer, aligned.byteOffset, count)
      : new Int16Array(aligned.buffer, aligned.byteOffset, count);
    const out = Buffer.allocUnsafe(count * size);
    for (let i = 0, at = 0; i < count; i++) {
      const value = samples[i] >> shift;
      out[at++] = value;
      if (size > 1) out[at++] = value >> 8;
      if (size > 2) out[at++] = value >> 16;
    }
    return out;
  }
}
