import type { ReadPcm } from './feeder.js';

export interface PlayedSong {
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
}

/** A track to play; the same key stands for the same samples. */
export interface PlayedTrack {
  readonly key: string;
  readonly read: ReadPcm;
}
