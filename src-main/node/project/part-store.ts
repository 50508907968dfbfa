import { closeSync, openSync, readSync, writeSync } from 'node:fs';
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

/** Short pieces of audio in one file, so that thousands of them need one descriptor. Only ever grows. */
export class PartStore implements Disposable {
  private readonly fd: number;
  private end = 0;

  constructor(private readonly path: string) {
    try {
      this.fd = openSync(path, 'w+');
    } catch (error) {
      throw toUnbraidError(error, path);
    }
  }

  /** Appends the first `count` samples of each plane. Throws `disk-full` and its like. */
  append(planes: readonly Float32Array[], count: number): PartRef {
    const ref = { offset: this.end, count };
    try {
      for (const plane of planes) {
        const bytes = bytesOf(plane.subarray(0, count));
        for (let done = 0; done < bytes.length;) {
          done += writeSync(this.fd, bytes, done, bytes.length - done, this.end + done);
        }
        this.end += bytes.length;
      }
    } catch (error) {
      throw toUnbraidError(error, this.path);
    }
    return ref;
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

  dispose(): void {
    closeSync(this.fd);
  }
}
