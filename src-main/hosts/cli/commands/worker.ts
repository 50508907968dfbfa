import { Command, Option } from 'commander';
import { devices } from '../../../common/jobs/settings.js';
import { number, type SeparationFlags } from '../options.js';
import type { CliContext } from '../context.js';
import { runJob, tellReport } from './run-job.js';

interface Flags extends Pick<SeparationFlags, 'device' | 'workers'> {
  readonly queue: string;
  readonly concurrency?: number;
  readonly patience?: number;
  readonly json?: boolean;
}

/** `unbraid worker --queue redis://…` */
export function workerCommand(context: CliContext): Command {
  return new Command('worker')
    .description('separate songs that `unbraid batch --queue` puts into a queue, until stopped')
    .requiredOption('--queue <address>', 'the Redis or Valkey server, like redis://host:6379')
    .option(
      '--concurrency <n>',
      'songs at a time: one is separated, others are read (default: 2)',
      number(1, 64, true),
    )
    .option(
      '--patience <seconds>',
      'give a silent worker’s song to another after this time (default: 30)',
      number(2, 3600, true),
    )
    .addOption(
      new Option('--device <device>', 'where models run here, whatever the batch says').choices([...devices]),
    )
    .option('--workers <n>', 'inference processes (default: one a core, at most 4)', number(1, 64, true))
    .option('--json', 'print events and the report as JSON, one object per line')
    .action(async ({ json = false, queue, ...flags }: Flags) => {
      const report = await runJob(context, { json, files: null }, (job) =>
        context.engine.work({ job, queue, ...flags }),
      );
      tellReport(context, report, json);
      // Stopping is how a worker ends.
      context.exit(0);
    });
}
