import type { Hertz } from '../base/units.js';
import { wienerEm } from '../dsp/wiener.js';
import { FrameBlocks } from './frame-blocks.js';
import type { Separator, SeparatorInfo, SongStats } from './separator.js';

/** Frames with one covariance matrix a bin and stem: 7 s, as in Open-Unmix. */
const windowFrames = 300;

/** The transform of Open-Unmix at its rate; frames of about the same length at others. */
export function gridOf(sampleRate: Hertz): { nFft: number; hop: number } {
  const nFft = 2 ** Math.max(8, Math.round(Math.log2((4096 * sampleRate) / 44_100)));
  return { nFft, hop: nFft / 4 };
}

/**
 * The multichannel Wiener filter over what any separator gives: from its stems a variance for each bin and a covariance of
 * the channels for each stem are estimated, and every stem becomes its share of the mixture by them, so often. Stems that
 * stand at different places between the channels bleed less; noise between the stems may grow ("musical noise").
 *
 * Nugraha, Liutkus & Vincent, IEEE TASLP 24 (2016); as in norbert and Open-Unmix.
 */
export class WienerSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly blocks: FrameBlocks;

  /** `iterations` of expectation-maximisation, 1 or more. */
  constructor(
    private readonly inner: Separator,
    private readonly iterations: number,
  ) {
    this.info = inner.info;
    this.blocks = new FrameBlocks(gridOf(inner.info.sampleRate));
  }

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    // It weighs the stems against each other, so it needs all of them.
    const estimates = await this.inner.separate(mix, stats);
    const { nFft, hop } = this.blocks.stft.config;
    const lead = nFft - hop;
    const samples = mix[0].length;
    const frames = Math.ceil((samples + lead) / hop);
    // Zeros in front and behind, so that every sample lies under all its frames.
    const padded = (plane: Float32Array): Float32Array => {
      const longer = new Float32Array(this.blocks.samplesOf(frames));
      longer.set(plane, lead);
      return longer;
    };
    const x = mix.map(padded);
    const y = estimates.map((stem) => stem.map(padded));
    const waves = y.map((stem) => stem.map(({ length }) => new Float32Array(length)));
    for (let first = 0; first < frames; first += windowFrames) {
      const count = Math.min(windowFrames, frames - first);
      const spectrum = (plane: Float32Array) => this.blocks.analyse(plane, first, count);
      const filtered = wienerEm(
        x.map(spectrum),
        y.map((stem) => stem.map(spectrum)),
        { iterations: this.iterations, windowFrames, residual: leavesRest(this.info) },
      );
      for (const s of wanted) {
        filtered[s].forEach((stem, channel) => this.blocks.add(stem, first, waves[s][channel]));
      }
    }
    for (const s of wanted) for (const plane of waves[s]) this.blocks.finish(plane, frames);
    return waves.map((stem) => stem.map((plane) => plane.subarray(lead, lead + samples)));
  }
}

/** Whether the stems do not claim to be the whole song: what they leave is then one more source. */
export function leavesRest({ stems, residualStem }: SeparatorInfo): boolean {
  return stems.length === 1 || !stems.includes(residualStem);
}

/** The separator itself where nothing is filtered. */
export function filtered(inner: Separator, iterations = 0): Separator {
  return iterations > 0 ? new WienerSeparator(inner, iterations) : inner;
}
