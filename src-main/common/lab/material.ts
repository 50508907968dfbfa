import { createResampler } from '../dsp/resample.js';
import { add, band, drums, harmony, labRate, labSamples, threeNotes, voice } from './sounds.js';

/** What a lesson works on, at `labRate`: the Lab's own band, or a piece of a song. Sounds are only read. */
export interface Material {
  readonly samples: number;
  readonly isSong: boolean;
  readonly voice: Float64Array;
  /** All but the voice. */
  readonly band: Float64Array;
  /** The same without repetition, where that is known. */
  readonly wandering: Float64Array;
  /** The parts of which masks are made; the voice first. Their sum is the mixture. */
  readonly parts: readonly Float64Array[];
  /** One sound for lessons about a single one: the voice, or the mixture of a song. */
  readonly one: Float64Array;
  /** Sounds for a factorization. */
  readonly notes: Float64Array;
}

/** The Lab's own band. */
export const ownBand: Material = {
  ...{ samples: labSamples, isSong: false },
  get voice() {
    return voice();
  },
  get band() {
    return band();
  },
  get wandering() {
    return band(false);
  },
  get parts() {
    return [voice(), harmony(), drums()];
  },
  get one() {
    return voice();
  },
  get notes() {
    return threeNotes();
  },
};

/** A piece of a song as the page has it: its mixture and, where it was separated, its voice and perhaps its drums. */
export interface SongPiece {
  readonly rate: number;
  readonly mix: Float32Array<ArrayBuffer>;
  readonly voice?: Float32Array<ArrayBuffer> | undefined;
  readonly drums?: Float32Array<ArrayBuffer> | undefined;
}

/**
 * Sounds of 16 bits at `labRate`, whose sum is the mixture: the voice (silent where it is not known), the drums and the rest.
 * Notebooks carry them, and so give the same numbers.
 */
export interface SongPcm {
  readonly voice: Int16Array<ArrayBuffer>;
  readonly drums: Int16Array<ArrayBuffer> | null;
  readonly rest: Int16Array<ArrayBuffer>;
}

function pcmOf(signal: Float32Array, rate: number): Int16Array<ArrayBuffer> {
  const resampler = createResampler(rate, labRate);
  const count = resampler.outputLength(signal.length);
  const { start, count: needed } = resampler.inputRange(0, count);
  const input = new Float32Array(needed);
  input.set(signal.subarray(0, needed + start), -start);
  const out = new Float32Array(count);
  resampler.process(input, start, 0, count, out);
  return Int16Array.from(out, (x) => Math.round(Math.max(-1, Math.min(1 - 2 ** -15, x)) * 2 ** 15));
}

export function songPcm({ rate, mix, voice: sung, drums: struck }: SongPiece): SongPcm {
  const rest = mix.map((x, i) => x - (sung?.[i] ?? 0) - (struck?.[i] ?? 0));
  const rests = pcmOf(rest, rate);
  return {
    voice: sung ? pcmOf(sung, rate) : new Int16Array(rests.length),
    drums: struck ? pcmOf(struck, rate) : null,
    rest: rests,
  };
}

/** A piece of a song as a lesson's material. */
export function songMaterial(pcm: SongPcm): Material {
  const wave = (samples: Int16Array): Float64Array => Float64Array.from(samples, (x) => x / 2 ** 15);
  const [sung, rest] = [wave(pcm.voice), wave(pcm.rest)];
  const others = pcm.drums ? [rest, wave(pcm.drums)] : [rest];
  const played = others.reduce((a, b) => add(a, b));
  const mix = add(sung, played);
  return {
    ...{ samples: mix.length, isSong: true, voice: sung, band: played, wandering: played },
    ...{ parts: [sung, ...others], one: mix, notes: mix },
  };
}
