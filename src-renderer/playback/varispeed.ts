import { mostFrames } from './kernel.js';
import { maxChannels, speedUnit } from './shared.js';

/** Speeds a person can choose; pitch follows, as with a tape. */
export const speeds = [0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2] as const;

/** The speed `step` places further in the list, from the nearest one. */
export function nextSpeed(speed: number, step: number): number {
  const nearest = speeds.reduce(
    (best, at, i) => (Math.abs(at - speed) < Math.abs(speeds[best] - speed) ? i : best),
    0,
  );
  return speeds[Math.max(0, Math.min(speeds.length - 1, nearest + step))];
}

/**
 * Value between `b` (t = 0) and `c` (t = 1) of four samples in a row: the cubic through them with the slopes of
 * their neighbours (Catmull-Rom). Exactly `b` at t = 0.
 */
export function hermite(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/**
 * Plays a mixed tape faster or slower: frames of the song between 0.5 and 2 for each frame that is heard, found by
 * cubic interpolation. Above speed 1 nothing is filtered away first, so what would lie above half of the rate folds
 * back: at speed 2 that is what the song has above a quarter of its rate. Tracks are mixed before, so they stay
 * together to the sample. Speeds are in `speedUnit`. Allocates nothing while it plays.
 */
export class Varispeed {
  /** `[channels][mostFrames + 1]`: the frame before the position, then those from it on. */
  private readonly planes = Array.from({ length: maxChannels }, () => new Float32Array(mostFrames + 1));
  /** The same by number of channels. */
  private readonly views = Array.from({ length: maxChannels + 1 }, (_, n) => this.planes.slice(0, n));
  private readonly before = new Float32Array(maxChannels);
  /** How far between its frame and the next one the position is, in `speedUnit`: whole numbers never drift. */
  private fraction = 0;

  /** Where the frames from the position on are written, from index 1. */
  tape(channels: number): readonly Float32Array[] {
    return this.views[channels];
  }

  /** Frames from the position on that the next `quantum` frames of sound need. */
  needed(speed: number, quantum: number): number {
    return Math.floor((this.fraction + (quantum - 1) * speed) / speedUnit) + 3;
  }

  /** Frames the position moves by in the next `quantum` frames of sound. */
  advance(speed: number, quantum: number): number {
    return Math.floor((this.fraction + quantum * speed) / speedUnit);
  }

  /** Fills `out` (`[channels][quantum]`) from the tape, which holds what `needed` says, and moves on. */
  play(out: readonly Float32Array[], speed: number): void {
    const quantum = out[0].length;
    const moved = this.advance(speed, quantum);
    for (let ch = 0; ch < out.length; ch++) {
      const tape = this.planes[ch];
      tape[0] = this.before[ch];
      for (let i = 0; i < quantum; i++) {
        const at = this.fraction + i * speed;
        const k = Math.floor(at / speedUnit);
        out[ch][i] = hermite(tape[k], tape[k + 1], tape[k + 2], tape[k + 3], at / speedUnit - k);
      }
      this.before[ch] = tape[moved];
    }
    this.fraction += quantum * speed - moved * speedUnit;
  }

  /** Remembers the last frame of what was played at the song's own speed. */
  follow(out: readonly Float32Array[]): void {
    for (let ch = 0; ch < out.length; ch++) this.before[ch] = out[ch][out[ch].length - 1];
    this.fraction = 0;
  }

  /** After a jump nothing lies before the position. */
  reset(): void {
    this.before.fill(0);
    this.fraction = 0;
  }
}
