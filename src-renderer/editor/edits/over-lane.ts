import type { Attachment } from 'svelte/attachments';
import type { AxisKind } from '../../picture/axis.js';
import { attached } from '../../base/scope.js';
import { onWheel } from '../gestures/surface.js';
import type { SongController } from '../../state/song.svelte.js';

/**
 * What lies on the current lane leaves the pointer its place in time there: a key and the wheel go by it, as beside it.
 * `axis` is that of the lane, null where there is none.
 */
export function overLane(song: SongController, axis: () => AxisKind | null): Attachment<HTMLElement> {
  return attached((bar, scope) => {
    scope.listen(bar, 'pointermove', ({ clientX }) => {
      const { left } = bar.parentElement!.getBoundingClientRect();
      const frame = song.view.frameAt(clientX - left);
      song.view.hover = { track: song.current.id, frame, hertz: null };
    });
    // The lane's, as beside it; else the browser would enlarge the page.
    const wheel = (event: WheelEvent): void => onWheel(event, bar.parentElement!, song.view, axis());
    scope.listen(bar, 'wheel', wheel, { passive: false });
    scope.listen(bar, 'pointerleave', () => (song.view.hover = null));
  });
}
