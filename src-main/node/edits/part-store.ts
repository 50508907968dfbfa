import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';

/** Where a part lies in the file: `[channels][count]` float32 from byte `offset` on. */
export interface PartRef {
  readonly offset: number;
  readonly count: number;
}

function bytesOf(samples: Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Short pieces of audio in one file, so that thousands of them need one descriptor. */
export class PartStore implements Disposable {
  private readonly fd: number;
  private end = 0;
  private scratch = new Float32Array(0);

  constructor(private readonly path: string) {
    try {
      this.fd = openSync(path, 'w+');
    } catch (error) {
      throw toUnbraidError(error, path);
    }
  }

  /** Bytes that are in use, for `cut`. */
  get bytes(): number {
    return this.end;
  }

  /** Room for a part of so many samples; silence. Throws `disk-full` and its like. */
  reserve(channels: number, count: number): PartRef {
    const ref = { offset: this.end, count };
    try {
      ftruncateSync(this.fd, this.end + 4 * channels * count);
    } catch (error) {
      throw toUnbraidError(error, this.path);
    }
    this.end += 4 * channels * count;
    return ref;
  }

  /** Adds samples to one channel, from `start` of the part on. Throws `disk-full` and its like. */
  add(ref: PartRef, channel: number, start: number, samples: Float32Array): void {
    if (this.scratch.length < samples.length) this.scratch = new Float32Array(samples.length);
    const sum = this.scratch.subarray(0, samples.length);
    this.read(ref, channel, start, sum);
    for (let i = 0; i < sum.length; i++) sum[i] += samples[i];
    const bytes = bytesOf(sum);
    const position = ref.offset + 4 * (channel * ref.count + start);
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.fd, bytes, done, bytes.length - done, position + done);
      }
    } catch (error) {
      throw toUnbraidError(error, this.path);
    }
  }

  /** Fills `into` with samples of one channel from `start` of the part on. */
  read(ref: PartRef, channel: number, start: number, into: Float32Array): void {
    const bytes = bytesOf(into);
    const position = ref.offset + 4 * (channel * ref.count + start);
    for (let done = 0; done < bytes.length;) {
      const got = readSync(this.fd, bytes, done, bytes.length - done, position + done);
      if (got === 0) throw toUnbraidError(new Error('A part is shorter than it should be'), this.path);
      done += got;
    }
  }

  /** Forgets all parts behind the first `bytes`. */
  cut(bytes: number): void {
    this.end = bytes;
    ftruncateSync(this.fd, bytes);
  }

  dispose(): void {
    closeSync(this.fd);
  }
}
