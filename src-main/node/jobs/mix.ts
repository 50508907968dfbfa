import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { Scope } from '../../common/base/disposal.js';
import { edgeFrames, fillGains } from '../../common/jobs/automation.js';
import { mixGains, type Mixer } from '../../common/jobs/mixer.js';
import { forPieces, type StemParents } from '../../common/jobs/stem-pieces.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from '../audio/pcm-cache.js';
import type { ExportStem } from './export-stems.js';

const block = 1 << 16;

export interface MixRequest {
  readonly stems: readonly ExportStem[];
  readonly mixer: Mixer;
  /** What the stems were separated from: settings of a stem are those of its pieces. */
  readonly parents?: StemParents | undefined;
  /** Where in the song the stems begin: automation counts from the song's start. */
  readonly firstFrame?: number;
}

/**
 * Σ gain · automation · stem over all stems, block by block into a cache below `dir`. Throws `invalid-argument`, `cancelled`.
 */
export async function mixStems(
  { stems, mixer: wanted, parents, firstFrame = 0 }: MixRequest,
  dir: string,
  signal?: AbortSignal,
): Promise<{ readonly ref: PcmCacheRef; readonly peak: number }> {
  const { channels, frames, sampleRate } = stems[0].ref;
  const names = stems.map((stem) => stem.name);
  const mixer = forPieces(wanted, names, parents);
  const gains = mixGains(mixer, names, channels);
  const scope = new Scope();
  try {
    const readers = stems.map((stem) => scope.add(new PcmReader(stem.ref)));
    const writer = scope.add(new PcmWriter(join(dir, 'mix'), channels, sampleRate));
    const sum = Array.from({ length: channels }, () => new Float64Array(block));
    const out = Array.from({ length: channels }, () => new Float32Array(block));
    const factors = stems.map(() => new Float32Array(block));
    const edge = edgeFrames(sampleRate);
    const piece = new Float32Array(block);
    let peak = 0;
    for (let start = 0; start < frames; start += block) {
      if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      const count = Math.min(block, frames - start);
      const automated = stems.map(({ name }, s) =>
        fillGains(mixer[name]?.automation ?? [], edge, firstFrame + start, count, factors[s]),
      );
      for (let ch = 0; ch < channels; ch++) {
        sum[ch].fill(0);
        readers.forEach((reader, s) => {
          const gain = gains[s][ch];
          if (gain === 0) return;
          reader.readChannel(ch, start, count, piece);
          if (automated[s]) for (let i = 0; i < count; i++) sum[ch][i] += gain * factors[s][i] * piece[i];
          else for (let i = 0; i < count; i++) sum[ch][i] += gain * piece[i];
        });
        for (let i = 0; i < count; i++) {
          out[ch][i] = sum[ch][i];
          peak = Math.max(peak, Math.abs(out[ch][i]));
        }
      }
      writer.append(out, count);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { ref: writer.ref(), peak };
  } finally {
    await scope.dispose();
  }
}
