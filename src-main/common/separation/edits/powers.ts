import { createWindow } from '../../dsp/windows.js';
import { Stft, allocateSpectrum } from '../../dsp/stft.js';
import type { SampleReader } from './edit.js';
import type { MaskGrid } from './tile-mask.js';

/**
 * Reads the powers of a signal on a mask's grid, some frames at a time, so that a long signal needs no more memory.
 */
export class PowerReader {
  readonly bins: number;
  private readonly stft: Stft;
  private readonly scale: number;

  constructor(
    private readonly read: SampleReader,
    private readonly channels: number,
    private readonly grid: MaskGrid,
  ) {
    const { nFft, hop } = grid;
    // Frames are centred by hand, so that a block reads only the samples it needs.
    this.stft = new Stft({ nFft, hop, centre: false });
    this.bins = this.stft.bins;
    const sum = createWindow('hann', nFft).reduce((total, w) => total + w, 0);
    this.scale = 4 / (sum * sum) / channels;
  }

  /** Mean powers of the channels in frames `[start, start + count)`: `[count][bins]`, 1 for a full-scale sine. */
  powers(start: number, count: number): Float32Array {
    const { nFft, hop } = this.grid;
    const { bins, scale } = this;
    const signal = new Float32Array((count - 1) * hop + nFft);
    const spectrum = allocateSpectrum(this.stft.frameCount(signal.length), bins);
    const power = new Float32Array(count * bins);
    for (let channel = 0; channel < this.channels; channel++) {
      this.read(channel, start * hop - nFft / 2, signal);
      const { re, im } = this.stft.forward(signal, spectrum);
      for (let i = 0; i < power.length; i++) power[i] += scale * (re[i] * re[i] + im[i] * im[i]);
    }
    return power;
  }
}
