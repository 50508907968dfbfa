import { Stft } from './stft.js';
import { Kernels, type Held } from './wasm/kernels.js';

/** An STFT with private memory: spectra that are held there are worked on where they are. */
export class HeldStft extends Stft {
  // Only declared: the base class asks for it before fields of this one are set.
  declare private own?: Kernels;

  /** The kernels that work in this memory. */
  override get memory(): Kernels {
    return (this.own ??= new Kernels());
  }

  /** Room for numbers in the kernels' memory. */
  hold(length: number): Held {
    return this.memory.hold(length);
  }

  /**
   * After what is held for good: the memory grows to what the transforms need, or other kernels that take so many bytes
   * of scratch, so that views of it stay valid.
   */
  settle(scratch = 0): void {
    const { nFft, hop } = this.config;
    const signal = new Float32Array(nFft + (this.block - 1) * hop);
    this.inverse(
      this.forward(signal, undefined, new Float32Array(this.frameCount(signal.length) * this.bins)),
      signal.length,
    );
    this.memory.scratch(scratch);
  }
}
