import { Command, Option } from 'commander';
import { UnbraidError } from '../../../common/base/errors.js';
import { oracles, type Oracle } from '../../../common/jobs/evaluation.js';
import {
  addOutputOptions,
  addSeparationOptions,
  addStemOptions,
  settingsFrom,
  type SeparationFlags,
} from '../options.js';
import type { CliContext } from '../context.js';
import { runJob, tellReport } from './run-job.js';

type Flags = SeparationFlags & {
  readonly output: string;
  readonly json?: boolean;
  readonly oracle?: Oracle;
  readonly truth?: string;
};

/** `unbraid separate FILES… -o DIR` */
export function separateCommand(context: CliContext): Command {
  const command = new Command('separate')
    .description('separate songs into stems that add up to the song')
    .argument('<files...>', 'audio or video files')
    .requiredOption('-o, --output <folder>', 'folder for the stems');
  addStemOptions(addSeparationOptions(addOutputOptions(command)));
  return command
    .addOption(
      new Option(
        '--oracle <kind>',
        'make the stems from true ones: what a perfect separator of this kind would give (with --truth)',
      ).choices([...oracles]),
    )
    .option('--truth <folder>', 'the true stems of the one song, like vocals.wav and drums.wav')
    .option('--json', 'print events and the report as JSON, one object per line')
    .action(async (files: string[], flags: Flags) => {
      const json = flags.json ?? false;
      const { oracle: kind, truth } = flags;
      if ((kind === undefined) !== (truth === undefined))
        throw new UnbraidError('invalid-argument', '--oracle and --truth belong together', {
          hint: 'Say --oracle irm2 --truth FOLDER.',
        });
      if (kind !== undefined && flags.model !== undefined)
        throw new UnbraidError('invalid-argument', 'An oracle takes the place of a model', {
          hint: 'Leave -m or --oracle out.',
        });
      const oracle = kind !== undefined && truth !== undefined ? { kind, truth } : undefined;
      const report = await runJob(context, { json, files: files.length }, (job) =>
        context.engine.separate({
          ...{ job, sources: files, output: flags.output, settings: settingsFrom(flags) },
          ...(oracle && { oracle }),
        }),
      );
      tellReport(context, report, json);
    });
}
