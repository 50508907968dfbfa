import { UnbraidError } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import type { Frames } from '../../common/base/units.js';
import type { CallContext } from '../process/rpc.js';
import { InputFile } from './input.js';
import { PcmDigest } from './pcm-digest.js';
import { openSource } from './reading/open-source.js';
import type { SampleSource } from './reading/sample-source.js';
import { convertedSource, openSumSource, type SumSource } from './sum-source.js';
import type { VerifyOutput, VerifyRequest, VerifyResult } from './types.js';

const blockFrames = 65536;
/** JSON has no infinity: an exact sum is −999 dB. */
const exactDb = -999;

/**
 * Decodes every output again and checks rate, channels and length; with `sum`, measures how far the outputs'
 * sum is from `gain · source`. At another rate than the source's (Opus), the source is brought to it first.
 *
 * @throws verify-failed, naming the file
 */
export async function verifyOutputs(
  request: VerifyRequest,
  context: CallContext<never>,
): Promise<VerifyResult> {
  const opened: OutputReader[] = [];
  try {
    if (request.sum) {
      for (const output of request.outputs) opened.push(new OutputReader(output));
      return await sumUp(request, opened, context);
    }
    const pcm: string[] = [];
    for (const output of request.outputs) {
      const reader = new OutputReader(output);
      opened.push(reader);
      await readThrough(reader, context);
      pcm.push(reader.digest.end());
      reader.dispose();
    }
    return { nullDb: null, pcm, sourcePcm: await digestOf(request, context), sumPcm: null };
  } finally {
    for (const reader of opened) reader.dispose();
  }
}

async function readThrough(reader: OutputReader, context: CallContext<never>): Promise<void> {
  const { expectFrames } = reader.output;
  for (let done = 0; done < expectFrames; done += blockFrames) {
    reader.read(Math.min(blockFrames, expectFrames - done));
    await context.breathe();
  }
  reader.expectEnd();
}

async function digestOf(
  { source, start }: VerifyRequest,
  context: CallContext<never>,
): Promise<string | null> {
  if (!source) return null;
  const reader = openSumSource(source, start ?? 0);
  try {
    const digest = new PcmDigest();
    const planes = planesFor(reader.channels);
    for (let done = 0; done < reader.frames; done += blockFrames) {
      const count = Math.min(blockFrames, reader.frames - done);
      reader.read(count, planes);
      digest.add(planes, count);
      await context.breathe();
    }
    return digest.end();
  } finally {
    reader.dispose();
  }
}

async function sumUp(
  request: VerifyRequest,
  outputs: readonly OutputReader[],
  context: CallContext<never>,
): Promise<VerifyResult> {
  const summed = outputs.filter(({ output }) => !output.apart);
  const [{ sampleRate: rate }] = request.outputs;
  const opened = request.source && openSumSource(request.source, request.start ?? 0);
  // The digest is that of the source itself, at its rate.
  const heard = opened && new DigestedSource(opened);
  const source = heard && convertedSource(heard, rate, blockFrames);
  try {
    const channels = source?.channels ?? Math.max(...summed.map(({ planes }) => planes.length));
    const frames = Math.max(...request.outputs.map((output) => output.expectFrames));
    const wanted = planesFor(channels);
    const total = Array.from({ length: channels }, () => new Float64Array(blockFrames));
    const rounded = planesFor(channels);
    const sumDigest = new PcmDigest();
    let difference = 0;
    let power = 0;
    for (let done = 0; done < frames; done += blockFrames) {
      const count = Math.min(blockFrames, frames - done);
      source?.read(count, wanted);
      for (const output of outputs) output.read(count);
      for (let c = 0; c < channels; c++) {
        total[c].fill(0, 0, count);
        for (const { planes } of summed) addTo(total[c], planes[Math.min(c, planes.length - 1)], count);
        rounded[c].set(total[c].subarray(0, count));
        for (let i = 0; i < count; i++) {
          const aim = request.gain * wanted[c][i];
          difference += (total[c][i] - aim) ** 2;
          power += aim * aim;
        }
      }
      sumDigest.add(rounded, count);
      await context.breathe();
    }
    for (const output of outputs) output.expectEnd();
    return {
      nullDb: source ? depth(difference, power) : null,
      pcm: outputs.map((output) => output.digest.end()),
      sourcePcm: heard?.end() ?? null,
      sumPcm: sumDigest.end(),
    };
  } finally {
    (source ?? opened)?.dispose();
  }
}

function planesFor(channels: number): Float32Array[] {
  return Array.from({ length: channels }, () => new Float32Array(blockFrames));
}

/** A source whose samples go into a digest as they are read. */
class DigestedSource implements SumSource {
  readonly channels: number;
  readonly rate: number;
  readonly frames: Frames;
  private readonly digest = new PcmDigest();
  private done = 0;

  constructor(private readonly source: SumSource) {
    this.channels = source.channels;
    this.rate = source.rate;
    this.frames = source.frames;
  }

  read(count: Frames, planes: readonly Float32Array[]): void {
    this.source.read(count, planes);
    const own = Math.min(count, this.frames - this.done);
    this.done += own;
    this.digest.add(planes, own);
  }

  /** The digest of what was read. */
  end(): string {
    return this.digest.end();
  }

  dispose(): void {
    this.source.dispose();
  }
}

function addTo(total: Float64Array, plane: Float32Array, count: Frames): void {
  for (let i = 0; i < count; i++) total[i] += plane[i];
}

function depth(difference: number, power: number): number {
  if (difference === 0) return exactDb;
  if (power === 0) return -exactDb;
  return Math.max(exactDb, 10 * Math.log10(difference / power));
}

/** A written file being read back, with what it must turn out to be. */
class OutputReader implements Disposable {
  readonly planes: Float32Array[];
  readonly digest = new PcmDigest();
  private readonly input: InputFile;
  private readonly decoder: SampleSource;
  private isOpen = true;
  private got = 0;

  constructor(readonly output: VerifyOutput) {
    const { path, track, sampleRate, channels } = output;
    this.input = this.guarded(() => InputFile.open(path));
    try {
      this.decoder = this.guarded(() => openSource(this.input, track));
    } catch (error) {
      this.input.dispose();
      throw error;
    }
    this.guarded(() => this.decoder.prime());
    const shape = this.decoder.shape ?? { rate: sampleRate, channels };
    if (shape.rate !== sampleRate || shape.channels !== channels) {
      this.dispose();
      const found = `${shape.channels} channels at ${shape.rate} Hz`;
      throw this.failure(`it holds ${found} instead of ${channels} at ${sampleRate} Hz`);
    }
    this.planes = Array.from({ length: channels }, () => new Float32Array(blockFrames));
  }

  /** Reads exactly `count` frames (fewer where the expected length ends; the rest is silence). */
  read(count: Frames): void {
    const wanted = Math.max(0, Math.min(count, this.output.expectFrames - this.got));
    let done = 0;
    while (done < wanted && !this.decoder.ended)
      done += this.decoder.fill(
        done === 0 ? this.planes : this.planes.map((p) => p.subarray(done)),
        wanted - done,
      );
    this.got += done;
    if (done < wanted)
      throw this.failure(`it holds ${this.got} frames instead of ${this.output.expectFrames}`);
    this.digest.add(this.planes, done);
    for (const plane of this.planes) plane.fill(0, done, count);
  }

  expectEnd(): void {
    const more = this.decoder.ended ? 0 : this.decoder.fill(this.planes, blockFrames);
    if (more > 0) throw this.failure(`it holds more than the expected ${this.output.expectFrames} frames`);
    const { errors } = this.decoder.faults;
    if (errors > 0) throw this.failure(`it has ${errors} decoding errors`);
  }

  dispose(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.decoder.dispose();
    this.input.dispose();
  }

  private guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw this.failure(error instanceof UnbraidError ? error.message : String(error));
    }
  }

  private failure(reason: string): UnbraidError {
    return new UnbraidError('verify-failed', `The written file does not read back: ${reason}`, {
      file: this.output.path,
      hint: 'Run again; check the disk if it happens again.',
    });
  }
}
