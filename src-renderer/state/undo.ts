import type { SongDocument } from './document.svelte.js';
import type { StemEdits } from './stem-edits.svelte.js';

/** Takes back what was done last: also what is only being worked out, and is not yet a step. */
export function undo(song: { readonly edits: StemEdits; readonly document: SongDocument }): void {
  if (!song.edits.giveUp()) song.document.undo();
}
