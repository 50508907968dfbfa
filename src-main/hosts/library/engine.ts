import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { EngineClient } from '../../common/contract/client.js';
import { pathFault } from '../../common/contract/path.js';
import {
  isItemEvent,
  type BatchReport,
  type CommandInput,
  type SourceInfo,
} from '../../common/contract/commands.js';
import type { SeparatorSummary } from '../../common/contract/models.js';
import type { BatchItem } from '../../common/jobs/batch.js';
import type { ComparisonReport } from '../../common/jobs/comparison.js';
import type { EvaluationReport } from '../../common/jobs/evaluation.js';
import type { Progress } from '../../common/jobs/progress.js';
import type { FileResult, RemixResult } from '../../common/jobs/results.js';
import { parseSettings, type SeparationSettingsInput } from '../../common/jobs/settings.js';
import { EngineApi } from '../../node/api/engine-api.js';
import { headlessServices } from '../../node/api/host-services.js';
import type { StemStreams } from '../../node/jobs/stem-streams.js';

/** Folders of an engine; those of the command line when left out. */
export interface EngineFolders {
  /** For decoded audio and stems while they are worked on; about 20 MB a minute of stereo, for the song and each stem. */
  readonly cacheDir?: string;
  /** For what is remembered, like measured speeds. */
  readonly stateDir?: string;
}

export interface JobOptions {
  /** Cancels the work, which then rejects with the code `cancelled` or reports files as cancelled. */
  readonly signal?: AbortSignal;
  /** Called whenever the state of a file changes, and with its progress. */
  readonly onItem?: (index: number, item: BatchItem<FileResult>) => void;
}

export interface SeparateOptions extends JobOptions {
  /** The folder for the stems; made when it is not there. */
  readonly output: string;
  readonly settings?: SeparationSettingsInput;
}

export interface RemixOptions extends JobOptions {
  /** The file to write (its ending is the format), or a folder. */
  readonly output: string;
  /** What the mix does with each stem; stems that are not named stay as they are. */
  readonly mixer: CommandInput<'remix'>['mixer'];
  readonly settings?: SeparationSettingsInput;
}

export interface EvaluateOptions extends Pick<JobOptions, 'signal'> {
  /** The folder of the true stems. */
  readonly references: string;
  /** The folder of the stems to score. */
  readonly estimates?: string;
  /** What else to score: the mixture, or masks made with the true stems. */
  readonly baselines?: CommandInput<'evaluate'>['baselines'];
}

export interface CompareOptions extends Pick<JobOptions, 'signal'> {
  /** The folder of the report. */
  readonly output: string;
  /** Ids of separators; all that are installed when left out. */
  readonly models?: readonly string[];
  /** What is made of the true stems, where there are any; the usual ones when left out. */
  readonly baselines?: CommandInput<'compare'>['baselines'];
  /** The clip, seconds of the song: 20 in the middle when left out. */
  readonly start?: number;
  readonly seconds?: number;
  readonly overwrite?: boolean;
}

export interface AnalyseOptions extends Pick<JobOptions, 'signal'> {
  /** Measures the loudness too, which needs a whole decode; true when left out. */
  readonly loudness?: boolean;
  /** Which audio track of a file with several, from 0. */
  readonly track?: number;
}

export interface StemsOptions extends Pick<JobOptions, 'signal'> {
  readonly settings?: SeparationSettingsInput;
  readonly onProgress?: (progress: Progress) => void;
}

export interface StemReadOptions {
  /** Frames of a block, 65,536 when left out; the last one may be shorter. */
  readonly blockFrames?: number;
}

/** A separated song. Its stems lie on the disk until it is closed, so that long songs need little memory. */
export interface SeparatedSong extends AsyncDisposable {
  readonly stems: readonly string[];
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples of one channel. */
  readonly frames: number;
  /** Source minus the sum of all stems, dB relative to the source; −999 when nothing is left. */
  readonly nullDb: number;
  /** What computed: `cpu`, `webgpu` … */
  readonly provider: string;
  readonly warnings: readonly string[];
  /** A stem from its beginning: blocks of interleaved samples (`frames × channels`), which the caller may keep. */
  interleaved(stem: string, options?: StemReadOptions): AsyncIterable<Float32Array>;
  /** The same with a separate array for each channel: `[channels][frames]`. */
  planes(stem: string, options?: StemReadOptions): AsyncIterable<readonly Float32Array[]>;
  close(): Promise<void>;
}

/** One engine: helper processes, and one song at a time. Every method rejects with an `UnbraidError`. */
export interface Engine extends AsyncDisposable {
  /** What can separate: models, classic methods, ensembles, chains. */
  separators(): Promise<readonly SeparatorSummary[]>;
  /** Writes the stems of songs as files. A song that fails is an item of the report, not a rejection. */
  separate(songs: string | readonly string[], options: SeparateOptions): Promise<BatchReport>;
  /** Mixes the stems of a song, of a stem file or of a folder of stems into one file. */
  remix(input: string, options: RemixOptions): Promise<RemixResult>;
  /** Scores stems against the true ones: SDR, ISR, SIR, SAR, uSDR, SI-SDR. */
  evaluate(options: EvaluateOptions): Promise<EvaluationReport>;
  /** Runs separators on the same clip of a song, or of true stems in a folder, and writes a report (a page, and JSON). */
  compare(input: string, options: CompareOptions): Promise<ComparisonReport>;
  /** Format, length, tags, loudness, and how far the decode can be vouched for. */
  analyse(song: string, options?: AnalyseOptions): Promise<SourceInfo>;
  /** Separates a song and lets its stems be read as samples. */
  stems(song: string, options?: StemsOptions): Promise<SeparatedSong>;
  /** Ends helper processes, cancels what runs, and deletes temporary files. */
  close(): Promise<void>;
}

/**
 * Opens an engine. Processes start with the first work; `close` ends them.
 *
 * @throws UnbraidError `invalid-argument` for what is not a folder
 */
export function openEngine(folders: EngineFolders = {}): Engine {
  const { cacheDir, stateDir } = given(folders, 'folders');
  const options = {
    ...(cacheDir !== undefined && { cacheDir: localPath(cacheDir, 'cacheDir') }),
    ...(stateDir !== undefined && { stateDir: localPath(stateDir, 'stateDir') }),
  };
  return new LibraryEngine(new EngineApi({ ...options, host: headlessServices('library') }));
}

class LibraryEngine implements Engine {
  private readonly client: EngineClient;
  private closed = false;

  constructor(private readonly api: EngineApi) {
    this.client = api.client();
  }

  async separators(): Promise<readonly SeparatorSummary[]> {
    this.checkOpen();
    return (await this.client.models({})).separators;
  }

  async separate(songs: string | readonly string[], options: SeparateOptions): Promise<BatchReport> {
    const { output, settings = {} } = given(options, 'options');
    // The contract's schema refuses what is neither.
    const sources: string[] = Array.isArray(songs) ? [...(songs as string[])] : [songs as string];
    return this.job(options, (job) => this.client.separate({ job, sources, output, settings }));
  }

  async remix(input: string, options: RemixOptions): Promise<RemixResult> {
    const { output, mixer, settings = {} } = given(options, 'options');
    return this.job(options, (job) => this.client.remix({ job, input, output, mixer, settings }));
  }

  async evaluate(options: EvaluateOptions): Promise<EvaluationReport> {
    const { references, estimates, baselines } = given(options, 'options');
    return this.job(options, (job) =>
      this.client.evaluate({ job, references, ...(estimates !== undefined && { estimates }), baselines }),
    );
  }

  async compare(input: string, options: CompareOptions): Promise<ComparisonReport> {
    const { output, models = null, baselines, start, seconds, overwrite } = given(options, 'options');
    const optional = { ...(start !== undefined && { start }), ...(baselines && { baselines }) };
    // Arrays that are read-only here are not in the schema; it says what else is wrong with them.
    const named = models as string[] | null;
    return this.job(options, (job) =>
      this.client.compare({ job, input, output, models: named, seconds, overwrite, ...optional }),
    );
  }

  async analyse(song: string, options: AnalyseOptions = {}): Promise<SourceInfo> {
    const { loudness = true, track } = given(options, 'options');
    return this.job(options, (job) =>
      this.client.info({ job, source: song, loudness, ...(track !== undefined && { track }) }),
    );
  }

  async stems(song: string, options: StemsOptions = {}): Promise<SeparatedSong> {
    this.checkOpen();
    const { settings = {}, signal, onProgress } = given(options, 'options');
    checkHooks(signal, onProgress);
    if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    const path = resolve(localPath(song, 'song'));
    const run = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
    const streams = await this.api.separatedStreams(path, parseSettings(settings), run);
    return new Separated(streams, () => this.closed);
  }

  close(): Promise<void> {
    this.closed = true;
    return this.api.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private checkOpen(): void {
    if (this.closed)
      throw new UnbraidError('invalid-argument', 'The engine is closed', { hint: 'Open another one.' });
  }

  /** Runs a command with its events and its cancelling tied to the options. */
  private async job<T>(options: JobOptions, run: (job: string) => Promise<T>): Promise<T> {
    this.checkOpen();
    const { signal, onItem } = options;
    checkHooks(signal, onItem);
    if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
    const job = randomUUID();
    const stop = this.client.subscribe((event) => {
      if (isItemEvent(event) && event.job === job) onItem?.(event.index, event.item);
    });
    const cancel = (): void => void this.client.cancel({ job });
    signal?.addEventListener('abort', cancel);
    try {
      return await run(job);
    } finally {
      signal?.removeEventListener('abort', cancel);
      stop();
    }
  }
}

/** Options as they were given: JavaScript has no types. Throws `invalid-argument` when they are not an object. */
function given<T>(options: T, name: string): T {
  if (typeof options === 'object' && options !== null) return options;
  throw new UnbraidError('invalid-argument', `The ${name} must be an object`, {
    hint: 'See docs/library.md for what it needs.',
  });
}

/** Throws `invalid-argument` for what is not a path. */
function localPath(value: string, name: string): string {
  const fault = typeof value !== 'string' || value === '' ? 'it must be a text' : pathFault(value);
  if (fault === undefined) return value;
  const file = typeof value === 'string' ? { file: value } : {};
  throw new UnbraidError('invalid-argument', `"${name}" is not a path: ${fault}`, file);
}

function checkHooks(signal: unknown, hook: unknown): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new UnbraidError('invalid-argument', 'The signal must be an AbortSignal');
  if (hook !== undefined && typeof hook !== 'function')
    throw new UnbraidError('invalid-argument', 'What is called with the progress must be a function');
}

class Separated implements SeparatedSong {
  readonly stems: readonly string[];
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
  readonly nullDb: number;
  readonly provider: string;
  readonly warnings: readonly string[];
  private closed = false;

  constructor(
    private readonly streams: StemStreams,
    private readonly engineClosed: () => boolean,
  ) {
    this.stems = streams.names;
    ({ sampleRate: this.sampleRate, channels: this.channels, frames: this.frames } = streams.source);
    ({ nullDb: this.nullDb, provider: this.provider, warnings: this.warnings } = streams);
  }

  async *planes(stem: string, options: StemReadOptions = {}): AsyncGenerator<Float32Array[]> {
    const { blockFrames = 1 << 16 } = given(options, 'options');
    if (!Number.isInteger(blockFrames) || blockFrames < 1)
      throw new UnbraidError('invalid-argument', 'A block has one frame or more');
    this.checkOpen();
    for (const planes of this.streams.planes(stem, blockFrames)) {
      // A long song must not keep other work of the program from running.
      await new Promise((next) => setImmediate(next));
      this.checkOpen();
      yield planes;
    }
  }

  async *interleaved(stem: string, options: StemReadOptions = {}): AsyncGenerator<Float32Array> {
    for await (const planes of this.planes(stem, options)) {
      const block = new Float32Array(planes[0].length * planes.length);
      planes.forEach((plane, c) => plane.forEach((x, i) => (block[i * planes.length + c] = x)));
      yield block;
    }
  }

  close(): Promise<void> {
    this.closed = true;
    return this.streams.dispose();
  }

  private checkOpen(): void {
    if (this.closed || this.engineClosed())
      throw new UnbraidError('invalid-argument', 'The separated song is closed', {
        hint: 'Read its stems before close().',
      });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
