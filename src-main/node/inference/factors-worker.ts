import { parentPort, workerData } from 'node:worker_threads';
import { assert, toUnbraidError, type WireError } from '../../common/base/errors.js';
import type { ChannelGroups } from '../../common/separation/channel-map.js';
import { planStems } from '../../common/separation/conservation.js';
import { MaskSeparator, type SegmentFactors } from '../../common/separation/classic/masking.js';
import { createClassic } from '../../common/separation/classic/registry.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import { Song } from './song.js';

/** The factors of a song's segments as a separation with the same settings finds them. */
export interface FactorsTask {
  readonly id: string;
  readonly overlap?: number | undefined;
  readonly source: PcmCacheRef;
  readonly groups: ChannelGroups;
  /** A second of the source: only the piece whose middle is nearest, and only of the first channels; null for all. */
  readonly at: number | null;
}

/** The factors of one piece of a song: of a segment of a group of channels. */
export interface FactorsPiece extends SegmentFactors {
  /** Counts the pieces of the song, from 0, and how many there are. */
  readonly index: number;
  readonly count: number;
  /** Channels of the source, from 0. */
  readonly channels: readonly number[];
  /** Seconds of the source: of the middle of frame 0, and of the part that the piece speaks for. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
  readonly hertzPerBin: number;
  readonly framesPerSecond: number;
  readonly stemNames: readonly string[];
}

export type FactorsAnswer =
  { readonly piece: FactorsPiece } | { readonly done: true } | { readonly error: WireError };

function run({ id, overlap, source, groups, at }: FactorsTask, tell: (piece: FactorsPiece) => void): void {
  const separator = createClassic(id, overlap === undefined ? {} : { overlap });
  assert(separator instanceof MaskSeparator, 'a factorization makes masks');
  const { stems, residualStem, sampleRate } = separator.info;
  const song = new Song(separator, {
    ...{ source, groups, shared: false, scratch: '', stemDirs: [] },
    stems: planStems(stems, residualStem, 'fold'),
  });
  try {
    const { segments } = song.plan;
    const middle = ({ from, to }: { from: number; to: number }): number => (from + to) / 2 / sampleRate;
    const nearest = [...segments].sort((a, b) => Math.abs(middle(a) - at!) - Math.abs(middle(b) - at!))[0];
    const count = segments.length * groups.length;
    for (const [g, channels] of (at === null ? groups : groups.slice(0, 1)).entries()) {
      for (const segment of at === null ? segments : [nearest]) {
        const { inputStart, from, to } = segment;
        const factors = separator.factors(song.input(g, segment, 0));
        assert(factors, 'a factorization has factors');
        tell({
          ...{ ...factors, index: g * segments.length + segment.index, count, channels, ...separator.grid },
          ...{ start: inputStart / sampleRate, from: from / sampleRate, to: to / sampleRate },
          stemNames: stems,
        });
      }
    }
  } finally {
    song.dispose();
  }
}

const answer = (message: FactorsAnswer): void => parentPort?.postMessage(message);
try {
  run(workerData as FactorsTask, (piece) => answer({ piece }));
  answer({ done: true });
} catch (error) {
  answer({ error: toUnbraidError(error).toWire() });
}
