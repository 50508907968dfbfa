import type { Attachment } from 'svelte/attachments';
import type { StrokePoint } from '../../../src-main/common/separation/edits/shapes.js';
import { attached } from '../../base/scope.js';
import type { SongView } from '../../state/view.svelte.js';
import { hertzAt, type AxisKind } from '../../picture/axis.js';

/** The button of a pen's other end. */
const eraserButton = 5;

/**
 * Painting on a lane: with a painting tool a drag is a stroke, as fine as the pointer reports it and as strong as a pen
 * is pressed; the other end of a pen erases. `axis` is null where there is no frequency axis to paint on.
 */
export function paintSurface(view: SongView, axis: () => AxisKind | null): Attachment<HTMLElement> {
  const { painted } = view;
  return attached((element: HTMLElement, scope) => {
    let pointer: number | null = null;
    const placeOf = (event: PointerEvent, kind: AxisKind): StrokePoint => {
      const { left, top, height } = element.getBoundingClientRect();
      const share = 1 - Math.min(Math.max((event.clientY - top) / height, 0), 1);
      const pressure = event.pointerType === 'pen' ? event.pressure : 1;
      return painted.place(view.frameAt(event.clientX - left), hertzAt(view.axis(kind), share), pressure);
    };
    const press = (event: PointerEvent): void => {
      const { paintTool } = view;
      const kind = axis();
      if (!paintTool || !kind || pointer !== null) return;
      if (event.button !== 0 && event.button !== eraserButton) return;
      pointer = event.pointerId;
      element.setPointerCapture(pointer);
      const { framesPerPixel } = view.span;
      painted.screen = { axis: view.axis(kind), framesPerPixel, height: element.clientHeight };
      painted.cancel();
      painted.begin(event.button === eraserButton ? 'eraser' : paintTool, placeOf(event, kind));
    };
    const move = (event: PointerEvent): void => {
      const kind = axis();
      if (event.pointerId !== pointer || !kind) return;
      const events = event.getCoalescedEvents();
      const places = (events.length > 0 ? events : [event]).map((one) => placeOf(one, kind));
      painted.draw(places, view.axis(kind));
    };
    const release = (event: PointerEvent): void => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      const kind = axis();
      if (kind) painted.end(view.axis(kind));
      else painted.cancel();
    };
    const giveUp = (): void => {
      if (pointer === null) return;
      pointer = null;
      painted.cancel();
    };
    scope.listen(element, 'pointerdown', press);
    scope.listen(element, 'pointermove', move);
    scope.listen(element, 'pointerup', release);
    scope.listen(element, 'pointercancel', giveUp);
    scope.defer(giveUp);
  });
}
