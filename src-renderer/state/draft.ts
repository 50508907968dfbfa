import type { StepMarks } from '../../src-main/common/document/history-schema.js';
import { marksSchema } from '../../src-main/common/document/history-schema.js';
import {
  documentVersion,
  readSnapshot,
  type DocumentSnapshot,
} from '../../src-main/common/document/migrations.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { OpenedSong } from './song-project.js';

const key = 'unbraid-draft';

/** Keeps the document of a song that is no project in this tab; one that is too long for that is not kept. */
export function writeDraft({ session }: SessionInfo, document: DocumentSnapshot, history: StepMarks): void {
  try {
    sessionStorage.setItem(key, JSON.stringify({ session, document, history }));
  } catch {
    dropDraft();
  }
}

export function dropDraft(): void {
  sessionStorage.removeItem(key);
}

/** The document that this tab has kept of a song; null when it cannot be read. */
export function readDraft(info: SessionInfo): OpenedSong | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Record<string, unknown> | null;
    if (draft?.['session'] !== info.session) return null;
    const records = readSnapshot(draft['document']);
    const document = { document: 'unbraid', version: documentVersion, records } as const;
    const recovery = { applied: 0, lost: 0, previous: false, missing: [] };
    const history = marksSchema.parse(draft['history']);
    return {
      ...{ info, name: info.name, savedAt: 0, sequence: 0, document, history, view: null, recovery },
      draft: true,
    };
  } catch {
    return null;
  }
}
