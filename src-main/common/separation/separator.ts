import type { Frames, Hertz } from '../base/units.js';
import type { StftConfig } from '../dsp/stft.js';

/**
 * How windows are placed over a song, weighed, and filled where the song has ended; after the programs that the
 * families of models were made for:
 *
 * - `cover`: from the start until the song is covered (version 1 of manifests; the models that ship)
 * - `padded`: at every step until the end of a padded song; the last window has the weights of what is left (MDX-Net)
 * - `stride`: at every stride below the length; short windows are centred on real audio (Demucs' `apply_model`)
 * - `bordered`: at every step over a song with mirrored borders; first and last window open (RoFormer, MDX23C, SCNet)
 * - `frames`: on the frames of one STFT over the whole song (Spleeter, Open-Unmix)
 */
export const planKinds = ['cover', 'padded', 'stride', 'bordered', 'frames'] as const;
export type PlanKind = (typeof planKinds)[number];

/** How a song is cut into segments and put together again; positions are frames at the separator's rate. */
export interface SegmentRule {
  readonly length: Frames;
  /** The separator takes exactly `length`; otherwise short songs use shorter segments. */
  readonly fixed: boolean;
  readonly align: Frames;
  readonly overlap: number;
  readonly window: 'rectangular' | 'hann' | 'hamming' | 'triangle' | 'linear-fade';
  readonly windowPower: number;
  readonly edge: Frames;
  readonly pad: 'zero' | 'reflect' | 'context';
  readonly shifts: number;
  readonly shiftMaxSeconds: number;
  /** Windows of `length` follow each other by `step` and are separated together, up to `count` of them in long songs. */
  readonly chain?: { readonly count: number; readonly step: Frames };
  /** `cover` when left out. */
  readonly plan?: PlanKind;
  /** Length of the linear fades of `bordered` windows; a tenth of the window when left out. */
  readonly fade?: Frames | undefined;
  /** The transform whose frames a plan of `frames` counts. */
  readonly grid?: StftConfig;
  /** What zeros outside the song are: 0, or the song's mean, so that they are 0 after the normalisation. */
  readonly outside?: 'zero' | 'mean';
  /** Whether silent windows are silence, or what the graph makes of them. */
  readonly silence?: 'zero' | 'run';
  /** With a plan of `frames`: windows are only heard, and segments are excerpts of so many of their frames. */
  readonly excerpt?: number;
}

/** What is known of a whole song before its segments are separated. */
export interface SongStats {
  /** Mean and (unbiased) standard deviation of the mono mix, for models that normalise globally. */
  readonly mean: number;
  readonly std: number;
}

/** Describes a separator without holding its weights. */
export interface SeparatorInfo {
  readonly sampleRate: Hertz;
  readonly channels: 1 | 2;
  readonly stems: readonly string[];
  /** The stem that takes what the estimates leave; one of `stems` or one more. */
  readonly residualStem: string;
  readonly segment: SegmentRule;
  readonly needsStats: boolean;
  /** For separators whose work on a window can be shared (see `ListeningSeparator`): its parts, and frames of an excerpt. */
  readonly sharing?: { readonly parts: number; readonly excerpt: number };
}

/** Reads what a part has kept of a window, from a place on. */
export type HeardReader = (part: number, at: number, into: Float32Array) => void;

/**
 * How a separator shares its work on windows as long as songs among processes: its parts hear a window, each alone, and
 * keep what they hear; the stems of an excerpt are made from what all of them have kept.
 */
export interface ListeningSeparator {
  /**
   * One part hears a window and keeps values at places of its file. `mix` gives its samples, `[channels][n]` with `samples`
   * each, when they are needed. `window` stands for the window: parts that hear the same one after the other share their
   * input.
   */
  hear(
    part: number,
    { mix, samples }: { readonly mix: () => readonly Float32Array[]; readonly samples: Frames },
    window: object,
    keep: (values: Float32Array, at: number) => void,
    wanted?: readonly number[],
  ): Promise<void>;
  /** The stems of an excerpt `mix`, which begins with frame `first` of a window of `samples`; as `separate`. */
  excerpt(
    mix: readonly Float32Array[],
    at: { readonly first: number; readonly samples: Frames },
    read: HeardReader,
    wanted?: readonly number[],
  ): readonly (readonly Float32Array[])[];
}

/** Turns one segment of a mixture into stems: a model behind a session, or a classic method. */
export interface Separator {
  readonly info: SeparatorInfo;
  readonly listening?: ListeningSeparator;
  /**
   * `mix` is `[channels][n]`; the result `[stems][channels][n]` is valid until the next call. With `wanted` only
   * the planes of these stems (indices) count, the others may hold anything: that saves inverse transforms.
   */
  separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted?: readonly number[],
  ): Promise<readonly (readonly Float32Array[])[]>;
}

/** A float32 tensor in row-major order. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** The port to an inference runtime: one loaded graph. Throws `inference-failed`. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Sizes of the inputs' axes; a name, or a number below 0, for dynamic ones. Absent where it is not known. */
  readonly inputShapes?: Readonly<Record<string, readonly (number | string)[]>>;
  /**
   * The outputs may be buffers that the next call overwrites. `into` are tensors of the outputs' shapes: a session that
   * can writes its outputs there, and returns them.
   */
  run(
    inputs: Readonly<Record<string, Tensor>>,
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>>;
}
