import type { KeptDrawn } from '../../src-main/common/contract/drawn.js';
import type { SongDocument } from './document.svelte.js';
import type { StepName } from './step-name.js';
import type { Drawn } from './drawn-state.js';
import { isTooLarge, keepDrawn, keptDrawn, packSteps, unpackSteps } from './kept-drawing.js';
import type { ProjectController } from './project.svelte.js';
import type { SongView } from './view.svelte.js';

interface DrawnSong {
  readonly view: SongView;
  readonly document: SongDocument;
  readonly info: { readonly session: string };
  readonly project: Pick<ProjectController, 'keepDrawn' | 'collecting' | 'drawing'>;
}

/**
 * Makes a step of everything that is drawn, once it is drawn (D26): however it came about, it can be taken back. The steps
 * are kept with the song's project, and in the tab: after a reload it has also what did not reach the host any more.
 */
export class DrawnSteps {
  /** A button of the pointer is down: what is being drawn is not finished. */
  pressed = $state(false);
  private last: Drawn;
  private session: string;
  /** What was kept last, without its revision. */
  private kept: string;
  private revision: number;

  /** `project` is what the song's project has; what the tab has of the same session is used unless it is older. */
  constructor(
    private readonly song: DrawnSong,
    project: KeptDrawn | null,
  ) {
    this.session = song.info.session;
    const tab = keptDrawn(this.session);
    const newest = project && (!tab || tab.revision < project.revision) ? project : tab;
    this.revision = newest?.revision ?? 0;
    if (newest) this.takeUp(newest);
    this.last = this.now();
    this.kept = JSON.stringify(this.packed());
    // The host was not reached any more before the reload.
    if (tab && tab.revision > (project?.revision ?? 0)) song.project.keepDrawn(tab);
    song.document.onDrawn = (state) => (this.restore(state), this.keep());
  }

  /** An effect of the view calls it when something is selected or painted, and when the pointer is released. */
  settle(): void {
    const { selection, selectedBand, painted } = this.song.view;
    const { last } = this;
    const sameRange =
      selection?.start === last.selection?.start &&
      selection?.end === last.selection?.end &&
      selectedBand?.low === last.band?.low &&
      selectedBand?.high === last.band?.high;
    const samePaint = painted.content === last.content;
    if (this.pressed || painted.drawing || (sameRange && samePaint)) return;
    const next = this.now();
    this.song.document.draw({ text: nameOf(last, next, samePaint), from: last, to: next });
    this.last = next;
    this.keep();
  }

  /**
   * Keeps what is drawn and its steps, for the session that the song has after a reload or in a host that was started anew.
   * Called after each step: a tab that crashes says no goodbye. A page that only looks keeps nothing.
   */
  keep(session = this.session): void {
    const { project } = this.song;
    if (!project.collecting) return;
    const moved = session !== this.session;
    this.session = session;
    project.drawing.tooLarge = isTooLarge(this.last);
    const packed = this.packed();
    const text = JSON.stringify(packed);
    const changed = text !== this.kept && (this.revision > 0 || !isNothing(packed));
    if (!changed && (!moved || this.revision === 0)) return;
    this.kept = text;
    if (changed) this.revision++;
    const drawn = { revision: this.revision, ...packed };
    keepDrawn(session, drawn);
    if (changed) project.keepDrawn(drawn);
  }

  private packed(): Omit<KeptDrawn, 'revision'> {
    return packSteps({ ...this.song.document.timeline.entries, now: this.last });
  }

  /** What was drawn is there again, with its steps; that is no step. */
  private takeUp(kept: KeptDrawn): void {
    const steps = unpackSteps(kept);
    if (!steps) return;
    this.song.document.takeUp(steps);
    this.restore(steps.now);
  }

  private now(): Drawn {
    const { selection, selectedBand: band, painted } = this.song.view;
    const { content } = painted;
    const mask = this.last?.content === content ? this.last.mask : painted.mask.clone();
    return { selection, band, mask, content };
  }

  private restore(state: Drawn): void {
    const { view } = this.song;
    view.selection = state.selection;
    view.selectedBand = state.band;
    view.painted.restore(state.mask, state.content);
    this.last = state;
  }
}

/** Nothing is drawn, and nothing ever was. */
function isNothing({ states }: Pick<KeptDrawn, 'states'>): boolean {
  return states.length === 1 && states[0].selection === null && states[0].mask === null;
}

function nameOf(from: Drawn, to: Drawn, samePaint: boolean): StepName['text'] {
  if (!samePaint) return to.mask.empty && !from.mask.empty ? 'step.unpaint' : 'step.paint';
  return to.selection === null ? 'step.deselect' : 'step.select';
}
