import { checkBlock, leftOver, type BlockCheck } from '../../common/separation/conservation.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from '../audio/pcm-cache.js';

/** Stems of one song, all of the same rate, length and channels. */
export interface SumTask {
  readonly source: PcmCacheRef;
  readonly stems: readonly PcmCacheRef[];
  /** A folder for what these stems leave of the source; null where they are all of it. */
  readonly restDir: string | null;
}

/** Frames that are in memory at a time. */
const block = 1 << 16;

/** How well stems add up to their source; writes what they leave when asked to. Peaks: the stems', then the rest's. */
export function sumUp({ source, stems, restDir }: SumTask): BlockCheck {
  const readers: PcmReader[] = [];
  const writer = restDir === null ? undefined : new PcmWriter(restDir, source.channels, source.sampleRate);
  try {
    for (const ref of [source, ...stems]) readers.push(new PcmReader(ref));
    const planes = (): Float32Array[] =>
      Array.from({ length: source.channels }, () => new Float32Array(block));
    const [mix, ...parts] = readers.map(planes);
    const rest = planes();
    const total = { errorEnergy: 0, sourceEnergy: 0, peaks: Array<number>(stems.length).fill(0) };
    if (writer) total.peaks.push(0);
    for (let start = 0; start < source.frames; start += block) {
      const count = Math.min(block, source.frames - start);
      readers.forEach((reader, r) => reader.read(start, count, r === 0 ? mix : parts[r - 1]));
      const check = writer ? leftOver(mix, parts, rest, 0, count) : checkBlock(mix, parts, 0, count);
      writer?.writeAt(start, rest, count);
      total.errorEnergy += check.errorEnergy;
      total.sourceEnergy += check.sourceEnergy;
      check.peaks.forEach((peak, s) => (total.peaks[s] = Math.max(total.peaks[s], peak)));
    }
    return total;
  } finally {
    for (const reader of readers) reader.dispose();
    writer?.dispose();
  }
}
