import type { StepChange } from '../../common/document/history-schema.js';
import type { UsedStems } from '../../common/document/marks.js';

/**
 * Separations that replaced stems and are not a step of the project's history yet: the page that has the song makes it
 * one, and without such a page the host does.
 */
export class StemSteps {
  private readonly open = new Map<string, UsedStems>();

  /** A separation of a session has replaced stems. */
  ended(session: string, stems: UsedStems): void {
    this.open.set(session, stems);
  }

  /** A page has these steps: the separation may be among them. */
  made(session: string, steps: readonly object[]): void {
    const waiting = this.open.get(session)?.to;
    const isIt = (step: { readonly stems?: UsedStems }): boolean => step.stems?.to === waiting;
    if (waiting !== undefined && steps.some(isIt)) this.open.delete(session);
  }

  /** The step that the host is to make now; undefined when every separation is one already. */
  take(session: string): StepChange | undefined {
    const stems = this.open.get(session);
    this.open.delete(session);
    const diff = { added: {}, updated: {}, removed: {} };
    return stems && { kind: 'step', name: { text: 'step.separate' }, diff, stems };
  }
}
