import type { TrackInfo } from '../../src-main/common/contract/session.js';

/** Ids of the stems among tracks. */
export function stemIds(tracks: readonly TrackInfo[]): Set<string> {
  return new Set(tracks.filter(({ kind }) => kind === 'stem').map(({ id }) => id));
}

/** Whether two lists are about the same tracks in the same order. */
export function sameTracks(a: readonly TrackInfo[], b: readonly TrackInfo[]): boolean {
  return a.length === b.length && a.every(({ id }, i) => id === b[i].id);
}

/** Shows a track's waveform instead of its spectrogram, or the other way round. */
export function toggleWaveform(song: { waveforms: ReadonlySet<string> }, id: string): void {
  const next = new Set(song.waveforms);
  if (!next.delete(id)) next.add(id);
  song.waveforms = next;
}
