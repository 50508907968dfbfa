import type { EditRecord } from '../../src-main/common/document/records.js';
import type { SongDocument } from './document.svelte.js';
import type { StepName } from './step-name.js';

/** What can be done with edits that are there: each is one step of the document. */
export class EditSteps {
  constructor(protected readonly document: SongDocument) {}

  setEnabled({ id, sources }: EditRecord, enabled: boolean): void {
    const name: StepName = { text: enabled ? 'step.edit.on' : 'step.edit.off', stem: sources[0] };
    this.document.step(name, (tx) => tx.update('edit', id, { enabled }));
  }

  /** Gives an edit another phase; undefined for the source's own. */
  setPhase({ id, sources }: EditRecord, phase: EditRecord['phase']): void {
    this.document.step({ text: 'step.edit.phase', stem: sources[0] }, (tx) =>
      tx.update('edit', id, { phase }),
    );
  }

  remove({ id, sources }: EditRecord): void {
    this.document.step({ text: 'step.edit.remove', stem: sources[0] }, (tx) => tx.remove(id));
  }

  /** Lets an edit apply before (−1) or after (1) its neighbour. */
  move(edit: EditRecord, by: -1 | 1): void {
    const { edits } = this.document;
    const other = edits[edits.indexOf(edit) + by];
    if (!other) return;
    this.document.step({ text: 'step.edit.move-order', stem: edit.sources[0] }, (tx) => {
      tx.update('edit', edit.id, { order: other.order });
      tx.update('edit', other.id, { order: edit.order });
    });
  }
}
