import type { TrackInfo } from '../../src-main/common/contract/session.js';
import type { Settings } from '../state/settings.svelte.js';
import type { SongController } from '../state/song.svelte.js';
import { audibleStems, showsStems } from '../state/stem-overlay.js';
import type { FindTile, Picture, StemLayers, TilePlace } from '../picture/gl/painter.js';
import { rgbOf } from '../picture/gl/stem-blend.js';
import { shownLook } from './auto-range.js';
import { spectrogramGrid, spectrogramRequest, type SpectrogramSettings } from './spectrogram.js';

/**
 * What a lane's spectrogram shows now, with a transform. `onMissing` is asked for each tile of it that is not here whether
 * it is to come; without it tiles are taken as far as they are here, and none is fetched.
 */
export function pictureOf(
  song: SongController,
  settings: Settings,
  transform: SpectrogramSettings,
  track: TrackInfo,
  onMissing: ((place: TilePlace) => boolean) | null,
): Picture {
  const { info, view } = song;
  const held = (id: string): FindTile => {
    const request = spectrogramRequest(info.session, id, transform);
    return (place) => song.tiles.peek({ ...request, ...place });
  };
  const finder = (id: string): FindTile => {
    const here = held(id);
    if (!onMissing) return here;
    const request = spectrogramRequest(info.session, id, transform);
    return (place) =>
      here(place) !== null || onMissing(place) ? song.tiles.get({ ...request, ...place }) : null;
  };
  const stems = (): StemLayers => ({
    blended: view.blended,
    heated: view.heated,
    stems: audibleStems(song).map((lane) => ({
      colour: rgbOf(song.list.colour(lane)),
      tile: finder(lane.track.id),
    })),
  });
  return {
    grid: spectrogramGrid(transform, info.frames),
    span: view.span,
    axis: view.axis(settings.axis),
    sampleRate: info.sampleRate,
    colours: settings.colours,
    ...shownLook(settings, view),
    tile: finder(track.id),
    standIn: held(track.id),
    overlay: showsStems(song, track) ? stems() : null,
  };
}
