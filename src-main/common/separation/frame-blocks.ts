import { HeldStft } from '../dsp/held-stft.js';
import { allocateSpectrum, type Spectrum, type StftConfig } from '../dsp/stft.js';
import { frameEnergy } from './host-plans.js';

/** Where a spectrum of some frames goes, and their magnitudes. */
export interface Room {
  readonly spectrum: Spectrum;
  readonly magnitudes: Float32Array | undefined;
}

/**
 * The frames of one STFT over a long plane, some hundred at a time, so that spectra of a whole song are never in memory
 * together. A plane of `(frames − 1) · hop + nFft` samples has `frames` frames; nothing is centred.
 */
export class FrameBlocks {
  readonly stft: HeldStft;
  private readonly energies = new Map<number, Float32Array>();
  private wave = new Float32Array(0);

  constructor(config: StftConfig) {
    this.stft = new HeldStft({ ...config, centre: false, precision: 'single' });
  }

  framesOf(samples: number): number {
    const { nFft, hop } = this.stft.config;
    return (samples - nFft) / hop + 1;
  }

  samplesOf(frames: number): number {
    const { nFft, hop } = this.stft.config;
    return (frames - 1) * hop + nFft;
  }

  /** Σ w² of so many frames. */
  energy(frames: number): Float32Array {
    const known = this.energies.get(frames);
    if (known) return known;
    if (this.energies.size >= 4) this.energies.clear();
    const made = frameEnergy(this.stft.config, frames);
    this.energies.set(frames, made);
    return made;
  }

  /** Frames that the transform makes for so many: it goes on until the samples end. */
  framesMade(count: number): number {
    return this.stft.frameCount(this.samplesOf(count));
  }

  /** Room for what `analyse` gives of so many frames, for its next calls. */
  room(count: number, magnitudes: boolean): Room {
    // Frames that reach beyond the samples are left out.
    const whole = this.framesMade(count);
    const { bins } = this.stft;
    return {
      spectrum: allocateSpectrum(whole, bins),
      magnitudes: magnitudes ? new Float32Array(whole * bins) : undefined,
    };
  }

  /** The spectrum of frames `[first, first + count)` of one plane; its magnitudes too, where the room has a place. */
  analyse(plane: Float32Array, first: number, count: number, room = this.room(count, false)): Spectrum {
    const start = first * this.stft.config.hop;
    const part = plane.subarray(start, start + this.samplesOf(count));
    const { bins, re, im } = this.stft.forward(part, room.spectrum, room.magnitudes);
    const size = count * bins;
    return { frames: count, bins, re: re.subarray(0, size), im: im.subarray(0, size) };
  }

  /** into = what all the frames say, times `gain`; samples under no weight become 0. */
  write(y: Spectrum, into: Float32Array, gain = 1): void {
    this.stft.inverse(y, into.length, into);
    if (gain !== 1) for (let i = 0; i < into.length; i++) into[i] *= gain;
  }

  /** into += w² times what the frames of y say, at their place; `finish` divides by the weights. */
  add(y: Spectrum, first: number, into: Float32Array): void {
    const samples = this.samplesOf(y.frames);
    if (this.wave.length !== samples) this.wave = new Float32Array(samples);
    const wave = this.stft.inverse(y, samples, this.wave);
    const energy = this.energy(y.frames);
    const start = first * this.stft.config.hop;
    for (let i = 0; i < samples; i++) into[start + i] += wave[i] * energy[i];
  }

  /** plane · gain / Σ w², in place; samples under no weight become 0. */
  finish(plane: Float32Array, frames: number, gain = 1): void {
    const energy = this.energy(frames);
    for (let i = 0; i < plane.length; i++) plane[i] = energy[i] > 1e-8 ? (gain * plane[i]) / energy[i] : 0;
  }
}
