import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { nearestBeat } from '../../src-main/common/document/beat-grid.js';
import { heightOf, type FrequencyAxis } from '../picture/axis.js';
import type { SongDocument } from './document.svelte.js';
import { nearestPlace, type SnapKind, type SnapPlace } from './snap-places.js';
import { SnapSound, type ReadTrack } from './snap-sound.js';
import type { FrameRange, SongView } from './view.svelte.js';

/** How far an edge snaps, pixels. */
const reachPixels = 8;
/** From further away than this the sound is not looked at: a pixel holds too much of it, frames. */
const furthestReach = 1 << 17;

/** The song whose selections snap. */
interface SnapSong {
  readonly info: Pick<SessionInfo, 'sampleRate' | 'channels'>;
  readonly view: SongView;
  readonly document: SongDocument;
  readonly player: { readonly position: number };
  readonly playback: { read: ReadTrack };
  /** Changes with the samples. */
  readonly generation: number;
}

/** What a gesture has snapped to last; null where it did not. */
export interface SnapHint {
  readonly time: SnapPlace | null;
  /** Hz. */
  readonly band: number | null;
}

const none: SnapHint = { time: null, band: null };

/** Snaps the edges of selections to what is in the song. */
export class Snapping {
  hint = $state.raw<SnapHint>(none);
  /** Called when more of the sound is known than at the last question. */
  onMore: (() => void) | null = null;
  private sound: SnapSound | null = null;
  private heard = -1;

  constructor(private readonly song: SnapSong) {}

  /** Where an edge at a frame goes to; null for nothing near. A zero crossing only where there is nothing else. */
  frame(track: string, at: number, kinds: readonly SnapKind[]): SnapPlace | null {
    const { reach, sounds } = this.reaches(kinds);
    const places = this.places().filter(({ kind }) => kinds.includes(kind));
    const { beats } = this.song.document;
    const beat = beats && kinds.includes('beat') ? nearestBeat(beats, this.song.info.sampleRate, at) : null;
    if (beat !== null) places.push({ at: beat, kind: 'beat' });
    if (sounds)
      void this.soundNow()
        .load(track, at, reach)
        .then((come) => come && this.onMore?.());
    if (sounds && kinds.includes('onset')) places.push(...this.soundNow().onsets(track, at, reach));
    const place = nearestPlace(places, at, reach);
    return place ?? (sounds && kinds.includes('zero') ? this.soundNow().crossing(track, at) : null);
  }

  /** Where an edge at a frequency goes to, Hz, in a lane of this height: to the edges of edits and of what is painted. */
  hertz(at: number, axis: FrequencyAxis, height: number, kinds: readonly SnapKind[]): number | null {
    if (!kinds.includes('edge')) return null;
    const { document, view } = this.song;
    const bands = [...document.edits, ...(view.painted.area?.band ? [view.painted.area.band] : [])];
    const way = (hertz: number): number => Math.abs(heightOf(axis, hertz) - heightOf(axis, at)) * height;
    const near = bands.flatMap(({ low, high }) => [low, high]).filter((hertz) => way(hertz) <= reachPixels);
    return near.length === 0 ? null : near.reduce((best, hertz) => (way(hertz) < way(best) ? hertz : best));
  }

  /** Shows what was snapped to. */
  show(hint: Partial<SnapHint>): void {
    this.hint = { ...none, ...hint };
  }

  /** The gesture is over, or does not snap. */
  clear(): void {
    this.onMore = null;
    if (this.hint !== none) this.hint = none;
  }

  /** Snaps both edges of the selection in time, once what is near them is known. */
  async now(track: string, kinds: readonly SnapKind[]): Promise<void> {
    const { view } = this.song;
    const { selection } = view;
    if (!selection) return;
    const { reach, sounds } = this.reaches(kinds);
    const edges = [selection.start, selection.end];
    if (sounds) await Promise.all(edges.map((at) => this.soundNow().load(track, at, reach)));
    // Another selection was made meanwhile.
    if (view.selection !== selection) return;
    const [start, end] = edges.map((at) => this.frame(track, at, kinds)?.at ?? at);
    if (end > start) view.select(start, end);
  }

  private reaches(kinds: readonly SnapKind[]): { readonly reach: number; readonly sounds: boolean } {
    const reach = reachPixels * this.song.view.span.framesPerPixel;
    const wanted = kinds.includes('onset') || kinds.includes('zero');
    return { reach, sounds: wanted && reach <= furthestReach };
  }

  private soundNow(): SnapSound {
    const { song } = this;
    this.sound ??= new SnapSound(song.info, (track, start, count) => song.playback.read(track, start, count));
    if (this.heard !== song.generation) this.sound.forget();
    this.heard = song.generation;
    return this.sound;
  }

  /** All that does not have to be heard. */
  private places(): SnapPlace[] {
    const { document, player, view } = this.song;
    const { area } = view.painted;
    const ranges: FrameRange[] = [
      { start: 0, end: view.length },
      ...document.edits,
      ...document.loops.values(),
      ...[...document.regions.values()].flat(),
      ...(area ? [area] : []),
    ];
    const edges = ranges.flatMap(({ start, end }) => [start, end]);
    return [
      ...document.markers.map(({ frame }): SnapPlace => ({ at: frame, kind: 'marker' })),
      { at: Math.round(player.position), kind: 'playhead' },
      ...edges.map((at): SnapPlace => ({ at, kind: 'edge' })),
    ];
  }
}
