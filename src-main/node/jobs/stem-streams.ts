import type { Disposable } from '../../common/base/disposal.js';
import { UnbraidError } from '../../common/base/errors.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { PcmReader, type PcmCacheRef } from '../audio/pcm-cache.js';
import { checkOutputs, plannedStems, separateShaped } from './separate-file.js';
import type { RunOptions, SongRunner } from './song-runner.js';

/** One separated song whose stems lie in caches on the disk, and are read block by block. */
export class StemStreams implements Disposable {
  private constructor(
    private readonly runner: SongRunner,
    private readonly refs: ReadonlyMap<string, PcmCacheRef>,
    readonly source: PcmCacheRef,
    readonly nullDb: number,
    readonly provider: string,
    readonly warnings: readonly string[],
  ) {}

  /** Reads and separates a song; the runner belongs to the result, and is gone when this fails. Throws typed errors. */
  static async open(
    runner: SongRunner,
    path: string,
    settings: SeparationSettings,
    options: RunOptions,
  ): Promise<StemStreams> {
    try {
      checkOutputs(settings);
      const song = await runner.prepare(path, settings, options);
      const separated = await separateShaped(runner, song, settings, options);
      const wanted = new Set(plannedStems(settings));
      const stems = separated.stems.filter(({ name }) => wanted.has(name));
      return new StemStreams(
        runner,
        new Map(stems.map(({ name, ref }) => [name, ref])),
        song.decoded.ref,
        separated.nullDb,
        separated.provider,
        [...song.decoded.warnings, ...separated.warnings],
      );
    } catch (error) {
      await runner.dispose();
      throw error;
    }
  }

  get names(): readonly string[] {
    return [...this.refs.keys()];
  }

  /**
   * Blocks of one stem, in order: `[channels][frames]`, at most `blockFrames` each. Every block has new arrays.
   *
   * @throws UnbraidError `invalid-argument` for a stem that is not there
   */
  *planes(name: string, blockFrames: number): Generator<Float32Array[]> {
    const ref = this.refs.get(name);
    if (!ref) {
      throw new UnbraidError('invalid-argument', `There is no stem "${name}"`, {
        hint: `There are ${this.names.join(', ')}.`,
      });
    }
    const reader = new PcmReader(ref);
    try {
      for (let start = 0; start < ref.frames; start += blockFrames) {
        const count = Math.min(blockFrames, ref.frames - start);
        const planes = Array.from({ length: ref.channels }, () => new Float32Array(count));
        reader.read(start, count, planes);
        yield planes;
      }
    } finally {
      reader.dispose();
    }
  }

  dispose(): Promise<void> {
    return this.runner.dispose();
  }
}
