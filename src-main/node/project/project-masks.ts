import { existsSync, readFileSync } from 'node:fs';
import type { ProjectRecovery } from '../../common/contract/project.js';
import type { DocumentRecord } from '../../common/document/records.js';
import { editsIn, masksIn } from './folder/edits-in.js';
import { blobFile, keepFile } from '../files/keep-files.js';
import type { ProjectFolder } from './folder/project-folder.js';
import type { Session } from '../session/session.js';

/**
 * Copies masks, by their hashes, into a project whose document has these records. Throws `invalid-argument` for one
 * that never came and that an edit needs; one that only a switched-off edit or undo names may be lost.
 */
export async function keepMasks(
  dir: string,
  session: Session,
  masks: Iterable<string>,
  records: Iterable<DocumentRecord>,
): Promise<void> {
  const needed = new Set<string>();
  for (const record of records) if (record.type === 'edit' && record.enabled) needed.add(record.mask);
  for (const mask of new Set(masks)) {
    const file = blobFile(dir, mask);
    if (existsSync(file) || (!needed.has(mask) && !session.edits.has(mask))) continue;
    await keepFile(session.edits.maskFile(mask), file);
  }
}

/**
 * Gives a session the masks of a project. Edits whose masks are gone or damaged are switched off, which is kept as
 * a separate change; steps that would bring such an edit back are forgotten.
 */
export function takeMasks(folder: ProjectFolder, session: Session): ProjectRecovery['missing'] {
  const isThere = (mask: string): boolean => {
    try {
      return session.edits.addMask(readFileSync(blobFile(folder.dir, mask))) === mask;
    } catch {
      return false;
    }
  };
  const gone = new Set([...new Set(masksIn(folder.file))].filter((mask) => !isThere(mask)));
  if (gone.size === 0) return [];
  const edits = folder.file.document.records.filter((record) => record.type === 'edit');
  const hit = edits.filter(({ mask }) => gone.has(mask));
  const off = hit
    .filter(({ enabled }) => enabled)
    .map((edit) => [edit.id, [edit, { ...edit, enabled: false }]] as const);
  const diff = { added: {}, updated: Object.fromEntries(off), removed: {} };
  if (off.length > 0) folder.append([{ kind: 'quiet', diff }]);
  folder.forgetMarks((mark) => editsIn([mark]).every(({ mask }) => !gone.has(mask)));
  return hit.length > 0 ? ['masks'] : [];
}
