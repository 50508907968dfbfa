import { statesOf } from '../../../common/document/diff.js';
import { diffsIn, type HistoryChange, type Mark } from '../../../common/document/marks.js';
import type { EditRecord } from '../../../common/document/records.js';
import type { ProjectFile } from './format.js';

/** The edits that marks or changes bring in, change or take away, in all states that undo and redo may lead to. */
export function editsIn(entries: readonly (Mark<unknown> | HistoryChange<unknown>)[]): EditRecord[] {
  const states = diffsIn(entries).flatMap((diff) => [...statesOf(diff).values()].flat());
  return states.filter((record) => record?.type === 'edit');
}

/** The masks a project needs: of its edits, and of those that undo and redo bring back. */
export function masksIn({ document, history }: Pick<ProjectFile, 'document' | 'history'>): string[] {
  const edits = document.records.filter((record) => record.type === 'edit');
  return [...edits, ...editsIn([...history.done, ...history.undone])].map(({ mask }) => mask);
}
