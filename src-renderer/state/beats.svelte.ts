import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import {
  beatPeriod,
  beatsId,
  beginningAt,
  nextBeat,
  timesFaster,
} from '../../src-main/common/document/beat-grid.js';
import {
  highestTempo,
  longestBar,
  lowestTempo,
  type BeatsRecord,
} from '../../src-main/common/document/records.js';
import type { SongDocument } from './document.svelte.js';
import { ExportJob } from './export-job.svelte.js';
import type { StepName } from './step-name.js';
import type { SongView } from './view.svelte.js';

/** The song whose beats these are. */
export interface BeatenSong {
  readonly info: Pick<SessionInfo, 'session'>;
  readonly client: EngineClient;
  readonly document: SongDocument;
  readonly view: SongView;
  readonly player: { readonly position: number; readonly playing: boolean };
}

/** A tap: when, seconds, and where in the song, frames. */
interface Tap {
  readonly time: number;
  readonly frame: number;
}

/** After so long without a tap the next one is the first, seconds: one beat of the slowest tempo. */
const tapPause = 60 / lowestTempo;
const newGrid = { type: 'beats', id: beatsId, perBar: 4, tracked: null } as const;

/** The beats of a song: found, typed, tapped; each change a step of the document. */
export class Beats {
  private taps: readonly Tap[] = [];
  /** Whether the taps so far were made while the song played. */
  private heard = false;
  private lastJob: ExportJob | null = null;

  constructor(private readonly song: BeatenSong) {}

  get grid(): BeatsRecord | null {
    return this.song.document.beats;
  }

  /** The search in the sound. */
  get job(): ExportJob {
    return (this.lastJob ??= new ExportJob(this.song.client));
  }

  /** Finds the beats in the sound, in the place of those that are there. Failures are a state of the job. */
  detect(): Promise<void> {
    const { client, info } = this.song;
    return this.job.perform(async (job) => {
      const found = await client.findBeats({ job, session: info.session });
      this.put('step.beats.detect', { ...newGrid, ...found });
      return null;
    });
  }

  /** An even grid of this tempo; the bar begins where it did, or at the playhead. */
  setTempo(bpm: number): void {
    if (bpm === this.grid?.bpm && this.grid.tracked === null) return;
    this.put('step.beats.tempo', { ...this.origin, bpm: clamp(bpm), tracked: null });
  }

  times(factor: 2 | 0.5): void {
    const { grid } = this;
    if (!grid || !this.canTimes(factor)) return;
    this.put('step.beats.tempo', { ...grid, ...timesFaster(grid, factor) });
  }

  canTimes(factor: 2 | 0.5): boolean {
    const { grid } = this;
    const bpm = (grid?.bpm ?? 0) * factor;
    return bpm >= lowestTempo && bpm <= highestTempo && (grid?.tracked?.length ?? 4) * factor >= 2;
  }

  setPerBar(count: number): void {
    const { grid } = this;
    const perBar = Math.round(Math.min(Math.max(count, 1), longestBar));
    if (grid && perBar !== grid.perBar) this.put('step.beats.bar', { ...grid, perBar });
  }

  /** A bar begins at the playhead: all beats move with the nearest one. */
  beginHere(): void {
    const { grid } = this;
    if (!grid) return;
    const { length, sampleRate } = this.song.view;
    this.put('step.beats.first', { ...grid, ...beginningAt(grid, sampleRate, this.here, length) });
  }

  /**
   * A tap; from the second one on they make a grid. While the song plays they say where the beats are, and its bar begins
   * with the first; otherwise only how fast they are. `now` in seconds.
   */
  tap(now = performance.now() / 1000): void {
    const { player, view } = this.song;
    const last = this.taps.at(-1);
    if (!last || now - last.time > tapPause || this.heard !== player.playing) this.taps = [];
    this.heard = player.playing;
    this.taps = [...this.taps, { time: now, frame: player.position }];
    if (this.taps.length < 2) return;
    const [start, period] = lineThrough(
      this.taps.map(({ time, frame }) => (this.heard ? frame / view.sampleRate : time)),
    );
    // A loop jumps back.
    if (!(period > 0)) return void (this.taps = []);
    const bpm = clamp(Math.round(600 / period) / 10);
    const origin = this.origin;
    const first = this.heard ? Math.max(0, Math.round(start * view.sampleRate)) : origin.first;
    this.put('step.beats.tap', { ...origin, first, bpm, tracked: null }, 'beats tap');
  }

  remove(): void {
    if (this.grid) this.song.document.step({ text: 'step.beats.remove' }, (tx) => tx.remove(beatsId));
  }

  /** The beat before (−1) or after (1) the playhead. */
  next(way: -1 | 1): number | null {
    const { grid } = this;
    const { length, sampleRate } = this.song.view;
    return grid && nextBeat(grid, sampleRate, this.here, way, length);
  }

  /** The slowest and the fastest tempo, beats a minute; null where it does not change. One beat in twenty may be beyond. */
  get range(): readonly [slowest: number, fastest: number] | null {
    const tracked = this.grid?.tracked;
    if (!tracked) return null;
    const { sampleRate } = this.song.view;
    const tempi = tracked.slice(1).map((at, i) => (60 * sampleRate) / (at - tracked[i]));
    tempi.sort((a, b) => a - b);
    const [low, high] = [0.05, 0.95].map((share) => tempi[Math.round(share * (tempi.length - 1))]);
    return [low, high];
  }

  /** Pixels from one beat to the next. */
  get pixels(): number {
    const { span, sampleRate } = this.song.view;
    return this.grid ? beatPeriod(this.grid, sampleRate) / span.framesPerPixel : 0;
  }

  private get here(): number {
    return Math.round(this.song.player.position);
  }

  private get origin(): Omit<BeatsRecord, 'bpm'> {
    return this.grid ?? { ...newGrid, first: this.here };
  }

  private put(text: StepName['text'], grid: BeatsRecord, gesture?: string): void {
    this.song.document.step({ text }, (tx) => tx.put(grid), gesture);
  }
}

function clamp(bpm: number): number {
  return Math.min(Math.max(bpm, lowestTempo), highestTempo);
}

/** The straight line through values that are one step apart (least squares). */
function lineThrough(values: readonly number[]): readonly [first: number, step: number] {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  const step = above / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return [mean - middle * step, step];
}
