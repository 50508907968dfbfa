import { kernels } from '../../common/dsp/wasm/kernels.js';
import { PcmReader, type PcmCacheRef } from './pcm-cache.js';

/** Frames of a block. */
const block = 1 << 16;

/** The largest absolute sample of a cache, kept block by block, so that a local change costs a local look. */
export class BlockPeaks {
  private readonly peaks: Float32Array;

  constructor(ref: PcmCacheRef) {
    this.peaks = new Float32Array(Math.ceil(ref.frames / block));
    this.refresh(ref, 0, ref.frames);
  }

  /** Looks at frames `[start, start + count)` again; `ref` may be another cache of the same shape. */
  refresh(ref: PcmCacheRef, start: number, count: number): void {
    const reader = new PcmReader(ref);
    const k = kernels();
    try {
      const last = Math.min(this.peaks.length, Math.ceil((start + count) / block));
      for (let b = Math.floor(start / block); b < last; b++) {
        let peak = 0;
        for (let ch = 0; ch < ref.channels; ch++) {
          const [address] = k.scratch(4 * block);
          reader.readChannel(ch, b * block, block, k.f32(address, block));
          peak = Math.max(peak, k.run.peakOf(address, block));
        }
        this.peaks[b] = peak;
      }
    } finally {
      reader.dispose();
    }
  }

  get peak(): number {
    return this.peaks.reduce((a, b) => Math.max(a, b), 0);
  }
}
