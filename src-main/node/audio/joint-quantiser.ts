import { check } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { Frames } from '../../common/base/units.js';
import { quantiseJointly } from '../../common/dsp/quantise.js';
import type { OutputWriter } from './output-writer.js';
import { PcmReader } from './pcm-cache.js';
import type { Conserve } from './types.js';

/** Quantises the outputs of a complete set together, so that their integers sum to the source's. */
export class JointQuantiser implements Disposable {
  private readonly reader: PcmReader;
  private readonly source: Float32Array[];

  private constructor(
    private readonly conserve: Conserve,
    private readonly writers: readonly OutputWriter[],
    blockFrames: Frames,
  ) {
    this.reader = new PcmReader(conserve.source);
    this.source = Array.from({ length: conserve.source.channels }, () => new Float32Array(blockFrames));
  }

  /** Null where there is no common integer grid: float and lossy sets keep their sum as well as they can. */
  static for(
    conserve: Conserve,
    writers: readonly OutputWriter[],
    blockFrames: Frames,
  ): JointQuantiser | null {
    const { bits } = writers[0].encoding;
    const alike = writers.every((writer) => writer.encoding.bits === bits && writer.lanes.length === 1);
    if (bits === null || !alike) return null;
    check(conserve.balance >= 0 && conserve.balance < writers.length, 'There is no such balance output');
    const { channels } = conserve.source;
    check(
      writers.every((writer) => writer.sourceChannels === channels),
      'The stems and their source have different channel counts',
    );
    return new JointQuantiser(conserve, writers, blockFrames);
  }

  /** Fills every writer's levels for frames `[start, start + count)`, which the writers have read. */
  run(start: Frames, count: Frames): void {
    const lanes = this.writers.map((writer) => writer.lanes[0]);
    this.reader.read(start, count, this.source);
    this.source.forEach((source, c) =>
      quantiseJointly(
        {
          count,
          bits: this.writers[0].encoding.bits!,
          stems: lanes.map((lane) => lane.samples[c]),
          gains: lanes.map((lane) => lane.gain),
          source,
          sourceGain: this.conserve.gain,
          balance: this.conserve.balance,
          dithers: lanes.map((lane) => lane.dithers[c]),
        },
        lanes.map((lane) => lane.levels[c]),
      ),
    );
  }

  dispose(): void {
    this.reader.dispose();
  }
}
