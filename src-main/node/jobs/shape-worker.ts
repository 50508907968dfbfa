import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { toUnbraidError, type WireError } from '../../common/base/errors.js';
import { checkBlock, nullDb } from '../../common/separation/conservation.js';
import { StemShaper } from '../../common/separation/shape.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from '../audio/pcm-cache.js';

/** Frames made at once: many, because the surroundings of each block are transformed twice. */
const block = 1 << 16;

export interface ShapeTask {
  /** What the stems add up to; null where they are all there is. */
  readonly source: PcmCacheRef | null;
  readonly stems: readonly PcmCacheRef[];
  /** One for each stem. */
  readonly values: readonly number[];
  /** A folder for the new caches. */
  readonly dir: string;
}

export interface ShapeResult {
  readonly stems: readonly { readonly ref: PcmCacheRef; readonly peak: number }[];
  readonly nullDb: number;
}

export type ShapeAnswer =
  { readonly fraction: number } | { readonly result: ShapeResult } | { readonly error: WireError };

function run({ source, stems, values, dir }: ShapeTask, tell: (fraction: number) => void): ShapeResult {
  const [{ channels, sampleRate, frames }] = stems;
  const shaper = new StemShaper(sampleRate, values);
  const readers = stems.map((ref) => new PcmReader(ref));
  const whole = source && new PcmReader(source);
  const writers = stems.map((_, s) => new PcmWriter(join(dir, `${s}`), channels, sampleRate));
  const { reach } = shaper;
  const length = block + 2 * reach;
  const stack = (): Float32Array[] => Array.from({ length: channels }, () => new Float32Array(length));
  const [planes, target] = [stems.map(stack), stack()];
  const sums = { errorEnergy: 0, sourceEnergy: 0 };
  const peaks = stems.map(() => 0);
  for (let start = 0; start < frames; start += block) {
    const count = Math.min(block, frames - start);
    readers.forEach((reader, s) => reader.read(start - reach, length, planes[s]));
    whole?.read(start - reach, length, target);
    shaper.shape(planes, whole ? target : undefined);
    if (whole) {
      const check = checkBlock(target, planes, reach, count);
      sums.errorEnergy += check.errorEnergy;
      sums.sourceEnergy += check.sourceEnergy;
    }
    planes.forEach((stem, s) => {
      for (const plane of stem) {
        for (let i = reach; i < reach + count; i++) peaks[s] = Math.max(peaks[s], Math.abs(plane[i]));
      }
      writers[s].append(stem, count, reach);
    });
    tell((start + count) / frames);
  }
  const made = writers.map((writer, s) => ({ ref: writer.ref(frames), peak: peaks[s] }));
  for (const file of [...readers, ...writers]) file.dispose();
  return { stems: made, nullDb: nullDb(sums) };
}

const answer = (message: ShapeAnswer): void => parentPort?.postMessage(message);
try {
  answer({ result: run(workerData as ShapeTask, (fraction) => answer({ fraction })) });
} catch (error) {
  answer({ error: toUnbraidError(error).toWire() });
}
