import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';

/**
 * Audio on disk: one raw file of native-endian float32 a channel (`0.f32`, `1.f32`, …) in a folder.
 * Nothing is held in memory, so length costs disk only. A reference is plain data and crosses processes.
 */
export interface PcmCacheRef {
  readonly dir: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** Length in frames (samples of one channel). */
  readonly frames: number;
}

const bytesPerSample = 4;

function channelFile(dir: string, channel: number): string {
  return join(dir, `${channel}.f32`);
}

function asBytes(samples: Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}

/** Writes a cache, by appending or at any position; several processes may write disjoint ranges of one cache. */
export class PcmWriter implements Disposable {
  private readonly fds: number[] = [];
  private appended = 0;

  constructor(
    private readonly dir: string,
    readonly channels: number,
    readonly sampleRate: number,
  ) {
    try {
      mkdirSync(dir, { recursive: true });
      for (let c = 0; c < channels; c++) {
        this.fds.push(openSync(channelFile(dir, c), constants.O_RDWR | constants.O_CREAT));
      }
    } catch (error) {
      throw toUnbraidError(error, dir);
    }
  }

  /** Frames appended so far. */
  get frames(): number {
    return this.appended;
  }

  /** Appends `count` frames of `planes` (`[channels][frames]`), from `offset` in each plane. */
  append(planes: readonly Float32Array[], count: number, offset = 0): void {
    this.writeAt(this.appended, planes, count, offset);
    this.appended += count;
  }

  /** Writes `count` frames at frame `start`, from `offset` in each plane. */
  writeAt(start: number, planes: readonly Float32Array[], count: number, offset = 0): void {
    try {
      for (let c = 0; c < this.channels; c++) {
        writeAll(this.fds[c], asBytes(planes[c].subarray(offset, offset + count)), start * bytesPerSample);
      }
    } catch (error) {
      throw toUnbraidError(error, this.dir);
    }
  }

  /** The reference to what has been appended (or to `frames`, for a cache written at positions). */
  ref(frames = this.appended): PcmCacheRef {
    return { dir: this.dir, channels: this.channels, sampleRate: this.sampleRate, frames };
  }

  dispose(): void {
    for (const fd of this.fds.splice(0)) closeSync(fd);
  }
}

/** Reads any range of a cache; outside of it there is silence. */
export class PcmReader implements Disposable {
  private readonly fds: number[] = [];

  constructor(readonly ref: PcmCacheRef) {
    try {
      for (let c = 0; c < ref.channels; c++) this.fds.push(openSync(channelFile(ref.dir, c), 'r'));
    } catch (error) {
      throw toUnbraidError(error, ref.dir);
    }
  }

  /** Fills `planes[c][offset … offset + count)` with frames `[start, start + count)`, zeros outside the audio. */
  read(start: number, count: number, planes: readonly Float32Array[], offset = 0): void {
    for (let c = 0; c < this.ref.channels; c++) this.readChannel(c, start, count, planes[c], offset);
  }

  /** The same for one channel. */
  readChannel(channel: number, start: number, count: number, into: Float32Array, offset = 0): void {
    const from = Math.min(Math.max(start, 0), this.ref.frames);
    const to = Math.max(from, Math.min(start + count, this.ref.frames));
    const head = offset + Math.min(Math.max(from - start, 0), count);
    into.fill(0, offset, head);
    const bytes = asBytes(into.subarray(head, head + (to - from)));
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(this.fds[channel], bytes, done, bytes.length - done, from * bytesPerSample + done);
      if (got === 0) break;
      done += got;
    }
    into.fill(0, head + Math.floor(done / bytesPerSample), offset + count);
  }

  dispose(): void {
    for (const fd of this.fds.splice(0)) closeSync(fd);
  }
}

/** Bytes a channel file of this cache holds now; for progress of a cache another process writes. */
export function cachedFrames(ref: Pick<PcmCacheRef, 'dir'>): number {
  const fd = openSync(channelFile(ref.dir, 0), 'r');
  try {
    return Math.floor(fstatSync(fd).size / bytesPerSample);
  } finally {
    closeSync(fd);
  }
}

/** Copies a cache into a folder; where the file system can, without copying a byte until one is written. */
export function copyCache(ref: PcmCacheRef, dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    for (let c = 0; c < ref.channels; c++) {
      copyFileSync(channelFile(ref.dir, c), channelFile(dir, c), constants.COPYFILE_FICLONE);
    }
  } catch (error) {
    throw toUnbraidError(error, dir);
  }
}

/** Makes a silent cache of this shape; it takes no room until something is written. */
export function silentCache(
  dir: string,
  { channels, frames }: Pick<PcmCacheRef, 'channels' | 'frames'>,
): void {
  try {
    mkdirSync(dir, { recursive: true });
    for (let c = 0; c < channels; c++) {
      writeFileSync(channelFile(dir, c), '');
      truncateSync(channelFile(dir, c), bytesPerSample * frames);
    }
  } catch (error) {
    throw toUnbraidError(error, dir);
  }
}

/** Deletes a cache and its folder. */
export function removeCache(ref: Pick<PcmCacheRef, 'dir'>): void {
  rmSync(ref.dir, { recursive: true, force: true });
}
