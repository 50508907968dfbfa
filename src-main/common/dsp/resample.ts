import { check } from '../base/errors.js';
import type { Frames, Hertz } from '../base/units.js';
import { prototypeHalf } from './kaiser.js';
import { blockFilter, longFilter, type Filter, type Ratio } from './resample-filters.js';

/** Converts one channel from one rate to another: stateless, random access. */
export interface Resampler {
  readonly from: Hertz;
  readonly to: Hertz;
  /** ceil(frames · to / from). */
  outputLength(inputFrames: Frames): Frames;
  /** The input an output range needs. It may start below 0 or end after the input: fill with zeros there. */
  inputRange(outStart: Frames, outCount: Frames): { start: Frames; count: Frames };
  /**
   * `input` holds the frames [inStart, inStart + input.length); writes outCount frames from output frame
   * outStart on. Any blocking gives identical samples.
   */
  process(
    input: Float32Array,
    inStart: Frames,
    outStart: Frames,
    outCount: Frames,
    output: Float32Array,
  ): void;
}

const highestRate: Hertz = 768_000;
/** Longest filter, in input frames, that is tabled; only rates hundreds of times apart need a longer one. */
const longestTable = 2 ** 17;

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * A Kaiser-windowed sinc resampler: pass band to 0.4535 of the lower rate, at least 100 dB down from its
 * Nyquist frequency on, no delay, gain 1 at DC. Output frame j lies at the input position j·from/to.
 * Polyphase form: R. E. Crochiere & L. R. Rabiner, Multirate Digital Signal Processing (1983), chapter 2.
 *
 * @throws UnbraidError `invalid-argument` for rates that are not integers from 1 to 768000 Hz.
 */
export function createResampler(from: Hertz, to: Hertz): Resampler {
  for (const rate of [from, to]) {
    check(
      Number.isInteger(rate) && rate >= 1 && rate <= highestRate,
      `The sample rate must be a whole number from 1 to ${highestRate} Hz, not ${rate}`,
    );
  }
  const divisor = gcd(from, to);
  const phases = to / divisor;
  const step = from / divisor;
  const half = from === to ? 0 : Math.ceil(prototypeHalf * Math.max(1, from / to));
  const ratio: Ratio = { phases, step, half };
  let filter: Filter | undefined;

  /** Output frame j lies `phase`/phases of a frame after input frame `index`; exact below 2^53. */
  const locate = (j: number): { index: number; phase: number } => {
    const phase = (((j * step) % phases) + phases) % phases;
    return { index: (j * step - phase) / phases, phase };
  };
  const inputRange = (outStart: number, outCount: number): { start: number; count: number } => {
    const first = locate(outStart).index;
    if (outCount <= 0) return { start: first, count: 0 };
    if (half === 0) return { start: outStart, count: outCount };
    const start = first - half + 1;
    return { start, count: locate(outStart + outCount - 1).index + half + 1 - start };
  };
  return {
    from,
    to,
    outputLength: (inputFrames) => Math.ceil((inputFrames * phases) / step),
    inputRange,
    process(input, inStart, outStart, outCount, output) {
      const need = inputRange(outStart, outCount);
      check(
        inStart <= need.start && inStart + input.length >= need.start + need.count,
        `The resampler needs the frames from ${need.start} on, ${need.count} of them`,
      );
      check(output.length >= outCount, `The output needs ${outCount} frames, not ${output.length}`);
      if (half === 0) {
        output.set(input.subarray(outStart - inStart, outStart - inStart + outCount));
        return;
      }
      filter ??= 2 * half > longestTable ? longFilter(ratio) : blockFilter(ratio);
      for (let done = 0; done < outCount; done += filter.block) {
        const count = Math.min(filter.block, outCount - done);
        const { start, count: length } = inputRange(outStart + done, count);
        const span = input.subarray(start - inStart, start - inStart + length);
        filter.run(span, locate(outStart + done).phase, output.subarray(done, done + count));
      }
    },
  };
}
