import { z } from 'zod';
import { check } from '../../base/errors.js';
import { binaryMasks, softMask } from '../../dsp/masks.js';
import { checkCola } from '../../dsp/stft.js';
import { partNames, splitBy, splitMethods, type TwoParts } from './bench-methods.js';
import { maskOfLevels } from './quick-hpss.js';
import { classicRate, classicSegment, type MaskMethod } from './masking.js';

export const benchWindows = ['hann', 'sqrt-hann', 'hamming', 'blackman', 'rectangular'] as const;
export const benchLengths = [256, 512, 1024, 2048, 4096, 8192] as const;
export const benchMasks = ['binary', 'soft', 'ratio'] as const;

/** What a person has set on the bench; the numbers may come as text. */
export const benchOptions = z.strictObject({
  method: z.enum(splitMethods).default('hpss'),
  window: z.enum(benchWindows).default('hann'),
  length: z.coerce
    .number()
    .refine((length) => benchLengths.some((known) => known === length), `one of ${benchLengths.join(', ')}`)
    .default(2048),
  /** Part of the window. */
  hop: z.coerce.number().min(0.125).max(1).default(0.5),
  /** What the method works on. */
  levels: z.enum(['magnitude', 'power']).default('magnitude'),
  mask: z.enum(benchMasks).default('ratio'),
  /** Of `ratio`. */
  exponent: z.coerce.number().min(0.1).max(20).default(2),
});
export type BenchOptions = z.output<typeof benchOptions>;

/** The share of the first of two parts: `[frames][bins]`. */
export function maskOf(
  two: TwoParts,
  { mask, exponent }: Pick<BenchOptions, 'mask' | 'exponent'>,
): Float32Array {
  const ofPlanes = (a: Float32Array, b: Float32Array): Float32Array =>
    mask === 'binary' ? binaryMasks([a, b])[0] : softMask(a, b, mask === 'soft' ? 1 : exponent);
  return 'a' in two ? maskOfLevels(two, ofPlanes) : ofPlanes(...two);
}

/** The id of the bench with these options, as the engine takes it: `bench:method=repet:mask=binary…`. */
export function benchId(options: BenchOptions): string {
  return ['bench', ...Object.entries(options).map(([key, value]) => `${key}=${value}`)].join(':');
}

/** Windows that leave no gaps: what stands in gaps is in no mask. `hop` as a part of the window. */
export function leavesNoGaps({
  window,
  length,
  hop,
}: Pick<BenchOptions, 'window' | 'length' | 'hop'>): boolean {
  return checkCola({ window, nFft: length, hop: Math.max(1, Math.round(length * hop)) }).nola;
}

/** Seconds that are split together; the bench itself has ten. */
const seconds = 20;

/** The bench of the Lab for whole songs: the mask of any of its methods, in two stems. Throws `invalid-argument` for gaps. */
export function bench(options: BenchOptions): MaskMethod {
  const { method, window, length, exponent, mask, levels } = options;
  check(leavesNoGaps(options), 'These windows leave gaps, where no stem can be made');
  const hop = Math.max(1, Math.round(length * options.hop));
  const stems = partNames(method);
  const grid = { hertzPerBin: classicRate / length, framesPerSecond: classicRate / hop };
  return {
    ...{ stems, residualStem: stems[1], segment: classicSegment(seconds, 0.2) },
    stft: { window, nFft: length, hop, precision: 'single' },
    masks: ({ frames, bins, magnitude }) => {
      const two = splitBy(method, { frames, bins, plane: magnitude, ...grid }, levels === 'power');
      const first = maskOf(two, { mask, exponent });
      return [first, first.map((share) => 1 - share)];
    },
  };
}
