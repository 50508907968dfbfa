import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { Scope } from '../../common/base/disposal.js';
import { checkBlock, nullDb } from '../../common/separation/conservation.js';
import { spliceBlock, splicePart } from '../../common/separation/splice.js';
import type { SeparatedSong, SeparatedStem } from '../inference/separation.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from '../audio/pcm-cache.js';

export interface SpliceRequest {
  readonly source: PcmCacheRef;
  /** Stems of the whole song, which add up to it. */
  readonly earlier: readonly { readonly name: string; readonly ref: PcmCacheRef }[];
  /** New stems; their frame 0 is frame `freshStart` of the song. */
  readonly fresh: readonly { readonly name: string; readonly ref: PcmCacheRef }[];
  readonly freshStart: number;
  /** The part of the song that the new stems are for; it lies inside of them. */
  readonly range: { readonly start: number; readonly count: number };
  /** A folder for the caches of the result. */
  readonly dir: string;
}

const block = 1 << 16;

/**
 * Stems of the whole song: the earlier ones, and inside the range the new ones, cross-faded at its ends. A stem
 * that only one set has is silent where the other set stands. Block by block; throws `cancelled` and system errors.
 */
export async function spliceStems(
  request: SpliceRequest,
  signal?: AbortSignal,
): Promise<Pick<SeparatedSong, 'stems' | 'nullDb'>> {
  const { source, earlier, fresh, freshStart, dir } = request;
  const { channels, sampleRate, frames } = source;
  const names = [...new Set([...fresh, ...earlier].map(({ name }) => name))];
  const part = splicePart(request.range, sampleRate);
  const scope = new Scope();
  try {
    const open = (set: SpliceRequest['earlier'], name: string): PcmReader | undefined => {
      const found = set.find((stem) => stem.name === name);
      return found && scope.add(new PcmReader(found.ref));
    };
    const from = scope.add(new PcmReader(source));
    const readers = names.map((name) => ({ before: open(earlier, name), after: open(fresh, name) }));
    const writers = names.map((_, s) => scope.add(new PcmWriter(join(dir, `${s}`), channels, sampleRate)));
    const sums = { errorEnergy: 0, sourceEnergy: 0 };
    const peaks = names.map(() => 0);
    for (let at = 0; at < frames; at += block) {
      if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      const count = Math.min(block, frames - at);
      const planes = (reader: PcmReader | undefined, start: number): Float32Array[] => {
        const made = Array.from({ length: channels }, () => new Float32Array(count));
        reader?.read(start, count, made);
        return made;
      };
      const mix = planes(from, at);
      const before = readers.map((reader) => planes(reader.before, at));
      const after = readers.map((reader) => planes(reader.after, at - freshStart));
      spliceBlock(part, frames, at, mix, before, after);
      const check = checkBlock(mix, before, 0, count);
      sums.errorEnergy += check.errorEnergy;
      sums.sourceEnergy += check.sourceEnergy;
      check.peaks.forEach((peak, s) => (peaks[s] = Math.max(peaks[s], peak)));
      writers.forEach((writer, s) => writer.append(before[s], count));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const stems = names.map((name, s): SeparatedStem => ({ name, ref: writers[s].ref(), peak: peaks[s] }));
    return { stems, nullDb: nullDb(sums) };
  } finally {
    await scope.dispose();
  }
}
