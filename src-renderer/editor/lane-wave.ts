import { waveAxis, type WaveAxis } from '../picture/wave/wave-axis.js';
import type { Settings } from '../state/settings.svelte.js';
import type { SongController } from '../state/song.svelte.js';

/** The axis of a song's waveforms, the same in every lane so that they can be compared. */
export function songWaveAxis(
  { tracks }: Pick<SongController, 'tracks'>,
  { waveScale }: Pick<Settings, 'waveScale'>,
): WaveAxis {
  return waveAxis(
    waveScale,
    tracks.map(({ peak }) => peak),
  );
}

/** What lanes show. */
export const laneViews = ['spectrogram', 'wave', 'both'] as const;
export type LaneView = (typeof laneViews)[number];

type Viewed = Pick<SongController, 'tracks' | 'waveforms'>;

/** What all lanes show; a song of which some tracks show their waveforms counts as one of spectrograms. */
export function laneView({ tracks, waveforms }: Viewed, { waveOver }: Pick<Settings, 'waveOver'>): LaneView {
  if (tracks.every(({ id }) => waveforms.has(id))) return 'wave';
  return waveOver ? 'both' : 'spectrogram';
}

/** Makes all lanes show it. */
export function setLaneView(song: Viewed, settings: Pick<Settings, 'waveOver'>, view: LaneView): void {
  song.waveforms = new Set(view === 'wave' ? song.tracks.map(({ id }) => id) : []);
  settings.waveOver = view === 'both';
}
