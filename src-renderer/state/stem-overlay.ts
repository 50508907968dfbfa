import type { TrackInfo } from '../../src-main/common/contract/session.js';
import type { SongController } from './song.svelte.js';
import type { LaneInfo } from './tracks.svelte.js';

export type StemPicture = 'blended' | 'heated';

/** Turns all stems on the source's lane on or off; turning it on brings the lane back. */
export function toggleStems(song: SongController, what: StemPicture): void {
  if (!song.separated) return;
  song.view[what] = !song.view[what];
  const { hidden } = song.list;
  if (song.view[what] && hidden.some(({ track }) => track.kind === 'source')) song.list.show('source');
}

/** The stems that are shown on the source's lane: all that are not silenced, in the order of the lanes. */
export function audibleStems(song: SongController): readonly LaneInfo[] {
  const { lanes, hidden } = song.list;
  return [...lanes, ...hidden].filter(
    ({ track }) => track.kind === 'stem' && !song.mixer.isSilent(track, song.tracks),
  );
}

/** Whether a lane shows all stems instead of its own track alone. */
export function showsStems({ separated, view }: SongController, track: TrackInfo): boolean {
  return separated && track.kind === 'source' && (view.blended || view.heated);
}
