import type { Seconds } from '../base/units.js';

/**
 * The phases of one song, in order:
 *
 *   read → (wait ⇄) separate → write → verify
 *
 * A song waits while another one has the engine, and again when something more urgent comes.
 */
export type JobPhase = 'read' | 'wait' | 'separate' | 'write' | 'verify';

export interface Progress {
  readonly phase: JobPhase;
  /** Seconds of audio done in this phase, of all. */
  readonly done: Seconds;
  readonly total: Seconds;
  /** Times realtime, over this phase; null before anything is known. */
  readonly speed: number | null;
  /** Seconds left in this phase. */
  readonly eta: Seconds | null;
  /** Place in the line while the song waits, 1 for the next. */
  readonly place?: number;
}

/** Measures the speed of one phase. `now` gives seconds. */
export class ProgressMeter {
  private phase: JobPhase | undefined;
  private started = 0;
  /** What was done already when the phase began: after a wait it continues where it was. */
  private before: Seconds = 0;
  private last: { readonly phase: JobPhase | undefined; readonly done: Seconds } = {
    phase: undefined,
    done: 0,
  };

  constructor(private readonly now: () => Seconds) {}

  update(phase: JobPhase, done: Seconds, total: Seconds): Progress {
    if (phase !== this.phase) {
      this.phase = phase;
      this.started = this.now();
      this.before = this.last.phase === phase ? this.last.done : 0;
    }
    this.last = { phase, done };
    const elapsed = this.now() - this.started;
    const speed = elapsed > 0 && done > this.before ? (done - this.before) / elapsed : null;
    return { phase, done, total, speed, eta: speed === null ? null : Math.max(0, total - done) / speed };
  }
  /** The song waits at this place in the line; what was done stays done. */
  wait(place: number, total: Seconds): Progress {
    this.phase = 'wait';
    return { phase: 'wait', done: this.last.done, total, speed: null, eta: null, place };
  }
}
