import { existsSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { randomUUID } from 'node:crypto';
import { UnbraidError } from '../../common/base/errors.js';
import type { BatchReport, CommandArgs, EngineEvent } from '../../common/contract/commands.js';
import { summarise } from '../../common/jobs/batch.js';
import { inShard } from '../../common/jobs/shard.js';
import { checkTemplate } from '../../common/jobs/naming.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { ByteNames } from '../files/byte-names.js';
import {
  BatchRun,
  entriesOf,
  folderEntries,
  type BatchEntry,
  type BatchFileItem,
  type BatchOptions,
} from '../jobs/batch.js';
import { checkMix } from '../jobs/mix-file.js';
import { oracleId, oraclePlan } from '../jobs/oracle-stems.js';
import { OutputFolder } from '../jobs/output-folder.js';
import { checkOutputs } from '../jobs/separate-file.js';
import type { RunnerOptions, SongRunner } from '../jobs/song-runner.js';
import { oneSongIn } from '../jobs/stem-folders.js';
import { isRemote } from '../remote/s3-address.js';
import type { SharedOptions } from '../shared-queue/fill.js';

interface BatchHost {
  readonly runner: () => RunnerOptions;
  readonly publish: (event: EngineEvent) => void;
  readonly withRunner: <T>(
    job: string,
    work: (runner: SongRunner, signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
  readonly withJob: <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

interface BatchRequest extends Pick<BatchOptions, 'replaceOwn' | 'mix' | 'oracle'> {
  readonly job: string;
  readonly entries: (folder: OutputFolder, names: ByteNames) => readonly BatchEntry[];
  readonly output: string;
  readonly settings: SeparationSettings;
  /** The server whose workers do it; this process when left out. */
  readonly queue?: { readonly url: string; readonly root: string } | undefined;
}

/** Separations of many files: here, by workers elsewhere, and the work of such a worker. */
export class BatchApi {
  constructor(private readonly host: BatchHost) {}

  separate({ job, sources, output, settings, oracle }: CommandArgs<'separate'>): Promise<BatchReport> {
    if (oracle && sources.length > 1) {
      throw new UnbraidError('invalid-argument', 'True stems are those of one song', {
        file: sources[1],
        hint: 'Name one song with --oracle.',
      });
    }
    const order = oracle && { kind: oracle.kind, truth: oneSongIn(resolve(oracle.truth)) };
    return this.run({
      ...{ job, output, oracle: order },
      settings: order ? { ...settings, model: oracleId(order.kind) } : settings,
      entries: (_, names) => entriesOf(sources.map((source) => names.reach(resolve(source)))),
    });
  }

  async batch(args: CommandArgs<'batch'>): Promise<BatchReport> {
    if (isRemote(args.folder) || isRemote(args.output)) return this.remote(args);
    const root = resolve(args.folder);
    const { include, exclude, recursive, shard, queue } = args;
    const only = args.only && new Set(args.only.map((path) => resolve(path)));
    if (!existsSync(root)) {
      throw new UnbraidError('file-not-found', 'The folder does not exist', { file: root });
    }
    if (queue !== undefined) checkApart(root, resolve(args.output), args.settings);
    const filter = { include, exclude, recursive, skip: [resolve(args.output)] };
    const entries = (folder: OutputFolder, names: ByteNames): readonly BatchEntry[] =>
      folderEntries(root, { ...filter, names }, folder).filter(
        (entry) =>
          (!only || only.has(entry.path)) &&
          (!shard || inShard([...entry.subfolders, entry.name].join('/'), shard)),
      );
    const { job, output, settings, mix } = args;
    return this.run({
      job,
      output,
      settings,
      entries,
      replaceOwn: true,
      mix,
      ...(queue !== undefined && { queue: { url: queue, root } }),
    });
  }

  /** A batch from or to S3-compatible storage. */
  private remote(args: CommandArgs<'batch'>): Promise<BatchReport> {
    const { job, folder, output, settings, mix = null, include, exclude, recursive, shard } = args;
    if (args.queue !== undefined || args.only)
      throw new UnbraidError(
        'invalid-argument',
        'Storage goes neither with a watched folder nor with a queue',
        {
          file: isRemote(folder) ? folder : output,
          hint: 'Use --shard to divide them among several machines.',
        },
      );
    checkTemplate(settings.template);
    if (mix) checkMix(mix, settings);
    checkOutputs(settings);
    return this.host.withRunner(job, async (runner, signal) => {
      const { S3Store } = await import('../remote/s3.js');
      const { RemoteBatch } = await import('../remote/remote-batch.js');
      const store = new S3Store();
      try {
        const onItem = (index: number, item: BatchFileItem): void => this.host.publish({ job, index, item });
        const request = { ...{ source: folder, output, settings, mix, shard, signal, onItem } };
        const filter = { include, exclude, recursive };
        const onList = (songs: number): void => this.host.publish({ job, songs });
        const items = await new RemoteBatch(runner, store, { ...request, filter, onList }).run();
        return { items, summary: summarise(items) };
      } finally {
        store.dispose();
      }
    });
  }

  work({ job, queue, concurrency, patience, device, workers }: CommandArgs<'work'>): Promise<BatchReport> {
    return this.host.withJob(job, async (signal) => {
      const { QueueWorker } = await import('../shared-queue/worker.js');
      const onItem = (index: number, item: BatchFileItem): void => this.host.publish({ job, index, item });
      const onReady = (): void => this.host.publish({ job, workers: 1 });
      const options = { url: queue, concurrency, patience, device, workers, signal, onItem, onReady };
      const items = await new QueueWorker({ ...options, runner: this.host.runner() }).run();
      return { items, summary: summarise(items) };
    });
  }

  private run(request: BatchRequest): Promise<BatchReport> {
    const { job, output, settings, replaceOwn = false, mix = null, queue, oracle } = request;
    checkTemplate(settings.template);
    if (mix) checkMix(mix, settings);
    if (oracle) oraclePlan(oracle, settings);
    else checkOutputs(settings);
    return this.host.withRunner(job, async (runner, signal) => {
      const folder = new OutputFolder(resolve(output));
      folder.open();
      try {
        const onItem = (index: number, item: BatchFileItem): void => this.host.publish({ job, index, item });
        const onWorkers = (workers: number): void => this.host.publish({ job, workers });
        const entries = request.entries(folder, runner.names);
        this.host.publish({ job, songs: entries.length });
        const options = { signal, onItem, replaceOwn, mix, oracle };
        const items =
          queue === undefined
            ? await new BatchRun(runner, entries, settings, folder, options).run()
            : await overQueue(
                queue,
                entries,
                { ...request, mix },
                { signal, onItem, onWorkers },
                runner.names,
              );
        return { items, summary: summarise(items) };
      } finally {
        folder.close();
      }
    });
  }
}

async function overQueue(
  { url, root }: NonNullable<BatchRequest['queue']>,
  entries: readonly BatchEntry[],
  { output, settings, mix }: BatchRequest & { readonly mix: NonNullable<BatchOptions['mix']> | null },
  options: SharedOptions,
  names: ByteNames,
): Promise<readonly BatchFileItem[]> {
  const { SharedBatch } = await import('../shared-queue/fill.js');
  const { placeOf } = await import('../shared-queue/sight.js');
  const place = await placeOf(resolve(output));
  const request = { run: randomUUID(), root, output: resolve(output), place, settings, mix };
  const sendable = entries.map((entry) =>
    names.told(entry.path) === entry.path ? entry : unsendable(entry, names),
  );
  return new SharedBatch(url, sendable, request, options).run();
}

/** A name whose bytes are not text cannot be written into a job. */
function unsendable(entry: BatchEntry, names: ByteNames): BatchEntry {
  const path = names.told(entry.path);
  const problem = new UnbraidError(
    'file-not-found',
    'The name is not UTF-8, so workers could not find the song',
    {
      file: path,
      hint: 'Rename it, or run the batch without --queue.',
    },
  );
  return { ...entry, path, problem };
}

/** Workers know one song each, so none could see that its output replaces the source of another. */
function checkApart(root: string, output: string, { overwrite }: SeparationSettings): void {
  const inside = (a: string, b: string): boolean => (a + sep).startsWith(b + sep);
  if (!overwrite || !(inside(root, output) || inside(output, root))) return;
  throw new UnbraidError(
    'invalid-argument',
    'With --queue and --overwrite the output must not lie beside the songs',
    {
      file: output,
      hint: 'Choose an output folder outside of the searched one.',
    },
  );
}
