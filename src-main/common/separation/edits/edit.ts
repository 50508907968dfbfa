import { Stft, type Spectrum } from '../../dsp/stft.js';
import type { MaskGrid, TileMask } from './tile-mask.js';

/** What an edit does with the part of its sources that the mask covers. */
export type EditKind = 'move' | 'copy' | 'attenuate' | 'heal' | 'clone';

/** Where healing fills a hole from: from what comes before and after, or from what lies below and above. */
export type EditFill = 'time' | 'frequency';

/** The track that keeps what was taken away, so that the sum stays the source. */
export const removedTrack = 'removed';

/** Another phase for what an edit takes out than that of the stem it comes from; see phase-part.ts. */
export interface EditPhase {
  readonly method: 'griffin-lim' | 'misi';
  /** Rounds of the search. */
  readonly iterations: number;
}

/** One edit: a mask with the stems it takes from and the one it gives to. Edits apply in order. */
export interface Edit {
  readonly kind: EditKind;
  /** Names of stems the energy comes from. */
  readonly sources: readonly string[];
  /** The stem that gets it; only `move` and `copy` have one. */
  readonly target: string | null;
  /** 0 … 1, times the mask. */
  readonly strength: number;
  /** Without it the phase of the source itself. */
  readonly phase?: EditPhase | undefined;
  /** Only of `heal`; see heal.ts. */
  readonly fill?: EditFill | undefined;
  /** Only of `clone`: how much later than the mask it acts, samples; negative for earlier. */
  readonly shift?: number | undefined;
}

/** What is taken out of a source, without where it goes. */
export type EditPart = Pick<Edit, 'strength' | 'phase' | 'fill' | 'shift'>;

/** A signed share of a source's masked part that a track gets. */
export interface Transfer {
  readonly track: string;
  readonly source: string;
  readonly sign: 1 | -1;
}

/**
 * What becomes of the masked part d of each source. Every d is added as often as it is subtracted, so the sum of all
 * tracks never changes:
 *
 *   move       source − d, target + d
 *   attenuate  source − d, removed + d
 *   copy       target + d, removed − d
 *   heal       source − d, removed + d, where d is the masked part without what fills the hole
 *   clone      source − d, removed + d, where d is what was at the new place without what is copied there
 */
export function transfersOf({ kind, sources, target }: Edit): Transfer[] {
  return sources.flatMap((source): Transfer[] => {
    if (kind !== 'move' && kind !== 'copy') {
      return [
        { track: source, source, sign: -1 },
        { track: removedTrack, source, sign: 1 },
      ];
    }
    if (target === null || target === source) return [];
    const from = kind === 'move' ? source : removedTrack;
    return [
      { track: from, source, sign: -1 },
      { track: target, source, sign: 1 },
    ];
  });
}

/** Samples `[start, start + count)` that a mask can change: its frames and half a window on both sides. */
export function supportOf(
  mask: TileMask,
  range = mask.frameRange(),
): { readonly start: number; readonly count: number } | null {
  if (!range) return null;
  const { nFft, hop } = mask.grid;
  const start = Math.max(0, range[0] * hop - nFft / 2);
  return { start, count: (range[1] - 1) * hop + nFft / 2 - start };
}

const stfts = new Map<string, Stft>();

/** The transform of a grid; made once. */
export function stftOf({ nFft, hop }: MaskGrid): Stft {
  const key = `${nFft} ${hop}`;
  const known = stfts.get(key);
  if (known) return known;
  const made = new Stft({ nFft, hop });
  stfts.set(key, made);
  return made;
}

/** Fills `into` with samples of one channel from `start` on; zeros outside the song. */
export type SampleReader = (channel: number, start: number, into: Float32Array) => void;

/** Changes a spectrum of some frames before the mask is applied; the first of them is frame `first` of the song. */
export interface SpectrumChange {
  /** Frames of context that it needs on both sides. */
  readonly around: number;
  readonly apply: (spectrum: Spectrum, first: number) => void;
}

/**
 * The masked part of a signal over the mask's support: inverse STFT of mask · STFT, `[channels][count]` float32, the
 * mixture phase of the stem itself. Local: reads one window more than the support on both sides. With `range` only
 * these frames of the mask: the parts of neighbouring ranges add up to the whole.
 */
export function maskedPart(
  read: SampleReader,
  channels: number,
  mask: TileMask,
  strength: number,
  range = mask.frameRange(),
  change?: SpectrumChange,
): { readonly start: number; readonly planes: Float32Array[] } | null {
  const support = supportOf(mask, range);
  if (!range || !support) return null;
  const stft = stftOf(mask.grid);
  const { nFft, hop } = mask.grid;
  // Frames whose windows reach into the support, and as many more that are free of the padding at the ends.
  const around = Math.max(Math.ceil(nFft / hop) + 1, change?.around ?? 0);
  const first = range[0] - around;
  const frames = range[1] + around - first;
  const samples = (frames - 1) * hop;
  const signal = new Float32Array(samples);
  const kept = range[1] - range[0];
  const plane = mask.plane(range[0], kept, strength);
  // Whole frames of zeros around, because the inverse weighs by all frames of the segment.
  const whole = new Float32Array(stft.frameCount(samples) * stft.bins);
  whole.set(plane, around * stft.bins);
  const planes = Array.from({ length: channels }, (_, ch) => {
    read(ch, first * hop, signal);
    const spectrum = stft.forward(signal);
    change?.apply(spectrum, first);
    const view = {
      data: whole,
      offset: 0,
      frameStride: stft.bins,
      binStride: 1,
      firstBin: 0,
      bins: stft.bins,
    };
    const masked = stft.inverseMasked(spectrum, view, samples);
    const from = support.start - first * hop;
    return masked.slice(from, from + support.count);
  });
  return { start: support.start, planes };
}
