import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { UnbraidError } from '../../../common/base/errors.js';
import type { Shard } from '../../../common/jobs/shard.js';
import { watchFolder } from '../../../node/jobs/watch-folder.js';
import { isRemote } from '../../../node/remote/s3-address.js';
import {
  addOutputOptions,
  addSeparationOptions,
  addStemOptions,
  settingsFrom,
  type SeparationFlags,
} from '../options.js';
import type { CliContext } from '../context.js';
import { addMixOptions, mixFrom, type MixFlags } from '../mixer-options.js';
import { reportTarget } from './batch-report.js';
import { runJob, tellReport } from './run-job.js';

type Flags = SeparationFlags &
  MixFlags & {
    readonly output: string;
    readonly include?: string[];
    readonly exclude?: string[];
    readonly recursive: boolean;
    readonly watch?: boolean;
    readonly report?: string;
    readonly queue?: string;
    readonly shard?: Shard;
    readonly json?: boolean;
  };

/** `3/10`: the third of ten parts. */
function shard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  if (!(Number(index) >= 1 && Number(index) <= Number(count)))
    throw new InvalidArgumentError('It must be like 3/10: a part from 1 on, and how many there are.');
  return { index: Number(index), count: Number(count) };
}

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** `unbraid batch FOLDER -o DIR` */
export function batchCommand(context: CliContext): Command {
  const command = new Command('batch')
    .description(
      'separate every song below a folder, or make a mix of each (--preset, --mute …); finished songs are skipped',
    )
    .argument('<folder>', 'folder to search; or in S3 storage, like s3://bucket/songs')
    .requiredOption(
      '-o, --output <folder>',
      "folder for the stems, which keeps the searched folder's structure; or in S3 storage",
    );
  addMixOptions(addStemOptions(addSeparationOptions(addOutputOptions(command))));
  return command
    .option('--include <glob>', 'only files that match, like "*.flac" (may be repeated)', collect)
    .option('--exclude <glob>', 'leave out files that match (may be repeated)', collect)
    .option('--no-recursive', 'do not search subfolders')
    .option('--watch', 'keep going with files that arrive or change, until stopped')
    .option(
      '--report <file>',
      'where the JSON report goes, also in S3 storage (default: unbraid-report.json in an output folder)',
    )
    .option('--queue <address>', 'let workers do it, over a Redis or Valkey server like redis://host:6379')
    .option('--shard <i/n>', 'only part i of n, for several machines that divide a folder (i from 1)', shard)
    .option('--json', 'print events and the report as JSON, one object per line')
    .action((folder: string, flags: Flags) => runBatch(context, folder, flags));
}

async function runBatch(context: CliContext, folder: string, flags: Flags): Promise<void> {
  const json = flags.json ?? false;
  const part = flags.shard && `-${flags.shard.index}-of-${flags.shard.count}`;
  const remote = [folder, flags.output].find(isRemote);
  if (remote !== undefined && flags.watch)
    throw new UnbraidError('invalid-argument', 'Songs in storage cannot be watched', { file: remote });
  const target = await reportTarget(
    flags.report,
    flags.output,
    `unbraid-report${part ?? ''}.json`,
    context.signal,
  );
  await target?.check(flags.overwrite ?? false);
  const run = async (only?: readonly string[]): Promise<void> => {
    const report = await runJob(context, { json }, (job) =>
      context.engine.batch({
        job,
        folder,
        output: flags.output,
        settings: settingsFrom(flags),
        mix: mixFrom(flags),
        recursive: flags.recursive,
        include: flags.include ?? [],
        exclude: flags.exclude ?? [],
        ...(only && { only: [...only] }),
        ...(flags.queue !== undefined && { queue: flags.queue }),
        ...(flags.shard && { shard: flags.shard }),
      }),
    );
    // A watcher wakes up for every file; only songs are worth a report.
    if (only && report.items.length === 0) return;
    await target?.write(report);
    tellReport(context, report, json);
    if (report.items.length === 0) context.terminal.err(`No audio files in ${folder}.\n`);
  };
  if (flags.watch) {
    // Watching begins before the first run, so that nothing that comes meanwhile is missed.
    const watcher = await watchFolder(resolve(folder), { skip: [resolve(flags.output)] });
    try {
      await run();
      context.terminal.err(`Watching ${folder}; stop with Ctrl+C.\n`);
      for await (const changed of watcher.batches(context.signal)) await run(changed);
    } finally {
      await watcher.dispose();
    }
  } else {
    await run();
  }
}
