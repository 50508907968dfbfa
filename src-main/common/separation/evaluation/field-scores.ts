import { melFilterbank } from '../../dsp/mel.js';
import { allocateSpectrum } from '../../dsp/spectrum.js';
import { Stft } from '../../dsp/stft.js';
import type { EvaluationInput } from './bss-eval.js';
import { HearingFilter, filteredBlock } from './hearing-filter.js';

/**
 * The measures by which the field compares models since 2024, as ZFTurbo's Music-Source-Separation-Training defines
 * them (its utils/metrics.py); higher is better. All but `logWmse` go from 0 to 100.
 */
export interface FieldScores {
  /** Sound that is in the estimate only: 100 / (1 + mean excess in dB of mel bands that are too loud). */
  readonly bleedless: number;
  /** Sound that is missing from the estimate: the same of mel bands that are too quiet. */
  readonly fullness: number;
  /** 100 / (1 + 10 · mean difference of magnitudes). */
  readonly l1Freq: number;
  /** log-WMSE (I. Jordal, Nomono): log of the error as heard, relative to the mixture. */
  readonly logWmse: number;
}

type Reader = (channel: number, start: number, into: Float64Array) => void;

/** Frames transformed at once. */
const framesAtOnce = 64;

/** Magnitudes of a centred STFT piece by piece, `[frames][bins]`. */
class Magnitudes {
  private readonly stft: Stft;
  private readonly samples: Float64Array;
  private readonly single: Float32Array;
  private readonly plane: Float32Array;

  constructor(
    private readonly nFft: number,
    private readonly hop: number,
    window: 'hann' | 'rectangular',
    private readonly total: number,
    private readonly pad: 'zero' | 'reflect',
  ) {
    this.stft = new Stft({ nFft, hop, window, centre: false });
    const length = (framesAtOnce - 1) * hop + nFft;
    this.samples = new Float64Array(length);
    this.single = new Float32Array(length);
    this.plane = new Float32Array(this.stft.frameCount(length) * this.stft.bins);
  }

  get bins(): number {
    return this.stft.bins;
  }

  get frames(): number {
    return 1 + Math.floor(this.total / this.hop);
  }

  /** `count` frames from `first` on; valid until the next call. */
  read(signal: Reader, channel: number, first: number, count: number): Float32Array {
    const start = first * this.hop - this.nFft / 2;
    signal(channel, start, this.samples);
    if (this.pad === 'reflect') this.reflect(signal, channel, start);
    this.single.set(this.samples);
    const spectrum = allocateSpectrum(this.stft.frameCount(this.single.length), this.bins);
    this.stft.forward(this.single, spectrum, this.plane);
    return this.plane.subarray(0, count * this.bins);
  }

  private reflect(signal: Reader, channel: number, start: number): void {
    const one = new Float64Array(1);
    for (let i = 0; i < this.samples.length; i++) {
      const at = start + i;
      if (at >= 0 && at < this.total) continue;
      const mirrored = at < 0 ? -at : 2 * (this.total - 1) - at;
      if (mirrored < 0 || mirrored >= this.total) continue;
      signal(channel, mirrored, one);
      this.samples[i] = one[0];
    }
  }
}

/** All four of one stem. */
export function fieldScores(input: EvaluationInput, stem: number): FieldScores {
  const reference: Reader = (channel, start, into) => input.reference(stem, channel, start, into);
  const estimate: Reader = (channel, start, into) => input.estimate(stem, channel, start, into);
  return {
    ...bleedAndFullness(input, reference, estimate),
    l1Freq: l1Freq(input, reference, estimate),
    logWmse: logWmse(input, reference, estimate),
  };
}

function l1Freq({ channels, frames }: EvaluationInput, reference: Reader, estimate: Reader): number {
  const stft = new Magnitudes(2048, 1024, 'rectangular', frames, 'reflect');
  let [sum, cells] = [0, 0];
  for (let ch = 0; ch < channels; ch++) {
    for (let first = 0; first < stft.frames; first += framesAtOnce) {
      const count = Math.min(framesAtOnce, stft.frames - first);
      const truth = stft.read(reference, ch, first, count).slice();
      const made = stft.read(estimate, ch, first, count);
      for (let i = 0; i < made.length; i++) sum += Math.abs(made[i] - truth[i]);
      cells += made.length;
    }
  }
  return 100 / (1 + (10 * sum) / cells);
}

const melBands = 512;
/** What lies further below the loudest band of all counts as that far below, dB. */
const topDb = 80;

function bleedAndFullness(
  { channels, frames, sampleRate }: EvaluationInput,
  reference: Reader,
  estimate: Reader,
): Pick<FieldScores, 'bleedless' | 'fullness'> {
  const nFft = 4096;
  const stft = new Magnitudes(nFft, 1024, 'hann', frames, 'zero');
  const bank = bandsOf(melFilterbank({ sampleRate, nFft, bands: melBands }), stft.bins);
  const visit = (signal: Reader, see: (levels: Float64Array, ch: number, first: number) => void): void => {
    for (let ch = 0; ch < channels; ch++) {
      for (let first = 0; first < stft.frames; first += framesAtOnce) {
        const count = Math.min(framesAtOnce, stft.frames - first);
        see(melLevels(stft.read(signal, ch, first, count), stft.bins, bank), ch, first);
      }
    }
  };
  const floorOf = (signal: Reader): number => {
    let highest = -Infinity;
    visit(signal, (levels) => (highest = levels.reduce((a, b) => Math.max(a, b), highest)));
    return highest - topDb;
  };
  const [lowTruth, lowMade] = [floorOf(reference), floorOf(estimate)];
  const above = { sum: 0, count: 0 };
  const below = { sum: 0, count: 0 };
  visit(reference, (truth, ch, first) => {
    const count = truth.length / melBands;
    const made = melLevels(stft.read(estimate, ch, first, count), stft.bins, bank);
    for (let i = 0; i < truth.length; i++) {
      const difference = Math.max(made[i], lowMade) - Math.max(truth[i], lowTruth);
      const side = difference > 0 ? above : below;
      if (difference === 0) continue;
      side.sum += Math.abs(difference);
      side.count++;
    }
  });
  const score = ({ sum, count }: typeof above): number => 100 / (1 + (count > 0 ? sum / count : 0));
  return { bleedless: score(above), fullness: score(below) };
}

interface Band {
  readonly first: number;
  readonly weights: Float32Array;
}

/** The triangles of a filterbank without their zeros. */
function bandsOf(bank: Float32Array, bins: number): Band[] {
  return Array.from({ length: bank.length / bins }, (_, b) => {
    const row = bank.subarray(b * bins, (b + 1) * bins);
    const first = Math.max(
      0,
      row.findIndex((weight) => weight > 0),
    );
    return { first, weights: row.subarray(first, row.findLastIndex((weight) => weight > 0) + 1) };
  });
}

/** Magnitudes in mel bands, dB, `[frames][bands]`; −200 dB at least. */
function melLevels(magnitudes: Float32Array, bins: number, bank: readonly Band[]): Float64Array {
  const frames = magnitudes.length / bins;
  const levels = new Float64Array(frames * bank.length);
  for (let t = 0; t < frames; t++) {
    bank.forEach(({ first, weights }, b) => {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * magnitudes[t * bins + first + k];
      levels[t * bank.length + b] = 20 * Math.log10(Math.max(sum, 1e-10));
    });
  }
  return levels;
}

/** Errors below this are not heard, relative to the mixture: −68 dB. */
const unheard = 10 ** (-68 / 20);

function logWmse(input: EvaluationInput, reference: Reader, estimate: Reader): number {
  const { stems, channels, frames, sampleRate } = input;
  const filter = new HearingFilter(sampleRate);
  const part = { value: new Float64Array(0) };
  const add = (into: Float64Array, sign: number, read: (plane: Float64Array) => void): void => {
    if (part.value.length !== into.length) part.value = new Float64Array(into.length);
    read(part.value);
    for (let i = 0; i < into.length; i++) into[i] += sign * part.value[i];
  };
  const mixture: Reader = (channel, start, into) => {
    into.fill(0);
    for (let s = 0; s < stems; s++) add(into, 1, (plane) => input.reference(s, channel, start, plane));
  };
  const error: Reader = (channel, start, into) => {
    estimate(channel, start, into);
    add(into, -1, (plane) => reference(channel, start, plane));
  };
  const each = (signal: Reader, channel: number, see: (x: number) => void): void => {
    for (let start = 0; start < frames; start += filteredBlock) {
      const block = filter.block((from, into) => signal(channel, from, into), start);
      for (let i = 0; i < Math.min(filteredBlock, frames - start); i++) see(block[i]);
    }
  };
  const all = Array.from({ length: channels }, (_, channel) => channel);
  let levels = all.map((channel) => {
    let power = 0;
    each(mixture, channel, (x) => (power += x * x));
    return Math.sqrt(power / frames);
  });
  if (levels.reduce((a, b) => a + b, 0) < unheard) levels = levels.map(() => unheard);
  const values = all.map((channel) => {
    let power = 0;
    each(error, channel, (x) => {
      const relative = x / levels[channel];
      if (Math.abs(relative) >= unheard) power += relative * relative;
    });
    return -4 * Math.log(power / frames + 1e-8);
  });
  return values.reduce((a, b) => a + b, 0) / channels;
}
