import { LoudnessMeter } from '../../src-main/common/dsp/loudness.js';
import { control, loudnessOf, type SharedState } from './shared.js';

/** Measures what the audio thread puts out, from the start of playing on, and tells the page ten times a second. */
export class MixLoudness {
  private readonly meter: LoudnessMeter;
  private playing = false;
  private told = 0;

  constructor(
    private readonly shared: SharedState,
    channels: number,
    rate: number,
  ) {
    this.meter = new LoudnessMeter(channels, rate);
  }

  /** Takes a quantum that goes out, `[channels][frames]`. */
  follow(out: readonly Float32Array[]): void {
    const { controls, loudness } = this.shared;
    const playing = Atomics.load(controls, control.playing) === 1;
    const anew = Atomics.exchange(controls, control.measureAnew, 0) === 1;
    if (anew || (playing && !this.playing)) {
      this.meter.reset();
      loudness.fill(Number.NEGATIVE_INFINITY);
      this.told = 0;
    }
    this.playing = playing;
    if (!playing) return;
    this.meter.add(out);
    if (this.meter.parts === this.told) return;
    this.told = this.meter.parts;
    const { momentary, shortTerm, integrated } = this.meter.reading;
    loudness[loudnessOf.momentary] = momentary;
    loudness[loudnessOf.shortTerm] = shortTerm;
    loudness[loudnessOf.integrated] = integrated;
  }
}
