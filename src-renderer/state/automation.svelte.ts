import {
  addPoint,
  addRegion,
  movePoint,
  removePoint,
  resizeRegion,
  shiftLevel,
} from '../../src-main/common/document/edits.js';
import { trackId, type AutomationRecord } from '../../src-main/common/document/records.js';
import type { SongDocument } from './document.svelte.js';
import type { StepName } from './step-name.js';
import type { FrameRange } from './view.svelte.js';

/** Edits of a track's automation; each edit is one step, and so is a whole drag. */
export class AutomationState {
  constructor(
    private readonly document: SongDocument,
    private readonly length: number,
  ) {}

  /** Regions of a track from left to right. */
  of(stem: string): readonly AutomationRecord[] {
    return this.document.regionsOf(stem);
  }

  add(stem: string, kind: AutomationRecord['kind'], range: FrameRange, db = 0): void {
    const id = `automation:${crypto.randomUUID()}`;
    const region = { id, track: trackId(stem), kind, start: range.start, end: range.end };
    this.document.step({ text: `step.region.${kind}`, stem }, (tx) => addRegion(tx, region, db));
  }

  remove(stem: string, region: AutomationRecord): void {
    this.document.step({ text: 'step.region.remove', stem }, (tx) => tx.remove(region.id));
  }

  resize(stem: string, region: AutomationRecord, start: number, end: number): void {
    const to = Math.min(end, this.length);
    this.step('step.region.resize', stem, region, (tx) =>
      resizeRegion(tx, region, Math.round(start), Math.round(to)),
    );
  }

  /** Sets all points of a gain region to one level, dB. */
  setLevel(stem: string, region: AutomationRecord, db: number): void {
    const points = region.points.map(({ frame }) => ({ frame, db }));
    this.document.step({ text: 'step.region.level', stem }, (tx) =>
      tx.update('automation', region.id, { points }),
    );
  }

  /** Raises or lowers a gain region, dB. */
  shiftLevel(stem: string, region: AutomationRecord, by: number): void {
    this.step('step.region.level', stem, region, (tx) => shiftLevel(tx, region, by));
  }

  movePoint(stem: string, region: AutomationRecord, index: number, frame: number, db: number): void {
    this.step('step.point.move', stem, region, (tx) => movePoint(tx, region, index, frame, db));
  }

  addPoint(stem: string, region: AutomationRecord, frame: number, db: number): void {
    this.document.step({ text: 'step.point.add', stem }, (tx) => addPoint(tx, region, Math.round(frame), db));
  }

  removePoint(stem: string, region: AutomationRecord, index: number): void {
    this.document.step({ text: 'step.point.remove', stem }, (tx) => removePoint(tx, region, index));
  }

  readonly endGesture = (): void => this.document.endGesture();

  private step(
    text: StepName['text'],
    stem: string,
    region: AutomationRecord,
    edit: Parameters<SongDocument['step']>[1],
  ): void {
    this.document.step({ text, stem }, edit, `${text} ${region.id}`);
  }
}
