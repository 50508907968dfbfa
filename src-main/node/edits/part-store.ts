import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { bytesOf, readAll, writeAll } from '../files/bytes.js';

/** Where a part lies in the file: `[channels][count]` float32 from byte `offset` on. */
export interface PartRef {
  readonly offset: number;
  readonly bytes: number;
  readonly count: number;
}

/** Bytes of zeros that are written at once. */
const zeroBytes = 1 << 20;

/**
 * Short pieces of audio in one file, so that thousands of them need one descriptor. What `keep` leaves out is room for
 * later parts, and the file ends behind the last part in use.
 */
export class PartStore implements Disposable {
  private readonly fd: number;
  private used: PartRef[] = [];
  private scratch = new Float32Array(0);

  constructor(private readonly path: string) {
    try {
      this.fd = openSync(path, 'w+');
    } catch (error) {
      throw toUnbraidError(error, path);
    }
  }

  /** Room for a part of this many samples; silence. Throws `disk-full` and other system errors. */
  reserve(channels: number, count: number): PartRef {
    const bytes = 4 * channels * count;
    const { offset, before } = this.room(bytes);
    const ref = { offset, bytes, count };
    try {
      if (before === this.used.length) ftruncateSync(this.fd, offset + bytes);
      else this.clear(ref);
    } catch (error) {
      throw toUnbraidError(error, this.path);
    }
    this.used.splice(before, 0, ref);
    return ref;
  }

  /** Adds samples to one channel, from `start` of the part on. Throws `disk-full` and other system errors. */
  add(ref: PartRef, channel: number, start: number, samples: Float32Array): void {
    if (this.scratch.length < samples.length) this.scratch = new Float32Array(samples.length);
    const sum = this.scratch.subarray(0, samples.length);
    this.read(ref, channel, start, sum);
    for (let i = 0; i < sum.length; i++) sum[i] += samples[i];
    try {
      writeAll(this.fd, bytesOf(sum), ref.offset + 4 * (channel * ref.count + start));
    } catch (error) {
      throw toUnbraidError(error, this.path);
    }
  }

  /** Fills `into` with samples of one channel from `start` of the part on. */
  read(ref: PartRef, channel: number, start: number, into: Float32Array): void {
    const bytes = bytesOf(into);
    const got = readAll(this.fd, bytes, ref.offset + 4 * (channel * ref.count + start));
    if (got < bytes.length)
      throw new UnbraidError('io-error', 'A part is shorter than it should be', { file: this.path });
  }

  /** Forgets all parts but these. */
  keep(refs: Iterable<PartRef>): void {
    this.used = [...refs].sort((a, b) => a.offset - b.offset);
    const last = this.used.at(-1);
    ftruncateSync(this.fd, last ? last.offset + last.bytes : 0);
  }

  dispose(): void {
    closeSync(this.fd);
  }

  /** The first gap that is wide enough, else the end; `before` is the index of the part behind it. */
  private room(bytes: number): { readonly offset: number; readonly before: number } {
    let end = 0;
    for (const [i, part] of this.used.entries()) {
      if (part.offset - end >= bytes) return { offset: end, before: i };
      end = part.offset + part.bytes;
    }
    return { offset: end, before: this.used.length };
  }

  private clear({ offset, bytes }: PartRef): void {
    const zeros = new Uint8Array(Math.min(zeroBytes, bytes));
    for (let at = 0; at < bytes; at += zeros.length) {
      writeAll(this.fd, zeros.subarray(0, Math.min(zeros.length, bytes - at)), offset + at);
    }
  }
}
