import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipFormat, ReportClip } from '../../common/jobs/comparison.js';
import type { CodecClient } from '../audio/codec-client.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';
import type { EncodeOutput } from '../audio/types.js';
import type { Clip } from './clip.js';
import { levelPicture, pictureUrl } from './picture.js';
import { makeFolder } from '../files/make-folder.js';

/** Bits a second of lossy sounds: more than it takes to hear what a system did. */
const bitRate = 128_000;

interface Sound {
  readonly name: string | null;
  readonly ref: PcmCacheRef;
}

/** Encodes and draws the sounds of a report, system by system. */
export class ReportClips {
  private readonly made: ReportClip[] = [];
  /** Level of the loudest cell of the mixture, dB: all pictures have one scale. */
  private peak = 0;

  constructor(
    private readonly codec: CodecClient,
    private readonly clip: Pick<Clip, 'mixture'>,
    private readonly format: ClipFormat,
    private readonly dir: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  get all(): readonly ReportClip[] {
    return this.made;
  }

  async addMixture(): Promise<void> {
    const levels = levelPicture(this.clip.mixture);
    this.peak = levels.reduce((a, b) => Math.max(a, b), -Infinity);
    await this.add('mixture', [{ name: null, ref: this.clip.mixture }]);
  }

  /** Throws what encoding throws; nothing of the system is added then. */
  async add(system: string, sounds: readonly Sound[]): Promise<void> {
    rmSync(this.dir, { recursive: true, force: true });
    makeFolder(this.dir);
    const lossless = this.format === 'flac' || this.format === 'wav';
    const gains = sounds.map(({ ref }) => Math.min(1, 0.999 / Math.max(peakOf(ref), 1e-9)));
    const outputs = sounds.map(({ ref }, s): EncodeOutput => ({
      ...{ path: join(this.dir, `${s}.${this.format}`), format: this.format, tags: {} },
      ...(lossless ? { sample: 's16' } : { bitRate }),
      inputs: [{ ref, gain: gains[s] }],
    }));
    const dither = lossless ? 'tpdf' : 'none';
    await this.codec.encodeSet({ outputs, dither, seed: 1 }, this.signal ? { signal: this.signal } : {});
    const made = sounds.map(({ name, ref }, s): ReportClip => ({
      ...{ system, stem: name, sound: readFileSync(outputs[s].path).toString('base64'), gain: 1 / gains[s] },
      picture: pictureUrl(levelPicture(ref), this.peak),
    }));
    this.made.push(...made);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function peakOf(ref: PcmCacheRef): number {
  const reader = new PcmReader(ref);
  try {
    const block = new Float32Array(1 << 16);
    let peak = 0;
    for (let ch = 0; ch < ref.channels; ch++) {
      for (let start = 0; start < ref.frames; start += block.length) {
        reader.readChannel(ch, start, block.length, block);
        for (const sample of block) peak = Math.max(peak, Math.abs(sample));
      }
    }
    return peak;
  } finally {
    reader.dispose();
  }
}
