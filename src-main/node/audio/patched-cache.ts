import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { writeAll } from '../files/bytes.js';
import { PcmReader, PcmWriter, marksFile, patchBlock, silentCache, type PcmCacheRef } from './pcm-cache.js';

/**
 * A cache that is another one but for the blocks that were written: only those take time and room. A block that is
 * written for the first time takes the rest of itself from below; its mark is set when it is whole, so that a reader
 * elsewhere sees the old block or the new one.
 */
export class PatchedWriter implements Disposable {
  readonly ref: PcmCacheRef;
  private readonly base: PcmReader;
  private readonly writer: PcmWriter;
  private readonly marks: Uint8Array;
  private readonly fd: number;
  private readonly planes: readonly Float32Array[];

  /** `dir` is its own folder, made anew. Throws typed system errors. */
  constructor(base: PcmCacheRef, dir: string) {
    const { channels, sampleRate, frames } = base;
    this.ref = { dir, channels, sampleRate, frames, under: base.dir };
    silentCache(dir, base);
    this.base = new PcmReader(base);
    this.writer = new PcmWriter(dir, channels, sampleRate);
    this.marks = new Uint8Array(Math.ceil(frames / patchBlock));
    this.planes = Array.from({ length: channels }, () => new Float32Array(patchBlock));
    try {
      this.fd = openSync(join(dir, marksFile), 'w+');
      writeAll(this.fd, this.marks, 0);
    } catch (error) {
      this.base.dispose();
      this.writer.dispose();
      throw toUnbraidError(error, dir);
    }
  }

  /** Writes `count` frames of `planes` at frame `start`. Throws `disk-full` and its like. */
  writeAt(start: number, planes: readonly Float32Array[], count: number): void {
    const end = Math.min(start + count, this.ref.frames);
    const [first, last] = [Math.floor(start / patchBlock), Math.ceil(end / patchBlock)];
    for (let block = first; block < last; block++) if (this.marks[block] === 0) this.fetch(block);
    this.writer.writeAt(start, planes, end - start);
    this.marks.fill(1, first, last);
    try {
      writeAll(this.fd, this.marks.subarray(first, last), first);
    } catch (error) {
      throw toUnbraidError(error, this.ref.dir);
    }
  }

  /** The files stay. */
  dispose(): void {
    this.base.dispose();
    this.writer.dispose();
    closeSync(this.fd);
  }

  private fetch(block: number): void {
    const at = block * patchBlock;
    const count = Math.min(patchBlock, this.ref.frames - at);
    this.base.read(at, count, this.planes);
    this.writer.writeAt(at, this.planes, count);
  }
}
