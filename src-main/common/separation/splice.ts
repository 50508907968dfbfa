import type { Frames } from '../base/units.js';
import { settleRounding } from './conservation.js';

/** Length of the cross-fades at both ends of a part that was separated again, seconds. */
export const spliceSeconds = 0.02;

/** Where new stems stand in a song: frames `[start, start + count)`, faded over `fade` frames inside of it. */
export interface SplicePart {
  readonly start: Frames;
  readonly count: Frames;
  readonly fade: Frames;
}

/** The part of a range; short ranges have shorter fades. An end of the song needs none. */
export function splicePart(
  range: { readonly start: Frames; readonly count: Frames },
  sampleRate: number,
): SplicePart {
  return { ...range, fade: Math.min(Math.round(spliceSeconds * sampleRate), Math.floor(range.count / 2)) };
}

/** Weight of the new stems at a frame of the song of `length` frames: 0 outside of the part, 1 in its middle. */
export function spliceWeight({ start, count, fade }: SplicePart, length: Frames, frame: Frames): number {
  if (frame < start || frame >= start + count) return 0;
  const rise = start === 0 ? 1 : (frame - start + 0.5) / fade;
  const fall = start + count >= length ? 1 : (start + count - frame - 0.5) / fade;
  return Math.max(0, Math.min(1, rise, fall));
}

/**
 * Replaces a part of earlier stems by new ones, in place, over the block that begins at frame `at` of the song.
 * `source` is `[channels][n]`; `earlier` and `fresh` are `[stem][channels][n]` and each set adds up to the source.
 * So does every mixture of the two, but for rounding, which the loudest stem takes; outside of the part no sample
 * of `earlier` changes.
 */
export function spliceBlock(
  part: SplicePart,
  length: Frames,
  at: Frames,
  source: readonly Float32Array[],
  earlier: readonly (readonly Float32Array[])[],
  fresh: readonly (readonly Float32Array[])[],
): void {
  const n = source[0].length;
  const from = Math.max(0, part.start - at);
  const to = Math.min(n, part.start + part.count - at);
  if (to <= from) return;
  for (let i = from; i < to; i++) {
    const weight = spliceWeight(part, length, at + i);
    earlier.forEach((planes, s) =>
      planes.forEach((plane, ch) => {
        plane[i] = weight === 1 ? fresh[s][ch][i] : plane[i] + weight * (fresh[s][ch][i] - plane[i]);
      }),
    );
  }
  settleRounding(source, earlier, from, to - from);
}
