import type { Frames, Hertz } from '../base/units.js';
import { fetchPadded } from '../dsp/padding.js';
import { createResampler, type Resampler } from '../dsp/resample.js';
import type { Separator, SeparatorInfo, SongStats } from './separator.js';

/** What a separator says of itself at another rate and with more channels: the same seconds in other frames. */
export function adaptedInfo(info: SeparatorInfo, sampleRate: Hertz, channels: 1 | 2): SeparatorInfo {
  if (info.sampleRate === sampleRate) return { ...info, channels };
  const ratio = sampleRate / info.sampleRate;
  const { length, fixed, overlap, window, windowPower, edge, pad, shifts, shiftMaxSeconds } = info.segment;
  return {
    ...info,
    sampleRate,
    channels,
    segment: {
      ...{ length: Math.ceil(length * ratio), fixed, align: 1, edge: Math.round(edge * ratio) },
      ...{ overlap, window, windowPower, pad, shifts, shiftMaxSeconds },
    },
  };
}

/**
 * A separator behind another rate and number of channels, so that members of an ensemble can be compared. Segments are
 * resampled to its own rate and its results back; what lies above its own band is missing from them. A mono separator
 * hears the channels one after the other.
 */
export class RateAdapter implements Separator {
  readonly info: SeparatorInfo;
  private readonly there: Resampler;
  private readonly back: Resampler;
  private out: Float32Array[][] = [];

  constructor(
    private readonly inner: Separator,
    sampleRate: Hertz,
    channels: 1 | 2,
  ) {
    this.info = adaptedInfo(inner.info, sampleRate, channels);
    this.there = createResampler(sampleRate, inner.info.sampleRate);
    this.back = createResampler(inner.info.sampleRate, sampleRate);
  }

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    const samples = mix[0].length;
    if (this.out[0]?.[0].length !== samples) {
      this.out = this.info.stems.map(() => mix.map(() => new Float32Array(samples)));
    }
    const count = this.innerLength(samples);
    const planes = mix.map((plane) => resampled(plane, this.there, count));
    const groups = this.inner.info.channels === 1 ? planes.map((_, ch) => [ch]) : [planes.map((_, ch) => ch)];
    for (const group of groups) {
      const input = group.map((ch) => planes[ch]);
      const result = await this.inner.separate(input, stats, wanted);
      for (const s of wanted) {
        group.forEach((ch, i) => this.out[s][ch].set(resampled(result[s][i], this.back, samples)));
      }
    }
    return this.out;
  }

  /** The separator's own segment, or what a shorter one needs. */
  private innerLength(samples: Frames): Frames {
    const { length, fixed, align } = this.inner.info.segment;
    if (fixed || samples >= this.info.segment.length) return length;
    return Math.min(length, Math.ceil(this.there.outputLength(samples) / align) * align);
  }
}

/** `count` samples of a plane at another rate, zeros around it. */
function resampled(plane: Float32Array, resampler: Resampler, count: Frames): Float32Array {
  if (resampler.from === resampler.to) return plane;
  const { start, count: needed } = resampler.inputRange(0, count);
  const input = new Float32Array(needed);
  fetchPadded(plane, start, input, 'zero');
  const out = new Float32Array(count);
  resampler.process(input, start, 0, count, out);
  return out;
}
