import type { Disposable } from '../base/disposal.js';
import { isEmptyDiff } from './diff.js';
import {
  diffOf,
  moveMarks,
  noMarks,
  withoutStems,
  type HistoryChange,
  type Marks,
  type UsedStems,
} from './marks.js';
import type { DocumentRecord } from './records.js';
import type { DocumentStore, Transaction } from './store.js';

/** Undo and redo of one document. `Name` is what hosts make the menu's text from. */
export class History<Name> {
  private current: Marks<Name> = noMarks;
  private readonly listeners = new Set<(change: HistoryChange<Name>) => void>();
  /** The gesture under way: the newest mark is its own. */
  private open: { readonly gesture: string } | null = null;

  constructor(private readonly store: DocumentStore) {}

  /** All steps that can be undone or done again: a value, which later steps replace. */
  get marks(): Marks<Name> {
    return this.current;
  }

  /** What undo would take back; null when there is nothing. */
  get undoName(): Name | null {
    return this.current.done.at(-1)?.name ?? null;
  }

  get redoName(): Name | null {
    return this.current.undone.at(-1)?.name ?? null;
  }

  /** Replaces the marks by others that fit the records; listeners are not called. */
  load(marks: Marks<Name>): void {
    this.current = marks;
    this.open = null;
  }

  /**
   * Calls back after each change of document and marks; applied to the state before it, it leads to the state after
   * it.
   */
  listen(listener: (change: HistoryChange<Name>) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /**
   * Makes one undoable change. Steps with the same `gesture` become one mark until `endGesture`, another step,
   * undo or redo comes. A step or gesture that changes nothing in the end leaves no mark.
   */
  step(name: Name, edit: (transaction: Transaction) => void, gesture: string | null = null): void {
    const diff = this.store.change(edit);
    if (isEmptyDiff(diff)) return;
    const kind = gesture !== null && this.open?.gesture === gesture ? 'merge' : 'step';
    const before = this.current.done.length;
    this.current = moveMarks(this.current, { kind, name, diff });
    // A gesture that came back to where it began has no mark left to be part of.
    const stays = this.current.done.length >= before;
    this.open = gesture !== null && stays ? { gesture } : null;
    this.tell({ kind, name, diff });
  }

  /** Other stems are in use: a step that changes no record. */
  useStems(name: Name, stems: UsedStems): void {
    const change = { kind: 'step', name, diff: { added: {}, updated: {}, removed: {} }, stems } as const;
    this.current = moveMarks(this.current, change);
    this.open = null;
    this.tell(change);
  }

  /** Forgets the steps that bring these stems back or replace them: whether each step stays. */
  forgetStems(id: string): ReturnType<typeof withoutStems>['stays'] {
    const { left, stays } = withoutStems(this.current, id);
    this.load(left);
    return stays;
  }

  /** The pointer is up, the key is released: the next step is a separate one. */
  endGesture(): void {
    this.open = null;
  }

  /** Adds records that are not the person's doing, such as the tracks of new stems; those that are there stay. */
  addQuietly(records: readonly DocumentRecord[]): void {
    const diff = this.store.change((transaction) => {
      for (const record of records) if (!transaction.get(record.id)) transaction.put(record);
    });
    if (!isEmptyDiff(diff)) this.tell({ kind: 'quiet', diff });
  }

  /** Takes the newest step back; its name, or null when there is nothing to undo. */
  undo(): Name | null {
    return this.take('undo', this.undoName);
  }

  /** Does the step again that was taken back last; its name, or null. */
  redo(): Name | null {
    return this.take('redo', this.redoName);
  }

  private take(kind: 'undo' | 'redo', name: Name | null): Name | null {
    this.open = null;
    if (this.current[kind === 'undo' ? 'done' : 'undone'].length === 0) return null;
    this.store.apply(diffOf(this.current, { kind }));
    this.current = moveMarks(this.current, { kind });
    this.tell({ kind });
    return name;
  }

  private tell(change: HistoryChange<Name>): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}
