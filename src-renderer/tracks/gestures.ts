import type { Attachment } from 'svelte/attachments';
import { attached } from '../base/scope.js';

/** Pixels the pointer moves before a press becomes a drag. */
const dragPixels = 5;

export interface DragHooks {
  /** The drag has begun, `dy` pixels below where the button went down. */
  readonly move: (dy: number, event: PointerEvent) => void;
  /** `dropped` is false when the drag was broken off. */
  readonly end: (dropped: boolean) => void;
  /** Whether a press on this element may become a drag. */
  readonly grips?: (target: Element) => boolean;
}

/** Vertical drags with the primary button; a press that does not move stays a click. */
export function dragging({ move, end, grips = () => true }: DragHooks): Attachment<HTMLElement> {
  return attached((element: HTMLElement, scope) => {
    let down: { readonly y: number; readonly id: number; dragged: boolean } | null = null;
    const finish = (dropped: boolean): void => {
      const dragged = down?.dragged ?? false;
      down = null;
      if (dragged) end(dropped);
    };
    scope.listen(element, 'pointerdown', (event) => {
      if (event.button !== 0 || !(event.target instanceof Element) || !grips(event.target)) return;
      down = { y: event.clientY, id: event.pointerId, dragged: false };
    });
    // Captured only now, so that a click still reaches the button it is on.
    const moved = (event: PointerEvent): void => {
      if (down?.id !== event.pointerId) return;
      if (!down.dragged && Math.abs(event.clientY - down.y) < dragPixels) return;
      if (!down.dragged) element.setPointerCapture(event.pointerId);
      down.dragged = true;
      move(event.clientY - down.y, event);
    };
    // The pointer may leave a thin handle before it has gone far enough to be a drag.
    const page = element.ownerDocument;
    scope.listen(page, 'pointermove', moved);
    scope.listen(page, 'pointerup', () => finish(true));
    scope.listen(page, 'pointercancel', () => finish(false));
  });
}
