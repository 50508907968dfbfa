import type { Frames, Hertz } from '../../../common/base/units.js';
import type { SampleStats } from '../frame-samples.js';

/** What went wrong while decoding. */
export interface DecodeFaults {
  /** Packets and frames that could not be decoded. */
  errors: number;
  /** Frames of silence put in place of such packets. */
  silenced: Frames;
  /** Whether the last packet is shorter than its own header says. */
  cutAtEnd: boolean;
}

export function noFaults(): DecodeFaults {
  return { errors: 0, silenced: 0, cutAtEnd: false };
}

/** One audio track as float32 planes of constant rate and channel count, block after block. */
export interface SampleSource {
  readonly stats: SampleStats;
  readonly faults: DecodeFaults;
  /** Rate and channels of the planes; known once something has been decoded. */
  readonly shape: { readonly rate: Hertz; readonly channels: number } | undefined;
  /** Changes of rate or channel count within the track. */
  readonly shapeChanges: number;
  /** Frames delivered so far. */
  readonly frames: Frames;
  /** Whether everything has been delivered. */
  readonly ended: boolean;
  /** Checksum over all samples, hexadecimal, where the track is held to one. */
  readonly digest?: string | undefined;
  /** Works until the shape is known or the track has ended, for a while. */
  prime(): void;
  /** Fills `planes` (`[channels][≥ count]`) and returns the frames written; fewer when more calls are needed. */
  fill(planes: readonly Float32Array[], count: Frames): Frames;
  dispose(): void;
}
