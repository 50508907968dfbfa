import { AV_OPT_SEARCH_CHILDREN, AV_SAMPLE_FMT_FLTP } from 'node-av/constants';
import { Filter, FilterGraph, Frame, Option, avChannelLayoutDescribe, type FilterContext } from 'node-av/lib';
import { UnbraidError, check } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { Frames, Hertz } from '../../common/base/units.js';
import { bytesOf } from '../files/bytes.js';
import type { CallContext } from '../process/rpc.js';
import { defaultLayout, must } from './ffmpeg.js';
import { PcmReader } from './pcm-cache.js';
import type { EncodeInput, Loudness } from './types.js';

const blockFrames = 65536;
/** More have no usual layout, without which FFmpeg's meter crashes. */
export const mostChannels = 8;
const silenceDb = -200;
const silenceLufs = -70;
/** Loudness range is a statistic of 3 s windows; below this there are too few (EBU Tech 3342). */
const rangeNeedsSeconds = 4;

/** Loudness (EBU R 128, ITU-R BS.1770-4) and peaks of the sum of `inputs`, which must be alike. */
export async function measureLoudness(inputs: EncodeInput[], context: CallContext<never>): Promise<Loudness> {
  check(inputs.length > 0, 'There is nothing to measure');
  const { channels, sampleRate } = inputs[0].ref;
  if (channels > mostChannels) {
    const message = `The loudness of ${channels} channels is not defined (ITU-R BS.1770 has at most ${mostChannels} here)`;
    throw new UnbraidError('unsupported-format', message);
  }
  const frames = Math.max(...inputs.map((input) => input.ref.frames));
  const readers = inputs.map((input) => new PcmReader(input.ref));
  const meter = new Meter(channels, sampleRate);
  try {
    const scratch = planesOf(channels);
    const sum = planesOf(channels);
    let samplePeak = 0;
    for (let start = 0; start < frames; start += blockFrames) {
      const count = Math.min(blockFrames, frames - start);
      sumBlock(readers, inputs, start, count, scratch, sum);
      for (const plane of sum) samplePeak = peakOf(plane, count, samplePeak);
      meter.add(sum, count);
      await context.breathe();
    }
    return { ...meter.finish(), samplePeak };
  } finally {
    meter.dispose();
    for (const reader of readers) reader.dispose();
  }
}

function planesOf(channels: number): Float32Array[] {
  return Array.from({ length: channels }, () => new Float32Array(blockFrames));
}

function sumBlock(
  readers: readonly PcmReader[],
  inputs: readonly EncodeInput[],
  start: Frames,
  count: Frames,
  scratch: readonly Float32Array[],
  sum: readonly Float32Array[],
): void {
  for (const plane of sum) plane.fill(0, 0, count);
  readers.forEach((reader, k) => {
    const { gain } = inputs[k];
    reader.read(start, count, scratch);
    for (let c = 0; c < sum.length; c++) for (let i = 0; i < count; i++) sum[c][i] += gain * scratch[c][i];
  });
}

function peakOf(plane: Float32Array, count: Frames, floor: number): number {
  let peak = floor;
  for (let i = 0; i < count; i++) peak = Math.max(peak, Math.abs(plane[i]));
  return peak;
}

/** FFmpeg's ebur128 filter, fed with float planes. Its results are read as options: metadata is rounded. */
class Meter implements Disposable {
  private readonly graph = new FilterGraph();
  private readonly source: FilterContext;
  private readonly filter: FilterContext;
  private readonly sink: FilterContext;
  private readonly out = new Frame();
  private added = 0;

  constructor(
    private readonly channels: number,
    private readonly rate: Hertz,
  ) {
    this.out.alloc();
    this.graph.alloc();
    const layout = avChannelLayoutDescribe(defaultLayout(channels)) ?? `${channels}c`;
    const format = `time_base=1/${rate}:sample_rate=${rate}:sample_fmt=fltp:channel_layout=${layout}`;
    this.source = this.create('abuffer', format);
    this.filter = this.create('ebur128', 'peak=true:metadata=1');
    this.sink = this.create('abuffersink', null);
    must(this.source.link(0, this.filter, 0), 'The loudness meter', 'internal');
    must(this.filter.link(0, this.sink, 0), 'The loudness meter', 'internal');
    must(this.graph.configSync(), 'The loudness meter', 'internal');
  }

  add(planes: readonly Float32Array[], count: Frames): void {
    const bytes = Buffer.concat(planes.map((plane) => bytesOf(plane.subarray(0, count))));
    const frame = Frame.fromAudioBuffer(bytes, {
      nbSamples: count,
      format: AV_SAMPLE_FMT_FLTP,
      sampleRate: this.rate,
      channelLayout: defaultLayout(this.channels),
      timeBase: { num: 1, den: this.rate },
      pts: BigInt(this.added),
    });
    this.added += count;
    const code = this.source.buffersrcAddFrameSync(frame);
    frame.free();
    must(code, 'The loudness meter', 'internal');
    this.drain();
  }

  finish(): Omit<Loudness, 'samplePeak'> {
    // Loudness is read before the padding that pushes the last, incomplete 100 ms through the peak meter.
    const integratedLufs = Math.max(silenceLufs, this.value('integrated') || silenceLufs);
    const rangeLu = this.added < rangeNeedsSeconds * this.rate ? 0 : this.value('range');
    const padding = Math.ceil(this.rate / 5);
    const silence = Array.from({ length: this.channels }, () => new Float32Array(padding));
    this.add(silence, padding);
    return { integratedLufs, rangeLu, truePeakDb: Math.max(silenceDb, this.value('true_peak')) };
  }

  dispose(): void {
    this.out.free();
    this.graph.free();
  }

  private value(name: string): number {
    return Option.getDouble(this.filter.getNative(), name, AV_OPT_SEARCH_CHILDREN) ?? 0;
  }

  private drain(): void {
    while (this.sink.buffersinkGetFrameSync(this.out) >= 0) this.out.unref();
  }

  private create(name: string, args: string | null): FilterContext {
    const filter = Filter.getByName(name);
    const made = filter && this.graph.createFilter(filter, name, args);
    if (!made) throw new UnbraidError('internal', `The filter ${name} cannot be made (${args ?? ''})`);
    return made;
  }
}
