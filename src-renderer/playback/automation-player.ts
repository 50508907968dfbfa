import { fillGains, type Envelope } from '../../src-main/common/jobs/automation.js';
import { mostFrames, rampGain } from './kernel.js';

/** The envelopes of all tracks, the source's first, and the frames of their regions' edges. */
export interface Automation {
  readonly envelopes: readonly Envelope[];
  readonly edge: number;
}

/** One track's automation on the audio thread. A new envelope fades in over one quantum. Allocates nothing to play. */
export class AutomationPlayer {
  /** Amplitude factors of the frames being rendered, `[mostFrames]`. */
  readonly factors = new Float32Array(mostFrames);
  private readonly old = new Float32Array(mostFrames);
  private envelope: Envelope = [];
  private before: Envelope | null = null;
  private edge = 0;

  set(envelope: Envelope, edge: number): void {
    // Of several changes within one quantum the first says what was heard before.
    this.before ??= this.envelope;
    this.envelope = envelope;
    this.edge = edge;
  }

  /**
   * Fills `factors[done + i]`, i < run, for frames from `at` of the song; false when all are 1. A new envelope is
   * reached `ramp` frames from the first factor.
   */
  fill(at: number, run: number, done: number, ramp: number): boolean {
    const { envelope, before, factors, old, edge } = this;
    const now = fillGains(envelope, edge, at, run, factors, done);
    if (before === null) return now;
    const was = fillGains(before, edge, at, run, old, done);
    if (!was && !now) return false;
    for (let i = done; i < done + run; i++) {
      factors[i] = rampGain(was ? old[i] : 1, now ? factors[i] : 1, i, ramp);
    }
    return true;
  }

  /** The quantum is over: what was faded out is forgotten. */
  settle(): void {
    this.before = null;
  }
}
