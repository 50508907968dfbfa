import { AV_SAMPLE_FMT_FLTP } from 'node-av/constants';
import { SoftwareResampleContext } from 'node-av/lib';
import type { Frames, Hertz } from '../../common/base/units.js';
import type { Disposable } from '../../common/base/disposal.js';
import { bytesOf } from '../files/bytes.js';
import { defaultLayout, must } from './ffmpeg.js';

/** The length of `frames` at `from` Hz, at `to` Hz. */
export function convertedLength(frames: Frames, from: Hertz, to: Hertz): Frames {
  return from === to ? frames : Math.round((frames * to) / from);
}

/** Resamples a stream block after block with FFmpeg's swresample; sample 0 stays at time 0. */
export class RateConverter implements Disposable {
  private readonly context = new SoftwareResampleContext();
  private planes: Float32Array[] = [];
  private delivered = 0;

  constructor(
    private readonly channels: number,
    private readonly from: Hertz,
    private readonly to: Hertz,
  ) {
    const layout = defaultLayout(channels);
    const code = this.context.allocSetOpts2(layout, AV_SAMPLE_FMT_FLTP, to, layout, AV_SAMPLE_FMT_FLTP, from);
    must(code, 'The resampler cannot be made', 'encode-failed');
    must(this.context.init(), 'The resampler cannot be made', 'encode-failed');
  }

  /** Converts a block; the planes are valid until the next call. */
  convert(
    planes: readonly Float32Array[],
    count: Frames,
  ): { planes: readonly Float32Array[]; count: Frames } {
    return this.run(planes.map(bytesOf), count);
  }

  /** The rest, cut or filled with silence so that the whole has exactly convertedLength(total) frames. */
  flush(total: Frames): { planes: readonly Float32Array[]; count: Frames } {
    const missing = convertedLength(total, this.from, this.to) - this.delivered;
    const { planes, count } = this.run(null, 0);
    if (missing <= count) return { planes, count: Math.max(0, missing) };
    const padded = planes.map((plane) => {
      const longer = new Float32Array(missing);
      longer.set(plane.subarray(0, count));
      return longer;
    });
    return { planes: padded, count: missing };
  }

  dispose(): void {
    this.context.free();
  }

  private run(input: Buffer[] | null, count: Frames): { planes: readonly Float32Array[]; count: Frames } {
    const room = Math.max(this.context.getOutSamples(count), 1) + 64;
    if (this.planes.length === 0 || this.planes[0].length < room)
      this.planes = Array.from({ length: this.channels }, () => new Float32Array(room));
    const got = this.context.convertSync(this.planes.map(bytesOf), this.planes[0].length, input, count);
    must(got, 'Resampling failed', 'encode-failed');
    this.delivered += got;
    return { planes: this.planes, count: got };
  }
}
