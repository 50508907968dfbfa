import type { EditRecord } from '../../../src-main/common/document/records.js';
import { trackTitle } from '../../shared/title.js';
import type { Settings } from '../../state/settings.svelte.js';

/** What an edit does, in words. */
export function editWords(
  list: Parameters<typeof trackTitle>[0],
  { kind, sources, target }: EditRecord,
  t: Settings['t'],
): string {
  const title = (name: string): string => trackTitle(list, { id: name, name, kind: 'stem' }, t);
  return t(`edits.${kind}`, {
    from: sources.map(title).join(', '),
    to: target === null ? '' : title(target),
  });
}
