import { UnbraidError } from '../base/errors.js';
import type { Frames } from '../base/units.js';
import type { EnsembleManifest } from './ensemble-manifest.js';
import { MergeBuffers, mergeSegments } from './merge.js';
import { fetchSegment, planSegments, type SegmentPlan } from './segment-plan.js';
import type { Separator, SeparatorInfo, SongStats } from './separator.js';

/**
 * What an ensemble says about cutting a song: the segments of the member that needs the longest ones; the others cut
 * these into their own. `infos` in the order of the members.
 * Throws `model-incompatible` when members differ in rate or channels, or lack a stem.
 */
export function ensembleInfo(
  ensemble: EnsembleManifest,
  infos: readonly SeparatorInfo[],
  quality: { readonly overlap?: number; readonly shifts?: number } = {},
): SeparatorInfo {
  const [first] = infos;
  const longest = infos.reduce((a, b) => (b.segment.length > a.segment.length ? b : a));
  infos.forEach((info, m) => {
    const { separator } = ensemble.members[m];
    const fail = (message: string): never => {
      throw new UnbraidError('model-incompatible', `The ensemble ${ensemble.id}: ${message}`, {
        hint: 'Correct the ensemble’s manifest.',
      });
    };
    if (info.sampleRate !== first.sampleRate || info.channels !== first.channels)
      fail(`${separator} works at another rate or with other channels than ${ensemble.members[0].separator}`);
    for (const stem of usedStems(ensemble, m))
      if (!info.stems.includes(nameIn(ensemble, m, stem)))
        fail(`${separator} estimates no "${nameIn(ensemble, m, stem)}"`);
  });
  return {
    ...first,
    stems: ensemble.stems.order,
    residualStem: ensemble.stems.residual,
    segment: { ...longest.segment, chain: undefined, ...quality },
    needsStats: infos.some((info) => info.needsStats),
  };
}

/** The ensemble's stems that a member contributes to. */
function usedStems({ stems, members }: EnsembleManifest, member: number): string[] {
  return stems.order.filter((stem) => (members[member].weights[stem] ?? 0) > 0);
}

function nameIn({ members }: EnsembleManifest, member: number, stem: string): string {
  return members[member].names[stem] ?? stem;
}

/** The weighted mean of several separators, stem by stem. */
export class EnsembleSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly members: readonly Member[];
  private waves: Float32Array[][] = [];

  constructor(
    private readonly ensemble: EnsembleManifest,
    separators: readonly Separator[],
    quality: { readonly overlap?: number; readonly shifts?: number } = {},
  ) {
    this.info = ensembleInfo(
      ensemble,
      separators.map((separator) => separator.info),
      quality,
    );
    this.members = separators.map((separator) => new Member(separator));
  }

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    const waves = this.prepare(mix.length, mix[0].length);
    for (const s of wanted) for (const plane of waves[s]) plane.fill(0);
    for (const [m, member] of this.members.entries()) {
      const used = wanted.filter((s) => this.weight(m, s) > 0);
      if (used.length === 0) continue;
      const theirs = used.map((s) =>
        member.separator.info.stems.indexOf(nameIn(this.ensemble, m, this.info.stems[s])),
      );
      const result = await member.separate(mix, stats, [...new Set(theirs)]);
      used.forEach((s, i) => addScaled(waves[s], result[theirs[i]], this.weight(m, s)));
    }
    return waves;
  }

  /** A member's share of a stem; the shares of all members add up to 1. */
  private weight(member: number, stem: number): number {
    const name = this.info.stems[stem];
    const of = (m: number): number => this.ensemble.members[m].weights[name] ?? 0;
    return of(member) / this.members.reduce((sum, _, m) => sum + of(m), 0);
  }

  private prepare(channels: number, samples: Frames): readonly Float32Array[][] {
    if (this.waves[0]?.length !== channels || this.waves[0][0].length !== samples) {
      this.waves = this.info.stems.map(() =>
        Array.from({ length: channels }, () => new Float32Array(samples)),
      );
    }
    return this.waves;
  }
}

function addScaled(into: readonly Float32Array[], from: readonly Float32Array[], weight: number): void {
  into.forEach((plane, ch) => {
    for (let i = 0; i < plane.length; i++) plane[i] += weight * from[ch][i];
  });
}

/** A separator over segments that may be longer than its own: cuts them, and puts its results together again. */
class Member {
  private plan: SegmentPlan | undefined;
  private readonly merge = new MergeBuffers();
  private input: Float32Array[] = [];
  private merged: Float32Array[][] = [];
  /** Results by segment, stem and channel. */
  private pieces: Float32Array[][][] = [];

  constructor(readonly separator: Separator) {}

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[],
  ): Promise<readonly (readonly Float32Array[])[]> {
    const samples = mix[0].length;
    const { info } = this.separator;
    if (this.plan?.songFrames !== samples) this.prepare(samples, mix.length);
    const plan = this.plan!;
    const [{ inputStart: start }] = plan.segments;
    if (plan.length === samples && plan.segments.length === 1 && start === 0)
      return this.separator.separate(mix, stats, wanted);
    const outside = info.segment.outside === 'mean' ? stats.mean : 0;
    for (const segment of plan.segments) {
      const { index, length = plan.length } = segment;
      const input = this.input.map((plane) => plane.subarray(0, length));
      mix.forEach((plane, ch) => fetchSegment(plane, plan, segment, input[ch], outside));
      const result = await this.separator.separate(input, stats, wanted);
      for (const s of wanted) result[s].forEach((plane, ch) => this.pieces[index][s][ch].set(plane));
    }
    for (const s of wanted) {
      for (let ch = 0; ch < info.channels; ch++) {
        const read = (segment: number, offset: Frames, into: Float32Array): void =>
          into.set(this.pieces[segment][s][ch].subarray(offset, offset + into.length));
        mergeSegments(plan, read, 0, samples, this.merged[s][ch], this.merge);
      }
    }
    return this.merged;
  }

  private prepare(samples: Frames, channels: number): void {
    const { segment, sampleRate, stems } = this.separator.info;
    this.plan = planSegments(segment, samples, sampleRate);
    const planes = (length: number): Float32Array[] =>
      Array.from({ length: channels }, () => new Float32Array(length));
    this.input = planes(this.plan.length);
    this.merged = stems.map(() => planes(samples));
    this.pieces = this.plan.segments.map(() => stems.map(() => planes(this.plan!.length)));
  }
}
