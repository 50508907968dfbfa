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

interface Shown {
  readonly info: SessionInfo;
  readonly tracks: readonly TrackInfo[];
}

/** Whether the stems that are shown are still being made. */
function grow({ info, tracks }: Shown): boolean {
  return info.growing || tracks !== info.tracks;
}

/** What is known of the stems that are shown; null while they are being made. */
export function shownSeparation(shown: Shown): SessionInfo['separation'] {
  return grow(shown) ? null : shown.info.separation;
}

/** What of a song is shown, for requests of samples (see `PcmRequest`); nothing while new stems grow, which have no set yet. */
export function shownTracks(shown: Shown): Pick<PcmRequest, 'stems' | 'removed'> {
  const { info, tracks } = shown;
  if (info.stems === null || grow(shown)) return {};
  return { stems: info.stems, removed: tracks.some(({ id }) => id === removedTrack) };
}

/** Shows a track's waveform instead of its spectrogram, or the other way round. */
export function toggleWaveform(song: { waveforms: ReadonlySet<string> }, id: string): void {
  const next = new Set(song.waveforms);
  if (!next.delete(id)) next.add(id);
  song.waveforms = next;
}
