import type { Attachment } from 'svelte/attachments';
import { tileSize } from '../../src-main/common/contract/session.js';
import { attached } from '../base/scope.js';
import { LevelCount } from '../picture/auto-look.js';
import type { Look } from '../picture/look.js';
import { columnSamples, drawPlan, visibleRows } from '../picture/tiles/tile-plan.js';
import type { Settings } from '../state/settings.svelte.js';
import type { SongController } from '../state/song.svelte.js';
import { spectrogramGrid, spectrogramRequest, transformOf } from './spectrogram.js';

/** Pause between two looks at what is in view, ms. */
const pauseMs = 250;

/** The range of colours of all lanes: the one that was found in what is in view, or the one that was set. */
export function shownLook(
  { scale, autoRange, gainDb, rangeDb }: Settings,
  { autoLook }: SongController['view'],
): Look {
  return { scale, ...(autoRange && autoLook ? autoLook : { gainDb, rangeDb }) };
}

/** Counts the levels of the tiles that are here, of every lane that shows a spectrogram. */
function lookInView(song: SongController, settings: Settings): Pick<Look, 'gainDb' | 'rangeDb'> | null {
  const { info, view, list, waveforms, tiles } = song;
  const transform = transformOf(settings, view);
  const grid = spectrogramGrid(transform, info.frames);
  const axis = view.axis(settings.axis);
  const [low, high] = [axis.low, axis.high].map((hertz) => (hertz * grid.nFft) / info.sampleRate);
  const plan = drawPlan(grid, view.span);
  const finest = plan.at(-1)!.level;
  const end = view.span.start + view.span.framesPerPixel * view.span.width;
  const count = new LevelCount();
  for (const { track } of list.lanes) {
    if (waveforms.has(track.id)) continue;
    const request = spectrogramRequest(info.session, track.id, transform);
    for (const { level, column } of plan) {
      if (level !== finest) continue;
      const size = columnSamples(grid, level);
      const texel = (frame: number): number => ((frame - column * size) / size) * tileSize;
      for (const row of visibleRows(grid, low, high)) {
        const tile = tiles.peek({ ...request, level, column, row });
        if (!tile) continue;
        count.add(tile.bytes, {
          columns: [texel(view.span.start), texel(end)],
          bins: [low - row * tileSize, high - row * tileSize],
        });
      }
    }
  }
  return count.look();
}

/** Keeps the range of colours at what is in view, while it is wanted. */
export function autoRange(song: SongController, settings: Settings): Attachment<HTMLElement> {
  return attached((_, scope) => {
    const look = (): void => {
      if (!settings.autoRange) return;
      const found = lookInView(song, settings);
      const { autoLook: shown } = song.view;
      if (found && (found.gainDb !== shown?.gainDb || found.rangeDb !== shown.rangeDb))
        song.view.autoLook = found;
    };
    scope.interval(look, pauseMs);
  });
}
