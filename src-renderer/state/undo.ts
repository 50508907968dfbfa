import type { SongDocument } from './document.svelte.js';
import type { StemEdits } from './stem-edits.svelte.js';

interface Song {
  readonly edits: StemEdits;
  readonly document: SongDocument;
}

/** Takes back what was done last: also what is only being worked out, and is not yet a step. */
export function undo(song: Song): void {
  if (!song.edits.giveUp()) song.document.undo();
}

/** Takes back or does again what lies between now and the moment when so many steps were done. */
export function goToStep({ edits, document }: Song, count: number): void {
  // What is only being worked out is later than every step.
  while (edits.giveUp());
  for (let at = document.steps.done; at !== count;) {
    if (count < at) document.undo();
    else document.redo();
    const { done } = document.steps;
    // While a separation runs, what would replace its stems cannot be taken back.
    if (done === at) return;
    at = done;
  }
}
