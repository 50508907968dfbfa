import type { Attachment } from 'svelte/attachments';
import { attached } from '../../base/scope.js';
import type { SongController } from '../../state/song.svelte.js';

/** What lies on the current lane leaves the pointer its place in time there: a key goes by it, as beside it. */
export function overLane(song: SongController): Attachment<HTMLElement> {
  return attached((bar, scope) => {
    scope.listen(bar, 'pointermove', ({ clientX }) => {
      const { left } = bar.parentElement!.getBoundingClientRect();
      const frame = song.view.frameAt(clientX - left);
      song.view.hover = { track: song.current.id, frame, hertz: null };
    });
    scope.listen(bar, 'pointerleave', () => (song.view.hover = null));
  });
}
