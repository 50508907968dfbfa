import {
  AV_SAMPLE_FMT_DBL,
  AV_SAMPLE_FMT_DBLP,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S16P,
  AV_SAMPLE_FMT_S32,
  AV_SAMPLE_FMT_S32P,
  AV_SAMPLE_FMT_S64,
  AV_SAMPLE_FMT_S64P,
  AV_SAMPLE_FMT_U8,
  AV_SAMPLE_FMT_U8P,
} from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { UnbraidError } from '../../common/base/errors.js';

type Samples = Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

interface SampleLayout {
  readonly view: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Samples;
  readonly bytes: number;
  readonly planar: boolean;
}

const u8 = { view: Uint8Array, bytes: 1 };
const s16 = { view: Int16Array, bytes: 2 };
const s32 = { view: Int32Array, bytes: 4 };
const s64 = { view: BigInt64Array, bytes: 8 };
const f32 = { view: Float32Array, bytes: 4 };
const f64 = { view: Float64Array, bytes: 8 };

const layouts = new Map<number, SampleLayout>([
  [AV_SAMPLE_FMT_U8, { ...u8, planar: false }],
  [AV_SAMPLE_FMT_U8P, { ...u8, planar: true }],
  [AV_SAMPLE_FMT_S16, { ...s16, planar: false }],
  [AV_SAMPLE_FMT_S16P, { ...s16, planar: true }],
  [AV_SAMPLE_FMT_S32, { ...s32, planar: false }],
  [AV_SAMPLE_FMT_S32P, { ...s32, planar: true }],
  [AV_SAMPLE_FMT_S64, { ...s64, planar: false }],
  [AV_SAMPLE_FMT_S64P, { ...s64, planar: true }],
  [AV_SAMPLE_FMT_FLT, { ...f32, planar: false }],
  [AV_SAMPLE_FMT_FLTP, { ...f32, planar: true }],
  [AV_SAMPLE_FMT_DBL, { ...f64, planar: false }],
  [AV_SAMPLE_FMT_DBLP, { ...f64, planar: true }],
]);

/**
 * Copies a decoded frame into float32 planes (`[channels][frame.nbSamples]`). Integers of b bits become
 * k / 2^(b−1): exact up to 24 bits, which FFmpeg keeps left-aligned in 32.
 */
export function readFrameSamples(frame: Frame, channels: number, planes: readonly Float32Array[]): void {
  const layout = layouts.get(frame.format);
  const data = frame.extendedData;
  if (!layout || !data) throw new UnbraidError('unsupported-format', `Unknown sample format ${frame.format}`);
  const count = frame.nbSamples;
  for (let c = 0; c < channels; c++) {
    const bytes = layout.planar ? data[c] : data[0];
    const samples = viewOf(bytes, layout, layout.planar ? count : count * channels);
    const [first, step] = layout.planar ? [0, 1] : [c, channels];
    if (samples instanceof BigInt64Array) copyBig(samples, first, step, count, planes[c]);
    else copyScaled(samples, first, step, count, planes[c]);
  }
}

function viewOf(bytes: Buffer, layout: SampleLayout, length: number): Samples {
  // A typed array wants an aligned start; FFmpeg's buffers are aligned, a copied Buffer from a pool may not be.
  const aligned = bytes.byteOffset % layout.bytes === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  return new layout.view(aligned.buffer, aligned.byteOffset, length);
}

function copyScaled(
  from: Exclude<Samples, BigInt64Array>,
  first: number,
  step: number,
  count: number,
  into: Float32Array,
): void {
  if (from instanceof Float32Array && step === 1) {
    into.set(from.subarray(0, count));
    return;
  }
  const offset = from instanceof Uint8Array ? -128 : 0;
  const scale =
    from instanceof Uint8Array
      ? 2 ** -7
      : from instanceof Int16Array
        ? 2 ** -15
        : from instanceof Int32Array
          ? 2 ** -31
          : 1;
  for (let i = 0, j = first; i < count; i++, j += step) into[i] = (from[j] + offset) * scale;
}

function copyBig(from: BigInt64Array, first: number, step: number, count: number, into: Float32Array): void {
  for (let i = 0, j = first; i < count; i++, j += step) into[i] = Number(from[j]) * 2 ** -63;
}

/** What `sanitise` found: the largest magnitude, and how many samples were NaN or infinite. */
export interface SampleStats {
  peak: number;
  nonFinite: number;
}

/** Replaces NaN and ±Infinity by 0 in place and keeps count, with the peak, in `stats`. */
export function sanitise(samples: Float32Array, count: number, stats: SampleStats): void {
  let { peak, nonFinite } = stats;
  for (let i = 0; i < count; i++) {
    const magnitude = Math.abs(samples[i]);
    if (magnitude <= peak) continue;
    if (magnitude < Number.POSITIVE_INFINITY) peak = magnitude;
    else {
      samples[i] = 0; // also NaN, which compares false with everything
      nonFinite++;
    }
  }
  stats.peak = peak;
  stats.nonFinite = nonFinite;
}
