import type { Attachment } from 'svelte/attachments';
import type { SongView } from '../../state/view.svelte.js';

export interface SurfaceHooks {
  readonly view: SongView;
  readonly seek: (frame: number) => void;
  /** Pixels from the upper left corner, null when the pointer has left. */
  readonly hover: (x: number, y: number) => void;
  readonly leave: () => void;
}

/** Pixels the pointer moves before a click becomes a selection. */
const dragPixels = 4;
/** Zoom of one notch (100 units) of a wheel. */
const notchFactor = 1.25;

/** Ctrl + wheel zooms at the pointer, the wheel alone scrolls in time. */
export function onWheel(event: WheelEvent, element: Element, view: SongView): void {
  event.preventDefault();
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
  if (event.ctrlKey || event.metaKey) {
    const x = event.clientX - element.getBoundingClientRect().left;
    view.zoom(notchFactor ** ((-event.deltaY * unit) / 100), x);
  } else {
    const delta = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
    view.scroll(delta * unit);
  }
}

/** A lane's gestures: click seeks, drag selects a range of time, Shift-click extends it, the wheel zooms and scrolls. */
export function surface({ view, seek, hover, leave }: SurfaceHooks): Attachment<HTMLElement> {
  return (element) => {
    const scope = new AbortController();
    const options = { signal: scope.signal };
    let down: { readonly x: number; readonly frame: number; dragged: boolean } | null = null;
    const xOf = (event: PointerEvent): number => event.clientX - element.getBoundingClientRect().left;

    const press = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      const x = xOf(event);
      if (event.shiftKey && view.selection) {
        const { start, end } = view.selection;
        const frame = view.frameAt(x);
        view.select(frame, Math.abs(frame - start) < Math.abs(frame - end) ? end : start);
        return;
      }
      down = { x, frame: view.frameAt(x), dragged: false };
      element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      const x = xOf(event);
      hover(x, event.clientY - element.getBoundingClientRect().top);
      if (!down) return;
      down.dragged ||= Math.abs(x - down.x) >= dragPixels;
      if (down.dragged) view.select(down.frame, view.frameAt(x));
    };
    const release = (): void => {
      if (down && !down.dragged) seek(down.frame);
      down = null;
    };

    element.addEventListener('pointerdown', press, options);
    element.addEventListener('pointermove', move, options);
    element.addEventListener('pointerup', release, options);
    element.addEventListener('pointercancel', () => (down = null), options);
    element.addEventListener('pointerleave', leave, options);
    element.addEventListener('wheel', (event) => onWheel(event, element, view), {
      ...options,
      passive: false,
    });
    return () => scope.abort();
  };
}
