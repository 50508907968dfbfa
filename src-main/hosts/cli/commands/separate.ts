import { Command } from 'commander';
import {
  addOutputOptions,
  addSeparationOptions,
  addStemOptions,
  settingsFrom,
  type SeparationFlags,
} from '../options.js';
import type { CliContext } from '../context.js';
import { runJob, tellReport } from './run-job.js';

type Flags = SeparationFlags & { readonly output: string; readonly json?: boolean };

/** `unbraid separate FILES… -o DIR` */
export function separateCommand(context: CliContext): Command {
  const command = new Command('separate')
    .description('separate songs into stems that add up to the song')
    .argument('<files...>', 'audio or video files')
    .requiredOption('-o, --output <folder>', 'folder for the stems');
  addStemOptions(addSeparationOptions(addOutputOptions(command)));
  return command
    .option('--json', 'print events and the report as JSON, one object per line')
    .action(async (files: string[], flags: Flags) => {
      const json = flags.json ?? false;
      const report = await runJob(context, { json, files: files.length }, (job) =>
        context.engine.separate({ job, sources: files, output: flags.output, settings: settingsFrom(flags) }),
      );
      tellReport(context, report, json);
    });
}
