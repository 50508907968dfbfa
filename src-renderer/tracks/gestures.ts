import type { Attachment } from 'svelte/attachments';
import { attached, type End } from '../base/scope.js';
import { EdgeScroll } from './edge-scroll.js';

/** Pixels the pointer moves before a press becomes a drag. */
const dragPixels = 5;

export interface DragHooks {
  /** The drag has begun, `dy` pixels below where the button went down; what was scrolled since counts. */
  readonly move: (dy: number, event: PointerEvent) => void;
  /** `dropped` is false when the drag was broken off. */
  readonly end: (dropped: boolean) => void;
  /** Whether a press on this element may become a drag. */
  readonly grips?: (target: Element) => boolean;
  /** What scrolls when the drag comes to its edge. */
  readonly scrolls?: (dragged: HTMLElement) => HTMLElement | null;
}

/** Vertical drags with the primary button; a press that does not move stays a click. */
export function dragging({
  move,
  end,
  grips = () => true,
  scrolls = () => null,
}: DragHooks): Attachment<HTMLElement> {
  return attached((element: HTMLElement, scope) => {
    let down: { readonly y: number; readonly id: number } | null = null;
    let drag: { last: PointerEvent; readonly edge: EdgeScroll | null; readonly still: End } | null = null;
    const finish = (dropped: boolean): void => {
      const dragged = drag;
      [down, drag] = [null, null];
      dragged?.still();
      if (dragged) end(dropped);
    };
    const tell = (): void => {
      if (down && drag) move(drag.last.clientY - down.y + (drag.edge?.scrolled ?? 0), drag.last);
    };
    const begin = (event: PointerEvent): NonNullable<typeof drag> => {
      // Captured only now, so that a click still reaches the button it is on.
      element.setPointerCapture(event.pointerId);
      const box = scrolls(element);
      const edge = box && new EdgeScroll(box);
      const still = scope.frames((now) => {
        if (drag && edge?.step(drag.last.clientY, now)) tell();
      });
      return { last: event, edge, still };
    };
    scope.listen(element, 'pointerdown', (event) => {
      if (event.button !== 0 || !(event.target instanceof Element) || !grips(event.target)) return;
      down = { y: event.clientY, id: event.pointerId };
    });
    const moved = (event: PointerEvent): void => {
      if (down?.id !== event.pointerId) return;
      if (!drag && Math.abs(event.clientY - down.y) < dragPixels) return;
      drag ??= begin(event);
      drag.last = event;
      tell();
    };
    // The pointer may leave a thin handle before it has gone far enough to be a drag.
    const page = element.ownerDocument;
    scope.listen(page, 'pointermove', moved);
    scope.listen(page, 'pointerup', () => finish(true));
    scope.listen(page, 'pointercancel', () => finish(false));
  });
}
