import { toUnbraidError } from '../../src-main/common/base/errors.js';
import type { StepChange } from '../../src-main/common/document/history-schema.js';
import { withChange } from '../../src-main/common/document/marks.js';

/** Keeps changes that follow number `after`; again, if it has them already. */
export type Append = (
  changes: readonly StepChange[],
  after: number,
) => Promise<{ readonly sequence: number }>;

/** The host has looked at what was sent, and left everything as it was. */
function isRefusal(error: unknown): boolean {
  return toUnbraidError(error).code === 'invalid-argument';
}

function unlessRefused(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

/**
 * The changes of a document that the host has not acknowledged.
 *
 *   pending → sending → kept    by the journal: after a failure the same changes are sent again, as they were
 *      └────→ saves ──→ kept    by a save of everything; after a failure they are pending again
 *
 * When no answer comes, the host may have what was sent or not. It knows by its number a change that comes again, and
 * does it once; what a save has left is known after the next save only. One of `send` and `save` at a time.
 */
export class UnkeptChanges {
  private sending: readonly StepChange[] = [];
  private saves: readonly StepChange[] = [];
  private pending: readonly StepChange[] = [];
  /** A save may have come through or not: only another one tells. */
  unsure = false;
  /** Number of the last change that the host has acknowledged. */
  sequence = 0;

  /** `onChange` hears how many there are, and how many of them a person made: the program makes its own again. */
  constructor(private readonly onChange: (count: number, own: number) => void) {}

  add(change: StepChange): void {
    this.pending = withChange(this.pending, change);
    this.tell();
  }

  forget(): void {
    [this.sending, this.saves, this.pending] = [[], [], []];
    this.tell();
  }

  /** Sends what was not acknowledged, and then what came since. Rejects with the failure of `append`. */
  async send(append: Append): Promise<void> {
    while (this.sending.length + this.pending.length > 0) {
      if (this.sending.length === 0) [this.sending, this.pending] = [this.pending, []];
      this.sequence = (await append(this.sending, this.sequence)).sequence;
      this.sending = [];
      this.tell();
    }
  }

  /** Keeps all changes until now by a save of everything. Rejects with the failure of `store`. */
  async save<T extends { readonly sequence: number }>(
    append: Append,
    store: (since: number) => Promise<T>,
  ): Promise<T> {
    // Else the host would take what it has already for the work of another page, and do it again on top.
    if (this.sending.length > 0) await this.send(append).catch(unlessRefused);
    // What is sent is not joined with what comes meanwhile.
    [this.saves, this.pending] = [this.pending, []];
    try {
      const saved = await store(this.sequence);
      [this.sending, this.saves, this.unsure] = [[], [], false];
      this.sequence = saved.sequence;
      return saved;
    } catch (error) {
      // It says so where nothing has happened; a disk that fails may have half of it.
      this.unsure ||= !isRefusal(error);
      [this.saves, this.pending] = [[], [...this.saves, ...this.pending]];
      throw error;
    } finally {
      this.tell();
    }
  }

  private tell(): void {
    const all = [...this.sending, ...this.saves, ...this.pending];
    this.onChange(all.length, all.filter(({ kind }) => kind !== 'quiet').length);
  }
}
