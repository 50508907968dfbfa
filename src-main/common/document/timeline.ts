import type { HistoryChange } from './marks.js';

/** A selection that was drawn: the state before and after it, both values. */
export interface DrawnStep<Drawn> {
  readonly text: string;
  readonly from: Drawn;
  readonly to: Drawn;
}

/** A step of the document, or one that was drawn. */
export type Entry<Drawn> = 'document' | DrawnStep<Drawn>;

/** The next to be taken is the last of each. */
export interface Entries<Drawn> {
  readonly done: readonly Entry<Drawn>[];
  readonly undone: readonly Entry<Drawn>[];
}

/** What a document's history has after a change. */
interface Counts {
  readonly done: number;
  readonly undone: number;
}

/**
 * The order in which a person changed the document and drew selections, so that undo takes back what was done last,
 * whatever it was (D26). Only the newest of what was drawn is kept.
 */
export class Timeline<Drawn> {
  private done: Entry<Drawn>[] = [];
  private undone: Entry<Drawn>[] = [];

  constructor(private readonly mostDrawn = 200) {}

  /** A document that was opened brings its own steps; they are the oldest. */
  load({ done, undone }: Counts): void {
    this.done = Array<Entry<Drawn>>(done).fill('document');
    this.undone = Array<Entry<Drawn>>(undone).fill('document');
  }

  /**
   * What was drawn before is there again, among the steps of a document that has so many by now: those it got since are
   * the newest, and those that were taken back since, or done again, are on the other side. Nothing happens when it has
   * lost some.
   */
  takeUp(kept: Entries<Drawn>, { done, undone }: Counts): void {
    const [before, again] = [[...kept.done], [...kept.undone]];
    const moved = done + undone === documentsIn(before) + documentsIn(again);
    if (moved) {
      while (documentsIn(before) > done) again.push(before.pop()!);
      while (documentsIn(before) < done) before.push(again.pop()!);
    }
    const more = done - documentsIn(before);
    if (more < 0 || documentsIn(again) > undone) return;
    this.done = [...before, ...Array<Entry<Drawn>>(more).fill('document')];
    this.undone = more > 0 ? [] : again;
  }

  /** All that can be undone and done again; the next to be taken is the last of each. */
  get entries(): Entries<Drawn> {
    const { done, undone } = this;
    return { done, undone };
  }

  /** What undo takes back; undefined when there is nothing. */
  get next(): Entry<Drawn> | undefined {
    return this.done.at(-1);
  }

  /** What redo does again. */
  get nextAgain(): Entry<Drawn> | undefined {
    return this.undone.at(-1);
  }

  /** Something was drawn: what could be redone cannot be any more. */
  draw(step: DrawnStep<Drawn>): void {
    this.done.push(step);
    this.undone = [];
    const drawn = this.done.filter((entry) => entry !== 'document').length;
    if (drawn > this.mostDrawn)
      this.done.splice(
        this.done.findIndex((entry) => entry !== 'document'),
        1,
      );
  }

  /** Takes the newest drawn step back, or does it again: the state to go to. Only when it is the next. */
  take(way: 'undo' | 'redo'): Drawn | undefined {
    const [from, to] = way === 'undo' ? [this.done, this.undone] : [this.undone, this.done];
    const step = from.at(-1);
    if (step === undefined || step === 'document') return undefined;
    from.pop();
    to.push(step);
    return way === 'undo' ? step.from : step.to;
  }

  /** Forgets steps of the document that cannot be taken back any more: whether each stays, the next to be taken last. */
  forget(stays: { readonly done: readonly boolean[]; readonly undone: readonly boolean[] }): void {
    const left = (entries: Entry<Drawn>[], staying: readonly boolean[]): Entry<Drawn>[] => {
      let at = staying.length - documentsIn(entries);
      return entries.filter((entry) => entry !== 'document' || staying[at++]);
    };
    this.done = left(this.done, stays.done);
    this.undone = left(this.undone, stays.undone);
  }

  /** Follows a change of the document's history, after which it has so many steps. */
  follow(kind: HistoryChange<unknown>['kind'], { done }: Counts): void {
    if (kind === 'quiet') return;
    if (kind === 'undo') return this.move(this.done, this.undone);
    if (kind === 'redo') return this.move(this.undone, this.done);
    this.undone = [];
    const known = documentsIn(this.done);
    if (done > known) this.done.push('document');
    // A gesture that came back to where it began has left no step.
    else if (done < known) this.done.splice(this.done.lastIndexOf('document'), 1);
  }

  /** The newest step of the document goes to the other side, also from behind what was drawn since. */
  private move(from: Entry<Drawn>[], to: Entry<Drawn>[]): void {
    const at = from.lastIndexOf('document');
    if (at >= 0) from.splice(at, 1);
    to.push('document');
  }
}

function documentsIn(entries: readonly Entry<unknown>[]): number {
  return entries.filter((entry) => entry === 'document').length;
}
