import type { LoopRecord, MarkerRecord } from '../../src-main/common/document/records.js';
import { Beats, type BeatenSong } from './beats.svelte.js';
import type { SongDocument } from './document.svelte.js';
import type { SongView } from './view.svelte.js';

/** The song they are in. */
interface MarkedSong extends BeatenSong {
  readonly document: SongDocument;
  readonly view: SongView;
  readonly player: BeatenSong['player'] & { seek(frame: number): void };
}

/** Markers, kept loops and beats of a song: records of the document, and what is done with them. */
export class Markers {
  /** The marker whose name is being typed. */
  naming = $state<string | null>(null);

  readonly beats: Beats;

  constructor(private readonly song: MarkedSong) {
    this.beats = new Beats(song);
  }

  get list(): readonly MarkerRecord[] {
    return this.song.document.markers;
  }

  /** What a marker is called: its name, or its number from the left. */
  nameOf({ id, name }: MarkerRecord): string {
    return name === '' ? String(1 + this.list.findIndex((marker) => marker.id === id)) : name;
  }

  /** Marks the playhead; where a marker is already, none is added. */
  add(): void {
    const frame = Math.round(this.song.player.position);
    if (this.list.some((marker) => marker.frame === frame)) return;
    const id = `marker:${crypto.randomUUID()}`;
    this.song.document.step({ text: 'step.marker.add' }, (tx) =>
      tx.put({ type: 'marker', id, name: '', frame }),
    );
  }

  rename({ id, name }: MarkerRecord, text: string): void {
    this.naming = null;
    const wanted = text.trim().slice(0, 80);
    if (wanted === name) return;
    this.song.document.step({ text: 'step.marker.rename' }, (tx) =>
      tx.update('marker', id, { name: wanted }),
    );
  }

  remove({ id }: MarkerRecord): void {
    this.song.document.step({ text: 'step.marker.remove' }, (tx) => tx.remove(id));
  }

  /** Moves a marker; one gesture until `document.endGesture`. */
  move({ id }: MarkerRecord, frame: number): void {
    const to = Math.round(Math.min(Math.max(frame, 0), this.song.view.length));
    this.song.document.step(
      { text: 'step.marker.move' },
      (tx) => tx.update('marker', id, { frame: to }),
      `marker ${id}`,
    );
  }

  /** The playhead goes to the marker before (−1) or after (1) it, or to the song's end there. */
  go(way: -1 | 1): void {
    const at = Math.round(this.song.player.position);
    const frames = this.list.map(({ frame }) => frame);
    const found = way > 0 ? frames.find((frame) => frame > at) : frames.findLast((frame) => frame < at);
    const to = found ?? (way > 0 ? this.song.view.length : 0);
    this.song.player.seek(to);
    this.song.view.show(to);
  }

  /** The playhead goes to the beat before (−1) or after (1) it. */
  goBeat(way: -1 | 1): void {
    const to = this.beats.next(way);
    if (to === null) return;
    this.song.player.seek(to);
    this.song.view.show(to);
  }

  loop(slot: number): LoopRecord | undefined {
    return this.song.document.loops.get(slot);
  }

  /** Plays a kept loop; an empty slot keeps the selection. */
  useLoop(slot: number): void {
    const kept = this.loop(slot);
    if (!kept) return this.keepLoop(slot);
    this.song.view.hold({ start: kept.start, end: kept.end, band: null });
    this.song.view.loop = true;
    const { position } = this.song.player;
    if (position < kept.start || position >= kept.end) this.song.player.seek(kept.start);
    this.song.view.show(kept.start);
  }

  /** Keeps the selected time under a slot, in the place of what was there. */
  keepLoop(slot: number): void {
    const { selection } = this.song.view;
    if (!selection) return;
    this.song.document.step({ text: 'step.loop.keep' }, (tx) =>
      tx.put({ type: 'loop', id: `loop:${slot}`, slot, start: selection.start, end: selection.end }),
    );
  }

  forgetLoop(slot: number): void {
    this.song.document.step({ text: 'step.loop.forget' }, (tx) => tx.remove(`loop:${slot}`));
  }
}
