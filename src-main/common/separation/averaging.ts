import type { Separator, SeparatorInfo, SongStats } from './separator.js';

/** Other ways to hear the same song; the mean of their results has smaller errors than each. */
export const averagings = ['polarity', 'channels'] as const;
export type Averaging = (typeof averagings)[number];

/** One way to hear a song: turned upside down, or with left and right swapped. */
interface Hearing {
  readonly sign: 1 | -1;
  readonly swapped: boolean;
}

/**
 * Separates every segment several times, with the polarity of the samples turned and with the channels swapped, and
 * takes the mean of what comes back in its own polarity and order (the "denoise" of UVR and MVSEP is the first of the two).
 * Networks are not symmetrical, a song is. Each option doubles the time; mono separators have no channels to swap.
 */
export class AveragingSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly hearings: readonly Hearing[];
  private input: Float32Array[] = [];
  private sums: Float32Array[][] = [];

  constructor(
    private readonly inner: Separator,
    averaging: readonly Averaging[],
  ) {
    this.info = inner.info;
    const signs = averaging.includes('polarity') ? ([1, -1] as const) : ([1] as const);
    const swaps = averaging.includes('channels') && inner.info.channels === 2 ? [false, true] : [false];
    this.hearings = signs.flatMap((sign) => swaps.map((swapped) => ({ sign, swapped })));
  }

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    if (this.hearings.length === 1) return this.inner.separate(mix, stats, wanted);
    this.prepare(mix.length, mix[0].length);
    const share = 1 / this.hearings.length;
    for (const [h, { sign, swapped }] of this.hearings.entries()) {
      const order = mix.map((_, ch) => (swapped ? mix.length - 1 - ch : ch));
      this.input.forEach((plane, ch) => {
        const from = mix[order[ch]];
        for (let i = 0; i < plane.length; i++) plane[i] = sign * from[i];
      });
      const heard = await this.inner.separate(this.input, { ...stats, mean: sign * stats.mean }, wanted);
      for (const s of wanted) {
        this.sums[s].forEach((sum, ch) => {
          const from = heard[s][order[ch]];
          for (let i = 0; i < sum.length; i++) sum[i] = (h === 0 ? 0 : sum[i]) + share * sign * from[i];
        });
      }
    }
    return this.sums;
  }

  private prepare(channels: number, samples: number): void {
    if (this.input.length === channels && this.input[0].length === samples) return;
    const planes = (): Float32Array[] => Array.from({ length: channels }, () => new Float32Array(samples));
    this.input = planes();
    this.sums = this.info.stems.map(planes);
  }
}

/** The separator itself where nothing is averaged. */
export function averaged(inner: Separator, averaging: readonly Averaging[] = []): Separator {
  return averaging.length > 0 ? new AveragingSeparator(inner, averaging) : inner;
}
