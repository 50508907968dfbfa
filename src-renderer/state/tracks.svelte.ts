import type { TrackInfo } from '../../src-main/common/contract/session.js';
import { moveTrack } from '../../src-main/common/document/edits.js';
import { highestHeight, longestName, lowestHeight, trackId } from '../../src-main/common/document/records.js';
import { trackColours } from '../picture/colours.js';
import type { SongDocument } from './document.svelte.js';

/** A track as a lane: what the engine says of it, and its place among all tracks of the engine. */
export interface LaneInfo {
  readonly track: TrackInfo;
  /** Index in the engine's tracks: meters and gains are found by it. */
  readonly index: number;
}

/** How the tracks look: names, colours, order, heights, and which are hidden. */
export class TrackList {
  constructor(
    private readonly document: SongDocument,
    private readonly infos: () => readonly TrackInfo[],
  ) {}

  /** The lane that another one, which is dragged, is about to be put into. */
  receiver = $state<string | null>(null);

  /** The lanes that are shown, from top to bottom. */
  readonly lanes: readonly LaneInfo[] = $derived.by(() => this.arranged().lanes);
  readonly hidden: readonly LaneInfo[] = $derived.by(() => this.arranged().hidden);

  /** What a person calls the track; null when it was not named. */
  givenName(id: string): string | null {
    return this.document.track(id).name;
  }

  colour({ track, index }: LaneInfo): string {
    return this.document.track(track.id).colour ?? this.colours[index];
  }

  /** Of all tracks, until a person chooses others. */
  private readonly colours = $derived.by(() =>
    trackColours(this.infos().map(({ kind, name }) => (kind === 'source' ? 'source' : name))),
  );

  hasColour(id: string): boolean {
    return this.document.track(id).colour !== null;
  }

  height(id: string): number | null {
    return this.document.track(id).height;
  }

  /** An empty name, or the stem's own, gives the stem's own back. */
  rename(id: string, text: string): void {
    const name = text.trim().slice(0, longestName);
    this.document.update('step.rename', id, { name: name === '' || name === id ? null : name });
  }

  setColour(id: string, colour: string | null): void {
    this.document.update('step.colour', id, { colour }, `colour ${id}`);
  }

  /** CSS pixels; null shares the window with the others. One gesture until it ends. */
  setHeight(id: string, height: number | null): void {
    const fitting = height && Math.round(Math.min(Math.max(height, lowestHeight), highestHeight));
    this.document.update('step.height', id, { height: fitting }, `height ${id}`);
  }

  /** Puts a lane at place `to` among those shown; outside of them is the nearest end. */
  move(id: string, to: number): void {
    const shown = this.lanes.map(({ track }) => trackId(track.id));
    this.document.step({ text: 'step.move', stem: id }, (tx) => moveTrack(tx, trackId(id), to, shown));
  }

  moveBy(id: string, steps: number): void {
    this.move(id, this.lanes.findIndex(({ track }) => track.id === id) + steps);
  }

  /** The lane this many places below another, or the nearest one that exists. */
  neighbour(id: string, step: number): string {
    const at = this.lanes.findIndex(({ track }) => track.id === id);
    return this.lanes[Math.min(Math.max(at + step, 0), this.lanes.length - 1)].track.id;
  }

  /** The last lane stays: an editor without any could not be left by keys. */
  hide(id: string): void {
    if (this.lanes.length > 1) this.document.update('step.hide', id, { hidden: true });
  }

  show(id: string): void {
    this.document.update('step.show', id, { hidden: false });
  }

  readonly endGesture = (): void => this.document.endGesture();

  private arranged(): { lanes: readonly LaneInfo[]; hidden: readonly LaneInfo[] } {
    const infos = this.infos();
    const all = this.document.ordered
      .map(({ stem }) => infos.findIndex(({ id }) => id === stem))
      .filter((index) => index >= 0)
      .map((index) => ({ track: infos[index], index }));
    const lanes = all.filter(({ track }) => !this.document.track(track.id).hidden);
    // Stems that were shown may be gone; something must be.
    if (lanes.length === 0) return { lanes: all, hidden: [] };
    return { lanes, hidden: all.filter((lane) => !lanes.includes(lane)) };
  }
}
