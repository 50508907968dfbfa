import type { Seconds } from '../base/units.js';

/**
 * The phases of one song, in order:
 *
 *   read → separate → write → verify
 */
export type JobPhase = 'read' | 'separate' | 'write' | 'verify';

export interface Progress {
  readonly phase: JobPhase;
  /** Seconds of audio done in this phase, of all. */
  readonly done: Seconds;
  readonly total: Seconds;
  /** Times realtime, over this phase; null before anything is known. */
  readonly speed: number | null;
  /** Seconds left in this phase. */
  readonly eta: Seconds | null;
}

/** Measures the speed of one phase. `now` gives seconds. */
export class ProgressMeter {
  private phase: JobPhase | undefined;
  private started = 0;

  constructor(private readonly now: () => Seconds) {}

  update(phase: JobPhase, done: Seconds, total: Seconds): Progress {
    if (phase !== this.phase) {
      this.phase = phase;
      this.started = this.now();
    }
    const elapsed = this.now() - this.started;
    const speed = elapsed > 0 && done > 0 ? done / elapsed : null;
    return { phase, done, total, speed, eta: speed === null ? null : Math.max(0, total - done) / speed };
  }
}
