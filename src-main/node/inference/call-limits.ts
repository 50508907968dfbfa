import type { Seconds } from '../../common/base/units.js';
import type { SeparatorSpec, SingleSpec } from './inference-api.js';

/** How long an inference process may take for one thing, before anything of the model has been measured. */
export interface Patience {
  /** For the first segment: seconds for each second of its sound, and at least `leastMs`. */
  readonly perSecond: number;
  readonly leastMs: number;
  /** For later ones: so many times as long as the slowest so far. */
  readonly times: number;
}

export const usualPatience: Patience = { perSecond: 60, leastMs: 120_000, times: 20 };

/**
 * The time that a segment may take (P20): a graph that never ends is found by its own speed. The first segment of a
 * song says how fast the model is here; a later one that takes twenty times as long as the slowest of them will not end.
 */
export class CallLimits {
  private slowestMs = 0;

  /** `seconds` of sound in one segment. */
  constructor(
    private readonly seconds: Seconds,
    private readonly patience: Patience = usualPatience,
  ) {}

  /** For the next segment, ms. */
  get segmentMs(): number {
    const { perSecond, leastMs, times } = this.patience;
    const guess = this.slowestMs === 0 ? 1000 * perSecond * this.seconds : times * this.slowestMs;
    return Math.max(leastMs, guess);
  }

  /** A segment has taken so long, ms. */
  note(tookMs: number): void {
    this.slowestMs = Math.max(this.slowestMs, tookMs);
  }
}

/** Loading a model on the CPU: two minutes, and a second for every 10 MB of it. A GPU may have to compile it first. */
export function openLimit(spec: SeparatorSpec, gpuMs: number): number {
  const singles: readonly SingleSpec[] = spec.kind === 'ensemble' ? spec.members : [spec];
  let limit = usualPatience.leastMs;
  for (const single of singles) {
    if (single.kind !== 'model') continue;
    if (single.device !== 'cpu') return gpuMs;
    for (const { bytes = 0 } of single.manifest.graphs) limit += bytes / 10_000;
  }
  return Math.min(gpuMs, limit);
}
