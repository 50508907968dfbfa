import { UnbraidError } from '../../common/base/errors.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from './pcm-cache.js';

const block = 1 << 16;

/**
 * A copy of frames `[start, start + count)`, so that a selection is worked on as a separate song.
 * Throws `invalid-argument` when nothing of it lies inside.
 */
export function cutOut(ref: PcmCacheRef, range: { start: number; count: number }, dir: string): PcmCacheRef {
  const count = Math.min(range.count, ref.frames - range.start);
  if (count < 1) throw new UnbraidError('invalid-argument', 'The selection lies outside the song');
  const reader = new PcmReader(ref);
  const writer = new PcmWriter(dir, ref.channels, ref.sampleRate);
  try {
    const planes = Array.from({ length: ref.channels }, () => new Float32Array(block));
    for (let done = 0; done < count; done += block) {
      const n = Math.min(block, count - done);
      reader.read(range.start + done, n, planes);
      writer.append(planes, n);
    }
    return writer.ref();
  } finally {
    reader.dispose();
    writer.dispose();
  }
}
