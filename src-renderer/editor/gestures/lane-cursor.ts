import type { Attachment } from 'svelte/attachments';
import { attached } from '../../base/scope.js';
import type { Settings } from '../../state/settings.svelte.js';
import type { SongController } from '../../state/song.svelte.js';
import type { SongView } from '../../state/view.svelte.js';
import { cursorSteps, moveCursor, type LanePoint } from '../cursor.js';
import { heightOf, hertzAt } from '../../picture/axis.js';
import { spectrogramGrid, transformOf } from '../spectrogram.js';

/** Selects from where Shift began to the cursor, its own column included. */
function selectTo(view: SongView, from: LanePoint, to: LanePoint, columnFrames: number): void {
  view.select(Math.min(from.frame, to.frame), Math.max(from.frame, to.frame) + columnFrames);
  if (from.hertz === to.hertz) view.selectedBand = null;
  else if (view.selection) view.selectBand(from.hertz, to.hertz);
}

/** Where a cursor begins: where it was, if that is on screen; else at the playhead, or in the middle. */
function firstPlace({ view, player }: SongController, settings: Settings): LanePoint {
  const axis = view.axis(settings.axis);
  const middle = { frame: view.frameAt(view.span.width / 2), hertz: hertzAt(axis, 0.5) };
  const seen = (frame: number): boolean => view.pixelOf(frame) >= 0 && view.pixelOf(frame) < view.span.width;
  const before = view.cursor ?? { frame: player.position, hertz: middle.hertz };
  return {
    frame: [before.frame, player.position].find(seen) ?? middle.frame,
    hertz: before.hertz >= axis.low && before.hertz <= axis.high ? before.hertz : middle.hertz,
  };
}

/** The keys of a lane that has the focus; others go on to the page's shortcuts. */
function cursorKeys(song: SongController, settings: Settings, track: string): (event: KeyboardEvent) => void {
  const { view, player } = song;
  let anchor: LanePoint | null = null;
  return (event) => {
    const { cursor } = view;
    if (!cursor || event.altKey || event.metaKey) return;
    // With something selected, Enter is for what is done with it.
    if (event.key === 'Enter' && !song.verbs.area && !event.ctrlKey) {
      event.preventDefault();
      player.seek(Math.round(cursor.frame));
      return;
    }
    const steps = cursorSteps(
      spectrogramGrid(transformOf(settings, view), view.length),
      view.sampleRate,
      view.span.framesPerPixel,
    );
    const next = moveCursor(cursor, event.key, event.ctrlKey, steps);
    if (!next) return;
    event.preventDefault();
    anchor = event.shiftKey ? (anchor ?? cursor) : null;
    view.cursor = { track, ...next };
    if (anchor) selectTo(view, anchor, next, steps.columnFrames);
    view.show(next.frame);
    const height = heightOf(view.axis(settings.axis), next.hertz);
    if (height < 0 || height > 1) view.scrollBand(settings.axis, height - 0.5);
  };
}

/** Makes an element that can have the focus the place where keys move a lane's cursor. */
export function laneCursor(song: SongController, settings: Settings, track: string): Attachment<HTMLElement> {
  const { view } = song;
  return attached((element: HTMLElement, scope) => {
    const take = (): void => {
      song.selectedTrack = track;
      view.cursor = { track, ...firstPlace(song, settings) };
    };
    const leave = (): void => {
      if (view.cursor?.track === track) view.cursor = { ...view.cursor, track: null };
    };
    /** A click leaves the arrow keys to the playhead, and takes the focus from what had it. */
    const press = (event: MouseEvent): void => {
      const { activeElement } = element.ownerDocument;
      if (activeElement === element) return;
      event.preventDefault();
      if (activeElement instanceof HTMLElement) activeElement.blur();
    };
    scope.listen(element, 'focus', take);
    scope.listen(element, 'blur', leave);
    scope.listen(element, 'mousedown', press);
    scope.listen(element, 'keydown', cursorKeys(song, settings, track));
    scope.defer(leave);
  });
}
