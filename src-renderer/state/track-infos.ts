import type { PcmRequest, SessionInfo, TrackInfo } from '../../src-main/common/contract/session.js';
import { removedTrack } from '../../src-main/common/separation/edits/edit.js';

/** Ids of the stems among tracks. */
export function stemIds(tracks: readonly TrackInfo[]): Set<string> {
  return new Set(tracks.filter(({ kind }) => kind === 'stem').map(({ id }) => id));
}

/** Whether two lists are about the same tracks in the same order. */
export function sameTracks(a: readonly TrackInfo[], b: readonly TrackInfo[]): boolean {
  return a.length === b.length && a.every(({ id }, i) => id === b[i].id);
}

/** What of a song is shown, for requests of samples (see `PcmRequest`); nothing while new stems grow, which have no set yet. */
export function shownTracks({
  info,
  tracks,
}: {
  readonly info: SessionInfo;
  readonly tracks: readonly TrackInfo[];
}): Pick<PcmRequest, 'stems' | 'removed'> {
  if (info.stems === null || tracks !== info.tracks) return {};
  return { stems: info.stems, removed: tracks.some(({ id }) => id === removedTrack) };
}

/** Shows a track's waveform instead of its spectrogram, or the other way round. */
export function toggleWaveform(song: { waveforms: ReadonlySet<string> }, id: string): void {
  const next = new Set(song.waveforms);
  if (!next.delete(id)) next.add(id);
  song.waveforms = next;
}
