import type { Disposable } from '../../src-main/common/base/disposal.js';
import { statesOf } from '../../src-main/common/document/diff.js';
import { inOrder, tracksFor } from '../../src-main/common/document/edits.js';
import { fittingMarks, marksWithin } from '../../src-main/common/document/fitting.js';
import { History } from '../../src-main/common/document/history.js';
import { countsOf, type UsedStems } from '../../src-main/common/document/marks.js';
import type * as Stored from '../../src-main/common/document/history-schema.js';
import {
  newTrack,
  trackId,
  type AutomationRecord,
  type BeatsRecord,
  type DocumentRecord,
  type EditRecord,
  type LoopRecord,
  type MarkerRecord,
  type TrackRecord,
} from '../../src-main/common/document/records.js';
import { byFrame, byTrack } from './in-time.js';
import { historySteps, type HistorySteps } from './history-steps.js';
import { Timeline, type DrawnStep, type Entries } from '../../src-main/common/document/timeline.js';
import { snapshot, type DocumentSnapshot } from '../../src-main/common/document/migrations.js';
import { DocumentStore, type DocumentDiff, type Transaction } from '../../src-main/common/document/store.js';
import type { Drawn } from './drawn-state.js';
import type { StepName } from './step-name.js';

/** Characters of a stored history, as JSON: half of what a command may carry, some ten thousand steps. */
const longestHistory = 32 << 20;

/** The document of an open song, with its history, as the page sees it. */
export class SongDocument implements Disposable {
  /** Tracks by the id of their records, also of stems that are not there at the moment. */
  tracks = $state.raw<ReadonlyMap<string, TrackRecord>>(new Map());
  /** Regions of each track, by the id of the track's record, from left to right. */
  regions = $state.raw<ReadonlyMap<string, readonly AutomationRecord[]>>(new Map());
  /** Edits of the stems in the order in which they apply. */
  edits = $state.raw<readonly EditRecord[]>([]);
  /** From left to right. */
  markers = $state.raw<readonly MarkerRecord[]>([]);
  /** By their slots. */
  loops = $state.raw<ReadonlyMap<number, LoopRecord>>(new Map());
  /** Null as long as nobody knows them. */
  beats = $state.raw<BeatsRecord | null>(null);

  /** Track records from top to bottom. */
  readonly ordered: readonly TrackRecord[] = $derived(inOrder([...this.tracks.values()]));

  private readonly store = new DocumentStore();
  private readonly history = new History<Stored.StepName>(this.store);
  private readonly listening = this.store.listen((diff) => this.show(diff));
  /** What a person did last: a new object each time; null as long as nothing was done. */
  latest: { readonly way: 'forward' | 'back' } | null = null;
  /** Shows a drawn state again; set by whoever draws. */
  onDrawn: (state: Drawn) => void = () => undefined;
  /** Brings stems back; set by who has them. */
  stems: { readonly free: boolean; use(id: string): void } | null = null;
  /** Set while nothing may be changed here; says why. */
  locked: (() => void) | null = null;
  /** The order of all steps, drawn ones among them. */
  readonly timeline = new Timeline<Drawn>();
  /** Counts what has happened to the history. */
  private moved = $state(0);
  /** Everything that was done and taken back. */
  readonly steps: HistorySteps = $derived.by(
    () => (void this.moved, historySteps(this.timeline.entries, this.history.marks)),
  );
  readonly undoName: Stored.StepName | null = $derived(this.steps.list[this.steps.done - 1]?.name ?? null);
  readonly redoName: Stored.StepName | null = $derived(this.steps.list[this.steps.done]?.name ?? null);
  private readonly following = this.history.listen(({ kind }) => {
    this.timeline.follow(kind, countsOf(this.history.marks));
    if (kind !== 'quiet') this.latest = { way: kind === 'undo' ? 'back' : 'forward' };
  });
  /** Takes the records of a stored document in, and what can be undone there; no step. Only for an empty document. */
  load(records: readonly DocumentRecord[], marks: Stored.StepMarks): void {
    const added = Object.fromEntries(records.map((record) => [record.id, record]));
    this.store.apply({ added, updated: {}, removed: {} });
    this.history.load(fittingMarks(this.store.all(), marks));
    this.timeline.load(countsOf(this.history.marks));
    this.moved++;
  }

  /** All steps that can be undone or done again, for a project to keep; what is too much for one is forgotten. */
  marks(): Stored.StepMarks {
    const marks = marksWithin(this.history.marks, longestHistory);
    if (marks !== this.history.marks) {
      this.history.load(marks);
      this.timeline.load(countsOf(this.history.marks));
    }
    this.moved++;
    return marks;
  }

  snapshot(): DocumentSnapshot {
    return snapshot(this.store);
  }

  /** Calls back after each change, of any origin. */
  listen(listener: (change: Stored.StepChange) => void): Disposable {
    return this.history.listen(listener);
  }

  /** The record of a stem; a new one when there is no record yet. */
  track(stem: string): TrackRecord {
    return this.tracks.get(trackId(stem)) ?? newTrack(stem, 0);
  }

  regionsOf(stem: string): readonly AutomationRecord[] {
    return this.regions.get(trackId(stem)) ?? [];
  }

  /** Records for stems that are new to the document; no step. */
  addTracks(stems: readonly string[]): void {
    this.history.addQuietly(tracksFor(this.store, stems));
  }

  /** One undoable change; steps of the same gesture are one until `endGesture`. */
  step(name: StepName, edit: (transaction: Transaction) => void, gesture?: string): void {
    if (this.locked) return this.locked();
    this.history.step(name, edit, gesture);
    this.moved++;
  }

  /** Changes fields of a stem's record, as one step. */
  update(
    text: StepName['text'],
    stem: string,
    change: Partial<Omit<TrackRecord, 'id' | 'type'>>,
    gesture?: string,
  ): void {
    this.step({ text, stem }, (tx) => tx.update('track', trackId(stem), change), gesture);
  }

  readonly endGesture = (): void => this.history.endGesture();
  /** Other stems are in use now: one step, which lasts like those of the document. */
  useStems(text: StepName['text'], stems: UsedStems): void {
    this.history.useStems({ text }, stems);
    this.moved++;
  }

  /** Something was selected or painted: one step, of this page only. */
  draw(step: DrawnStep<Drawn> & { readonly text: StepName['text'] }): void {
    this.history.endGesture();
    this.timeline.draw(step);
    this.moved++;
  }

  /** What was drawn before a reload can be taken back again. */
  takeUp(drawn: Entries<Drawn>): void {
    this.timeline.takeUp(drawn, countsOf(this.history.marks));
    this.moved++;
  }

  /** Takes back what was done last, be it a change or something drawn. */
  readonly undo = (): void => this.go('undo');
  readonly redo = (): void => this.go('redo');

  private go(way: 'undo' | 'redo'): void {
    if (this.locked) return this.locked();
    const next = way === 'undo' ? this.timeline.next : this.timeline.nextAgain;
    const used = next === 'document' && this.history.marks[way === 'undo' ? 'done' : 'undone'].at(-1)?.stems;
    if (used && !this.stems?.free) return;
    const drawn = this.timeline.take(way);
    if (drawn) this.onDrawn(drawn);
    else if (next) this.history[way]();
    if (used) this.stems?.use(way === 'undo' ? used.from : used.to);
    this.moved++;
  }

  /** Steps to stems that were deleted are gone. */
  forgetStems(id: string): void {
    this.timeline.forget(this.history.forgetStems(id));
    this.moved++;
  }

  /** Takes the last change back: a step is undone, what was undone is done again. */
  takeBack(): void {
    this.history[this.latest?.way === 'back' ? 'redo' : 'undo']();
    this.moved++;
  }

  dispose(): void {
    void this.following.dispose();
    void this.listening.dispose();
  }

  /** Only what has changed is replaced: a fader must not send all automation to the audio thread again. */
  private show(diff: DocumentDiff): void {
    const touched = [...statesOf(diff).values()].map(([from, to]) => (from ?? to)!.type);
    if (touched.includes('track'))
      this.tracks = new Map(this.store.ofType('track').map((track) => [track.id, track]));
    if (touched.includes('edit'))
      this.edits = this.store.ofType('edit').sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
    if (touched.includes('marker')) this.markers = byFrame(this.store.ofType('marker'));
    if (touched.includes('loop'))
      this.loops = new Map(this.store.ofType('loop').map((loop) => [loop.slot, loop]));
    if (touched.includes('beats')) this.beats = this.store.ofType('beats')[0] ?? null;
    if (touched.includes('automation')) this.regions = byTrack(this.store.ofType('automation'));
  }
}
