import type { StepChange, StepMarks } from '../../../../../src-main/common/document/history-schema.js';
import { noMarks } from '../../../../../src-main/common/document/marks.js';
import { documentVersion } from '../../../../../src-main/common/document/migrations.js';
import type { DocumentRecord } from '../../../../../src-main/common/document/records.js';
import type { DocumentDiff } from '../../../../../src-main/common/document/store.js';
import type { ProjectState } from '../../../../../src-main/node/project/folder/project-folder.js';

/** The saved state of a song without stems. */
export function stateOf(
  records: Iterable<DocumentRecord> = [],
  name = 'song',
  history: StepMarks = noMarks,
): ProjectState {
  return {
    ...{ app: '1.0.0', name, savedAt: 1000, separation: null, earlier: [], view: null },
    source: {
      name: 'song.wav',
      absolute: '/nowhere/song.wav',
      relative: null,
      bytes: 4,
      sha256: 'a'.repeat(64),
    },
    document: { document: 'unbraid', version: documentVersion, records: [...records] },
    history,
  };
}

/** A step of a person, by a diff. */
export function stepOf(diff: DocumentDiff, text = 'step.gain'): StepChange {
  return { kind: 'step', name: { text }, diff };
}
