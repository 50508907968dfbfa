import type { Attachment } from 'svelte/attachments';
import { attached } from '../../base/scope.js';
import type { SongView } from '../../state/view.svelte.js';
import { heightOf, hertzAt, type AxisKind, type FrequencyAxis } from '../../picture/axis.js';
import { cursorOf, dragGrip, gripAt, type Grip, type Held } from './grips.js';
import { snapDrag, snapPoint, type Snapper } from './snap-grip.js';

export interface SurfaceHooks {
  readonly view: SongView;
  readonly seek: (frame: number) => void;
  /** A click with the wand, with the keys that were held. */
  readonly pick?: (frame: number, hertz: number, held: Pick<MouseEvent, 'shiftKey' | 'altKey'>) => void;
  /** The pointer is so many pixels from the upper left corner of a lane of this height. */
  readonly hover: (x: number, y: number, height: number) => void;
  readonly leave: () => void;
  /** The lane is the one that is meant: the pointer went down on it. */
  readonly meant?: () => void;
  /** What is selected was dragged with Alt: a copy of it belongs so many frames later. */
  readonly copy?: (frames: number) => void;
  /** A double click: selects what hangs together with a place. */
  readonly whole?: (frame: number, hertz: number) => void;
  /** A click with Alt: chooses the edit that is there; false where there is no edit. */
  readonly edit?: (frame: number, hertz: number | null) => boolean;
  /** A right click, pixels of the window. */
  readonly menu?: (x: number, y: number) => void;
  /** What edges snap to, in a lane of this height; null, or left out, when they do not. */
  readonly snapper?: (height: number) => Snapper | null;
  /** Nothing is dragged any more. */
  readonly dropped?: () => void;
  /** The frequency axis; null, or left out, if the lane has no frequency axis. */
  readonly axis?: () => AxisKind | null;
}

/** Pixels the pointer moves before a click becomes a selection. */
const dragPixels = 4;
/** Zoom of one notch (100 units) of a wheel. */
const notchFactor = 1.25;
/** Growth of the brush by one notch. */
const brushFactor = 1.15;
/** Share of a lane's height that one notch scrolls in frequency. */
const notchShare = 0.1;

/**
 * Ctrl + wheel zooms at the pointer, the wheel alone scrolls in time. Where there is a frequency axis, Alt + wheel
 * (or Ctrl + Shift, where a window manager keeps Alt) zooms in frequency and Alt + Shift + wheel scrolls in it;
 * `alt` takes Alt for held. With a brush in hand Shift + wheel changes its size.
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
  if (kind && view.sizedTool && event.shiftKey && !alt && !ctrl) {
    view.painted.resize(brushFactor ** (-delta / 100));
  } else if (kind && alt && event.shiftKey) {
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
  /** The selection that is dragged, and what of it is held; null when a new one is drawn. */
  readonly held: { readonly selection: Held; readonly grip: Grip } | null;
  /** Only a copy of it is dragged, in time. */
  readonly copying: boolean;
  dragged: boolean;
}

type Place = Pick<Press, 'x' | 'y' | 'frame' | 'hertz'>;

/** A selection that takes up more of the lane than this leaves no room to draw another one beside it. */
const roomy = 0.8;

/** The selection as it is now. */
function heldIn({ selection, selectedBand: band }: SongView): Held | null {
  return selection && { ...selection, band };
}

/** What of the selection is under the pointer; null where a new one would be drawn. */
function gripIn(view: SongView, { x, y }: Place, axis: FrequencyAxis | null, height: number): Grip | null {
  const held = heldIn(view);
  if (!held) return null;
  const band = axis && held.band;
  const [left, right] = [view.pixelOf(held.start), view.pixelOf(held.end)];
  const [bottom, top] = band
    ? [band.low, band.high].map((hertz) => (1 - heightOf(axis, hertz)) * height)
    : [height, 0];
  const grip = gripAt({ left, right, top, bottom }, band !== null, x, y);
  const shown = Math.min(right, view.span.width) - Math.max(left, 0);
  const inside = grip !== null && !grip.time && !grip.band;
  return inside && !band && shown > roomy * view.span.width ? null : grip;
}

/** Whether what is dragged is not to snap this time. */
const unsnapped = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey;

/** Moves the ends of the selection that are nearer to a place there; false without a selection. */
function extend(view: SongView, frame: number, hertz: number | null): boolean {
  const held = heldIn(view);
  if (!held) return false;
  const { start, end, band } = held;
  view.select(frame, Math.abs(frame - start) < Math.abs(frame - end) ? end : start);
  if (band && hertz !== null) view.selectBand(Math.min(band.low, hertz), Math.max(band.high, hertz));
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
 * frequency; the selection's edges and corners are dragged, and so is all of it, or with Alt a copy of it. Shift-click extends it, a double click
 * and a click with the wand are handed on, the wheel zooms and scrolls. With a painting tool `paintSurface` has the
 * drags.
 */
export function surface(hooks: SurfaceHooks): Attachment<HTMLElement> {
  const { view, seek, pick, hover, leave } = hooks;
  const kind = (): AxisKind | null => hooks.axis?.() ?? null;
  const axis = (): FrequencyAxis | null => {
    const now = kind();
    return now && view.axis(now);
  };
  return attached((element: HTMLElement, scope) => {
    let down: Press | null = null;
    const placeOf = (event: MouseEvent): Place => {
      const { left, top, height } = element.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      const frequencies = axis();
      const share = 1 - Math.min(Math.max(y / height, 0), 1);
      return { x, y, frame: view.frameAt(x), hertz: frequencies && hertzAt(frequencies, share) };
    };
    const gripOf = (place: Place, shift: boolean): Grip | null =>
      shift ? null : gripIn(view, place, axis(), element.clientHeight);
    const press = (event: PointerEvent): void => {
      hooks.meant?.();
      if (event.button !== 0 || (view.paintTool && kind())) return;
      const { shiftKey: shift } = event;
      const place = placeOf(event);
      const grip = gripOf(place, shift);
      const held = grip && { selection: heldIn(view)!, grip };
      const inside = grip !== null && !grip.time && !grip.band;
      const copying = inside && event.altKey && hooks.copy !== undefined;
      const rectangle = shift || view.tool === 'rectangle';
      down = { ...place, rectangle, shift, held, copying, dragged: false };
      element.setPointerCapture(event.pointerId);
    };
    const snapperFor = (event: MouseEvent): Snapper | null => {
      const snapper = unsnapped(event) ? null : (hooks.snapper?.(element.clientHeight) ?? null);
      if (!snapper) hooks.dropped?.();
      return snapper;
    };
    const drag = (down: Press, place: Place, event: MouseEvent): void => {
      const both = down.rectangle || down.held !== null;
      const far = both && down.hertz !== null ? Math.abs(place.y - down.y) : 0;
      down.dragged ||= Math.max(Math.abs(place.x - down.x), far) >= dragPixels;
      if (!down.dragged) return;
      view.dragging = true;
      const { held } = down;
      const from = down.copying ? { ...down, hertz: null } : down;
      const snapper = snapperFor(event);
      snapper?.onMore(() => drag(down, place, event));
      if (held) {
        const { selection, grip } = held;
        const to = snapper ? snapDrag(selection, grip, from, place, axis(), view.length, snapper) : place;
        view.hold(dragGrip(selection, grip, from, to, axis(), view.length));
      } else if (snapper) {
        const [begun, now] = [down, place].map((point) => snapPoint(point, snapper));
        snapper.show({ time: now.hint.time, band: down.rectangle ? now.hint.band : null });
        selectTo(view, { ...down, ...begun.point }, now.point.frame, now.point.hertz);
      } else selectTo(view, down, place.frame, place.hertz);
    };
    const move = (event: PointerEvent): void => {
      const place = placeOf(event);
      hover(place.x, place.y, element.clientHeight);
      if (down) return drag(down, place, event);
      const grip = view.paintTool && kind() ? null : gripOf(place, event.shiftKey);
      element.style.cursor = grip ? cursorOf(grip) : '';
    };
    /** The selection is where it was, and what it covers also where it was dropped. */
    const dropCopy = (selection: Held): void => {
      const by = (view.selection?.start ?? selection.start) - selection.start;
      view.hold(selection);
      if (by !== 0) hooks.copy?.(by);
    };
    const release = (event: PointerEvent): void => {
      const click = down && !down.dragged ? down : null;
      const copied = down?.dragged && down.copying ? down.held : null;
      end();
      if (copied) dropCopy(copied.selection);
      if (!click) return;
      if (view.tool === 'wand' && pick && click.hertz !== null) pick(click.frame, click.hertz, event);
      else if (event.altKey && hooks.edit?.(click.frame, click.hertz)) return;
      else if (!click.shift || !extend(view, ...cornerAt(click, event))) seek(click.frame);
    };
    const cornerAt = (click: Press, event: MouseEvent): [number, number | null] => {
      const snapper = snapperFor(event);
      const { frame, hertz } = snapper ? snapPoint(click, snapper).point : click;
      return [frame, hertz];
    };
    const end = (): void => {
      down = null;
      view.dragging = false;
      hooks.dropped?.();
    };
    const twice = (event: MouseEvent): void => {
      const { frame, hertz } = placeOf(event);
      if (hertz !== null && !view.paintTool && view.tool !== 'wand') hooks.whole?.(frame, hertz);
    };
    const menu = (event: MouseEvent): void => {
      if (!hooks.menu) return;
      event.preventDefault();
      hooks.meant?.();
      hooks.menu(event.clientX, event.clientY);
    };

    scope.listen(element, 'pointerdown', press);
    scope.listen(element, 'pointermove', move);
    scope.listen(element, 'pointerup', release);
    scope.listen(element, 'pointercancel', end);
    scope.listen(element, 'pointerleave', leave);
    scope.listen(element, 'dblclick', twice);
    scope.listen(element, 'contextmenu', menu);
    scope.listen(element, 'wheel', (event) => onWheel(event, element, view, kind()), { passive: false });
  });
}
