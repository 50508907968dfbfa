import type { Settings } from '../state/settings.svelte.js';
import type { StepName } from '../state/document.svelte.js';
import type { SongController } from '../state/song.svelte.js';
import { trackTitle } from './title.js';

/** A step of the history in words; a stem that is not there at the moment goes by its own name. */
export function stepWords(song: SongController, { text, stem }: StepName, t: Settings['t']): string {
  if (stem === undefined) return t(text);
  const kind = stem === 'source' ? 'source' : 'stem';
  return t(text, { name: trackTitle(song.list, { id: stem, name: stem, kind }, t) });
}
