import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import type { SongDocument } from './document.svelte.js';
import type { StepName } from './step-name.js';
import type { Drawn } from './drawn-state.js';
import type { DrawnBefore } from './drawn-before.js';
import { keepDrawn, keptDrawn, packSteps, unpackSteps, type PackedDrawn } from './kept-drawing.js';
import type { MaskFiles } from './mask-files.js';
import { filesOf, MaskForms } from './mask-forms.js';
import type { ProjectController } from './project.svelte.js';
import type { SongView } from './view.svelte.js';

export { drawnBefore, type DrawnBefore } from './drawn-before.js';

interface DrawnSong {
  readonly view: SongView;
  readonly document: SongDocument;
  readonly info: { readonly session: string };
  readonly project: Pick<ProjectController, 'keepDrawn' | 'collecting'>;
}

/**
 * Makes a step of everything that is drawn, once it is drawn (D26): however it came about, it can be taken back. The steps
 * are kept with the song's project, and in the tab: after a reload it has also what did not reach the host any more.
 */
export class DrawnSteps {
  /** A button of the pointer is down: what is being drawn is not finished. */
  pressed = $state(false);
  /** Something that was drawn before could not be read any more. */
  readonly lost: boolean;
  private last: Drawn;
  private session: string;
  /** What was kept last, without its revision. */
  private kept: string;
  private revision: number;
  private readonly files: MaskFiles;
  private readonly forms = new MaskForms();

  constructor(
    private readonly song: DrawnSong,
    before: DrawnBefore,
  ) {
    this.session = song.info.session;
    this.revision = before.kept?.revision ?? 0;
    this.files = before.files;
    this.lost = before.lost;
    this.takeUp(before);
    this.last = this.now();
    const packed = this.packed();
    this.kept = textOf(packed);
    if (before.unsent) this.pass(packed);
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
    const packed = this.packed();
    const text = textOf(packed);
    const changed = text !== this.kept && (this.revision > 0 || !isNothing(packed));
    if (changed) {
      this.kept = text;
      this.pass(packed);
    } else if (moved && this.revision > 0) this.note({ revision: this.revision, ...packed });
  }

  /** Sends what is drawn to a session, its masks first. Rejects with typed errors. */
  async send(client: Pick<EngineClient, 'keepDrawn'>, session: string, drawn: PackedDrawn): Promise<void> {
    const sent = await this.files.send(session, drawn);
    await client.keepDrawn({ session, drawn: sent });
    // Until now the tab could not name its large masks; it may have newer ones by now.
    const large = drawn.masks.some((mask) => typeof mask !== 'string');
    if (large && (keptDrawn(session)?.revision ?? 0) < drawn.revision) keepDrawn(session, sent);
  }

  private pass(packed: Omit<PackedDrawn, 'revision'>): void {
    const drawn = { revision: ++this.revision, ...packed };
    this.note(drawn);
    this.song.project.keepDrawn(drawn);
  }

  /** The tab has it after a reload, unless it names a mask that no host has. */
  private note(drawn: PackedDrawn): void {
    const named = this.files.named(drawn);
    if (named) keepDrawn(this.session, named);
  }

  private packed(): Omit<PackedDrawn, 'revision'> {
    return packSteps({ ...this.song.document.timeline.entries, now: this.last }, this.forms);
  }

  /** What was drawn is there again, with its steps; that is no step. */
  private takeUp({ kept, masks }: DrawnBefore): void {
    const steps = kept && unpackSteps(kept, masks, this.forms);
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
function isNothing({ states }: Pick<PackedDrawn, 'states'>): boolean {
  return states.length === 1 && states[0].selection === null && states[0].mask === null;
}

function nameOf(from: Drawn, to: Drawn, samePaint: boolean): StepName['text'] {
  if (!samePaint) return to.mask.empty && !from.mask.empty ? 'step.unpaint' : 'step.paint';
  return to.selection === null ? 'step.deselect' : 'step.select';
}

const numbers = new WeakMap<TileMask, number>();
let newest = 0;

/** A text that differs when anything does; masks that are files are the same as long as they are the same object. */
function textOf({ masks, ...others }: Omit<PackedDrawn, 'revision'>): string {
  const numberOf = (mask: TileMask): number => {
    const known = numbers.get(mask) ?? ++newest;
    numbers.set(mask, known);
    return known;
  };
  const texts = masks.map((form) => {
    if (typeof form === 'string') return form;
    const text = 'base' in form && typeof form.patch === 'string' ? form.patch : '';
    return [text, ...filesOf(form).map(numberOf)];
  });
  return JSON.stringify([others, texts]);
}
