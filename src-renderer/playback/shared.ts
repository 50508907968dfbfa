import type { PlaySpan } from './page-plan.js';

/** Memory that the page and the audio thread share. */

export const maxTracks = 16;
export const maxChannels = 8;
/** Frames of a page of PCM: 1.5 s at 44.1 kHz. */
export const pageFrames = 1 << 16;

/** Places in the Int32Array of controls; all are read and written with Atomics. */
export const control = {
  /** Next frame to be heard; the audio thread writes it. */
  position: 0,
  /** 1 while playing; the audio thread writes 0 at the end of the song. */
  playing: 1,
  /** Frame to jump to, −1 for no jump. */
  seek: 2,
  loop: 3,
  loopStart: 4,
  loopEnd: 5,
  /** Frames from the start whose stems are complete; beyond them the source is heard. */
  frontier: 6,
  length: 7,
  /** 1 while the audio thread waits for samples. */
  stalled: 8,
  /** 1 while the source is heard instead of the stems (A/B). */
  listenSource: 9,
  /** Frames of the song a second of sound takes, in thousandths of its rate. */
  speed: 10,
  /** Quanta the next change of gains takes, and the jump with it; the audio thread takes the request up, 0 for none. */
  fade: 11,
  /** 1 while the page asks for the loudness to be measured anew; the audio thread takes the request up. */
  measureAnew: 12,
} as const;

/** Places in the loudness of the mix. */
export const loudnessOf = { momentary: 0, shortTerm: 1, integrated: 2 } as const;

/** Value of `speed` at the song's own. */
export const speedUnit = 1000;

/** Value of `frontier` when every stem is complete. */
export const everything = 0x7fffffff;

export interface SharedState {
  /** Int32, indexed by `control`. */
  readonly controls: Int32Array;
  /** Wanted amplitude factors, `[maxTracks][maxChannels]`. */
  readonly gains: Float32Array;
  /** Highest magnitudes since the page last read them, `[maxTracks + 1][maxChannels]`: the tracks, then the sum. */
  readonly meters: Float32Array;
  /** Of what goes out since playing began, LUFS, by `loudnessOf`; −Infinity for silence. */
  readonly loudness: Float32Array;
}

/**
 * Pages of one track: `table[p]` is the slot that holds frames [p, p + 1)·pageFrames, −1 when none does.
 * `samples` is `[slots][channels][pageFrames]`.
 */
export interface SharedTrack {
  readonly table: Int32Array;
  readonly samples: Float32Array;
  readonly slots: number;
  readonly channels: number;
}

export function createSharedState(length: number): SharedState {
  const shared = {
    controls: new Int32Array(new SharedArrayBuffer(64)),
    gains: new Float32Array(new SharedArrayBuffer(maxTracks * maxChannels * 4)),
    meters: new Float32Array(new SharedArrayBuffer((maxTracks + 1) * maxChannels * 4)),
    loudness: new Float32Array(new SharedArrayBuffer(12)).fill(Number.NEGATIVE_INFINITY),
  };
  shared.controls[control.seek] = -1;
  shared.controls[control.length] = length;
  shared.controls[control.speed] = speedUnit;
  return shared;
}

export function createSharedTrack(length: number, channels: number, slots: number): SharedTrack {
  const pages = Math.max(1, Math.ceil(length / pageFrames));
  const table = new Int32Array(new SharedArrayBuffer(pages * 4)).fill(-1);
  const samples = new Float32Array(new SharedArrayBuffer(slots * channels * pageFrames * 4));
  return { table, samples, slots, channels };
}

/** Asks for the loudness to be measured anew. */
export function measureAnew({ controls, loudness }: SharedState): void {
  loudness.fill(Number.NEGATIVE_INFINITY);
  Atomics.store(controls, control.measureAnew, 1);
}

/** What is heard, and what comes after it. */
export function spanOf(controls: Int32Array): PlaySpan & { readonly playing: boolean } {
  const at = (place: number): number => Atomics.load(controls, place);
  const seek = at(control.seek);
  const loop = { start: at(control.loopStart), end: at(control.loopEnd) };
  return {
    position: seek >= 0 ? seek : at(control.position),
    length: at(control.length),
    playing: at(control.playing) === 1,
    loop: at(control.loop) === 1 ? loop : null,
  };
}

/** Planes of every slot, `[slots][channels]`, made once so that the audio thread allocates nothing. */
export function slotPlanes(track: SharedTrack): Float32Array[][] {
  return Array.from({ length: track.slots }, (_, slot) =>
    Array.from({ length: track.channels }, (_, ch) => {
      const start = (slot * track.channels + ch) * pageFrames;
      return track.samples.subarray(start, start + pageFrames);
    }),
  );
}
