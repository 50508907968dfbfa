import { sourceRange, type SampleRange } from '../../common/separation/edits/part-pieces.js';
import type { EditPart } from '../../common/separation/edits/edit.js';
import type { TileMask } from '../../common/separation/edits/tile-mask.js';

/** Frequencies `[low, high)` as shares of the sample rate. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** Samples of a track that are not what they were; what was added or taken lies in the band, up to the margin. */
export interface Change extends SampleRange, Reach {
  readonly track: string;
}

/** Where an edit lies in frequency. */
export interface Reach {
  readonly band: Band;
  /** Bins of its transform, as a share of the sample rate: anything further away leaks less than −120 dB into it. */
  readonly margin: number;
}

/** What an edit is computed from. */
export interface Footprint extends Reach {
  readonly reads: SampleRange;
}

/** Beyond this many bins the leakage of a Hann window does not matter. */
const leakingBins = 160;

/** Null for a mask that covers nothing. */
export function footprintOf(mask: TileMask, part: Omit<EditPart, 'strength'>): Footprint | null {
  const [reads, area] = [sourceRange(mask, part), mask.area()];
  if (!reads || !area) return null;
  const { nFft } = mask.grid;
  // A searched phase may put energy beside its mask, and depends on what lies there.
  const band = part.phase ? { low: 0, high: 1 } : { low: area.low / nFft, high: area.high / nFft };
  return { reads, band, margin: leakingBins / nFft };
}

/** Whether a change reaches what an edit of these sources is computed from. */
export function reaches(
  change: Change,
  sources: readonly string[],
  { reads, band, margin: own }: Footprint,
): boolean {
  if (!overlap(change, reads)) return false;
  // Whichever transform is the shorter one spreads further, the one that wrote or the one that reads.
  const margin = Math.max(own, change.margin);
  if (change.band.low - margin >= band.high || band.low - margin >= change.band.high) return false;
  return sources.includes(change.track);
}

export function overlap(a: SampleRange, b: SampleRange): boolean {
  return a.start < b.start + b.count && b.start < a.start + a.count;
}

/** Ranges in order, those that touch as one. */
export function merge(ranges: readonly SampleRange[]): SampleRange[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const merged: { start: number; count: number }[] = [];
  for (const { start, count } of sorted) {
    const last = merged.at(-1);
    if (last && start <= last.start + last.count) {
      last.count = Math.max(last.count, start + count - last.start);
    } else {
      merged.push({ start, count });
    }
  }
  return merged;
}
