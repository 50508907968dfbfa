import type { AppController } from '../../state/app.svelte.js';
import { heldCombination } from '../../state/selection-finder.svelte.js';
import type { SongController } from '../../state/song.svelte.js';
import { hertzAt, type AxisKind } from '../../picture/axis.js';
import { laneSnapper } from './snap-grip.js';
import type { SurfaceHooks } from './surface.js';

/** What the gestures of a lane do; `spectral` says whether it has a frequency axis. */
export function laneHooks(
  { settings, preferences }: Pick<AppController, 'settings' | 'preferences'>,
  song: SongController,
  track: () => string,
  spectral: () => boolean,
): SurfaceHooks {
  const { view } = song;
  const kind = (): AxisKind | null => (spectral() ? settings.axis : null);
  return {
    view,
    seek: (frame) => song.player.seek(frame),
    pick: (frame, hertz, held) =>
      void song.finder.wand(track(), frame, hertz, heldCombination(held) ?? undefined),
    meant: () => (song.selectedTrack = track()),
    whole: (frame, hertz) => void song.finder.wand(track(), frame, hertz, 'replace'),
    edit: (frame, hertz) => song.shownEdits.chooseAt(track(), frame, hertz),
    copy: (frames) => void song.verbs.apply({ kind: 'clone' }, frames),
    menu: (x, y) => (view.menuAt = { x, y }),
    snapper: (laneHeight) => {
      const axis = spectral() ? view.axis(settings.axis) : null;
      return preferences.snap.on ? laneSnapper(song, track(), preferences.snap.to, axis, laneHeight) : null;
    },
    dropped: () => song.snapping.clear(),
    hover: (x, y, laneHeight) => {
      const share = 1 - y / Math.max(1, laneHeight);
      const hertz = spectral() ? hertzAt(view.axis(settings.axis), share) : null;
      view.hover = { track: track(), frame: view.frameAt(x), hertz };
    },
    leave: () => (view.hover = null),
    axis: kind,
  };
}
