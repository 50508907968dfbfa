import type { Attachment } from 'svelte/attachments';
import { attached } from '../base/scope.js';

/** Tells when a slider is let go, by pointer, by key or by leaving it: the end of one undoable gesture. */
export function letGo(end: () => void): Attachment<HTMLElement> {
  return attached((element: HTMLElement, scope) => {
    for (const name of ['pointerup', 'pointercancel', 'keyup', 'blur'] as const)
      scope.listen(element, name, end);
  });
}
