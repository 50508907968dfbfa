import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { Scope, type Disposable } from '../../common/base/disposal.js';
import { ProgressMeter, type Progress } from '../../common/jobs/progress.js';
import { settingsKey, type SeparationSettings } from '../../common/jobs/settings.js';
import { CodecClient } from '../audio/codec-client.js';
import type { DecodeResult } from '../audio/types.js';
import { SeparationEngine } from '../inference/separation-engine.js';
import type { SeparatedSong, SeparateOptions } from '../inference/separation.js';
import { findSeparator, keepingWhole, modelsOf, type AvailableSeparator } from '../inference/model-store.js';
import type { Urgency } from '../inference/turns.js';
import { nodeSpawner, type ProcessSpawner } from '../process/spawner.js';
import { ByteNames } from '../files/byte-names.js';
import { hashFile, hashText, type ContentHash } from '../files/content-hash.js';
import { Workspace } from '../files/workspace.js';

/** Bumped when the same settings begin to give other samples, so that batches do not skip what is outdated. */
const engineVersion = 2;

export interface RunnerOptions {
  readonly spawner?: ProcessSpawner;
  /** The engine of the host, which this runner shares with others; a private one when left out. */
  readonly engine?: SeparationEngine;
  readonly recycleAfter?: number;
  /** Folder for caches; the system's temporary folder when left out. */
  readonly cacheDir?: string;
}

/** The only stems wanted beside one of everything else, where the settings name no `twoStem`; all when left out. */
export interface StemChoice {
  readonly keep?: readonly string[] | undefined;
  /** Stems beside which a chain may leave others undone (see `SeparateRequest`). */
  readonly only?: readonly string[] | undefined;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Holds a separation between two segments, see `Gate`. */
  readonly pass?: () => Promise<void> | undefined;
  readonly urgency?: Urgency;
  readonly onProgress?: (progress: Progress) => void;
}

/** A source read into a cache, ready for any separator. The caller disposes it. */
export interface PreparedSong extends Disposable {
  readonly path: string;
  readonly content: ContentHash;
  readonly decoded: DecodeResult;
  readonly dir: string;
  readonly readSeconds: number;
}

/** What makes two runs of one source the same: content, settings, model, engine, and where the result goes. */
export function outputKey(
  content: ContentHash,
  settings: SeparationSettings,
  separator: AvailableSeparator,
  name: string,
): string {
  const hashes = modelsOf(separator).flatMap(({ manifest }) => manifest.graphs.map((graph) => graph.sha256));
  const parts = [...recipesOf(separator), ...hashes];
  const model = parts.join(',') || separator.id;
  return hashText([engineVersion, content.sha256, settingsKey(settings), model, name].join('\n'));
}

/** The same for stems that are made from true ones, which `oracle` names. */
export function oracleOutputKey(
  content: ContentHash,
  settings: SeparationSettings,
  oracle: string,
  name: string,
): string {
  return hashText([engineVersion, content.sha256, settingsKey(settings), oracle, name].join('\n'));
}

/** The manifests of a separator that is made of others, as text. */
function recipesOf(separator: AvailableSeparator): readonly string[] {
  if (separator.kind === 'ensemble') return [JSON.stringify(separator.ensemble)];
  if (separator.kind !== 'chain') return [];
  return [JSON.stringify(separator.chain), ...separator.steps.flatMap(recipesOf)];
}

/** Holds the processes and the temporary folder of a run, and does the steps of one song. */
export class SongRunner implements Disposable {
  readonly engine: SeparationEngine;
  readonly reader: CodecClient;
  readonly writer: CodecClient;
  readonly workspace: Workspace;
  /** Opens sources whose names are not UTF-8. */
  readonly names: ByteNames;
  private readonly scope = new Scope();

  constructor(options: RunnerOptions = {}) {
    const spawner = options.spawner ?? nodeSpawner;
    this.workspace = this.scope.add(Workspace.create(options.cacheDir));
    this.names = new ByteNames(() => join(this.workspace.dir, 'names'));
    const { recycleAfter } = options;
    this.engine =
      options.engine ??
      this.scope.add(new SeparationEngine({ spawner, ...(recycleAfter !== undefined && { recycleAfter }) }));
    // Reading the next song goes on while the last one is written.
    this.reader = this.scope.add(new CodecClient(spawner));
    this.writer = this.scope.add(new CodecClient(spawner));
  }

  dispose(): Promise<void> {
    return this.scope.dispose();
  }

  /** Hashes and decodes a file. Throws typed errors that name the file. */
  async prepare(
    path: string,
    settings: Pick<SeparationSettings, 'track'>,
    options: RunOptions & { readonly content?: ContentHash } = {},
  ): Promise<PreparedSong> {
    const started = performance.now();
    const dir = this.workspace.songDir();
    const dispose = (): void => rmSync(dir, { recursive: true, force: true });
    try {
      const content = options.content ?? (await hashFile(path, options.signal));
      const meter = new ProgressMeter(() => performance.now() / 1000);
      const decoded = await this.reader.decode(
        { path, dir: join(dir, 'source'), ...(settings.track !== undefined && { track: settings.track }) },
        {
          ...(options.signal && { signal: options.signal }),
          onEvent: ({ frames, expected }) =>
            options.onProgress?.(meter.update('read', frames, expected ?? frames)),
        },
      );
      if (decoded.ref.frames === 0) throw new UnbraidError('empty-audio', 'The file holds no samples');
      return { path, content, decoded, dir, readSeconds: (performance.now() - started) / 1000, dispose };
    } catch (error) {
      dispose();
      throw toUnbraidError(error, path);
    }
  }

  /** Separates a prepared song into caches inside its folder. */
  async separate(
    song: Pick<PreparedSong, 'path' | 'decoded' | 'dir'>,
    settings: SeparationSettings,
    options: RunOptions & StemChoice & Pick<SeparateOptions, 'onStems' | 'onFinished'> = {},
  ): Promise<SeparatedSong> {
    const { ref, info } = song.decoded;
    const total = ref.frames / ref.sampleRate;
    const meter = new ProgressMeter(() => performance.now() / 1000);
    options.onProgress?.(meter.update('separate', 0, total));
    const { overlap, shifts, averaging, segment, wiener, phase } = settings;
    try {
      return await this.engine.separate(
        {
          source: ref,
          channelLayout: info.channelLayout,
          separator: usedSeparator(settings),
          device: settings.device,
          quality: {
            ...(overlap !== undefined && { overlap }),
            ...(shifts !== undefined && { shifts }),
            ...(averaging !== undefined && { averaging }),
            ...(segment !== undefined && { segment }),
            ...(wiener !== undefined && { wiener }),
            ...(phase !== undefined && { phase }),
          },
          residual: settings.residual,
          keep: settings.twoStem === undefined ? options.keep : [settings.twoStem],
          only: options.only,
          tempDir: song.dir,
          workers: settings.workers,
        },
        {
          ...(options.signal && { signal: options.signal }),
          ...(options.pass && { pass: options.pass }),
          ...(options.urgency && { urgency: options.urgency }),
          onWaiting: (place) => options.onProgress?.(meter.wait(place, total)),
          ...(options.onStems && { onStems: options.onStems }),
          ...(options.onFinished && { onFinished: options.onFinished }),
          onProgress: (fraction) => options.onProgress?.(meter.update('separate', fraction * total, total)),
        },
      );
    } catch (error) {
      throw toUnbraidError(error, song.path);
    }
  }
}

/** The separator, which leaves those stems whole that the settings name. */
export function usedSeparator(
  settings: Pick<SeparationSettings, 'model' | 'twoStem' | 'stems'>,
): AvailableSeparator {
  const { model, twoStem, stems = [] } = settings;
  return keepingWhole(findSeparator(model), twoStem === undefined ? stems : [twoStem]);
}

/** A song's own name: its file name without the ending. */
export function songName(path: string): string {
  const base = basename(path);
  const dot = base.lastIndexOf('.');
  const name = dot > 0 ? base.slice(0, dot) : base;
  return /\.stem$/i.test(name) ? name.slice(0, -5) : name;
}
