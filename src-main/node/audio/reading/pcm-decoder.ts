import type { Frames } from '../../../common/base/units.js';
import type { FileBytes } from '../../files/file-bytes.js';
import { sanitise, type SampleStats } from '../frame-samples.js';
import type { PcmLayout } from './pcm-layout.js';
import { noFaults, type SampleSource } from './sample-source.js';

/** Frames converted in one go. */
const blockFrames = 16384;

/** Reads uncompressed samples straight from the file. Integers of b bits become k / 2^(b−1), exactly up to 24 bits. */
export class PcmDecoder implements SampleSource {
  readonly stats: SampleStats = { peak: 0, nonFinite: 0 };
  readonly faults = noFaults();
  readonly shape: { rate: number; channels: number };
  readonly shapeChanges = 0;
  frames: Frames = 0;
  private readonly bytes: Buffer;
  private readonly read: ReadPlane;
  private isShort = false;

  constructor(
    private readonly file: FileBytes,
    private readonly layout: PcmLayout,
  ) {
    this.shape = { rate: layout.sampleRate, channels: layout.channels };
    this.bytes = Buffer.alloc(blockFrames * this.frameBytes);
    this.read = planeReader(layout);
  }

  get ended(): boolean {
    return this.isShort || this.frames >= this.layout.frames;
  }

  prime(): void {
    // The header says everything.
  }

  fill(planes: readonly Float32Array[], count: Frames): Frames {
    const { channels, dataStart } = this.layout;
    const wanted = Math.min(count, blockFrames, this.layout.frames - this.frames);
    const part = this.bytes.subarray(0, wanted * this.frameBytes);
    const got = this.file.readInto(part, dataStart + this.frames * this.frameBytes);
    const frames = Math.floor(got / this.frameBytes);
    // The file became shorter after its header was read.
    if (frames < wanted) this.isShort = true;
    for (let c = 0; c < channels; c++) {
      this.read(part, c, channels, frames, planes[c]);
      sanitise(planes[c], frames, this.stats);
    }
    this.frames += frames;
    return frames;
  }

  dispose(): void {
    this.file.dispose();
  }

  private get frameBytes(): number {
    return this.layout.channels * this.layout.encoding.bytes;
  }
}

/** Takes channel `first` of `step` out of `count` interleaved frames. */
type ReadPlane = (bytes: Buffer, first: number, step: number, count: number, into: Float32Array) => void;

function planeReader({ encoding }: PcmLayout): ReadPlane {
  const { kind, bytes, bits, low, littleEndian } = encoding;
  const scale = kind === 'float' ? 1 : 2 ** (1 - (low ? bits : 8 * bytes));
  const offset = kind === 'unsigned' ? -(2 ** (8 * bytes - 1)) : 0;
  const each = sampleReader(encoding);
  // The common cases go through typed arrays: this decoder's buffer starts at an aligned place.
  if (littleEndian && kind === 'signed' && bytes === 2) return typedReader(Int16Array, scale);
  if (littleEndian && kind === 'signed' && bytes === 4) return typedReader(Int32Array, scale);
  if (littleEndian && kind === 'float' && bytes === 4) return typedReader(Float32Array, scale);
  return (from, first, step, count, into) => {
    const stride = step * bytes;
    for (let i = 0, at = first * bytes; i < count; i++, at += stride)
      into[i] = (each(from, at) + offset) * scale;
  };
}

function typedReader(
  view: new (buffer: ArrayBufferLike, at: number, length: number) => Int16Array | Int32Array | Float32Array,
  scale: number,
): ReadPlane {
  return (from, first, step, count, into) => {
    const samples = new view(from.buffer, from.byteOffset, count * step);
    for (let i = 0, at = first; i < count; i++, at += step) into[i] = samples[at] * scale;
  };
}

type ReadSample = (from: Buffer, at: number) => number;

function sampleReader({ kind, bytes, littleEndian }: PcmLayout['encoding']): ReadSample {
  const float = kind === 'float';
  const signed = kind === 'signed';
  if (float && bytes === 4) return littleEndian ? (b, at) => b.readFloatLE(at) : (b, at) => b.readFloatBE(at);
  if (float) return littleEndian ? (b, at) => b.readDoubleLE(at) : (b, at) => b.readDoubleBE(at);
  if (bytes === 1) return signed ? (b, at) => b.readInt8(at) : (b, at) => b[at];
  if (bytes === 8)
    return littleEndian ? (b, at) => Number(b.readBigInt64LE(at)) : (b, at) => Number(b.readBigInt64BE(at));
  if (bytes === 3)
    return littleEndian
      ? (b, at) => b[at] | (b[at + 1] << 8) | ((b[at + 2] << 24) >> 8)
      : (b, at) => b[at + 2] | (b[at + 1] << 8) | ((b[at] << 24) >> 8);
  if (bytes === 2) return littleEndian ? (b, at) => b.readInt16LE(at) : (b, at) => b.readInt16BE(at);
  return littleEndian ? (b, at) => b.readInt32LE(at) : (b, at) => b.readInt32BE(at);
}
