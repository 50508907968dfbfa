import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { toUnbraidError } from '../../common/base/errors.js';
import { Slots } from '../../common/base/slots.js';
import { bytesOf, readAllLater } from '../files/bytes.js';
import { channelFile, marksFile, patchBlock, type PcmCacheRef } from './pcm-cache.js';

/** Frames of a block: what a reader that takes its time holds in memory. A patched block is a multiple of it. */
const blockFrames = 1 << 14;

/** Blocks of all readers that are read at one time: each needs a file handle or two, for as long as it takes. */
const reading = new Slots(16);

/**
 * Frames `[start, start + count)` of a cache as float32 bytes, one channel behind the other, zeros outside of the
 * audio. It reads when it is asked for more, without holding up the thread, and keeps no file open in between.
 *
 * @throws UnbraidError typed system errors
 */
export async function* pcmBlocks(ref: PcmCacheRef, start: number, count: number): AsyncGenerator<Uint8Array> {
  for (let channel = 0; channel < ref.channels; channel++) {
    for (let at = start; at < start + count;) {
      const end = Math.min(start + count, (Math.floor(at / blockFrames) + 1) * blockFrames);
      const samples = new Float32Array(end - at);
      const from = Math.max(at, 0);
      const to = Math.min(end, ref.frames);
      if (to > from) {
        const into = bytesOf(samples.subarray(from - at, to - at));
        await reading.run(() => readBlock(ref, channel, from, into));
      }
      yield bytesOf(samples);
      at = end;
    }
  }
}

/** Fills `into` from frame `from` on; what the file does not have stays zero. */
async function readBlock(ref: PcmCacheRef, channel: number, from: number, into: Uint8Array): Promise<void> {
  try {
    const dir = (await isPatched(ref, from)) ? ref.dir : ref.under!;
    await withFile(channelFile(dir, channel), (file) => readAllLater(file, into, 4 * from));
  } catch (error) {
    throw toUnbraidError(error, ref.dir);
  }
}

/** Whether a cache has the block with this frame itself; one that lies over no other has all of them. */
async function isPatched({ dir, under }: PcmCacheRef, frame: number): Promise<boolean> {
  if (under === undefined) return true;
  const mark = new Uint8Array(1);
  await withFile(join(dir, marksFile), (file) => readAllLater(file, mark, Math.floor(frame / patchBlock)));
  return mark[0] === 1;
}

async function withFile(path: string, work: (file: FileHandle) => Promise<unknown>): Promise<void> {
  const file = await open(path, 'r');
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
