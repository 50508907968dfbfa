import type { StepName } from '../../src-main/common/document/history-schema.js';
import { texts as en, type TextKey } from '../shared/strings/en/index.js';
import { trackTitle } from '../shared/title.js';

/** A step of the history in words; a stem that is not there at the moment goes by its own name. */
export function stepWords(
  song: { readonly list: { readonly givenName: (id: string) => string | null } },
  { text, stem }: StepName,
  t: (key: TextKey, values?: Readonly<Record<string, string>>) => string,
): string {
  // A newer page may have made a step that this one has no words for.
  const key = Object.hasOwn(en, text) ? (text as TextKey) : 'step.other';
  if (stem === undefined) return t(key);
  const kind = stem === 'source' ? 'source' : 'stem';
  return t(key, { name: trackTitle(song.list, { id: stem, name: stem, kind }, t) });
}
