import { isEmptyDiff, reverseDiff, squashDiffs } from './diff.js';
import type { DocumentRecord } from './records.js';
import type { DocumentDiff, DocumentStore, Transaction } from './store.js';

/** One step back: what it did, and what the Edit menu calls it. */
interface Mark<Name> {
  readonly name: Name;
  readonly diff: DocumentDiff;
}

/**
 * Undo and redo of one document. `Name` is what hosts make the menu's text from.
 *
 *   step   → a mark on the undo side, the redo side is cleared
 *   undo   → the newest mark is reversed and goes to the redo side;   redo → the other way
 */
export class History<Name> {
  private readonly done: Mark<Name>[] = [];
  private readonly undone: Mark<Name>[] = [];
  /** The gesture under way: the newest mark is its own. */
  private open: { readonly gesture: string } | null = null;

  constructor(private readonly store: DocumentStore) {}

  /** What undo would take back; null when there is nothing. */
  get undoName(): Name | null {
    return this.done.at(-1)?.name ?? null;
  }

  get redoName(): Name | null {
    return this.undone.at(-1)?.name ?? null;
  }

  /**
   * Makes one undoable change. Steps with the same `gesture` become one mark until `endGesture`, another step,
   * undo or redo comes. A step or gesture that changes nothing in the end leaves no mark.
   */
  step(name: Name, edit: (transaction: Transaction) => void, gesture: string | null = null): void {
    const diff = this.store.change(edit);
    if (isEmptyDiff(diff)) return;
    this.undone.length = 0;
    const earlier = gesture !== null && this.open?.gesture === gesture ? this.done.pop() : undefined;
    const mark = { name, diff: earlier ? squashDiffs([earlier.diff, diff]) : diff };
    const stays = !isEmptyDiff(mark.diff);
    if (stays) this.done.push(mark);
    this.open = gesture !== null && stays ? { gesture } : null;
  }

  /** The pointer is up, the key is released: the next step is one of its own. */
  endGesture(): void {
    this.open = null;
  }

  /** Adds records that are not the person's doing, such as the tracks of new stems; those that are there stay. */
  addQuietly(records: readonly DocumentRecord[]): void {
    this.store.change((transaction) => {
      for (const record of records) if (!transaction.get(record.id)) transaction.put(record);
    });
  }

  /** Takes the newest step back; its name, or null when there is none. */
  undo(): Name | null {
    return this.move(this.done, this.undone, reverseDiff);
  }

  /** Does the step again that was taken back last; its name, or null. */
  redo(): Name | null {
    return this.move(this.undone, this.done, (diff) => diff);
  }

  private move(from: Mark<Name>[], to: Mark<Name>[], way: (diff: DocumentDiff) => DocumentDiff): Name | null {
    const mark = from.pop();
    this.open = null;
    if (!mark) return null;
    this.store.apply(way(mark.diff));
    to.push(mark);
    return mark.name;
  }
}
