import type { Attachment } from 'svelte/attachments';
import { attached } from '../../base/scope.js';
import type { SongView } from '../../state/view.svelte.js';
import { hertzAt, type AxisKind } from '../../picture/axis.js';

export interface SurfaceHooks {
  readonly view: SongView;
  readonly seek: (frame: number) => void;
  /** A click with the wand, with the keys that were held. */
  readonly pick?: (frame: number, hertz: number, held: Pick<MouseEvent, 'shiftKey' | 'altKey'>) => void;
  /** Pixels from the upper left corner, null when the pointer has left. */
  readonly hover: (x: number, y: number) => void;
  readonly leave: () => void;
  /** The frequency axis; null, or left out, if the lane has no frequency axis. */
  readonly axis?: () => AxisKind | null;
}

/** Pixels the pointer moves before a click becomes a selection. */
const dragPixels = 4;
/** Zoom of one notch (100 units) of a wheel. */
const notchFactor = 1.25;
/** Share of a lane's height that one notch scrolls in frequency. */
const notchShare = 0.1;

/**
 * Ctrl + wheel zooms at the pointer, the wheel alone scrolls in time. Where there is a frequency axis, Alt + wheel
 * (or Ctrl + Shift, where a window manager keeps Alt) zooms in frequency and Alt + Shift + wheel scrolls in it;
 * `alt` takes Alt for held.
 */
export function onWheel(
  event: WheelEvent,
  element: Element,
  view: SongView,
  kind: AxisKind | null = null,
  alt = event.altKey,
): void {
  event.preventDefault();
  const { left, bottom, height } = element.getBoundingClientRect();
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
  // Browsers turn a wheel with Shift sideways.
  const delta = unit * (Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY);
  const ctrl = event.ctrlKey || event.metaKey;
  if (kind && alt && event.shiftKey) {
    view.scrollBand(kind, (-delta / 100) * notchShare);
  } else if (kind && (alt || (ctrl && event.shiftKey))) {
    view.zoomBand(kind, notchFactor ** (-delta / 100), (bottom - event.clientY) / height);
  } else if (ctrl) {
    view.zoom(notchFactor ** (-delta / 100), event.clientX - left);
  } else {
    view.scroll(delta);
  }
}

interface Press {
  readonly x: number;
  readonly y: number;
  readonly frame: number;
  /** Null where there is no frequency axis. */
  readonly hertz: number | null;
  readonly rectangle: boolean;
  readonly shift: boolean;
  dragged: boolean;
}

/** Moves the end of the selection that is nearer to a frame; false without a selection. */
function extend(view: SongView, frame: number): boolean {
  if (!view.selection) return false;
  const { start, end } = view.selection;
  view.select(frame, Math.abs(frame - start) < Math.abs(frame - end) ? end : start);
  return true;
}

/** Selects from where the button went down to a place. */
function selectTo(view: SongView, down: Press, frame: number, hertz: number | null): void {
  view.select(down.frame, frame);
  if (!view.selection) return;
  if (down.rectangle && down.hertz !== null && hertz !== null) view.selectBand(down.hertz, hertz);
  else view.selectedBand = null;
}

/**
 * A lane's gestures: click seeks, drag selects a range of time, with Shift or the rectangle tool one of time and
 * frequency, Shift-click extends it, a click with the wand is handed on, the wheel zooms and scrolls. With a painting tool `paintSurface` has the drags.
 */
export function surface(hooks: SurfaceHooks): Attachment<HTMLElement> {
  const { view, seek, pick, hover, leave } = hooks;
  const kind = (): AxisKind | null => hooks.axis?.() ?? null;
  return attached((element: HTMLElement, scope) => {
    let down: Press | null = null;
    const placeOf = (event: PointerEvent): Pick<Press, 'x' | 'y' | 'frame' | 'hertz'> => {
      const { left, top, height } = element.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      const axis = kind();
      const share = 1 - Math.min(Math.max(y / height, 0), 1);
      return { x, y, frame: view.frameAt(x), hertz: axis && hertzAt(view.axis(axis), share) };
    };
    const press = (event: PointerEvent): void => {
      if (event.button !== 0 || (view.paintTool && kind())) return;
      const { shiftKey: shift } = event;
      down = { ...placeOf(event), rectangle: shift || view.tool === 'rectangle', shift, dragged: false };
      element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      const place = placeOf(event);
      hover(place.x, place.y);
      if (!down) return;
      const far = down.rectangle && down.hertz !== null ? Math.abs(place.y - down.y) : 0;
      down.dragged ||= Math.max(Math.abs(place.x - down.x), far) >= dragPixels;
      if (down.dragged) selectTo(view, down, place.frame, place.hertz);
    };
    const release = (event: PointerEvent): void => {
      const click = down && !down.dragged ? down : null;
      down = null;
      if (!click) return;
      if (view.tool === 'wand' && pick && click.hertz !== null) pick(click.frame, click.hertz, event);
      else if (!(click.shift && extend(view, click.frame))) seek(click.frame);
    };

    scope.listen(element, 'pointerdown', press);
    scope.listen(element, 'pointermove', move);
    scope.listen(element, 'pointerup', release);
    scope.listen(element, 'pointercancel', () => (down = null));
    scope.listen(element, 'pointerleave', leave);
    scope.listen(element, 'wheel', (event) => onWheel(event, element, view, kind()), { passive: false });
  });
}
