import type { DocumentDiff } from '../../src-main/common/document/store.js';
import type { StepMarks, StepName } from '../../src-main/common/document/history-schema.js';
import type { Entry } from '../../src-main/common/document/timeline.js';
import type { Drawn } from './drawn-state.js';

/** One step of a person. */
export interface HistoryStep {
  readonly name: StepName;
  /** What it did to the document; null for one that was drawn. */
  readonly diff: DocumentDiff | null;
  /** What was selected by it; null for all other steps. */
  readonly drawn: Drawn | null;
}

export interface HistorySteps {
  /** From the oldest to the last that can be done again. */
  readonly list: readonly HistoryStep[];
  /** How many of them are done; the others were taken back. */
  readonly done: number;
}

type Entries = readonly Entry<Drawn>[];

/** All steps in the order in which they were done: those of the document and those that were drawn. */
export function historySteps(
  order: { readonly done: Entries; readonly undone: Entries },
  marks: StepMarks,
): HistorySteps {
  const done = named(order.done, marks.done);
  return { list: [...done, ...named(order.undone, marks.undone).reverse()], done: done.length };
}

/** The newest is the last on both sides; of marks there may be more, which something drawn has put out of reach. */
function named(entries: Entries, marks: StepMarks['done']): HistoryStep[] {
  let mark = marks.length - entries.filter((entry) => entry === 'document').length;
  return entries.map((entry) => {
    if (entry === 'document') return { ...marks[mark++], drawn: null };
    return { name: { text: entry.text }, diff: null, drawn: entry.to };
  });
}
