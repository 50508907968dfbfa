import { Stft, allocateSpectrum, type FrameSource, type Spectrum, type StftConfig } from '../../dsp/stft.js';
import type { SegmentRule, Separator, SeparatorInfo, SongStats } from '../separator.js';

/** Spectra and joint magnitude of one segment; planes `[frames][bins]`. */
export interface Analysis {
  readonly frames: number;
  readonly bins: number;
  readonly spectra: readonly Spectrum[];
  /** Root mean square of the channels' magnitudes: one mask for all channels keeps the stereo image. */
  readonly magnitude: Float32Array;
}

/** Masks of the stems over `[frames][bins]`: one for all channels, or one for each. */
export type StemMasks = readonly Float32Array[];

/** What a factorization found in one segment: V ≈ W·H of its joint magnitudes, or of their squares for Itakura-Saito. */
export interface SegmentFactors {
  readonly components: number;
  readonly frames: number;
  readonly bins: number;
  /** W: `[components][bins]`, each with a sum of 1. */
  readonly templates: Float32Array;
  /** H: `[frames][components]`; frame f is centred on sample f · hop of the segment. */
  readonly activations: Float32Array;
  /** Which stem each component went to, by index. */
  readonly stems: readonly number[];
}

export interface MaskMethod {
  readonly stems: readonly string[];
  readonly residualStem: string;
  readonly stft: StftConfig;
  readonly segment: SegmentRule;
  /** Must not keep `analysis`; the masks may be reused by the next call. */
  readonly masks: (analysis: Analysis) => StemMasks;
  /** What its masks are made of, where that is a factorization. */
  readonly factors?: (analysis: Analysis) => SegmentFactors;
}

/** Rate at which the classic methods work; their window lengths and bands are set for it. */
export const classicRate = 44100;

/** The segments of a method that needs `seconds` of context. */
export function classicSegment(seconds: number, overlap: number): SegmentRule {
  return {
    length: Math.round((seconds * classicRate) / 1024) * 1024,
    fixed: false,
    align: 1024,
    overlap,
    window: 'linear-fade',
    windowPower: 1,
    edge: 0,
    pad: 'zero',
    shifts: 0,
    shiftMaxSeconds: 0.5,
  };
}

/**
 * Masks of what rises above a background (`vocals`, which is overwritten) and of the background, which becomes its own mask:
 * `[frames][bins]`. All below `firstBin` belongs to the background.
 */
export function foregroundMasks(
  magnitude: Float32Array,
  background: Float32Array,
  bins: number,
  firstBin: number,
  vocals: Float32Array,
): [Float32Array, Float32Array] {
  for (let i = 0; i < magnitude.length; i++) {
    const share = magnitude[i] > 0 && i % bins >= firstBin ? background[i] / magnitude[i] : 1;
    background[i] = share;
    vocals[i] = 1 - share;
  }
  return [vocals, background];
}

/** A separator that multiplies the mixture's STFT by real masks. */
export class MaskSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly stft: Stft;
  private spectra: Spectrum[] = [];
  private magnitude = new Float32Array(0);
  private waves: Float32Array[][] = [];

  constructor(private readonly method: MaskMethod) {
    this.stft = new Stft(method.stft);
    this.info = {
      sampleRate: classicRate,
      channels: 2,
      stems: method.stems,
      residualStem: method.residualStem,
      segment: method.segment,
      needsStats: false,
    };
  }

  separate(
    mix: readonly Float32Array[],
    _stats: SongStats,
    wanted?: readonly number[],
  ): Promise<readonly (readonly Float32Array[])[]> {
    const samples = mix[0].length;
    const analysis = this.analyse(mix);
    const { frames, bins } = analysis;
    const masks = this.method.masks(analysis);
    masks.forEach((mask, s) => {
      if (wanted && !wanted.includes(s)) return;
      this.spectra.forEach((x, ch) => {
        const masked: FrameSource = (first, count, re, im) => {
          const from = first * bins;
          for (let i = 0; i < count * bins; i++) {
            re[i] = mask[from + i] * x.re[from + i];
            im[i] = mask[from + i] * x.im[from + i];
          }
        };
        this.stft.inverseOf(masked, frames, samples, this.waves[s][ch]);
      });
    });
    return Promise.resolve(this.waves);
  }

  /** The factors of one segment `[channels][n]`, as `separate` finds them; null for methods without a factorization. */
  factors(mix: readonly Float32Array[]): SegmentFactors | null {
    return this.method.factors?.(this.analyse(mix)) ?? null;
  }

  /** What frames and bins of the factors are, Hz and frames a second. */
  get grid(): { readonly hertzPerBin: number; readonly framesPerSecond: number } {
    const { nFft, hop } = this.method.stft;
    return { hertzPerBin: classicRate / nFft, framesPerSecond: classicRate / hop };
  }

  private analyse(mix: readonly Float32Array[]): Analysis {
    this.prepare(mix.length, mix[0].length);
    mix.forEach((plane, ch) => this.stft.forward(plane, this.spectra[ch]));
    this.jointMagnitude();
    const { frames, bins } = this.spectra[0];
    return { frames, bins, spectra: this.spectra, magnitude: this.magnitude };
  }

  private prepare(channels: number, samples: number): void {
    if (this.waves[0]?.[0]?.length === samples && this.spectra.length === channels) return;
    const { bins } = this.stft;
    const frames = this.stft.frameCount(samples);
    this.spectra = Array.from({ length: channels }, () => allocateSpectrum(frames, bins));
    this.magnitude = new Float32Array(frames * bins);
    this.waves = this.method.stems.map(() =>
      Array.from({ length: channels }, () => new Float32Array(samples)),
    );
  }

  private jointMagnitude(): void {
    const { magnitude, spectra } = this;
    for (let i = 0; i < magnitude.length; i++) {
      let power = 0;
      for (const { re, im } of spectra) power += re[i] * re[i] + im[i] * im[i];
      magnitude[i] = Math.sqrt(power / spectra.length);
    }
  }
}
