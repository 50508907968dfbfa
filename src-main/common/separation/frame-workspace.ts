import type { Spectrum } from '../dsp/stft.js';
import type { Held } from '../dsp/wasm/kernels.js';
import type { FrameBlocks, Room } from './frame-blocks.js';

/** Where the spectra of stems lie in the kernels' memory; steps in bytes. */
export interface StemPlaces {
  readonly address: number;
  readonly stemStep: number;
  readonly channelStep: number;
  /** From a plane of real parts (or magnitudes) to that of its imaginary parts. */
  readonly imStep: number;
}

export interface WorkspaceSizes {
  readonly channels: number;
  readonly stems: number;
  /** Whether magnitudes of the mixture are wanted, and spectra of what the estimates leave of it. */
  readonly levels: boolean;
  readonly rest: boolean;
}

/** Views of some frames of a workspace, until the next ones are asked for. */
export interface Views {
  /** Where the mixture's spectra are made, `[channels]`. */
  readonly rooms: readonly Room[];
  /** Estimates, `[stems][channels]`. */
  readonly sums: readonly (readonly Spectrum[])[];
  /** What all estimates leave of the mixture, `[0 or 1][channels]`. */
  readonly rest: readonly (readonly Spectrum[])[];
}

type Counted = Views & { readonly count: number };

/**
 * The buffers of a window of up to `capacity` frames in the memory of the transform's kernels, made once, because fresh
 * memory is slow to touch. Spectra of stems are made when they are first asked for: a process that only hears needs none.
 */
export class FrameWorkspace {
  private readonly mixture: Held;
  private readonly levels: Held | undefined;
  private stems: Held | undefined;
  /** Numbers of a plane. */
  private readonly plane: number;
  private views: Counted | undefined;

  constructor(
    private readonly blocks: FrameBlocks,
    readonly capacity: number,
    private readonly sizes: WorkspaceSizes,
  ) {
    const { stft } = blocks;
    // Kernels read whole vectors.
    this.plane = 16 * Math.ceil((blocks.framesMade(capacity) * stft.bins + 4) / 16);
    this.mixture = stft.hold(2 * sizes.channels * this.plane);
    this.levels = sizes.levels ? stft.hold(sizes.channels * this.plane) : undefined;
    this.settle();
  }

  /** Where the mixture lies: of each channel the real, then the imaginary parts, `planeStep` bytes apart. */
  get mix(): { readonly address: number; readonly planeStep: number } {
    return { address: this.mixture.address, planeStep: 4 * this.plane };
  }

  get places(): StemPlaces {
    const imStep = 4 * this.plane;
    const channelStep = 2 * imStep;
    return { address: this.held.address, imStep, channelStep, stemStep: this.sizes.channels * channelStep };
  }

  /** For frames `[0, count)`; with `stems` the spectra of stems as well. What lies outside of a graph's bins is 0. */
  of(count: number, stems: boolean): Views {
    if (stems) this.stems ??= this.makeStems();
    if (this.views?.count === count && this.views.sums.length > 0 === stems) return this.views;
    const { channels } = this.sizes;
    const { bins } = this.blocks.stft;
    const made = this.blocks.framesMade(count);
    const part = (held: Held, index: number, frames: number): Float32Array =>
      held.data.subarray(index * this.plane, index * this.plane + frames * bins);
    const spectrum = (held: Held, index: number, frames: number): Spectrum => {
      return { frames, bins, re: part(held, index, frames), im: part(held, index + 1, frames) };
    };
    const all = (first: number, sources: number): Spectrum[][] =>
      Array.from({ length: sources }, (_s, s) =>
        Array.from({ length: channels }, (_c, ch) =>
          spectrum(this.held, 2 * ((first + s) * channels + ch), count),
        ),
      );
    const views: Counted = {
      count,
      rooms: Array.from({ length: channels }, (_, ch) => ({
        spectrum: spectrum(this.mixture, 2 * ch, made),
        magnitudes: this.levels && part(this.levels, ch, made),
      })),
      sums: stems ? all(0, this.sizes.stems) : [],
      rest: stems && this.sizes.rest ? all(this.sizes.stems, 1) : [],
    };
    this.views = views;
    return views;
  }

  private get held(): Held {
    return (this.stems ??= this.makeStems());
  }

  private makeStems(): Held {
    const { channels, stems, rest } = this.sizes;
    const held = this.blocks.stft.hold(2 * channels * (stems + (rest ? 1 : 0)) * this.plane);
    this.settle();
    this.views = undefined;
    return held;
  }

  /** What lies in other memory is turned in scratch, a plane at a time. */
  private settle(): void {
    this.blocks.stft.settle(4 * this.plane);
  }
}
