import { pageFrames } from './shared.js';

/** Shared memory all tracks of a song may take together. */
const poolBytes = 256 << 20;

/** Pages that each of this many tracks keeps: all of a short song, a window of a long one. */
export function slotsFor(
  { frames, channels }: { readonly frames: number; readonly channels: number },
  tracks: number,
): number {
  const pages = Math.max(1, Math.ceil(frames / pageFrames));
  const page = channels * pageFrames * 4;
  return Math.min(pages, Math.max(4, Math.floor(poolBytes / (page * Math.max(6, tracks)))));
}
