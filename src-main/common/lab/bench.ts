import { createWindow, type WindowName } from '../dsp/windows.js';
import type { benchWindows } from '../separation/classic/bench.js';
import { leavesNoGaps, maskOf, type benchMasks, type BenchOptions } from '../separation/classic/bench.js';
import { splitBy, splitMethods, type TwoParts } from '../separation/classic/bench-methods.js';
import { lengthsOf, transformOf, type BenchTransform } from './bench-transform.js';
import { benchPicture, type BenchPicture, type Representation } from './bench-picture.js';
import { overlapOf, type FrameConfig } from './frames.js';
import { balanceDb, errorDb, sdr } from './measures.js';

export { benchLengths, benchMasks, benchWindows } from '../separation/classic/bench.js';
/** `oracle` only where true parts are known. */
export const benchMethods = [...splitMethods, 'oracle'] as const;
export type BenchMethod = (typeof benchMethods)[number];
/** Hops, as parts of the window. */
export const benchHops = [0.125, 0.25, 0.5, 0.75, 1, 1.5] as const;

export interface BenchSettings {
  readonly window: (typeof benchWindows)[number];
  readonly length: number;
  /** Part of the window. */
  readonly hop: number;
  readonly representation: Representation;
  readonly mask: (typeof benchMasks)[number];
  /** Of `ratio`. */
  readonly exponent: number;
  readonly method: BenchMethod;
}

export const benchStart: BenchSettings = {
  ...{ window: 'hann', length: 2048, hop: 0.5, representation: 'log' },
  ...{ mask: 'ratio', exponent: 2, method: 'hpss' },
};

/** A sound in one channel; `parts` are its true stems (a voice and all the rest), where they are known. */
export interface BenchSound {
  readonly rate: number;
  readonly mix: Float32Array<ArrayBuffer>;
  readonly parts?: readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] | undefined;
}

/** What separates a whole song as these settings do, for the engine; null where true parts or gaps are in the way. */
export function optionsOf({ method, representation, ...settings }: BenchSettings): BenchOptions | null {
  if (method === 'oracle' || !leavesNoGaps(settings)) return null;
  const { window, length, hop, mask, exponent } = settings;
  return {
    method,
    window,
    length,
    hop,
    levels: isPower(representation) ? 'power' : 'magnitude',
    mask,
    exponent,
  };
}

export interface BenchResult {
  readonly picture: BenchPicture;
  /** Σ of the windows over one hop, relative to its mean. */
  readonly overlap: { readonly sums: readonly number[]; readonly ripple: number };
  /** The sound after the way there and back, against the sound itself, in dB; −120 means no error. */
  readonly error: number;
  /** Energy of the first part against that of the second, in dB. */
  readonly balance: number;
  /** SDR of the first part, where it is known, in dB. */
  readonly sdr: number | null;
  /** First part, second part, and their sum, which went there and back. */
  readonly sounds: readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
}

/** Of the window, in samples. */
export const hopOf = ({ length, hop }: Pick<BenchSettings, 'length' | 'hop'>): number =>
  Math.max(1, Math.round(length * hop));
const isPower = (representation: Representation): boolean =>
  representation === 'power' || representation === 'log-power';

/** Keeps the last value that was made for a key. */
class Last<T> {
  private kept: { readonly key: string; readonly value: T } | undefined;

  get(key: string, make: () => T): T {
    if (this.kept?.key !== key) this.kept = { key, value: make() };
    return this.kept.value;
  }
}

/** The live bench on one sound. What a change does not touch is kept, so that a slider answers at once. */
export class Bench {
  private readonly transforms = new Last<BenchTransform>();
  private readonly truths = new Last<readonly [Float32Array, Float32Array]>();
  private readonly estimates = new Last<TwoParts>();
  private readonly masks = new Last<Float32Array>();
  private readonly wholes = new Last<Float32Array>();
  private readonly firsts = new Last<Float32Array>();

  constructor(private readonly sound: BenchSound) {}

  run(settings: BenchSettings): BenchResult {
    const { mix, parts, rate } = this.sound;
    const { window, length, representation, mask, exponent, method } = settings;
    const config = { window, length, hop: hopOf(settings) };
    const grid = JSON.stringify(config);
    const transform = this.transforms.get(grid, () => transformOf(mix, config));
    const known = `${grid} ${method} ${isPower(representation)}`;
    const two = this.estimates.get(known, () => this.split(settings, config, transform));
    const chosen = `${known} ${mask} ${mask === 'ratio' ? exponent : 1}`;
    const shares = this.masks.get(chosen, () => maskOf(two, settings));
    const whole = this.wholes.get(grid, () => transform.sound());
    const first = this.firsts.get(chosen, () => transform.sound(shares));
    const second = whole.map((x, i) => x - first[i]);
    return {
      picture: benchPicture(transform.lengths, transform.bins, rate, representation),
      overlap: overlap(window, length, config.hop),
      error: errorDb(mix, whole),
      sdr: parts && method !== 'hpss' && method !== 'nmf' ? sdr(parts[0], first) : null,
      balance: balanceDb(first, second),
      sounds: [first.slice(), second, whole.slice()],
    };
  }

  private split(settings: BenchSettings, config: FrameConfig, transform: BenchTransform): TwoParts {
    const { method, representation } = settings;
    const shown = (lengths: Float32Array): Float32Array =>
      isPower(representation) ? lengths.map((x) => x * x) : lengths;
    const { parts, rate } = this.sound;
    if (method === 'oracle' && parts) {
      const [a, b] = this.truths.get(JSON.stringify(config), () => [
        lengthsOf(parts[0], config),
        lengthsOf(parts[1], config),
      ]);
      return [shown(a), shown(b)];
    }
    const grid = {
      ...{ frames: transform.frames, bins: transform.bins, plane: transform.lengths },
      ...{ hertzPerBin: rate / config.length, framesPerSecond: rate / config.hop },
    };
    return splitBy(method === 'oracle' ? 'hpss' : method, grid, isPower(representation));
  }
}

function overlap(window: WindowName, length: number, hop: number): BenchResult['overlap'] {
  const sums = [...overlapOf(createWindow(window, length), hop)];
  const mean = sums.reduce((a, b) => a + b, 0) / hop;
  const shown = Array.from(
    { length: Math.min(200, hop) },
    (_, i) => sums[Math.floor((i * hop) / Math.min(200, hop))],
  );
  return {
    sums: shown.map((sum) => sum / mean),
    ripple: (100 * (Math.max(...shown) - Math.min(...shown))) / mean,
  };
}
