import type { Material } from './material.js';

/** What a person sets: values of the controls by name, and whether the lesson is broken on purpose. */
export type Settings = Readonly<Record<string, number | string | boolean>>;

/** A slider over given values, or a choice. Texts: `lab.control.KEY` and `lab.option.VALUE`. */
export type Control =
  | {
      readonly kind: 'slider';
      readonly key: ControlKey;
      readonly values: readonly number[];
      readonly start: number;
      readonly unit: Unit;
    }
  | {
      readonly kind: 'choice';
      readonly key: ControlKey;
      readonly options: readonly OptionName[];
      readonly start: OptionName;
    };

export type Unit = 'samples' | 'dB' | '%' | 'Hz' | 's' | '°' | '';
export type ControlKey =
  | 'length'
  | 'window'
  | 'hop'
  | 'delay'
  | 'floor'
  | 'mask'
  | 'exponent'
  | 'oracle'
  | 'phase'
  | 'noise'
  | 'iterations'
  | 'momentum'
  | 'components'
  | 'component'
  | 'period'
  | 'steps'
  | 'gain'
  | 'fault';
export type OptionName =
  | 'hann'
  | 'sqrt-hann'
  | 'hamming'
  | 'blackman'
  | 'rectangular'
  | 'soft'
  | 'binary'
  | 'ibm'
  | 'irm1'
  | 'irm2'
  | 'psm'
  | 'cirm'
  | 'true'
  | 'mixture'
  | 'plain'
  | 'fast'
  | 'bleed'
  | 'hiss'
  | 'holes';
export type NumberKey =
  | 'valley'
  | 'binWidth'
  | 'ripple'
  | 'error'
  | 'mixtureSdr'
  | 'nullTest'
  | 'voiceSdr'
  | 'bandSdr'
  | 'undecided'
  | 'misfit'
  | 'divergence'
  | 'beat'
  | 'loss'
  | 'siSdr';
export type SoundKey =
  'original' | 'rebuilt' | 'mixture' | 'voice' | 'band' | 'estimate' | 'sum' | 'component';

export interface LessonNumber {
  readonly key: NumberKey;
  readonly value: number;
  readonly unit: Unit;
}

export interface LessonSound {
  readonly key: SoundKey;
  /** Samples at `labRate`. */
  readonly samples: Float64Array;
}

/** Values from 0 to 1 (black to white), `[frames][bins]`, low bins first. */
export interface Picture {
  readonly of: 'spectrogram' | 'mask';
  readonly frames: number;
  readonly bins: number;
  readonly levels: Float32Array;
}

/** A line: y over x, both `[n]`. */
export interface Curve {
  readonly key: 'windows' | 'beat' | 'loss' | 'misfit' | 'spectrum' | 'gains';
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Where the setting is on the x axis. */
  readonly at?: number;
}

export interface LessonResult {
  readonly numbers: readonly LessonNumber[];
  readonly sounds: readonly LessonSound[];
  readonly picture?: Picture;
  readonly curves?: readonly Curve[];
}

/** One idea. Texts: `lesson.ID.title`, `.idea`, `.try`, `.question`, `.answer`, `.broken` and `.why`. */
export interface Lesson {
  readonly controls: readonly Control[];
  /** What it needs of a song to work on one: a sound, or parts that are known; null where only its own sounds will do. */
  readonly song: 'sound' | 'parts' | null;
  /** Whether what breaks it is in its own sounds, so that on a song it stays whole. */
  readonly breaksOwn?: boolean;
  /** Pure: the same settings and sounds give the same result. */
  readonly run: (settings: Settings, material?: Material) => LessonResult;
}

/** A number of the settings. */
export const numberOf = (settings: Settings, key: ControlKey): number => Number(settings[key]);

/** The settings a lesson begins with. */
export function startSettings({ controls }: Lesson): Settings {
  return { ...Object.fromEntries(controls.map(({ key, start }) => [key, start])), broken: false };
}
