import type { SongDocument } from './document.svelte.js';
import type { StepName } from './step-name.js';
import type { Drawn } from './drawn-state.js';
import { keepDrawn, keepSteps, keptDrawn, takeSteps } from './kept-drawing.js';
import type { SongView } from './view.svelte.js';

/** Makes a step of everything that is drawn, once it is drawn (D26): however it came about, it can be taken back. */
export class DrawnSteps {
  /** A button of the pointer is down: what is being drawn is not finished. */
  pressed = $state(false);
  private last: Drawn;

  constructor(
    private readonly view: SongView,
    private readonly document: SongDocument,
    private session: string,
  ) {
    this.takeUp();
    this.last = this.now();
    document.onDrawn = (state) => this.restore(state);
  }

  /** An effect of the view calls it when something is selected or painted, and when the pointer is released. */
  settle(): void {
    const { selection, selectedBand, painted } = this.view;
    const { last } = this;
    const sameRange =
      selection?.start === last.selection?.start &&
      selection?.end === last.selection?.end &&
      selectedBand?.low === last.band?.low &&
      selectedBand?.high === last.band?.high;
    const samePaint = painted.content === last.content;
    if (this.pressed || painted.drawing || (sameRange && samePaint)) return;
    const next = this.now();
    this.document.draw({ text: nameOf(last, next, samePaint), from: last, to: next });
    this.last = next;
    keepDrawn(this.session, next);
  }

  /**
   * Notes the steps, for the session that the song has after a reload or in a host that was started anew. Called after each
   * of them, too: a tab that crashes says no goodbye.
   */
  keep(session = this.session): void {
    this.session = session;
    keepSteps(session, { ...this.document.timeline.entries, now: this.last });
  }

  /** What was drawn before a reload is there again, with its steps; that is no step. */
  private takeUp(): void {
    const steps = takeSteps(this.session);
    if (steps) {
      this.document.takeUp(steps);
      return this.restore(steps.now);
    }
    const kept = keptDrawn(this.session);
    if (!kept) return;
    const { selection, band, mask } = kept;
    if (selection) this.view.hold({ ...selection, band });
    if (mask) this.view.painted.change(() => mask);
  }

  private now(): Drawn {
    const { selection, selectedBand: band, painted } = this.view;
    const { content } = painted;
    const mask = this.last?.content === content ? this.last.mask : painted.mask.clone();
    return { selection, band, mask, content };
  }

  private restore(state: Drawn): void {
    const { view } = this;
    view.selection = state.selection;
    view.selectedBand = state.band;
    view.painted.restore(state.mask, state.content);
    this.last = state;
    keepDrawn(this.session, state);
  }
}

function nameOf(from: Drawn, to: Drawn, samePaint: boolean): StepName['text'] {
  if (!samePaint) return to.mask.empty && !from.mask.empty ? 'step.unpaint' : 'step.paint';
  return to.selection === null ? 'step.deselect' : 'step.select';
}
