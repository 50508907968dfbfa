import fc from 'fast-check';
import { documentVersion } from '../../../../../src-main/common/document/migrations.js';
import type { DocumentRecord } from '../../../../../src-main/common/document/records.js';
import { DocumentStore, type DocumentDiff } from '../../../../../src-main/common/document/store.js';
import type { ProjectState } from '../../../../../src-main/node/project/folder/project-folder.js';
import { edits, perform, type Edit } from '../../../common/document/records-of.js';

/** The saved state of a song without stems. */
export function stateOf(records: Iterable<DocumentRecord> = [], name = 'song'): ProjectState {
  return {
    ...{ app: '1.0.0', name, savedAt: 1000, separation: null, view: null },
    source: {
      name: 'song.wav',
      absolute: '/nowhere/song.wav',
      relative: null,
      bytes: 4,
      sha256: 'a'.repeat(64),
    },
    document: { document: 'unbraid', version: documentVersion, records: [...records] },
  };
}

export const changes = fc.array(fc.array(edits, { minLength: 1, maxLength: 3 }), { maxLength: 12 });

/** The document before and after each change, and the changes; those that leave automation alone are left out. */
export function histories(groups: readonly (readonly Edit[])[]): {
  readonly states: readonly ReadonlyMap<string, DocumentRecord>[];
  readonly diffs: readonly DocumentDiff[];
} {
  let store = new DocumentStore();
  const states = [store.all()];
  const diffs: DocumentDiff[] = [];
  for (const group of groups) {
    const next = new DocumentStore([...store.all().values()]);
    const diff = next.change((tx) => group.forEach((edit) => perform(tx, edit)));
    const owners = next.ofType('automation').every(({ track }) => next.get(track) !== undefined);
    if (!owners) continue;
    store = next;
    states.push(store.all());
    diffs.push(diff);
  }
  return { states, diffs };
}
