import { closeSync, constants, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { bytesOf, readAll, writeAll } from '../files/bytes.js';
import { keepFile } from '../files/keep-files.js';
import { makeFolder } from '../files/make-folder.js';

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
  /** The folder of another cache of this shape, which has the blocks that this one does not mark as its own. */
  readonly under?: string;
}

const bytesPerSample = 4;

/** Frames of a block of a patched cache, and the file that has one byte for each: 1 for what is its own. */
export const patchBlock = 1 << 16;
export const marksFile = 'blocks';

export function channelFile(dir: string, channel: number): string {
  return join(dir, `${channel}.f32`);
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
      makeFolder(dir);
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
        writeAll(this.fds[c], bytesOf(planes[c].subarray(offset, offset + count)), start * bytesPerSample);
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

/** Fills `into` from frame `from` on; zeros behind the end of the file. */
function readSamples(fd: number, from: number, into: Float32Array): void {
  const done = readAll(fd, bytesOf(into), from * bytesPerSample);
  into.fill(0, Math.floor(done / bytesPerSample));
}

/** Reads any range of a cache; outside of it there is silence. */
export class PcmReader implements Disposable {
  private readonly fds: number[] = [];
  /** Of the cache below, and of the marks; empty where there is no such cache. */
  private readonly under: number[] = [];
  private readonly marks: number[] = [];

  constructor(readonly ref: PcmCacheRef) {
    const { dir, channels, under } = ref;
    try {
      for (let c = 0; c < channels; c++) this.fds.push(openSync(channelFile(dir, c), 'r'));
      if (under === undefined) return;
      for (let c = 0; c < channels; c++) this.under.push(openSync(channelFile(under, c), 'r'));
      this.marks.push(openSync(join(dir, marksFile), 'r'));
    } catch (error) {
      this.dispose();
      throw toUnbraidError(error, dir);
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
    const wanted = into.subarray(head, head + (to - from));
    if (this.marks.length === 0) readSamples(this.fds[channel], from, wanted);
    else this.readPatched(channel, from, wanted);
    into.fill(0, head + (to - from), offset + count);
  }

  dispose(): void {
    for (const fds of [this.fds, this.under, this.marks]) for (const fd of fds.splice(0)) closeSync(fd);
  }

  /** Block by block from where it lies; the marks are read anew, because a writer elsewhere adds to them. */
  private readPatched(channel: number, from: number, into: Float32Array): void {
    const first = Math.floor(from / patchBlock);
    const marks = new Uint8Array(Math.ceil((from + into.length) / patchBlock) - first);
    readAll(this.marks[0], marks, first);
    marks.forEach((mark, i) => {
      const start = Math.max(from, (first + i) * patchBlock);
      const end = Math.min(from + into.length, (first + i + 1) * patchBlock);
      const fd = (mark === 1 ? this.fds : this.under)[channel];
      readSamples(fd, start, into.subarray(start - from, end - from));
    });
  }
}

/** Makes a silent cache of this shape; it takes no room until something is written. */
export function silentCache(
  dir: string,
  { channels, frames }: Pick<PcmCacheRef, 'channels' | 'frames'>,
): void {
  try {
    makeFolder(dir);
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

/** Keeps a cache whose samples stay as they are in another folder; linked where that is possible. Throws system errors. */
export async function keepCache(ref: PcmCacheRef, dir: string): Promise<void> {
  for (let c = 0; c < ref.channels; c++) await keepFile(channelFile(ref.dir, c), channelFile(dir, c), true);
}
