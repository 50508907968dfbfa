import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, assert, toUnbraidError } from '../../common/base/errors.js';
import { createResampler, type Resampler } from '../../common/dsp/resample.js';
import {
  conserve,
  energyCell,
  keepsAlone,
  leftOver,
  wantedEstimates,
  type BlockCheck,
} from '../../common/separation/conservation.js';
import { MergeBuffers, mergeSegments } from '../../common/separation/merge.js';
import {
  outsideRuns,
  planSegments,
  sourceFrame,
  type Segment,
  type SegmentPlan,
} from '../../common/separation/segment-plan.js';
import type { Separator, SongStats } from '../../common/separation/separator.js';
import { PcmReader, PcmWriter } from '../audio/pcm-cache.js';
import { bytesOf, writeAll } from '../files/bytes.js';
import { HeardWindows, isSilent, type HearTask } from './heard-windows.js';
import type { FinishResult, SegmentSlots, SongSpec } from './inference-api.js';
import { ScratchReader } from './scratch-reader.js';
import type { SongTask } from './song-schedule.js';

type SegmentTask = Omit<Extract<SongTask, { kind: 'segment' }>, 'kind'>;

/**
 * The result of one segment on disk: `[stems][channels][length]` float32. Files are slots that later segments
 * overwrite, because fresh pages of a file cost more than the writing.
 */
function segmentFile(scratch: string, group: number, slot: number): string {
  return join(scratch, `${group}-${slot}.f32`);
}

/** Named planes that grow once and are used again. */
class Planes {
  private readonly planes = new Map<string, Float32Array>();

  get(name: string, length: number): Float32Array {
    const known = this.planes.get(name);
    if (known && known.length >= length) return known.subarray(0, length);
    const fresh = new Float32Array(length);
    this.planes.set(name, fresh);
    return fresh;
  }

  /** Lets go of all of them. */
  forget(): void {
    this.planes.clear();
  }
}

/** How a song is cut, in excerpts of its windows where processes share these. */
export function planFor(
  separator: Separator['info'],
  source: SongSpec['source'],
  shared = false,
): SegmentPlan {
  const frames =
    source.sampleRate === separator.sampleRate
      ? source.frames
      : createResampler(source.sampleRate, separator.sampleRate).outputLength(source.frames);
  const { segment, sharing } = separator;
  const rule = shared && sharing ? { ...segment, excerpt: sharing.excerpt } : segment;
  return planSegments(rule, frames, separator.sampleRate);
}

/** The work on one song inside an inference process: segments first, then blocks of finished stems. */
export class Song {
  readonly plan: SegmentPlan;
  private readonly source: PcmReader;
  private readonly writers: readonly PcmWriter[];
  private readonly toModel: Resampler | undefined;
  private readonly toSource: Resampler | undefined;
  private readonly planes = new Planes();
  private readonly merge = new MergeBuffers();
  private readonly wanted: readonly number[];
  private slots: ReadonlyMap<number, number> = new Map();
  /** The segment whose result is still here, `[stems · channels]` planes. */
  private present: { readonly index: number; readonly planes: readonly Float32Array[] } | undefined;
  private readonly reader = new ScratchReader();
  private readonly heard: HeardWindows;

  constructor(
    private readonly separator: Separator,
    private readonly spec: SongSpec,
  ) {
    const { source } = spec;
    const { sampleRate } = separator.info;
    this.plan = planFor(separator.info, source, spec.shared);
    this.wanted = wantedEstimates(spec.stems, separator.info.stems.length);
    if (source.sampleRate !== sampleRate) {
      this.toModel = createResampler(source.sampleRate, sampleRate);
      this.toSource = createResampler(sampleRate, source.sampleRate);
    }
    this.source = new PcmReader(source);
    this.heard = new HeardWindows(separator, this.plan, spec.scratch);
    this.writers = spec.stemDirs.map((dir) => new PcmWriter(dir, source.channels, source.sampleRate));
  }

  dispose(): void {
    this.source.dispose();
    for (const writer of this.writers) writer.dispose();
  }

  /** Mean and unbiased standard deviation of the mono mix of the first group, at the separator's rate. */
  stats(): SongStats {
    const block = 1 << 16;
    let sum = 0;
    let squares = 0;
    for (let start = 0; start < this.plan.songFrames; start += block) {
      const count = Math.min(block, this.plan.songFrames - start);
      const mix = this.spec.groups[0].map((channel) => {
        const plane = this.planes.get(`mix ${channel}`, count);
        this.readChannel(channel, start, count, plane);
        return plane;
      });
      for (let i = 0; i < count; i++) {
        let mono = 0;
        for (const plane of mix) mono += plane[i] / mix.length;
        sum += mono;
        squares += mono * mono;
      }
    }
    const n = this.plan.songFrames;
    const mean = sum / n;
    return { mean, std: n > 1 ? Math.sqrt(Math.max(0, (squares - n * mean * mean) / (n - 1))) : 0 };
  }

  /**
   * Separates one segment of one channel group. Blocks that it speaks for alone are finished at once; what others need
   * of it stays in a slot of the scratch folder. Throws `inference-failed` for samples that are not numbers.
   */
  async segment(
    { index, group, slot, alone }: SegmentTask,
    stats: SongStats,
  ): Promise<readonly FinishResult[]> {
    const { stems, segment: rule } = this.separator.info;
    const segment = this.plan.segments[index];
    const { inputStart, length = this.plan.length } = segment;
    const input = this.input(group, segment, rule.outside === 'mean' ? stats.mean : 0);
    const zeros = this.planes.get('zeros', length);
    const result = segment.heard
      ? this.heard.excerpt(segment.heard, group, input, this.wanted)
      : rule.silence !== 'run' && isSilent(input)
        ? stems.map(() => input.map(() => zeros))
        : await this.separator.separate(input, stats, this.wanted);
    const before = alone ? Math.min(length, Math.max(0, alone.before - inputStart)) : length;
    const after = alone ? Math.max(before, Math.min(length, alone.after - inputStart)) : length;
    this.writeScratch(segmentFile(this.spec.scratch, group, slot), result, [
      [0, before],
      [after, length],
    ]);
    if (!alone) return [];
    this.present = { index, planes: result.flat() };
    try {
      return alone.blocks.map(({ start, count }) => this.finish(start, count, []));
    } finally {
      this.present = undefined;
    }
  }

  /** One part hears a window of one channel group; what it keeps lies in the scratch folder. */
  async hear(task: HearTask): Promise<void> {
    const window = this.plan.windows?.[task.window];
    assert(window, 'a plan with windows');
    const read = (): Float32Array[] => {
      const mix = this.input(task.group, window, 0);
      // Planes as long as a song are not kept.
      this.planes.forget();
      return mix;
    };
    await this.heard.hear(task, read, this.wanted);
  }

  /** Ranges of planes at their places; those of unwanted stems stay holes in the file. */
  private writeScratch(
    file: string,
    result: readonly (readonly Float32Array[])[],
    ranges: readonly (readonly [from: number, to: number])[],
  ): void {
    try {
      const fd = openSync(file, constants.O_WRONLY | constants.O_CREAT);
      try {
        for (const s of this.wanted) {
          result[s].forEach((plane, ch) => {
            for (const [from, to] of ranges) {
              const bytes = bytesOf(plane.subarray(from, to));
              const position = 4 * ((s * result[s].length + ch) * this.plan.length + from);
              writeAll(fd, bytes, position);
            }
          });
        }
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw toUnbraidError(error, file);
    }
  }

  /** What the separator hears of a group over a segment, `[channels][length]`, until the next call. */
  input(group: number, segment: Segment, outside: number): Float32Array[] {
    const mix = this.readMix(group, segment, outside);
    const { channels } = this.separator.info;
    return Array.from({ length: channels }, (_, ch) => mix[Math.min(ch, mix.length - 1)]);
  }

  /** The channels of a group at the separator's rate, over a segment; zeros outside the song are `outside`. */
  private readMix(group: number, segment: Segment, outside: number): Float32Array[] {
    const { inputStart, length = this.plan.length } = segment;
    return this.spec.groups[group].map((channel) => {
      const plane = this.planes.get(`mix ${channel}`, length);
      this.readChannel(channel, inputStart, length, plane);
      for (const [from, to] of outsideRuns(this.plan, segment, length)) {
        this.fillOutside(channel, segment, plane, [from, to], outside);
      }
      return plane;
    });
  }

  /** Fills samples `[from, to)` of a segment's input, which are mirrored or padded. */
  private fillOutside(
    channel: number,
    segment: Segment,
    plane: Float32Array,
    [from, to]: readonly [number, number],
    outside: number,
  ): void {
    const { inputStart } = segment;
    let first = Infinity;
    let last = -1;
    for (let i = from; i < to; i++) {
      const at = sourceFrame(this.plan, segment, inputStart + i);
      if (at < 0) continue;
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
    const heard = this.planes.get('heard', Math.max(0, last + 1 - first));
    if (last >= 0) this.readChannel(channel, first, heard.length, heard);
    for (let i = from; i < to; i++) {
      const at = sourceFrame(this.plan, segment, inputStart + i);
      plane[i] = at < 0 ? outside : heard[at - first];
    }
  }

  private readChannel(channel: number, start: number, count: number, into: Float32Array): void {
    if (!this.toModel) {
      this.source.readChannel(channel, start, count, into);
      return;
    }
    const range = this.toModel.inputRange(start, count);
    const raw = this.planes.get('raw', range.count);
    this.source.readChannel(channel, range.start, range.count, raw);
    this.toModel.process(raw, range.start, start, count, into);
    // The song ends with its last frame, even if the filter rings on.
    into.fill(0, 0, Math.min(count, Math.max(0, -start)));
    into.fill(0, Math.max(0, Math.min(count, this.plan.songFrames - start)));
  }

  /**
   * Overlap-add, back to the source's rate and channels, conservation, and into the stems' caches. `slots` says
   * where each segment that touches the block lies. Throws `inference-failed` for samples that are not numbers.
   */
  finish(start: number, count: number, slots: SegmentSlots): FinishResult {
    this.slots = new Map(slots);
    const { stems } = this.spec;
    const { frames, channels } = this.spec.source;
    const halo = stems.absorber === null ? energyCell : 0;
    const from = Math.max(0, start - halo);
    const to = Math.min(frames, start + count + halo);
    const source = this.stack('source', channels, to - from);
    this.source.read(from, to - from, source);
    const complete = stems.complete.map((_, s) => this.stack(`stem ${s}`, channels, to - from));
    try {
      for (const s of this.wanted) this.estimate(s, from, to - from, complete[s]);
    } finally {
      this.reader.end();
    }
    let outputs: readonly (readonly Float32Array[])[] = complete;
    let checked = keepsAlone(stems) ? undefined : conserve(stems, source, complete, start - from, count);
    if (stems.kept !== null || !checked) {
      const kept = (stems.kept ?? []).map((s) => complete[s]);
      const rest = this.stack('rest', channels, to - from);
      checked = leftOver(source, kept, rest, start - from, count);
      outputs = [...kept, rest];
    }
    outputs.forEach((planes, s) => this.writers[s].writeAt(start, planes, count, start - from));
    const seconds = start / this.spec.source.sampleRate;
    checkFinite(checked, seconds);
    checkLevels(checked, source, seconds);
    return checked;
  }

  private stack(name: string, channels: number, length: number): Float32Array[] {
    return Array.from({ length: channels }, (_, ch) => this.planes.get(`${name} ${ch}`, length));
  }

  /** One estimate at the source's rate and channels, frames `[start, start + count)`; `into` is `[channels][count]`. */
  private estimate(stem: number, start: number, count: number, into: readonly Float32Array[]): void {
    const { channels } = this.separator.info;
    const range = this.toSource?.inputRange(start, count) ?? { start, count };
    this.spec.groups.forEach((group, g) => {
      const planes = Array.from({ length: group.length === 1 ? channels : group.length }, (_, ch) => {
        const direct = !this.toSource && group.length > 1;
        const merged = direct ? into[group[ch]] : this.planes.get(`merged ${ch}`, range.count);
        const read = (segment: number, offset: number, piece: Float32Array): void =>
          this.readScratch(g, segment, stem * channels + ch, offset, piece);
        mergeSegments(this.plan, read, range.start, range.count, merged, this.merge);
        return merged;
      });
      if (group.length === 1 && planes.length === 2) {
        for (let i = 0; i < range.count; i++) planes[0][i] = 0.5 * (planes[0][i] + planes[1][i]);
      }
      group.forEach((channel, ch) => {
        if (this.toSource) this.toSource.process(planes[ch], range.start, start, count, into[channel]);
        else if (planes[ch] !== into[channel]) into[channel].set(planes[ch]);
      });
    });
  }

  private readScratch(
    group: number,
    segment: number,
    plane: number,
    offset: number,
    into: Float32Array,
  ): void {
    if (this.present?.index === segment) {
      into.set(this.present.planes[plane].subarray(offset, offset + into.length));
      return;
    }
    const slot = this.slots.get(segment);
    assert(slot !== undefined, `segment ${segment} has a slot`);
    const file = segmentFile(this.spec.scratch, group, slot);
    const whole = this.reader.read(file, into, plane * this.plan.length + offset);
    assert(whole, 'a segment has a result');
  }
}

/** If any sample of a block is not a number, neither is the sum of the block. */
function checkFinite(block: BlockCheck, seconds: number): void {
  if (Number.isFinite(block.errorEnergy) && block.peaks.every(Number.isFinite)) return;
  throw new UnbraidError(
    'inference-failed',
    `The model gave samples that are not numbers at ${seconds.toFixed(1)} s`,
    { hint: 'Try --device cpu. If that does not help, the model file is damaged or unsuitable.' },
  );
}

/** A stem may be so many times as loud as its song, or as full scale: 60 dB, more than any true one. */
const loudest = 1000;

/**
 * Stems that are louder than any part of a song can be come from damaged weights; written, all of them would be turned
 * down to silence. Throws `inference-failed`.
 */
function checkLevels(block: BlockCheck, source: readonly Float32Array[], seconds: number): void {
  const peak = Math.max(...block.peaks);
  if (peak <= loudest) return;
  let own = 1;
  for (const plane of source) for (const sample of plane) own = Math.max(own, Math.abs(sample));
  if (peak <= loudest * own) return;
  const message = `The model gave stems ${Math.round(20 * Math.log10(peak / own))} dB louder than the song at ${seconds.toFixed(1)} s`;
  throw new UnbraidError('inference-failed', message, {
    hint: 'The model file is damaged or unsuitable; get it again, or choose another one.',
  });
}
