import { UnbraidError } from '../base/errors.js';
import type { Frames } from '../base/units.js';
import { SpectralCombiner, medianOfSamples } from './combine.js';
import { bandWeights, type EnsembleManifest } from './ensemble-manifest.js';
import { MaskLanes } from './mask-lanes.js';
import { MergeBuffers, mergeSegments } from './merge.js';
import { ModelSeparator } from './model-separator.js';
import { RateAdapter, adaptedInfo } from './rate-adapter.js';
import { fetchSegment, planSegments, type SegmentPlan } from './segment-plan.js';
import type { SegmentRule, Separator, SeparatorInfo, SongStats } from './separator.js';

/**
 * What an ensemble says about cutting a song: the segments of the member that needs the longest ones; the others cut
 * these into their own. It works at the highest rate of its members, and in stereo when one of them does. `infos` in the
 * order of the members. Throws `model-incompatible` when a member lacks a stem.
 */
export function ensembleInfo(
  ensemble: EnsembleManifest,
  own: readonly SeparatorInfo[],
  { overlap, shifts }: { readonly overlap?: number; readonly shifts?: number } = {},
): SeparatorInfo {
  const sampleRate = Math.max(...own.map((info) => info.sampleRate));
  const channels = own.some((info) => info.channels === 2) ? 2 : 1;
  const infos = own.map((info) => adaptedInfo(info, sampleRate, channels));
  const rules = infos.map(({ segment }) => inPieces(segment, sampleRate));
  const longest = rules.reduce((a, b) => (b.length > a.length ? b : a));
  infos.forEach((info, m) => {
    const { separator } = ensemble.members[m];
    const fail = (message: string): never => {
      throw new UnbraidError('model-incompatible', `The ensemble ${ensemble.id}: ${message}`, {
        hint: 'Correct the ensemble’s manifest.',
      });
    };
    for (const stem of usedStems(ensemble, m))
      if (!info.stems.includes(nameIn(ensemble, m, stem)))
        fail(`${separator} estimates no "${nameIn(ensemble, m, stem)}"`);
  });
  return {
    sampleRate,
    channels,
    stems: ensemble.stems.order,
    residualStem: ensemble.stems.residual,
    segment: {
      ...longest,
      chain: undefined,
      ...(overlap !== undefined && { overlap }),
      ...(shifts !== undefined && { shifts }),
    },
    needsStats: infos.some((info) => info.needsStats),
  };
}

/** Seconds of an ensemble's segments where a member would have the whole song. */
const pieceSeconds = 30;

/** A rule for segments of audio, where the member's own counts frames of one transform over the whole song. */
function inPieces(rule: SegmentRule, sampleRate: number): SegmentRule {
  if (rule.plan !== 'frames') return rule;
  const length = Math.min(rule.length, pieceSeconds * sampleRate);
  return { ...rule, plan: 'cover', length, fixed: false, edge: 0, overlap: 0.25, window: 'linear-fade' };
}

/** The ensemble's stems that a member contributes to. */
function usedStems({ stems, members }: EnsembleManifest, member: number): string[] {
  return stems.order.filter((stem) => bandWeights(members[member], stem).some(({ weight }) => weight > 0));
}

function nameIn({ members }: EnsembleManifest, member: number, stem: string): string {
  const { names } = members[member];
  return Object.hasOwn(names, stem) ? names[stem] : stem;
}

/** Several separators as one: the mean, the median or an extreme of their estimates, stem by stem. */
export class EnsembleSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly members: readonly Member[];
  /** For members that do nothing but mask the same spectrum: they share it, and all buffers. */
  private readonly blend: MaskLanes | null;
  private waves: Float32Array[][] = [];
  private readonly combiner: SpectralCombiner;

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
    const { sampleRate, channels } = this.info;
    this.combiner = new SpectralCombiner(sampleRate);
    this.members = separators.map((separator) => {
      const { info } = separator;
      const alike = info.sampleRate === sampleRate && info.channels === channels;
      return new Member(alike ? separator : new RateAdapter(separator, sampleRate, channels));
    });
    this.blend = this.blendOf(separators);
  }

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    if (this.blend) return this.blend.separate(mix, wanted);
    const waves = this.prepare(mix.length, mix[0].length);
    const { plain } = this;
    if (plain) for (const s of wanted) for (const plane of waves[s]) plane.fill(0);
    /** By stem: the members that estimate it, and what they say. */
    const estimates = this.info.stems.map(() => new Map<number, readonly Float32Array[]>());
    for (const [m, member] of this.members.entries()) {
      const names = usedStems(this.ensemble, m);
      const used = wanted.filter((s) => names.includes(this.info.stems[s]));
      if (used.length === 0) continue;
      const theirs = used.map((s) =>
        member.separator.info.stems.indexOf(nameIn(this.ensemble, m, this.info.stems[s])),
      );
      const result = await member.separate(mix, stats, [...new Set(theirs)]);
      if (plain) used.forEach((s, i) => addScaled(waves[s], result[theirs[i]], this.weight(m, s)));
      else used.forEach((s, i) => estimates[s].set(m, result[theirs[i]]));
    }
    if (!plain) for (const s of wanted) this.combine(s, estimates[s], waves[s]);
    return waves;
  }

  private combine(
    stem: number,
    estimates: ReadonlyMap<number, readonly Float32Array[]>,
    into: readonly Float32Array[],
  ): void {
    const { combine, members } = this.ensemble;
    const name = this.info.stems[stem];
    const weights = [...estimates.keys()].map((m) => bandWeights(members[m], name));
    into.forEach((plane, ch) => {
      const planes = [...estimates.values()].map((channels) => channels[ch]);
      if (combine === 'median') medianOfSamples(planes, plane);
      else if (combine === 'mean') this.combiner.banded(planes, weights, plane);
      else this.combiner.extreme(combine, planes, plane);
    });
  }

  /** Whether stems are weighted means of samples, the same at every frequency. */
  private get plain(): boolean {
    const { combine, members } = this.ensemble;
    return combine === 'mean' && !members.some(({ bands }) => bands.length > 0);
  }

  private blendOf(separators: readonly Separator[]): MaskLanes | null {
    const { members, stems } = this.ensemble;
    const models = separators.flatMap((one) => (one instanceof ModelSeparator ? (one.maskModel ?? []) : []));
    const renamed = members.some(({ names }) => Object.keys(names).length > 0);
    if (!this.plain || models.length !== members.length || renamed) return null;
    // What a model only leaves over has no mask.
    const masked = models.every(({ graphs }, m) =>
      usedStems(this.ensemble, m).every((stem) =>
        graphs.some(({ manifest }) => manifest.stems.includes(stem)),
      ),
    );
    const weights = members.map((_, m) => stems.order.map((_, s) => this.weight(m, s)));
    return masked ? MaskLanes.blend(models, stems.order, weights) : null;
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
